"""Any edits, in any order of delivery, over broken lines, refusals and restarts: one text in the end.

Real Yjs and pycrdt mixed. Afterwards all digests are equal and equal to the journal replayed, nothing
is pending, nothing acknowledged is missing, and every refused run is in its author's drawer.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.ids import SectionId
from revmod_live.sync import frames, reader, statevector, store, ydoc
from tests.deep import counts
from tests.peer import Drafter
from tests.people import Tab
from tests.rehearsal import FIELD, Rehearsal, a_rehearsal
from tests.sync.replicas import Node, PyReplica

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sync.replicas import Replica

SESSIONS = counts(6, 1_000)
ACTS = counts(60, 100)
PEOPLE = ("ann", "ben", "cleo", "bea", "cal", "abe")


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    node = Node()
    yield node
    node.close()


class Session:
    """Some people, each with a page of their own, in one section, by one seed."""

    def __init__(self, seed: int, node: Node) -> None:
        self.chance = random.Random(seed)
        self.node = node
        self.names = PEOPLE[: self.chance.randint(2, 6)]
        self.tabs: dict[str, Tab] = {}
        self.cut: set[str] = set()
        self.drawers: dict[str, list[bytes]] = {name: [] for name in self.names}
        self.accepted: list[bytes] = []

    def drafter(self, section: str) -> Drafter:
        """A new page's document: a stock pycrdt or a real Yjs."""
        client = self.chance.randrange(1, 2**32)
        doc: Replica = (
            self.node.replica(client) if self.chance.random() < 0.5 else PyReplica(client_id=client)
        )
        return Drafter(section, FIELD, doc=doc)  # type: ignore[arg-type]  # what a Drafter asks of a document

    async def begin(self, room: Rehearsal) -> None:
        for name in self.names:
            await room.take(name)
            tab = self.tabs[name] = room.connect(name)
            tab.open(room.section.id, FIELD, drafter=self.drafter(room.section.id))
        await room.settle()

    async def again(self, room: Rehearsal) -> None:
        """The server was restarted: everybody comes back."""
        self.cut.clear()
        for name, tab in self.tabs.items():
            self.tabs[name] = await room.back(tab)

    def tidy_up(self, room: Rehearsal) -> bool:
        """Push what Yjs tidied up by itself, as clients do with every local update; whether it did."""
        was_any = False
        for tab in self.tabs.values():
            drafter = tab.drafters[room.section.id]
            own = drafter.doc.own  # type: ignore[attr-defined]  # a Replica
            while own:
                was_any = True
                drafter.seq += 1
                drafter.rows[drafter.seq] = own.pop(0)
                tab.push(drafter)
        return was_any

    async def act(self, room: Rehearsal) -> None:
        """One thing that happens."""
        self.tidy_up(room)
        name = self.chance.choice(self.names)
        tab = self.tabs[name]
        drafter = tab.drafters[room.section.id]
        what = self.chance.random()
        if what < 0.80:
            seed = self.chance.randrange(2**32)
            tab.edit(drafter, lambda _: drafter.doc.act(seed))  # type: ignore[attr-defined]  # a Replica
            if self.chance.random() < 0.3:
                await room.settle()
        elif what < 0.86:
            tab.wire.is_held = not tab.wire.is_held
        elif what < 0.92 and name not in self.cut:
            self.cut.add(name)
            await room.cut(tab)
        elif what < 0.97 and name in self.cut:
            self.cut.discard(name)
            self.tabs[name] = await room.back(tab)
        elif name not in self.cut and not tab.wire.is_held:
            await self.refusal(room, name)

    async def refusal(self, room: Rehearsal, name: str) -> None:
        """The claim is released while somebody types: what was on its way goes to the drawer."""
        tab = self.tabs[name]
        drafter = tab.drafters[room.section.id]
        await room.settle()
        self.tidy_up(room)
        await room.settle()
        if not any(claim.account == tab.actor.account for claim in room.live.facts.claims):
            return
        await room.release(name)
        tab.is_careful = False
        tab.edit(drafter, lambda _: drafter.doc.act(self.chance.randrange(2**32)))  # type: ignore[attr-defined]  # a Replica
        await room.settle()
        tab.is_careful = True
        assert [refuse.code for refuse in tab.frames_of(frames.Refuse)] == ["claim"]
        tab.forget()
        # burnt: a new document from the server's state; the refused rows are kept
        self.drawers[name] += [row for seq, row in sorted(drafter.rows.items()) if seq > drafter.acked]
        assert self.drawers[name]
        tab.burnt.clear()
        await room.take(name)
        # what is said to the old outbox is not for the new one
        await room.settle()
        tab.drafters[room.section.id] = self.drafter(room.section.id)
        tab.open(room.section.id, FIELD)
        await room.settle()

    async def end(self, room: Rehearsal) -> None:
        """Everybody comes back, everything arrives."""
        for name, tab in self.tabs.items():
            tab.wire.is_held = False
            if name in self.cut:
                self.tabs[name] = await room.back(tab)
        self.cut.clear()
        await room.settle()
        while self.tidy_up(room):
            await room.settle()

    async def check(self, room: Rehearsal) -> None:
        section = SectionId(room.section.id)
        expected = room.live.text().digest
        rows = await room.db.read(lambda tx: store.rows(tx, section, after=0))
        replayed = ydoc.load(room.fields, [row.data for row in rows])
        assert digest(room, ydoc.encode(replayed)) == expected
        for name, tab in self.tabs.items():
            drafter = tab.drafters[section]
            assert tab.frames_of(frames.Refuse) == [], name
            assert [seq for seq in drafter.rows if seq > drafter.acked] == [], name
            assert digest(room, drafter.doc.get_update()) == expected, name
            assert statevector.read(drafter.doc.get_state()) == statevector.read(room.live.state_vector())


def digest(room: Rehearsal, update: bytes) -> str:
    """The digest of a replica's own text, through the reader as everything else."""
    reader.read(update, fields=room.fields, strict=False)
    doc = ydoc.load(room.fields, [update])
    return section_digest(section_bytes(ydoc.section_of(doc, room.section.key, room.fields)))


async def test_all_replicas_end_with_the_text_of_the_journal(tmp_path: Path, node: Node) -> None:
    for seed in range(SESSIONS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        session = Session(seed, node)
        async with a_rehearsal(folder) as room:
            await session.begin(room)
            for _ in range(ACTS // 2):
                await session.act(room)
        async with a_rehearsal(folder) as room:
            await session.again(room)
            for _ in range(ACTS // 2):
                await session.act(room)
            await session.end(room)
            try:
                await session.check(room)
            except AssertionError as wrong:
                wrong.add_note(f"seed {seed}")
                raise
    print(f"convergence: {SESSIONS} sessions of {ACTS} acts, all equal")
