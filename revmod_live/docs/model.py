"""The frozen tree of a section: fields of blocks of runs.

Owns the shapes alone. What may stand in them is `docs.schema`; the bytes that
stand for them are `docs.canonical`. Must not know Yjs, HTML, or who writes.

A tree made by `docs.schema.read_block` is *tidy*: neighbouring runs differ in
their marks, no run is empty, and no block is without text (digest.md, 1 and 2).
Everything in `docs/` takes and gives tidy trees.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with the same marks throughout; `link` is an href or None."""

    text: str
    em: bool = False
    strong: bool = False
    underline: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One `para`: its runs and its three attributes, each None when not set."""

    runs: tuple[Run, ...]
    kind: str | None = None
    dir: str | None = None
    align: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section's text: `key` is `step/instrument/name`; every declared field is present."""

    key: str
    fields: Mapping[str, tuple[Block, ...]]


def same_marks(one: Run, other: Run) -> bool:
    """Whether two runs carry the same marks, whatever their text."""
    return (one.em, one.strong, one.underline, one.link) == (
        other.em,
        other.strong,
        other.underline,
        other.link,
    )


def with_text(run: Run, text: str) -> Run:
    """A run with the marks of `run` and another text."""
    return Run(text, em=run.em, strong=run.strong, underline=run.underline, link=run.link)


def tidy_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The same text with equal neighbours joined and empty runs left out (digest.md, 1)."""
    tidy: list[Run] = []
    pieces: list[str] = []
    for run in runs:
        if not run.text:
            continue
        if tidy and same_marks(tidy[-1], run):
            pieces.append(run.text)
            continue
        if len(pieces) > 1:
            tidy[-1] = with_text(tidy[-1], "".join(pieces))
        tidy.append(run)
        pieces = [run.text]
    if len(pieces) > 1:
        tidy[-1] = with_text(tidy[-1], "".join(pieces))
    return tuple(tidy)


def block_text(block: Block) -> str:
    """The block's text without its marks."""
    return "".join(run.text for run in block.runs)


def plain(*lines: str) -> tuple[Block, ...]:
    """Blocks of unmarked text, one a line; empty lines are left out."""
    return tuple(Block((Run(line),)) for line in lines if line)
