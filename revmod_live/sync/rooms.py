"""The live server as the rest of the program sees it: everybody who is connected, every room open.

Owns the opening and closing of rooms and pages, and what announcements do to them. Knows no byte of
the wire (`member`), no reason to refuse (`gate`) and no SQL (`store`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import store as accounts
from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.errors import NotFound, Stale, Unavailable
from revmod_live.sync import gate, store, texts, ydoc
from revmod_live.sync.activity import Activity
from revmod_live.sync.announcements import Announcements
from revmod_live.sync.arrivals import Arrivals
from revmod_live.sync.channel import Post
from revmod_live.sync.claims import Claims
from revmod_live.sync.ended import Ended
from revmod_live.sync.facts import read_facts
from revmod_live.sync.forged import Forged
from revmod_live.sync.frames import RefuseCode
from revmod_live.sync.history import History
from revmod_live.sync.housekeeping import Housekeeping
from revmod_live.sync.journal import Journal
from revmod_live.sync.limits import Limits
from revmod_live.sync.member import Member
from revmod_live.sync.outbox import Outbox
from revmod_live.sync.presence_page import Page
from revmod_live.sync.protocol import CloseCode
from revmod_live.sync.room import Room
from revmod_live.sync.taking import Taking
from revmod_live.sync.yjs_member import YjsMember
from revmod_live.workflow import commands, queries

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.docs.compare import FieldChange
    from revmod_live.events import Bus
    from revmod_live.ids import AccountId, OutboxId, PageId, SectionId, SessionId, StepId
    from revmod_live.storage.database import Database, ReadTx
    from revmod_live.sync.channel import Channel
    from revmod_live.sync.commit import Commit
    from revmod_live.sync.late import LateText
    from revmod_live.workflow.model import Place

log = logging.getLogger(__name__)

_SETTLE_WITHIN_S: Final = 5.0
_LEAVE_WITHIN_S: Final = 10.0
"""How long closing waits for the disk, and for sockets to end."""
_TRIES: Final = 5
"""How often a digest is worked out anew when the text moves meanwhile."""

Fields = Callable[[str], tuple[str, ...]]
"""A section's key → the fields that it has."""


