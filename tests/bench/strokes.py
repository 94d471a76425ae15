"""What is typed: one block of text, typists at its end, every keystroke and cursor made beforehand.

The updates are what a Yjs client sends for a character typed after its own last one, so each server gets
the very same bytes. Knows no wire.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from revmod_live.sync import lib0
from tests.sync.yupdates import Writer

TRACES = Path(__file__).parents[1] / "data" / "traces"
BEGINNING = "Here everybody types at once, each their own sentence. "
LETTERS = "a quick brown fox jumps over the lazy dog and then "
KEYSTROKES_A_PUSH = 100

_KIND, _STRING = 0x1F, 4
_LEFT, _RIGHT = 0x80, 0x40
_NEIGHBOURS = _LEFT | _RIGHT

Stroke = tuple[int, int]
"""Client and clock of a typed character."""


@dataclass(frozen=True, slots=True)
class Typist:
    """One person at one section: their Yjs client id and what they will type."""

    client: int
    updates: tuple[bytes, ...]
    first_clock: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """One section's text at the beginning, and its typists."""

    field_name: str
    beginning: bytes
    typists: tuple[Typist, ...]


def script(*, typists: int, keystrokes: int, field_name: str, seed: int) -> Script:
    """A section with so many typists, each with so many keystrokes."""
    chance = random.Random(seed)
    first = Writer(chance.getrandbits(31) + 1, field_name=field_name)
    beginning = first.opens(BEGINNING)
    people = []
    for _ in range(typists):
        writer = Writer(chance.getrandbits(31) + 1, field_name=field_name, last=first.last)
        typed = tuple(writer.types(LETTERS[n % len(LETTERS)]) for n in range(keystrokes))
        people.append(Typist(writer.client, typed))
    return Script(field_name, beginning, tuple(people))


def cursor_of(typist: Typist, n: int) -> dict[str, Any]:
    """Where the caret stands after keystroke `n`, as y-prosemirror says it."""
    position = {
        "type": {"client": typist.client, "clock": 1},
        "tname": None,
        "item": {"client": typist.client, "clock": typist.first_clock + n},
        "assoc": 0,
    }
    return {"anchor": position, "head": position}


def awareness(client: int, clock: int, state: object) -> bytes:
    """An awareness payload with one entry."""
    text = json.dumps(state, separators=(",", ":"))
    return lib0.uint(1) + lib0.uint(client) + lib0.uint(clock) + lib0.string(text)


@lru_cache(maxsize=1 << 20)
def strokes_of(update: bytes) -> tuple[Stroke, ...]:
    """The characters that an update types, also where a server has merged several keystrokes into it."""
    decoder = lib0.Decoder(update)
    found: list[Stroke] = []
    for _ in range(decoder.uint()):
        structs, client, clock = decoder.uint(), decoder.uint(), decoder.uint()
        for _ in range(structs):
            info = update[decoder.at]
            decoder.at += 1
            if info & _KIND != _STRING or not info & _NEIGHBOURS:
                # not typed by a typist: the beginning, or the history of another scene
                return tuple(found)
            for neighbour in (_LEFT, _RIGHT):
                if info & neighbour:
                    decoder.uint()
                    decoder.uint()
            length = len(decoder.string())
            found += [(client, clock + n) for n in range(length)]
            clock += length
    return tuple(found)


def text_of(state: list[bytes], field_name: str) -> str:
    """All text under one root, once these updates are applied."""
    doc: Doc[XmlFragment] = Doc()
    root = doc.get(field_name, type=XmlFragment)
    for update in state:
        doc.apply_update(update)
    return "\n".join(
        "".join(str(run) for run in block.children)
        for block in root.children
        if isinstance(block, XmlElement)
    )


def history(field_name: str) -> tuple[list[bytes], str]:
    """The whole `automerge-paper` trace as updates of 100 keystrokes each, and its final text."""
    trace = json.loads(gzip.decompress((TRACES / "automerge-paper.json.gz").read_bytes()))
    doc: Doc[XmlFragment] = Doc()
    root = doc.get(field_name, type=XmlFragment)
    made: list[bytes] = []

    def note(event: TransactionEvent) -> None:
        made.append(event.update)

    doc.observe(note)
    block, run = XmlElement("para"), XmlText()
    with doc.transaction():
        root.children.append(block)
        block.children.append(run)
    for patches in _batches(trace["txns"]):
        with doc.transaction():
            for position, gone, inserted in patches:
                if gone:
                    del run[position : position + gone]
                if inserted:
                    run.insert(position, inserted)
    return made, str(trace["endContent"])


def _batches(txns: list[dict[str, Any]]) -> Iterator[list[tuple[int, int, str]]]:
    for start in range(0, len(txns), KEYSTROKES_A_PUSH):
        yield [patch for txn in txns[start : start + KEYSTROKES_A_PUSH] for patch in txn["patches"]]
