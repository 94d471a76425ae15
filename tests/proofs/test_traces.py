"""Real editing sessions, typed again by their authors through the running server: not a letter differs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Final

import pytest
from aiohttp import ClientSession

from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.docs.model import Block, Run, Section
from tests.deep import counts, is_deep
from tests.peer import Drafter, a_line
from tests.proofs.authors import Authors, text_of
from tests.proofs.desks import Desk, Mail, Place, take
from tests.proofs.ground import Ground, ground
from tests.proofs.traces import RECORDED, sha256, trace
from tests.proofs.wires import LiveDesk, StockDesk, StockReader

KEYS: Final = {
    "automerge-paper": "d/untoc/art-2",
    "friendsforever": "d/untoc/art-6",
    "node_nodecc": "d/untoc/art-10",
}
FIELDS: Final = ("gaps", "best-practices", "suggestions", "technical-assistance")
FIELD: Final = FIELDS[0]
DRAFTERS: Final = tuple(
    (role, state) for state in ("AVA", "BOR", "COR") for role in ("focal_point", "expert")
)
ONLOOKER: Final = ("secretariat", None)
WITHIN_S: Final = counts(240, 3000)
WIRES: Final[dict[str, tuple[type[Desk], type[Desk]]]] = {
    "revmod.1": (LiveDesk, LiveDesk),
    "yjs": (StockDesk, StockReader),
}
KILLED_AT: Final = (0.3, 0.7) if is_deep() else (0.4,)
SLACK: Final = 0.2
"""How far the others go beyond it while the first of them gets to where the server is killed."""
MOST_ROWS: Final = {"automerge-paper": counts(24, 8)}
"""Keystrokes that pile up to one message; elsewhere whoever waits for others types a breath at a time."""
AHEAD: Final = 2
"""Breaths that an author without Acks is ahead of the onlooker."""


class Replay:
    """A session that is being typed again."""

    def __init__(self, place: Ground, http: ClientSession, name: str, wire: str) -> None:
        self.name = name
        self._ground = place
        self._http = http
        self._trace = trace(name, is_whole=is_deep())
        self._section = place.server.section("d", KEYS[name])
        self._mail = Mail()
        self._authors = Authors(self._trace, FIELD)
        self._writer, self._reader = WIRES[wire]
        self._everything = (1 << len(self._trace.runs)) - 1
        self._most = 1.0
        self.onlooker = self._desk(self._reader, ONLOOKER, 99)
        self.desks = [
            self._desk(self._writer, person, n) for n, person in enumerate(DRAFTERS[: self._trace.agents])
        ]

    def _desk(self, kind: type[Desk], person: tuple[str, str | None], seed: int) -> Desk:
        where = Place(self._ground.server.url, self._ground.tokens[person], self._section)
        most_rows = MOST_ROWS.get(self.name, 64)
        return kind(self._http, where, self._mail, Random(seed), most_rows=most_rows)

    def go_on_to(self, share: float) -> None:
        """From now on type so much of it, and wait there."""
        self._most = share
        for desk in self.desks:
            desk.ring()

    @property
    def share(self) -> float:
        """How much of it has come to the onlooker."""
        return self.onlooker.arrived.bit_count() / len(self._trace.runs)

    async def run(self) -> None:
        """Type everything, and wait until everybody has it."""
        for desk in self.desks:
            await take(self._http, desk.place)
        async with asyncio.TaskGroup() as group:
            for desk in (self.onlooker, *self.desks):
                group.create_task(desk.stay())
            async with asyncio.TaskGroup() as typing:
                for number, desk in enumerate(self.desks):
                    typing.create_task(self._work(number, desk))
            for desk in (self.onlooker, *self.desks):
                await desk.until(lambda desk=desk: desk.arrived == self._everything)  # type: ignore[misc]
                if isinstance(desk, LiveDesk):
                    await desk.until(desk.is_done)
            for desk in (self.onlooker, *self.desks):
                await desk.leave()

    async def _work(self, number: int, desk: Desk) -> None:
        """Type what the authors at this desk typed, each run when all that its author had seen is here."""
        mine = 0
        for run in self._trace.runs:
            if run.agent % len(self.desks) != number:
                continue
            await desk.until(lambda run=run: not run.ancestors & ~desk.arrived)  # type: ignore[misc]
            await desk.until(lambda run=run: run.number < self._most * len(self._trace.runs))  # type: ignore[misc]
            if not isinstance(desk, LiveDesk):
                await self.onlooker.until(
                    lambda mine=mine: (mine & ~self.onlooker.arrived).bit_count() < AHEAD  # type: ignore[misc]
                )
            mine |= 1 << run.number
            rows = self._authors.type(run)
            self._mail.reached[run.number] = self._authors.reached[run.number]
            await desk.send(run.line, run.number, rows)

    async def check(self) -> None:
        """Everybody has exactly the recorded text: who was there, who comes now, and the digest."""
        text = self._authors.text()
        assert self._trace.text_sha256 in (sha256(text), None)
        for desk in (self.onlooker, *self.desks):
            assert sha256(text_of(desk.mirror, FIELD)) == sha256(text)
        assert sha256(await self._of_late_joiners()) == sha256(text)
        where = self.onlooker.place
        headers = {"Authorization": f"Bearer {where.token}"}
        async with self._http.get(f"{where.url}/api/section/{where.section}/text", headers=headers) as answer:
            found = await answer.json()
        assert found["digest"] == section_digest(section_bytes(section_of(KEYS[self.name], text)))

    async def _of_late_joiners(self) -> str:
        """The text as it comes to somebody who opens the section now, in both protocols alike."""
        where = self.onlooker.place
        drafter = Drafter(where.section, FIELD)
        async with a_line(self._http, where.url, where.token) as line:
            await drafter.open(line)
        stock = StockReader(self._http, where, Mail(), Random(0), most_rows=1)
        async with asyncio.TaskGroup() as group:
            group.create_task(stock.stay())
            await stock.until(lambda: stock.mirror.get_state() == drafter.doc.get_state())
            await stock.leave()
        assert text_of(stock.mirror, FIELD) == drafter.text()
        return drafter.text()


def section_of(key: str, text: str) -> Section:
    """The section with this text in its one block."""
    return Section(key, {**dict.fromkeys(FIELDS, ()), FIELD: (Block((Run(text),)),)})


async def replay(place: Ground, wire: str, killed_at: tuple[float, ...]) -> None:
    """All sessions at once, each in a section of its own; the server killed when one has come so far."""
    async with ClientSession() as http:
        sessions = [Replay(place, http, name, wire) for name in RECORDED]
        async with asyncio.timeout(WITHIN_S), asyncio.TaskGroup() as group:
            for session in sessions:
                # nobody is done before the kill
                session.go_on_to(killed_at[0] + SLACK if killed_at else 1.0)
                group.create_task(session.run())
            for number, share in enumerate(killed_at, 1):
                await furthest(sessions, share)
                for session in sessions:
                    await session.onlooker.until(lambda session=session: session.share > 0)  # type: ignore[misc]
                assert all(0 < session.share < 1 for session in sessions), "not in mid-trace"
                place.server.kill()
                for session in sessions:
                    session.go_on_to(killed_at[number] + SLACK if number < len(killed_at) else 1.0)
                await place.server.start_again()
        for session in sessions:
            await session.check()


async def furthest(sessions: list[Replay], share: float) -> None:
    """Wait until one of these has come so far."""
    async with asyncio.TaskGroup() as group:
        waiting = [
            group.create_task(s.onlooker.until(lambda s=s: s.share >= share))  # type: ignore[misc]
            for s in sessions
        ]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


@pytest.mark.timeout(WITHIN_S + 60)
@pytest.mark.parametrize("wire", WIRES)
async def test_recorded_sessions_come_out_as_they_were_written(tmp_path: Path, wire: str) -> None:
    async with ground(tmp_path) as place:
        await replay(place, wire, ())


@pytest.mark.timeout(WITHIN_S + 60)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_server_killed_in_mid_session_and_started_again_changes_nothing(
    tmp_path: Path, wire: str
) -> None:
    async with ground(tmp_path) as place:
        await replay(place, wire, KILLED_AT)
