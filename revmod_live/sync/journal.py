"""The journal: one task for all rooms; whatever waits goes into one transaction, in order.

Owns when to commit and what follows from a commit's outcome. Knows no socket and no document but
through `Room`; the statements are `store`'s. Nothing is acknowledged before its commit
(sync-protocol.md, "What the server does with a Push", 6 and 7).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Protocol

from revmod_live.errors import RevmodError, Unavailable
from revmod_live.ids import SectionId
from revmod_live.sync import store, ydoc
from revmod_live.sync.commit import Commit
from revmod_live.sync.frames import RefuseCode
from revmod_live.sync.store import Append, Appended, NotAllStored
from revmod_live.sync.texts import where
from revmod_live.workflow import commands, queries

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from revmod_live.clock import Clock
    from revmod_live.storage.database import Database, WriteTx
    from revmod_live.sync.commit import Entry
    from revmod_live.sync.limits import Limits
    from revmod_live.sync.room import Room

log = logging.getLogger(__name__)

_STORED: Final = "stored"


class _NotStoredError(RevmodError):
    """Rolls a transaction back; `word` says why nothing was stored."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word: Final = word


class Hears(Protocol):
    """Whoever must know what was stored, and what could not be."""

    def stored(self, room: Room, commit: Commit) -> None:
        """`commit` is on disk and in the queues of its room's members."""
        ...

    def froze(self, room: Room) -> None:
        """The section is frozen."""
        ...

    async def rebuild(self, room: Room) -> None:
        """The room's document can no longer be used: build it anew from what is stored."""
        ...

    def disk(self, *, full: bool) -> None:
        """The disk has become full, or is no longer."""
        ...

    def flush(self) -> None:
        """A commit is dealt with: write to everybody who is to get something of it."""
        ...