class Rooms:
    """The live server. Make it with `opened`."""

    def __init__(self, db: Database, clock: Clock, fields: Fields, limits: Limits) -> None:
        self.db: Final = db
        self.clock: Final = clock
        self.limits: Final = limits
        self.post: Final = Post(bound_bytes=limits.backlog_bytes, monotonic=clock.monotonic)
        self.journal: Final = Journal(db, clock, limits, self)
        self.claims: Final = Claims(db, clock, self._has_open)
        self.arrivals: Final = Arrivals(db, clock)
        self.forged: Final = Forged(db, clock)
        self.activity: Final = Activity(db, clock)
        self.history: Final = History(db, pause_s=limits.run_pause_s)
        self.rooms: Final[dict[SectionId, Room]] = {}
        self.pages: Final[dict[PageId, Page]] = {}
        self.members: Final[dict[Member | YjsMember, None]] = {}
        self.ended: Final = Ended()
        self.is_closing = False
        self.stale = asyncio.Event()
        self._fields: Final = fields
        self._opening: dict[SectionId, asyncio.Lock] = {}
        self._due_pages: dict[Page, None] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._taking: Final = Taking(db, clock)
        self._left = asyncio.Event()

    # ---------------------------------------------------------------- for the portal

    async def serve(self, channel: Channel, actor: Actor, *, session: SessionId | None) -> None:
        """Serve one `/live` socket until it ends; `session` is None for a token."""
        member = Member(self, channel, actor, session)
        await self._serve(member, actor, member.serve)

    async def serve_yjs(
        self, channel: Channel, actor: Actor, section: SectionId, *, take: bool, session: SessionId | None
    ) -> None:
        """Serve one `/yjs/<section>` socket until it ends.

        take: take the section's claim now, release it with the last such socket of this person.
        """
        room = await self.room(section)
        if room is not None:
            await self.fresh(room)
        if room is None or gate.standing(actor, room.facts).denied is not None:
            await channel.close(CloseCode.NO_ACCESS, "unknown" if room is None else "role")
            return
        member = YjsMember(self, channel, actor, session, room)

        is_counted = False

        async def serve() -> None:
            nonlocal is_counted
            if take:
                is_counted = True
                await self._taking.take(actor, section)
            await member.serve(await self.page(room.facts.section.page))

        try:
            await self._serve(member, actor, serve)
        finally:
            # one that was not let in has taken nothing
            if is_counted:
                await self._taking.release(actor, section)

    async def bring_up_to_date(self, sections: Iterable[SectionId]) -> None:
        """Store the canonical text and digest of each of these sections at its revision.

        What moves faster than it can be written stays behind: whoever votes then is told so.
        """
        wanted = tuple(sections)

        def behind(tx: ReadTx) -> list[SectionId]:
            rows = (queries.section_facts(tx, section) for section in wanted)
            return [row.id for row in rows if row is not None and row.digest_rev != row.rev]

        for section in await self.db.read(behind):
            for _ in range(_TRIES):
                if await self._bring_up(section):
                    break

    async def changes(
        self, section: SectionId, rev_from: int, rev_to: int, *, account: AccountId | None = None
    ) -> tuple[FieldChange, ...]:
        """What revisions `rev_from` to `rev_to` changed, those of `account` only if it is given.

        Raises NotFound for a section or revisions that are not there.
        """
        facts = await self.db.read(lambda tx: queries.section_facts(tx, section))
        if facts is None:
            raise NotFound("section")
        return await texts.changes(
            self.db,
            section,
            key=facts.key,
            fields=self._fields(facts.key),
            revs=(rev_from, rev_to),
            account=account,
        )

    async def late_of(self, account: AccountId, section: SectionId | None = None) -> tuple[LateText, ...]:
        """The late text kept for `account`, newest first, of one section or of all."""
        return await self.db.read(lambda tx: store.late_of(tx, account, section))

    async def dismiss_late(self, account: AccountId, late: str) -> None:
        """Put one late text out of the drawer; it stays in the database. NotFound if not theirs."""
        at = self.clock.now()
        await self.db.write(lambda tx: store.dismiss_late(tx, account, late, at))

    def read_only(self) -> bool:
        """Whether the disk is full, so that nothing is accepted now."""
        return self.journal.is_full

    def is_busy(self) -> bool:
        """Whether something is about to be looked at or told, for whoever waits until nothing is."""
        marks = [room.facts_mark for room in self.rooms.values()]
        marks += [page.place_mark for page in self.pages.values()]
        marks += [member.actor_mark for member in self.members]
        return self.stale.is_set() or bool(self._due_pages) or any(mark.is_set() for mark in marks)

    # ---------------------------------------------------------------- for members

    async def room(self, section: SectionId) -> Room | None:
        """The live room of a section, opened if need be; None when there is none, or it is broken.

        Whoever comes while it is being opened waits for that one opening.
        """
        room = self.rooms.get(section)
        if room is not None:
            room.activity.empty_since_s = None
            return room
        lock = self._opening.setdefault(section, asyncio.Lock())
        try:
            async with lock:
                room = self.rooms.get(section)
                if room is None:
                    room = await self._open(section)
                return room
        finally:
            if not lock.locked():
                self._opening.pop(section, None)

    async def _open(self, section: SectionId) -> Room | None:
        facts, stored = await self.db.read(lambda tx: (read_facts(tx, section), store.load(tx, section)))
        if facts is None:
            return None
        try:
            room = Room(facts, stored, self._fields(facts.section.key), self.limits)
        except ydoc.Broken:
            log.exception("section %s cannot be opened", section)
            return None
        if stored.logged_rev < room.rev:
            # a full disk keeps nobody from reading: the runs are entered when it is not
            with suppress(Unavailable):
                await self.history.recover(section, stored.logged_rev)
        # announced while it was being opened: the picture may be older than that
        room.facts_mark.set()
        self.stale.set()
        # of two openings (one was given up while a third came) there is one room
        return self.rooms.setdefault(section, room)

    async def fresh(self, room: Room) -> None:
        """Look again at the workflow, if something was announced since the last look."""

        async def look() -> None:
            facts = await self.db.read(lambda tx: read_facts(tx, room.section))
            if facts is not None:
                for claim in room.facts.claims:
                    if not facts.holds(claim.account):
                        self.history.end(room.section, claim.account)
                room.facts = facts
            for seat in tuple(room.seats):
                seat.meta()

        if room.facts_mark.is_set():
            await room.facts_mark.clear(look)

    async def outbox(self, room: Room, account: AccountId, outbox: OutboxId) -> Outbox:
        """How far this outbox has come."""
        found = room.outboxes.get((account, outbox))
        if found is None:
            section = room.section
            stored = await self.db.read(lambda tx: store.last_seq(tx, section, account, outbox))
            found = room.outboxes.setdefault((account, outbox), Outbox(stored))
        return found

    async def page(self, page: PageId) -> Page | None:
        """The live page, opened if need be; None when there is no such page."""
        found = self.pages.get(page)
        if found is None:
            looked = await self.db.read(lambda tx: _page_in(tx, page))
            if looked is None:
                return None
            found = self.pages.setdefault(page, Page(page, *looked, self._due))
            # announced while it was being read: what was read may be older than that
            found.place_mark.set()
        await self.fresh_page(found)
        # swept away meanwhile, as long as nobody was on it
        return self.pages.setdefault(page, found)

    async def fresh_page(self, page: Page) -> None:
        """Look again at who may be on a page, if something was announced since the last look."""

        async def look() -> None:
            place = await self.db.read(lambda tx: queries.page_place(tx, page.id))
            if place is not None:
                page.place = place[1]
            for one in tuple(page.present):
                one.judge()

        if page.place_mark.is_set():
            await page.place_mark.clear(look)

    async def actor(self, account: AccountId) -> Actor | None:
        """The person as they are now."""
        found = await self.db.read(lambda tx: accounts.account(tx, account))
        return None if found is None else found.actor

    # ---------------------------------------------------------------- what the journal tells

    def stored(self, room: Room, commit: Commit) -> None:
        """`commit` is on disk and in the queues of its room's members."""
        del room
        self.history.stored(commit)

    def froze(self, room: Room) -> None:
        """The section is frozen."""
        room.facts_mark.set()
        self.stale.set()

    async def rebuild(self, room: Room) -> None:
        """The room's document can no longer be used: build it anew from what is stored."""
        section = room.section
        room.put_back()
        stored = await self.db.read(lambda tx: store.load(tx, section))
        try:
            room.load(stored)
        except ydoc.Broken:
            log.exception("section %s is given up: what is stored cannot be read", section)
            self.rooms.pop(section, None)
            # nothing that waits can ever be stored: its authors keep it
            room.refuse(RefuseCode.GAP, room.stored_detail())
            for seat in tuple(room.seats):
                seat.drop("broken")
            return
        for seat in tuple(room.seats):
            seat.resync()

    def disk(self, *, full: bool) -> None:
        """The disk has become full, or is no longer."""
        for member in self.members:
            member.notice("read-only" if full else "writable", {})

    def flush(self) -> None:
        """A commit is dealt with: presence and updates go out in one write each."""
        self._tell()
        self.post.flush_now()

    def _due(self, page: Page) -> None:
        """Presence travels with the next commit, or alone after a moment."""
        self._due_pages[page] = None
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(self.limits.presence_wait_s, self._tell)

    def _tell(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        pages, self._due_pages = self._due_pages, {}
        for page in pages:
            page.tell()

    # ---------------------------------------------------------------- inside

    async def _serve(
        self, member: Member | YjsMember, actor: Actor, serve: Callable[[], Awaitable[None]]
    ) -> None:
        mine = sum(one.actor.account == actor.account for one in self.members)
        if self.is_closing or mine >= self.limits.sockets_per_account:
            await member.channel.close(CloseCode.TRY_LATER, "closing" if self.is_closing else "sockets")
            return
        if member.session in self.ended:
            await member.channel.close(CloseCode.SIGN_IN, "session")
            return
        self.members[member] = None
        try:
            # what was announced of this person before the socket was known here
            found = await self.actor(actor.account)
            if found is not None and found != actor:
                member.actor = found
                member.actor_mark.set()
            await serve()
        finally:
            self.members.pop(member, None)
            self._left.set()

    def _has_open(self, section: SectionId, account: AccountId) -> bool:
        room = self.rooms.get(section)
        return room is not None and any(seat.actor_id() == account for seat in room.seats)

    async def _bring_up(self, section: SectionId) -> bool:
        """Store the text of one section as it is now; False when it has moved meanwhile."""
        room = self.rooms.get(section)
        if room is not None:
            text = room.text()
            rev, data, digest = text.rev, text.data, text.digest
        else:
            facts, stored = await self.db.read(
                lambda tx: (queries.section_facts(tx, section), store.load(tx, section))
            )
            if facts is None or facts.digest_rev == facts.rev:
                return True
            rev, found = texts.read_stored(stored, facts.key, self._fields(facts.key))
            data = section_bytes(found)
            digest = section_digest(data)
        try:
            await self.db.write(
                lambda tx: commands.store_text(tx, section, rev=rev, text=data, digest=digest)
            )
        except Stale:
            return False
        facts = await self.db.read(lambda tx: queries.section_facts(tx, section))
        return facts is None or facts.digest_rev == facts.rev

    async def close(self, housekeeping: Housekeeping, journal: asyncio.Task[None]) -> None:
        """Store what was accepted, say goodbye to everybody, enter what is going on into the log."""
        self.is_closing = True
        await self.journal.settled(within_s=_SETTLE_WITHIN_S)
        for member in tuple(self.members):
            member.end(CloseCode.GOING_AWAY, "closing")
        try:
            async with asyncio.timeout(_LEAVE_WITHIN_S):
                while self.members:
                    await self._left.wait()
                    self._left.clear()
        except TimeoutError:
            log.error("%d sockets did not end in time", len(self.members))  # noqa: TRY400 -- no fault of ours
        self.journal.stop()
        await journal
        self.history.end_all()
        if not self.read_only():
            await self.history.write()
            await self.forged.write(everything=True)
            for room in tuple(self.rooms.values()):
                if room.activity.tail_rows:
                    await housekeeping.fold(room)


def _page_in(tx: ReadTx, page: PageId) -> tuple[StepId, Place, tuple[SectionId, ...]] | None:
    """A page's step, what rights on it are judged on, and its sections."""
    found = queries.page_place(tx, page)
    if found is None:
        return None
    step, place = found
    rows = queries.sections_of(tx, step)
    return step, place, tuple(row.id for row in rows if row.instrument == place.instrument)


@asynccontextmanager
async def opened(
    *, db: Database, bus: Bus, clock: Clock, fields: Fields, limits: Limits | None = None
) -> AsyncIterator[Rooms]:
    """The live server on `db`. Enter and leave in one task; leaving commits what was accepted.

    fields: a section's key → the names of its fields, in order.
    """
    rooms = Rooms(db, clock, fields, limits or Limits())
    housekeeping = Housekeeping(rooms)
    forget = bus.subscribe(Announcements(rooms).hear)
    try:
        async with asyncio.TaskGroup() as owner:
            journal = owner.create_task(rooms.journal.run(), name="journal")
            chores = [
                owner.create_task(housekeeping.look_again(), name="look-again"),
                owner.create_task(housekeeping.pulse(), name="pulse"),
            ]
            try:
                yield rooms
            finally:
                await rooms.close(housekeeping, journal)
                for chore in chores:
                    chore.cancel()
    finally:
        forget()
