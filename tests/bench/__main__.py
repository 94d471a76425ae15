"""`python -m tests.bench`: measure ours and two peers in one run, and print the table that the README shows.

Servers one at a time on one core, the load on another, scene by scene and round by round, so that
whatever else the machine does falls on all alike. Nothing passes or fails by time; a text that is
not equal ends the run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, TypeVar

import uvloop

from tests.bench import storage_scenes, strokes, table
from tests.bench.people import WrongText
from tests.bench.servers import KINDS, Ground, Kind, ensure_peers, prepare, versions
from tests.bench.typing_scene import Hands, Typed, typing

T = TypeVar("T")
KEYS_PER_S: Final = 5.0
SLOW_KEYS_PER_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Measure:
    """How much is measured."""

    rounds: int
    warm_s: float
    measured_s: float
    sections: int
    idle: int
    kept_after_s: tuple[float, ...]
    opens: int
    history: bool


FULL: Final = Measure(3, 2.0, 8.0, 200, 2000, (4.0, 14.0), 3, history=True)
QUICK: Final = Measure(1, 0.5, 1.5, 40, 160, (2.0,), 1, history=False)


def scenes(measure: Measure) -> dict[str, Hands]:
    """The scenes of typing, as the table names them."""
    alike = {"warm_s": measure.warm_s, "measured_s": measure.measured_s}
    found = {
        f"{typists} typists in one section, {KEYS_PER_S:.0f} keys/s each": Hands(
            1, typists, KEYS_PER_S, **alike
        )
        for typists in (2, 10, 50, 100)
    }
    spread = f"{measure.sections} sections with 2 typists each, {SLOW_KEYS_PER_S:.0f} keys/s"
    found[spread] = Hands(measure.sections, 2, SLOW_KEYS_PER_S, **alike)
    return found


async def measured(measure: Measure, kinds: list[Kind], only: str, folder: Path) -> list[table.Row]:
    """Every row of the table."""
    say("seeding")
    ground = prepare(folder, sections=max(measure.sections, measure.idle // 4))
    rows: list[table.Row] = []

    async def row(
        name: str, rounds: int, run: Callable[[Kind], Awaitable[T]], cell: Callable[[list[T]], str]
    ) -> None:
        if only not in name:
            return
        done: dict[str, list[T]] = defaultdict(list)
        for _ in range(rounds):
            for kind in kinds:
                began = perf_counter()
                try:
                    done[kind.name].append(await run(kind))
                except (WrongText, TimeoutError, OSError) as problem:
                    say(f"  {kind.name}: {type(problem).__name__} {problem}")
                else:
                    say(f"  {kind.name} ({perf_counter() - began:.0f} s): {cell(done[kind.name][-1:])}")
        rows.append((name, [cell(done[kind.name]) if done[kind.name] else "failed" for kind in kinds]))
        say(f"{name}: {' | '.join(rows[-1][1])}")

    for name, hands in scenes(measure).items():
        await row(name, measure.rounds, lambda kind, hands=hands: typing(kind, ground, hands), typed_cell)  # type: ignore[misc]
    if measure.history and only in OPENING:
        await opening_row(row, ground, kinds, measure)
    await row(
        f"{measure.idle:,} idle connections, {measure.idle // 4:,} sections: memory a connection",
        1,
        lambda kind: storage_scenes.idle(kind, ground, connections=measure.idle),
        lambda runs: f"{median(runs) / 1000:.0f} kB",
    )
    for seconds in measure.kept_after_s:
        hands = Hands(1, 10, KEYS_PER_S, 0.0, seconds)
        await row(
            f"kept after `kill -9`, 0.2 s after {seconds:.0f} s of typing by 10",
            1,
            lambda kind, hands=hands: storage_scenes.kept(kind, ground, hands),  # type: ignore[misc]
            lambda runs: f"{median(runs):.0%}",
        )
    return rows


OPENING: Final = "open a stored section of 260,000 keystrokes (`automerge-paper`) in a fresh process"


async def opening_row(
    row: Callable[..., Awaitable[None]], ground: Ground, kinds: list[Kind], measure: Measure
) -> None:
    """The history goes through each server's wire once; then it is opened by fresh processes."""
    if not storage_scenes.has_history():
        say(f"no traces at {strokes.TRACES}: not measured: {OPENING}")
        return
    written: dict[str, Path] = {}
    for kind in kinds:
        began = perf_counter()
        written[kind.name] = await storage_scenes.write_history(kind, ground)
        say(f"  {kind.name}: the history is written ({perf_counter() - began:.0f} s)")
    await row(
        OPENING,
        measure.opens,
        lambda kind: storage_scenes.opening(kind, ground, written[kind.name]),
        lambda runs: (
            f"{median(r.open_ms for r in runs):.0f} ms, {median(r.memory_bytes for r in runs) / 1e6:.0f} MB"
        ),
    )


def typed_cell(runs: list[Typed]) -> str:
    return table.typed_cell(runs)


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live server beside two peers.")
    parser.add_argument(
        "--quick", action="store_true", help="a minute or two: one round, shorter, fewer sections"
    )
    parser.add_argument("--write", action="store_true", help="write the table into the README")
    parser.add_argument("--only", default="", help="only rows whose name holds this")
    parser.add_argument("--servers", default="", help="only servers whose names hold one of these, by commas")
    parser.add_argument("--rounds", type=int, help="rounds of the typing scenes")
    args = parser.parse_args()
    measure = QUICK if args.quick else FULL
    if args.rounds:
        measure = Measure(**{**{f: getattr(measure, f) for f in Measure.__slots__}, "rounds": args.rounds})
    kinds = [k for k in KINDS if any(part.lower() in k.name.lower() for part in args.servers.split(","))]
    ensure_peers()
    with tempfile.TemporaryDirectory(prefix="revmod-bench-") as folder:
        rows = uvloop.run(measured(measure, kinds, args.only, Path(folder)))
    load = os.getloadavg()[1]
    title = (
        f"Measured on {datetime.now(UTC):%-d %B %Y}: {versions()}. {os.cpu_count()} cores, load {load:.1f}."
    )
    notes = [
        "Typing: deliveries (one keystroke with its caret at one other person) for a second of server CPU ·",
        "keystroke to another screen, p50 / p99 in ms · keystroke to acknowledgement, p50 / p99 in ms.",
        "Server on one core, load on another, loopback; medians of",
        f"{measure.rounds} interleaved round{'s' if measure.rounds > 1 else ''}; every text compared.",
        "Ours acknowledges and shows a keystroke after its commit to disk; Hocuspocus acknowledges before it",
        "stores, pycrdt-websocket not at all.",
    ]
    made = table.markdown(title, [kind.name for kind in kinds], rows, notes)
    print()
    print(made)
    if args.write:
        table.write(made)


if __name__ == "__main__":
    main()