class Journal:
    """What is admitted in all rooms, on its way to disk."""

    def __init__(self, db: Database, clock: Clock, limits: Limits, hears: Hears) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._limits: Final = limits
        self._hears: Final = hears
        self._rooms: dict[Room, None] = {}
        self._woken = asyncio.Event()
        self._eased = asyncio.Event()
        self._eased.set()
        self._bytes = 0
        self._not_before_s = 0.0
        self._stopping = False
        self._is_committing = False
        self._idle = asyncio.Event()
        self.is_full = False

    def put(self, room: Room, entry: Entry) -> None:
        """Something waits in `room`."""
        self._rooms[room] = None
        self._bytes += len(entry.row.data)
        if self._bytes > self._limits.journal_bytes:
            self._eased.clear()
        self._woken.set()

    def is_behind(self) -> bool:
        """Whether so much waits that nobody should be read."""
        return not self._eased.is_set()

    async def eased(self) -> None:
        """Wait until the journal can take more."""
        await self._eased.wait()

    async def settled(self, *, within_s: float) -> None:
        """Wait until nothing waits, or this long at most."""
        try:
            async with asyncio.timeout(within_s):
                while self._rooms or self._is_committing:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            log.warning("the journal did not settle within %s s", within_s)

    def stop(self) -> None:
        """Commit what waits, then end."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Commit what comes, until `stop`."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            if not self._rooms:
                if self._stopping:
                    return
                continue
            await self._pace()
            rooms, self._rooms = self._rooms, {}
            self._is_committing = True
            is_done = await self._commit(list(rooms))
            self._is_committing = False
            self._idle.set()
            if self._stopping and not is_done:
                return
            self._count()
            if self._rooms or self._stopping:
                self._woken.set()

    async def _pace(self) -> None:
        """At once when idle; else after a rest that grows with what the last commit cost us.

        What comes meanwhile shares one transaction and one write to each member: with many members, when
        telling them is dear, more does, and with few nobody waits.
        """
        rest_s = self._not_before_s - self._clock.monotonic()
        if rest_s > 0 and not self._stopping:
            await asyncio.sleep(rest_s)

    def _told(self, since_s: float) -> None:
        """Everybody has heard of a commit that was on disk at `since_s`."""
        self._hears.flush()
        now_s = self._clock.monotonic()
        self._not_before_s = now_s + min(self._limits.rest_s, self._limits.rest_factor * (now_s - since_s))

    def _count(self) -> None:
        self._bytes = sum(room.bytes_on_their_way() for room in self._rooms)
        if self._bytes <= self._limits.journal_bytes // 2:
            self._eased.set()

    async def _commit(self, rooms: list[Room]) -> bool:
        """One transaction for all these rooms; False when the disk took nothing."""
        most = self._limits.commit_updates
        batch = [
            Append(room.section, room.rev, [entry.row for entry in entries])
            for room in rooms
            if (entries := room.take(most))
        ]
        try:
            done = await self._append(batch)
        except Unavailable as problem:
            await self._wait_for_disk(rooms, problem)
            return False
        except Exception:
            log.exception("a commit of %d sections failed; each is tried alone", len(batch))
            since_s = self._clock.monotonic()
            outcomes = {room: await self._guarded(room, self._alone(room)) for room in rooms}
        else:
            since_s = self._clock.monotonic()
            outcomes = {room: await self._guarded(room, self._follow(room, done)) for room in rooms}
        self._told(since_s)
        stuck = {room: problem for room, problem in outcomes.items() if problem is not None}
        if stuck:
            await self._wait_for_disk(list(stuck), next(iter(stuck.values())))
            return False
        if self.is_full:
            self.is_full = False
            self._hears.disk(full=False)
        return True

    async def _guarded(self, room: Room, work: Coroutine[None, None, None]) -> Unavailable | None:
        """Do `work` for one room: what goes wrong there touches no other room, and ends nothing.

        What the disk said when it took nothing; then `room` waits as it was.
        """
        try:
            await work
        except Unavailable as problem:
            return problem
        except Exception:
            log.exception("section %s: %d updates could not be stored", room.section, len(room.in_flight))
            await self._give_up(room)
        return None

    async def _give_up(self, room: Room) -> None:
        """Whose updates wait is told to repeat them, and the room begins anew from what is stored."""
        room.refuse(RefuseCode.GAP, room.stored_detail())
        try:
            await self._hears.rebuild(room)
        except Exception:
            log.exception("section %s could not be built anew", room.section)

    async def _append(self, batch: list[Append]) -> Appended:
        try:
            return await self._db.write_by_driver(lambda driver: store.append(driver, batch))
        except NotAllStored:
            return await self._db.write_by_driver(lambda driver: store.append_apart(driver, batch))

    async def _follow(self, room: Room, done: Appended) -> None:
        """What the outcome means for one room."""
        section = room.section
        if section in done.stored:
            await self._stored(room)
        elif section in done.frozen:
            self._froze(room)
        elif section in done.moved:
            await self._read_on(room)
        elif section in done.votes:
            await self._with_votes(room)
        if room.waiting:
            self._rooms[room] = None

    async def _stored(self, room: Room) -> None:
        commit = Commit(room.section, room.rev, room.in_flight)
        try:
            commit = room.stored(self._clock.monotonic())
        except ydoc.Broken:
            log.exception("section %s: what was stored broke the document", room.section)
            await self._hears.rebuild(room)
        # it is on disk in any case, and so an edit for the log
        self._hears.stored(room, commit)

    def _froze(self, room: Room) -> None:
        self._hears.froze(room)
        room.refuse(RefuseCode.FROZEN)

    async def _read_on(self, room: Room) -> None:
        """The row is ahead of the room: another process has written. Read what, then try again."""
        section, rev = room.section, room.rev
        rows, clients = await self._db.read(
            lambda tx: (store.rows(tx, section, after=rev), store.new_clients(tx, section))
        )
        if not rows:
            # the row went back, or jumped: only a new beginning helps
            await self._hears.rebuild(room)
            return
        try:
            room.read_on(rows, clients)
        except ydoc.Broken:
            log.exception("section %s: what another process stored broke the document", section)
            await self._hears.rebuild(room)

    async def _with_votes(self, room: Room) -> None:
        """There may be live votes: the same again, with the digest, and the reset if it changed.

        One person's updates at a time, so that a reset has one author.
        """
        by = room.in_flight[0].row.account
        others = (n for n, entry in enumerate(room.in_flight) if entry.row.account != by)
        own = next(others, len(room.in_flight))
        room.put_back(own)
        text = room.text_with(room.in_flight)
        before = room.text()
        append = Append(room.section, room.rev, [entry.row for entry in room.in_flight])
        at = self._clock.now()

        def command(tx: WriteTx) -> None:
            is_voted = queries.votes_are_live(tx, append.section)
            if is_voted and text.digest != before.digest:
                place = where(before.data, text.data)
                commands.text_moved(
                    tx,
                    append.section,
                    by=by,
                    rev_from=append.rev + 1,
                    rev=text.rev,
                    before=before.digest,
                    after=text.digest,
                    place=place,
                    at=at,
                )
            word = store.append_slowly(tx, append)
            if word != _STORED:
                raise _NotStoredError(word)
            if is_voted:
                commands.store_text(tx, append.section, rev=text.rev, text=text.data, digest=text.digest)

        try:
            await self._db.write(command)
            word = _STORED
        except _NotStoredError as problem:
            word = problem.word
        alone, none = frozenset([room.section]), frozenset[SectionId]()
        await self._follow(
            room,
            Appended(
                stored=alone if word == _STORED else none,
                frozen=alone if word == "frozen" else none,
                moved=alone if word == "moved" else none,
            ),
        )

    async def _alone(self, room: Room) -> None:
        """The transaction failed for a reason of its own: this section by itself, so others stand."""
        if room.in_flight:
            rows = [entry.row for entry in room.in_flight]
            await self._follow(room, await self._append([Append(room.section, room.rev, rows)]))

    async def _wait_for_disk(self, rooms: list[Room], problem: Unavailable) -> None:
        """Nothing was stored and nothing is acknowledged: it waits, and so do its authors."""
        for room in rooms:
            room.put_back()
            self._rooms[room] = None
        if self._stopping:
            log.error("updates were not stored: %s", problem)
            return
        if not self.is_full:
            self.is_full = True
            log.error("nothing can be stored: %s", problem)
            self._hears.disk(full=True)
        await asyncio.sleep(self._limits.retry_s)
