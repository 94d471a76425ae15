"""Results → one Markdown table, and into the README between its marks. Knows no server and no scene."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.typing_scene import Spread, Typed

README: Final = Path(__file__).parents[2] / "README.md"
BEGIN: Final = "<!-- bench -->"
END: Final = "<!-- /bench -->"

Row = tuple[str, Sequence[str]]


def typed_cell(runs: Sequence[Typed]) -> str:
    """Deliveries a server CPU second · screen p50 / p99 · ack p50 / p99, medians of the runs."""
    if not runs:
        return "–"
    acks = [run.ack for run in runs if run.ack is not None]
    parts = [f"{rounded(median(run.per_cpu_s for run in runs))}", _spread([run.screen for run in runs])]
    parts.append(_spread(acks) if acks else "–")
    if any(run.stalled for run in runs):
        parts.append("**does not keep up**")
    return " · ".join(parts)


def _spread(of: Sequence[Spread]) -> str:
    return f"{short(median(p50 for p50, _ in of))} / {short(median(p99 for _, p99 in of))}"


def rounded(number: float) -> str:
    """Three digits that mean something."""
    if number <= 0:
        return "0"
    step = 10 ** max(0, len(str(int(number))) - 3)
    return f"{round(number / step) * step:,}"


def short(ms: float) -> str:
    """Milliseconds: one decimal while that says anything."""
    return f"{ms:.1f}" if ms < 10 else f"{ms:,.0f}"


def markdown(title: str, names: Sequence[str], rows: Sequence[Row], notes: Sequence[str]) -> str:
    """The table with what one must know to read it."""
    lines = [title, "", f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows]
    lines += ["", *notes]
    return "\n".join(lines) + "\n"


def write(table: str) -> None:
    """Put the table into the README, between its marks."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{README.name} has no {BEGIN} … {END}")
    README.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")
