"""A room to rehearse in: the real live server on a real database, people, and a network we control.

    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "hi")
        assert room.shows("hi")

`settle` returns when nothing moves any more: no message unread, nothing on its way to disk.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from revmod_live.docs.canonical import parse_section
from revmod_live.docs.model import Section, block_text
from revmod_live.events import Bus
from revmod_live.ids import SectionId, StepId
from revmod_live.storage.database import Database
from revmod_live.sync import rooms
from revmod_live.sync.housekeeping import Housekeeping
from revmod_live.sync.limits import Limits
from revmod_live.workflow import commands, queries, rules, store
from tests.databases import a_database
from tests.people import Tab, erasing, typing
from tests.workflow.world import CODE, PEOPLE, a_world, content

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable

    from revmod_live.storage.database import ReadTx, WriteTx
    from revmod_live.sync.room import Room
    from revmod_live.workflow.model import SectionFacts
    from tests.peer import Drafter

GAPS: Final = "c/untoc/gaps"
FIELD: Final = "text"
_QUIET_TURNS: Final = 3


class Watch:
    """A clock that goes on its own, and further when told."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self._ahead.total_seconds()

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


@cache
def stage(letter: str) -> Path:
    """A database with the review of `tests.workflow.world` at this step; made once a run."""
    world = a_world()
    world.advance_to(letter)
    path = Path(tempfile.mkdtemp(prefix="revmod-stage-")) / "stage.sqlite3"
    with closing(world.engine.raw_connection()) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    world.engine.dispose()
    shutil.copyfile(world.path, path)
    return path


@dataclass
class Rehearsal:
    """The server, who is connected, and the section that everybody speaks of."""

    db: Database
    bus: Bus
    clock: Watch
    rooms: rooms.Rooms
    owner: asyncio.TaskGroup
    section: SectionFacts
    chores: Housekeeping
    tabs: list[Tab] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The section's name on the wire."""
        return f"s:{self.section.id}"

    @property
    def page(self) -> str:
        """The page's name on the wire."""
        return f"p:{self.section.page}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The section's fields."""
        return content().fields(self.section.key)

    @property
    def live(self) -> Room:
        """The live room of the section."""
        return self.rooms.rooms[self.section.id]

    # ------------------------------------------------------------ people

    def connect(self, name: str, tab: Tab | None = None) -> Tab:
        """A socket of somebody, with nothing open."""
        tab = tab or Tab(name)
        self.tabs.append(tab)
        self.owner.create_task(self.rooms.serve(tab.wire, tab.actor, session=None), name=f"serve-{name}")
        return tab

    async def come(self, *names: str, take: bool = True) -> list[Tab]:
        """People come, take the section, and open it."""
        came = []
        for name in names:
            if take:
                await self.take(name)
            tab = self.connect(name)
            tab.open(self.section.id, FIELD)
            came.append(tab)
        await self.settle()
        return came

    async def back(self, tab: Tab, *, resume: bool = True) -> Tab:
        """The same page on a new line: its document and its outbox are as they were."""
        again = Tab(tab.name, tab.actor)
        self.connect(tab.name, again)
        for drafter in tab.drafters.values():
            again.open(SectionId(drafter.section), drafter.field_name, resume=resume, drafter=drafter)
        await self.settle()
        return again

    async def cut(self, *tabs: Tab) -> None:
        """The line breaks."""
        for tab in tabs:
            tab.wire.put(None)
            tab.wire.out.clear()
        await self.settle()
        for tab in tabs:
            self.tabs.remove(tab)

    async def take(self, name: str, *, alone: bool = False, section: SectionId | None = None) -> None:
        """Somebody takes the section, or another."""
        section, at = section or self.section.id, self.clock.now()
        await self.db.write(
            lambda tx: commands.take_section(tx, PEOPLE[name], section, alone=alone, join=True, at=at)
        )

    async def release(self, name: str) -> None:
        """Somebody releases the section."""
        actor, at = PEOPLE[name], self.clock.now()
        claim = next(claim for claim in self.live.facts.claims if claim.account == actor.account)
        await self.db.write(lambda tx: commands.release_section(tx, actor, claim.id, at))
        await self.settle()

    # ------------------------------------------------------------ what they do

    async def type(self, tab: Tab, text: str, *, at: int | None = None) -> None:
        """Somebody types, and everything settles."""
        tab.edit(self.of(tab), typing(text, at=at))
        await self.settle()

    async def erase(self, tab: Tab, start: int, stop: int) -> None:
        """Somebody deletes, and everything settles."""
        tab.edit(self.of(tab), erasing(start, stop))
        await self.settle()

    def hold(self, tab: Tab) -> None:
        """What is sent to somebody stays on the way."""
        tab.wire.is_held = True

    async def let_go(self, tab: Tab) -> None:
        """What was held arrives."""
        tab.wire.is_held = False
        await self.settle()

    def of(self, tab: Tab) -> Drafter:
        """Somebody's document of the section."""
        return tab.drafters[self.section.id]

    # ------------------------------------------------------------ waiting and looking

    async def settle(self) -> None:
        """Until nothing moves any more."""
        quiet = 0
        async with asyncio.timeout(20):
            while quiet < _QUIET_TURNS:
                await asyncio.sleep(0)
                await self.rooms.journal.settled(within_s=20)
                moved = [tab.hear() for tab in self.tabs]
                busy = [tab for tab in self.tabs if not tab.wire.is_idle]
                if busy:
                    busy[0].wire.sent.clear()
                    if not busy[0].wire.is_idle:
                        await busy[0].wire.sent.wait()
                if any(moved) or busy or self.rooms.is_busy():
                    quiet = 0
                else:
                    quiet += 1

    async def beat(self) -> None:
        """The server does its chores, and everything settles."""
        await self.chores.beat()
        await self.settle()

    def shows(self, text: str) -> bool:
        """Whether everybody whose line is not held sees this text, and the server has it stored."""
        seen = {tab.name: self.of(tab).text() for tab in self.tabs if not tab.wire.is_held and self._has(tab)}
        assert set(seen.values()) <= {text}, seen
        return self.stored() == text

    def _has(self, tab: Tab) -> bool:
        return self.section.id in tab.drafters

    def stored(self) -> str:
        """The text of the live room."""
        return plain(parse_section(self.live.text().data))

    async def facts(self) -> SectionFacts:
        """The section's row."""
        found = await self.db.read(lambda tx: queries.section_facts(tx, self.section.id))
        assert found is not None
        return found

    async def vote(self, name: str) -> bool:
        """Somebody votes on the text as it is; whether that sealed the step. Raises as the command."""
        cast = await self.ballot(name)
        is_sealed = await self.db.write(cast)
        await self.settle()
        return is_sealed

    async def ballot(self, name: str) -> Callable[[WriteTx], bool]:
        """What somebody will say on having seen the text as it is now: whether it sealed the step."""
        step, actor, at = self.section.step, PEOPLE[name], self.clock.now()
        await self.rooms.bring_up_to_date([one.id for one in await self.sections(step)])
        facts = await self.db.read(lambda tx: queries.step_facts(tx, step))
        assert facts.digests is not None
        seen = rules.asked_of(actor, facts.place, facts.digests)
        return lambda tx: commands.cast_vote(tx, actor, step, seen=seen, at=at).sealed

    async def sections(self, step: StepId) -> tuple[SectionFacts, ...]:
        """The sections of a step."""
        return await self.db.read(lambda tx: queries.sections_of(tx, step))


