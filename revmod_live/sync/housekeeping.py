"""What the live server does by itself, now and then: look again, ping, fold, close what is idle.

Owns two tasks' work. A fault in one room or one look is logged and tried again; it ends nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from revmod_live.docs.canonical import section_bytes
from revmod_live.errors import Unavailable
from revmod_live.sync import store, ydoc

if TYPE_CHECKING:
    from revmod_live.sync.room import Room
    from revmod_live.sync.rooms import Rooms

log = logging.getLogger(__name__)

_CLAIMS_EVERY_S: Final = 5.0


@contextmanager
def _apart(of: str) -> Iterator[None]:
    """A fault here is logged, and the beat goes on: the next one tries again."""
    try:
        yield
    except Exception:
        log.exception("a chore failed: %s", of)


class Housekeeping:
    """The chores of one live server."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms: Final = rooms
        now_s = rooms.clock.monotonic()
        self._pinged_s = now_s
        self._claims_s = now_s

    async def look_again(self) -> None:
        """Bring up to date whatever an announcement has marked, so that people are told."""
        rooms = self._rooms
        while True:
            await rooms.stale.wait()
            rooms.stale.clear()
            try:
                for member in tuple(rooms.members):
                    if member.actor_mark.is_set():
                        await member.actor_mark.clear(member.look_again)
                for room in tuple(rooms.rooms.values()):
                    await rooms.fresh(room)
                for page in tuple(rooms.pages.values()):
                    await rooms.fresh_page(page)
            except Exception:
                log.exception("rights could not be looked at again; they stay marked")
                await asyncio.sleep(rooms.limits.retry_s)
                rooms.stale.set()

    async def pulse(self) -> None:
        """Do every chore that is due, for ever."""
        while True:
            await asyncio.sleep(self._rooms.limits.pulse_s)
            try:
                await self.beat()
            except Exception:
                log.exception("a chore failed; the next beat tries again")

    async def beat(self) -> None:
        """Do every chore that is due now."""
        rooms, limits = self._rooms, self._rooms.limits
        now_s = rooms.clock.monotonic()
        is_ping_due = now_s - self._pinged_s >= limits.ping_every_s
        if is_ping_due:
            self._pinged_s = now_s
        for member in tuple(rooms.members):
            with _apart("a socket"):
                member.look_after(now_s)
                if is_ping_due:
                    member.ping()
        for page in tuple(rooms.pages.values()):
            if not page.present:
                rooms.pages.pop(page.id, None)
        rooms.history.end_paused(store.ms(rooms.clock.now()))
        with _apart("the log of edits"):
            await rooms.history.write()
        with _apart("who is active"):
            await rooms.activity.write()
        with _apart("pushes without a right"):
            await rooms.forged.write()
        for room in tuple(rooms.rooms.values()):
            with _apart(room.section):
                await self._look_after(room, now_s)
        if now_s - self._claims_s >= _CLAIMS_EVERY_S:
            self._claims_s = now_s
            await rooms.claims.look()

    async def _look_after(self, room: Room, now_s: float) -> None:
        limits, activity = self._rooms.limits, room.activity
        if activity.digest_sent_rev < room.rev and now_s - activity.digest_sent_s >= limits.digest_every_s:
            activity.digest_sent_rev, activity.digest_sent_s = room.rev, now_s
            room.text()
            for seat in tuple(room.seats):
                seat.meta()
        if activity.restore:
            await self._keep_restore_points(room)
        if activity.tail_rows >= limits.fold_rows or activity.tail_bytes >= limits.fold_bytes:
            await self.fold(room)
        if now_s - activity.written_s >= limits.shadow_idle_s:
            room.let_shadow_go()
        room.forget_outboxes()
        if room.seats or room.waiting or room.in_flight:
            activity.empty_since_s = None
        elif activity.empty_since_s is None:
            activity.empty_since_s = now_s
        elif now_s - activity.empty_since_s >= limits.room_idle_s:
            await self.close(room)

    async def close(self, room: Room) -> None:
        """Close a room that nobody is in: its runs entered, its snapshot written, its tail short."""
        rooms, activity = self._rooms, room.activity
        since = activity.empty_since_s
        rooms.history.end(room.section)
        await rooms.history.write()
        if activity.tail_rows:
            await self.fold(room)
        # somebody may have come in meanwhile, or be on the way in
        is_empty = since is not None and activity.empty_since_s == since
        if is_empty and not (room.seats or room.waiting or room.in_flight or activity.tail_rows):
            rooms.rooms.pop(room.section, None)

    async def fold(self, room: Room) -> None:
        """Store the document as one state, once it is proved to give the same text again."""
        rooms, activity = self._rooms, room.activity
        section, rev = room.section, room.rev
        state = room.since(None)
        again = ydoc.load(room.fields, [state])
        text = section_bytes(ydoc.section_of(again, room.facts.section.key, room.fields))
        if text != room.text().data:
            log.error("section %s: its state at revision %d does not give its text; not folded", section, rev)
            activity.tail_rows = activity.tail_bytes = 0
            return
        is_kept = rev - activity.kept_rev >= rooms.limits.keep_fold_every_revs
        logged_rev, at = rooms.history.logged_rev(section, rev), rooms.clock.now()
        rows, size = activity.tail_rows, activity.tail_bytes
        await rooms.db.write(
            lambda tx: store.keep_state(
                tx,
                section,
                rev=rev,
                state=state,
                kind="kept" if is_kept else "fold",
                logged_rev=logged_rev,
                at=at,
            )
        )
        activity.tail_rows -= rows
        activity.tail_bytes -= size
        room.sizes.state_bytes = len(state) + activity.tail_bytes
        if is_kept:
            activity.kept_rev = rev

    async def _keep_restore_points(self, room: Room) -> None:
        """Store the states before mass deletions."""
        rooms, section = self._rooms, room.section
        points, room.activity.restore = room.activity.restore, []
        at = rooms.clock.now()
        while points:
            rev, state = points[0]
            keep = partial(store.keep_state, section=section, rev=rev, state=state, kind="restore")
            try:
                await rooms.db.write(partial(keep, logged_rev=0, at=at))
            except Unavailable:
                # a full disk: they wait for the next beat
                room.activity.restore[:0] = points
                raise
            del points[0]
