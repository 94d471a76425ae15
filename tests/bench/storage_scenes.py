"""What is stored: opening a long history in a fresh process, idle connections, and a kill in mid-typing.

Owns these three scenes. Every wait has a bound.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Final

from tests.bench.line import framed
from tests.bench.people import Person, Place, WrongText, join, join_all, leaving, text_at, write_first
from tests.bench.servers import Ground, Kind, running
from tests.bench.strokes import BEGINNING, TRACES, history, script, text_of
from tests.bench.typing_scene import Hands, play, settled
from tests.bench.wires import Document

STORE_WITHIN_S: Final = 60
QUIET_FOR_S: Final = 3.0
UNANSWERED: Final = 30
"""Pushes in flight while a history is written: fewer than a server counts as a flood."""
PEOPLE_A_DOCUMENT: Final = 4
SEES_AFTER_S: Final = 0.2


@lru_cache
def _history(field_name: str) -> tuple[list[bytes], str]:
    return history(field_name)


# ---------------------------------------------------------------- opening a long history


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh process and its first client. `open_ms`: from connecting to having the whole text."""

    open_ms: float
    memory_bytes: int


def has_history() -> bool:
    """Whether the trace is there: it is not part of this repository."""
    return (TRACES / "automerge-paper.json.gz").exists()


async def write_history(kind: Kind, ground: Ground) -> Path:
    """The whole `automerge-paper` trace through the wire, 100 keystrokes a push; the data folder."""
    document = ground.sections[1]
    updates, text = _history(document.field_name)
    folder = ground.fresh(kind)
    with running(kind, folder) as server:
        writer, looker = await join(server, document, None, 0), await join(server, document, None, 1)
        for n, update in enumerate(updates):
            writer.line.write(framed(writer.client.update(update)))
            async with asyncio.timeout(STORE_WITHIN_S):
                while n - _taken(kind, writer, looker) > UNANSWERED:  # noqa: ASYNC110 -- another process is watched: it has no event to wait for
                    await asyncio.sleep(0.002)
        async with asyncio.timeout(STORE_WITHIN_S):
            while await text_at(server, document) != text:  # noqa: ASYNC110 -- another process is watched: it has no event to wait for
                await asyncio.sleep(0.2)
            await _quiet(folder)
        writer.line.cut()
        looker.line.cut()
    return folder


def _taken(kind: Kind, writer: Person, looker: Person) -> int:
    """How many updates the server has dealt with."""
    writer.read()
    looker.read()
    return len(writer.acked) if kind.acknowledges else len(looker.updates)


async def opening(kind: Kind, ground: Ground, written: Path) -> Opened:
    """Start a server on that folder; how long its first client waits for the text."""
    folder = ground.folder / f"copy-{perf_counter()}"
    shutil.copytree(written, folder)
    document = ground.sections[1]
    text = _history(document.field_name)[1]
    with running(kind, folder) as server:
        await asyncio.sleep(0.5)  # what a start leaves behind is not part of opening
        began = perf_counter()
        person = await join(server, document, None, 0)
        open_ms = (perf_counter() - began) * 1000
        if text_of([person.state], document.field_name) != text:
            raise WrongText(f"{kind.name}: the stored history is not whole")
        memory = server.memory_bytes()
        person.line.cut()
    return Opened(open_ms, memory)


# ---------------------------------------------------------------- idle connections


async def idle(kind: Kind, ground: Ground, *, connections: int) -> float:
    """Bytes of the server's memory a connection: four people a document, all carets shown, nobody types."""
    documents = list(ground.sections[: connections // PEOPLE_A_DOCUMENT])
    scripts = [
        script(typists=0, keystrokes=0, field_name=d.field_name, seed=n) for n, d in enumerate(documents)
    ]
    with running(kind, ground.fresh(kind)) as server:
        # what the first connections make once for all is not counted
        await write_first(server, documents[:1], [scripts[0].beginning], BEGINNING)
        await asyncio.sleep(1)
        before = server.memory_bytes()
        everybody = tuple(dict.fromkeys(token for d in ground.sections for token in d.tokens))
        places: list[Place] = [
            (Document(d.name, d.field_name, d.page, everybody), None, n * PEOPLE_A_DOCUMENT + person)
            for n, d in enumerate(documents)
            for person in range(PEOPLE_A_DOCUMENT)
        ]
        async with leaving() as leave:
            people = await join_all(server, places, leave)
            await asyncio.sleep(2)
            for person in people:
                person.read()
            return (server.memory_bytes() - before) / len(people)


# ---------------------------------------------------------------- kept after a kill


async def kept(kind: Kind, ground: Ground, hands: Hands) -> float:
    """The share of keystrokes that are there again, after SIGKILL 0.2 s after everybody saw the last."""
    document = ground.sections[0]
    written = script(
        typists=hands.typists, keystrokes=hands.keystrokes, field_name=document.field_name, seed=0
    )
    folder = ground.fresh(kind)
    with running(kind, folder) as server:
        async with leaving() as leave:
            await write_first(server, [document], [written.beginning], BEGINNING)
            before = await text_at(server, document)
            places: list[Place] = [(document, typist, n) for n, typist in enumerate(written.typists)]
            people = await join_all(server, places, leave)
            await play(server, people, hands)
            await settled([people])
            await asyncio.sleep(SEES_AFTER_S)
            server.kill()
        typed = sum(len(person.sent) for person in people)
    with running(kind, folder) as server:
        there = await text_at(server, document)
    return max(0, len(there) - len(before)) / typed


# ---------------------------------------------------------------- inside


async def _quiet(folder: Path) -> None:
    """Wait until nothing in the folder has changed for longer than any of the servers waits to store."""
    quiet_since, last = perf_counter(), 0.0
    while perf_counter() - quiet_since < QUIET_FOR_S:
        newest = max(map(_changed, folder.iterdir()))  # noqa: ASYNC240 -- a handful of files
        if newest != last:
            quiet_since, last = perf_counter(), newest
        await asyncio.sleep(0.1)


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # a journal that SQLite has just removed
        return 0.0
