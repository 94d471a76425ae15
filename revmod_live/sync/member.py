"""One person's `/live` socket: frames in, and what became of it out, until it ends.

Owns the reading: one message after another, each judged by rights as they are when it is taken up.
Sections are `member_seat`'s, pages `presence_page`'s; the socket itself is a `Channel`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, assert_never

from revmod_live.docs.schema import SCHEMA
from revmod_live.errors import Malformed, Refused, Unavailable
from revmod_live.ids import PageId, SectionId
from revmod_live.sync import store
from revmod_live.sync.channel import Outgoing
from revmod_live.sync.frames import (
    Ack,
    ClientFrame,
    Close,
    Late,
    Notice,
    OpenPage,
    OpenSection,
    Ping,
    Pong,
    Presence,
    Push,
    Refuse,
    RefuseCode,
    SyncStep1,
)
from revmod_live.sync.gate import Pace
from revmod_live.sync.late import LateText
from revmod_live.sync.mark import Mark
from revmod_live.sync.member_seat import LiveSeat, open_seat
from revmod_live.sync.presence_page import PageSeat, open_page
from revmod_live.sync.protocol import CloseCode, decode, encode

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import SessionId
    from revmod_live.sync.channel import Channel
    from revmod_live.sync.host import Host
    from revmod_live.sync.room import Room

log = logging.getLogger(__name__)

_PING: Final = encode("", Ping())
_A_TURN: Final = 64
"""Frames of one socket taken up in a turn of the loop."""
_UNTAKEN_MOST: Final = 2
"""How many times what makes a member lag may wait for it before it is not read any more."""


class Member:
    """A connected person. `serve` runs until the socket ends, from whichever side."""

    def __init__(self, host: Host, channel: Channel, actor: Actor, session: SessionId | None) -> None:
        self.host: Final = host
        self.channel: Final = channel
        self.actor = actor
        self.session: Final = session
        self.actor_mark: Final = Mark()
        self.seats: Final[dict[SectionId, LiveSeat]] = {}
        self.pages: Final[dict[PageId, PageSeat]] = {}
        self.outgoing: Final = Outgoing(channel, host.post, self._fell_behind)
        self.heard_s = host.clock.monotonic()
        self._strikes: Final = Pace(host.limits.strikes - 1, host.limits.strikes_within_s)
        self._ending: tuple[CloseCode, str] | None = None
        self._leash: asyncio.Timeout | None = None
        self._missed_news = False

    # ---------------------------------------------------------------- the socket

    async def serve(self) -> None:
        """Take message after message, until the peer goes or `end` is called."""
        try:
            await self._read()
        except Malformed as problem:
            log.info("a socket of %s ends: %s", self.actor.account, problem)
            self._ending = (CloseCode.MALFORMED, "malformed")
        finally:
            self.leave()
            self.host.post.flush_now()
            code, reason = self._ending or (CloseCode.GOING_AWAY, "")
            await self.channel.close(code, reason)

    async def _read(self) -> None:
        taken = 0
        try:
            async with asyncio.timeout(None) as self._leash:
                while not self.is_ending() and (message := await self.channel.receive()) is not None:
                    self.heard_s = self.host.clock.monotonic()
                    for name, frame in decode(message):
                        taken += 1
                        if taken % _A_TURN == 0 or self.is_lagging:
                            await self._breathe()
                        if self.actor_mark.is_set():
                            await self.actor_mark.clear(self.look_again)
                        await self._take(name, frame)
                        if self.is_ending():
                            break
                    if self.host.journal.is_behind():
                        # TCP slows the author
                        await self.host.journal.eased()
        except TimeoutError:
            if self._ending is None:
                raise
        finally:
            # over: `end` has nothing to hurry any more
            self._leash = None

    async def _breathe(self) -> None:
        """Let others have their turn; who takes nothing of what is answered is not read for a while."""
        limits = self.host.limits
        await asyncio.sleep(0)
        while self.channel.backlog_bytes() > _UNTAKEN_MOST * limits.backlog_bytes:  # noqa: ASYNC110 -- a transport tells nobody that it has drained
            await asyncio.sleep(limits.pulse_s)

    def is_ending(self) -> bool:
        """Whether `end` was called."""
        return self._ending is not None

    def end(self, code: CloseCode, reason: str) -> None:
        """End this socket from outside, now."""
        if self._ending is None:
            self._ending = (code, reason)
            if self._leash is not None and self._leash.when() is None:
                self._leash.reschedule(asyncio.get_running_loop().time())

    def leave(self) -> None:
        """Give up everything that is open here."""
        for seat in tuple(self.seats.values()):
            self.forget(seat)
        for page in tuple(self.pages.values()):
            page.leave()
        self.pages.clear()

    def forget(self, seat: LiveSeat) -> None:
        """One section is no longer open here."""
        if self.seats.get(seat.section) is seat:
            del self.seats[seat.section]
        seat.room.seats.pop(seat, None)
        if seat.outbox.holder is seat:
            seat.outbox.holder = None
        self.host.claims.left(seat.section, self.actor.account)
        for page in self.pages.values():
            page.section_closed(seat.section)

    def strike(self) -> None:
        """Shadow or schema refused something: too often, and the connection ends."""
        if self._strikes.is_over(self.host.clock.monotonic()):
            self.end(CloseCode.TRY_LATER, "refused")

    async def look_again(self) -> None:
        """Role, State or standing may have changed."""
        actor = await self.host.actor(self.actor.account)
        if actor is None:
            self.end(CloseCode.SIGN_IN, "account")
            return
        was = self.actor
        if was.active and (actor.active, actor.role, actor.state) != (True, was.role, was.state):
            # still signed in (PRO-06): comes back at once, and all that is opened then is judged anew
            self.end(CloseCode.GOING_AWAY, "account")
            return
        self.actor = actor
        # what a representative may do follows from others too: both are new before the doubt ends
        for seat in tuple(self.seats.values()):
            await self.host.fresh(seat.room)
            seat.meta()
        for page in tuple(self.pages.values()):
            await self.host.fresh_page(page.page)
            if page.page.id in self.pages:
                page.judge()

    async def fresh(self, room: Room) -> None:
        """Look again at the person and at the workflow, until nothing was announced since."""
        while (self.actor_mark.is_set() or room.facts_mark.is_set()) and not self.is_ending():
            await self.actor_mark.clear(self.look_again)
            await self.host.fresh(room)

    def doubt(self) -> None:
        """Who this is may have changed: nothing is sent until that was looked at, as to one who lags."""
        self.actor_mark.set()
        if self.outgoing.lagging_since is None:
            self.outgoing.lagging_since = self.host.clock.monotonic()
            self._fell_behind()

    # ---------------------------------------------------------------- keeping up

    @property
    def is_lagging(self) -> bool:
        """Whether the peer has not yet taken what it was sent."""
        return self.outgoing.lagging_since is not None

    def _fell_behind(self) -> None:
        for seat in self.seats.values():
            seat.fell_behind()

    def look_after(self, now_s: float) -> None:
        """Housekeeping: has it drained, or has it been silent for too long."""
        since = self.outgoing.lagging_since
        if since is not None:
            if self.channel.backlog_bytes() == 0 and not self.actor_mark.is_set():
                self.outgoing.lagging_since = None
                for seat in tuple(self.seats.values()):
                    seat.caught_up()
                for page in self.pages.values():
                    page.caught_up()
                if self._missed_news:
                    self._missed_news = False
                    self.notice("missed", {})
            elif now_s - since > self.host.limits.lagging_for_s:
                self.end(CloseCode.TRY_LATER, "lagging")
        for page in self.pages.values():
            page.look_after()
        if now_s - self.heard_s > self.host.limits.silent_for_s:
            self.end(CloseCode.GOING_AWAY, "silent")

    def ping(self) -> None:
        """Say that the server is there; the client answers."""
        if not self.is_lagging:
            self.outgoing.put(_PING)

    def notice(self, kind: str, body: dict[str, object]) -> None:
        """Tell this person something; who does not keep up is told later that there was something."""
        if self.is_lagging:
            self._missed_news = True
        else:
            self.outgoing.put(encode("", Notice(kind, body)))

    # ---------------------------------------------------------------- frames

    async def _take(  # noqa: C901 -- one branch a frame
        self, name: str, frame: ClientFrame
    ) -> None:
        match frame:
            case Push():
                seat = self.seats.get(SectionId(name[2:]))
                if seat is None:
                    self.host.forged.note(self.actor, SectionId(name[2:]))
                    self._refuse(name, frame.seq, RefuseCode.ROLE)
                else:
                    self.host.activity.acted(self.session)
                    await seat.push(frame)
            case Presence():
                page = self.pages.get(PageId(name[2:]))
                if page is not None:
                    page.take(frame.payload)
            case SyncStep1():
                await self._sync(SectionId(name[2:]), frame)
            case OpenSection():
                await self._open_section(SectionId(name[2:]), frame)
            case OpenPage():
                await self._open_page(PageId(name[2:]))
            case Late():
                await self._keep_late(name, frame)
            case Close():
                self._close(name)
            case Pong():
                pass
            case _:
                assert_never(frame)

    async def _sync(self, section: SectionId, frame: SyncStep1) -> None:
        seat = self.seats.get(section)
        if seat is not None:
            await self.fresh(seat.room)
            if seat.is_here():
                seat.sync(frame)

    async def _open_section(self, section: SectionId, frame: OpenSection) -> None:
        if frame.schema != SCHEMA:
            self.end(CloseCode.NEW_SCHEMA, "schema")
            return
        earlier = self.seats.get(section)
        if earlier is not None:
            self.forget(earlier)
        seat = await open_seat(self, section, frame)
        if seat is not None:
            for page in self.pages.values():
                page.section_opened(section)

    async def _open_page(self, page: PageId) -> None:
        earlier = self.pages.pop(page, None)
        if earlier is not None:
            earlier.leave()
        seat = await open_page(self, page)
        if seat is not None:
            self.pages[page] = seat

    def _close(self, name: str) -> None:
        if name.startswith("s:"):
            seat = self.seats.get(SectionId(name[2:]))
            if seat is not None:
                self.forget(seat)
            return
        page = self.pages.pop(PageId(name[2:]), None)
        if page is not None:
            page.leave()

    async def _keep_late(self, name: str, frame: Late) -> None:
        """Keep text that can no longer be merged for its author: from whoever is signed in."""
        late = LateText(
            id=frame.id,
            section=SectionId(name[2:]),
            code=frame.code,
            epoch=frame.epoch,
            update=frame.update,
            base=frame.base,
            before=frame.before,
            after=frame.after,
            at=self.host.clock.now(),
        )
        account, bound = self.actor.account, self.host.limits.late_bytes
        try:
            await self.host.db.write(lambda tx: store.keep_late(tx, account, late, bound_bytes=bound))
        except Refused:
            self._refuse(name, frame.seq, RefuseCode.SIZE)
            return
        except Unavailable as problem:
            # no answer: it stays with its author, who hands it in again on the next line
            log.warning("late text of %s was not kept: %s", account, problem)
            return
        self.outgoing.put(encode(name, Ack(frame.seq, 0)))

    def _refuse(self, name: str, seq: int, code: RefuseCode) -> None:
        self.outgoing.put(encode(name, Refuse(seq, code)))