def plain(section: Section) -> str:
    """The first field's text, blocks parted by line feeds."""
    return "\n".join(block_text(block) for block in next(iter(section.fields.values())))


@asynccontextmanager
async def a_rehearsal(
    folder: Path, *, key: str = GAPS, step: str | None = None, limits: Limits | None = None
) -> AsyncIterator[Rehearsal]:
    """A rehearsal in the section with this key; the database lies in `folder`.

    step: where the review stands; the section's own step if not given.
    """
    path = folder / "revmod.sqlite3"
    if not path.exists():
        shutil.copyfile(stage(step or key[0]), path)
    bus, clock = Bus(), Watch()
    async with (
        a_database(folder, bus=bus) as db,
        asyncio.TaskGroup() as owner,
        rooms.opened(db=db, bus=bus, clock=clock, fields=content().fields, limits=limits) as live,
    ):
        await db.write_by_driver(_need_not_survive)
        section = await db.read(lambda tx: _section(tx, key))
        yield Rehearsal(db, bus, clock, live, owner, section, Housekeeping(live))


def _section(tx: ReadTx, key: str) -> SectionFacts:
    review = queries.review_of(tx, CODE)
    step = next(step for step in store.steps_of(tx, review.id) if step.letter == key[0])
    return next(section for section in queries.sections_of(tx, step.id) if section.key == key)


def _need_not_survive(driver: sqlite3.Connection) -> None:
    """A rehearsal's file need not survive the machine, and several rehearsals share its disk."""
    driver.execute("COMMIT")
    driver.execute("PRAGMA synchronous=OFF")
    driver.execute("BEGIN IMMEDIATE")


async def fail_journal(db: Database, *, section: str | None = None) -> None:
    """From now on the disk refuses the journal's rows, or those of one section."""
    when = "" if section is None else f"WHEN new.section = '{section}'"

    def job(driver: sqlite3.Connection) -> None:
        driver.execute(
            f"CREATE TRIGGER no_journal BEFORE INSERT ON journal {when} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    await db.write_by_driver(job)


async def mend_journal(db: Database) -> None:
    """The disk takes rows again."""

    def job(driver: sqlite3.Connection) -> None:
        driver.execute("DROP TRIGGER no_journal")

    await db.write_by_driver(job)
