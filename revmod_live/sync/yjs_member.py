"""A stock Yjs or pycrdt client on one section: the plain y-websocket protocol (`/yjs/<section>`).

Owns what such a client needs instead of outboxes and Meta: SyncStep1 from the server, updates held
until its answer has come, gaps answered by asking again, and a close for what is refused
(sync-protocol.md, "Standard clients"). Rights, room and journal are the same as on `/live`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never

from revmod_live.errors import Malformed, Refused, Unavailable
from revmod_live.ids import SectionId
from revmod_live.sync import gate, presence, statevector
from revmod_live.sync import yjs_protocol as yjs
from revmod_live.sync.channel import Outgoing
from revmod_live.sync.commit import Commit, Entry
from revmod_live.sync.frames import Mode, RefuseCode
from revmod_live.sync.gate import Pace, Refusal
from revmod_live.sync.mark import Mark
from revmod_live.sync.presence_page import Telling, user_of, visible
from revmod_live.sync.protocol import CloseCode
from revmod_live.sync.room import Offer
from revmod_live.sync.store import ms

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import AccountId, SessionId
    from revmod_live.sync.channel import Channel
    from revmod_live.sync.host import Host
    from revmod_live.sync.presence_page import Page
    from revmod_live.sync.room import Room

log = logging.getLogger(__name__)

_STILL_THERE: Final = yjs.encode(yjs.Awareness(b"\x00"))
"""An awareness of nobody: stock clients reconnect after 30 s of silence."""
_ASK_AGAIN_MOST: Final = 2


class YjsMember:
    """A stock client and its one section."""

    def __init__(
        self, host: Host, channel: Channel, actor: Actor, session: SessionId | None, room: Room
    ) -> None:
        self.host: Final = host
        self.channel: Final = channel
        self.actor = actor
        self.session: Final = session
        self.room: Final = room
        self.page: Page | None = None
        self.actor_mark: Final = Mark()
        self.entry: presence.Entry | None = None
        self.outgoing: Final = Outgoing(channel, host.post, self._fell_behind, joins=False)
        self._held: list[bytes] | None = None
        self._held_until_s = 0.0
        self._held_bytes = 0
        self._asked = 0
        self._is_synced = False
        self._missed: bytes | None = None
        self._strikes: Final = Pace(host.limits.strikes - 1, host.limits.strikes_within_s)
        self._ending: tuple[CloseCode, str] | None = None
        self._leash: asyncio.Timeout | None = None

    # ---------------------------------------------------------------- the socket

    async def serve(self, page: Page | None) -> None:
        """Take message after message, until the peer goes or `end` is called."""
        self.page = page
        room = self.room
        try:
            await self._arrive()
            room.seats[self] = None
            if page is not None:
                page.join(self)
            self._tell_who_is_here()
            await self._read()
        except Malformed as problem:
            log.info("a stock client of %s ends: %s", self.actor.account, problem)
            self._ending = (CloseCode.MALFORMED, "malformed")
        finally:
            self.leave()
            self.host.post.flush_now()
            code, reason = self._ending or (CloseCode.GOING_AWAY, "")
            await self.channel.close(code, reason)

    async def _arrive(self) -> None:
        try:
            await self.host.arrivals.note(self.actor, self.room.facts)
        except Unavailable:
            # what cannot be entered into the log is not read
            self.end(CloseCode.TRY_LATER, "disk-full")
        # much may have happened meanwhile
        await self._fresh()

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(None) as self._leash:
                while not self.is_ending() and (message := await self.channel.receive()) is not None:
                    for part in yjs.decode(message):
                        if not isinstance(part, yjs.Update):
                            # what is answered goes out, and others have their turn, before the next
                            await asyncio.sleep(0)
                        if self.actor_mark.is_set():
                            await self.actor_mark.clear(self.look_again)
                        await self._take(part)
                        if self.is_ending():
                            break
                    if self.host.journal.is_behind():
                        # nobody is refused for speed: a fast client is read more slowly
                        await self.host.journal.eased()
        except TimeoutError:
            if self._ending is None:
                raise
        finally:
            # over: `end` has nothing to hurry any more
            self._leash = None

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
        """Give up the section and its page."""
        self.room.seats.pop(self, None)
        self.host.claims.left(self.room.section, self.actor.account)
        if self.page is not None:
            self.page.leave(self)

    async def look_again(self) -> None:
        """Role, State or standing may have changed."""
        actor = await self.host.actor(self.actor.account)
        if actor is None:
            self.end(CloseCode.SIGN_IN, "account")
            return
        self.actor = actor
        # what a representative may do follows from others too: both are new before the doubt ends
        await self.host.fresh(self.room)
        self.meta()

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
        if self._missed is None:
            self._missed = self.room.state_vector()

    def look_after(self, now_s: float) -> None:
        """Housekeeping: has it drained, and does it answer what it was asked."""
        since = self.outgoing.lagging_since
        if since is not None and self.channel.backlog_bytes() == 0 and not self.actor_mark.is_set():
            self.outgoing.lagging_since = None
            vector, self._missed = self._missed, None
            self._say(yjs.SyncStep2(self.room.since(vector)))
            self._tell_who_is_here()
        elif since is not None and now_s - since > self.host.limits.lagging_for_s:
            self.end(CloseCode.TRY_LATER, "lagging")
        if self._held is not None and now_s > self._held_until_s:
            self._let_in()

    def ping(self) -> None:
        """Say that the server is there."""
        if not self.is_lagging:
            self.outgoing.put(_STILL_THERE)

    def notice(self, kind: str, body: dict[str, object]) -> None:
        """A stock client cannot be told."""

    def _say(self, message: yjs.Message) -> None:
        self.outgoing.put(yjs.encode(message))

    # ---------------------------------------------------------------- what the room tells

    def hear(self, commit: Commit) -> None:
        """What was stored, but for one's own; a lagging client gets it when it has drained."""
        if self.is_lagging or not self._is_synced:
            return
        if id(self) not in commit.authors:
            for message in commit.for_stock_clients():
                self.outgoing.put(message)
            return
        for entry in commit.entries:
            if entry.author is not self:
                self._say(yjs.Update(entry.row.data))

    def actor_id(self) -> AccountId:
        """Whose seat this is."""
        return self.actor.account

    def refused(self, seq: int, code: RefuseCode, detail: dict[str, object]) -> None:
        """An update on its way to disk was not stored: it cannot be told but by a close."""
        del seq, detail
        self._refuse(code)

    def resync(self) -> None:
        """What was sent may not be what is stored."""
        self._say(yjs.SyncStep2(self.room.since(None)))

    def meta(self) -> None:
        """Rights may have changed: whoever may not read any more goes."""
        if gate.standing(self.actor, self.room.facts).denied is not None:
            self.end(CloseCode.NO_ACCESS, "role")

    def drop(self, reason: str) -> None:
        """The server gives the section up."""
        self.end(CloseCode.TRY_LATER, reason)

    def _refuse(self, code: RefuseCode) -> None:
        self.end(CloseCode.NO_ACCESS, code)

    # ---------------------------------------------------------------- messages

    async def _take(self, message: yjs.Message) -> None:
        match message:
            case yjs.Update():
                self.host.activity.acted(self.session)
                await self._update(message.update)
            case yjs.SyncStep1():
                await self._fresh()
                if not self.is_ending():
                    self._sync(message.state_vector)
            case yjs.SyncStep2():
                await self._answered(message.update)
            case yjs.Awareness():
                self._show(message.payload)
            case yjs.QueryAwareness():
                self._tell_who_is_here()
            case yjs.PermissionDenied():
                pass
            case _:
                assert_never(message)

    def _sync(self, state_vector: bytes) -> None:
        statevector.read(state_vector)
        self._is_synced = True
        if self.is_lagging:
            self._missed = state_vector
        else:
            self._say(yjs.SyncStep2(self.room.since(state_vector)))
        self._ask()
        # the whole text may be in it: seen at once whether it is taken, before the next is asked for
        self.host.post.flush_now()

    def _ask(self) -> None:
        """Ask for what the client has and the server lacks; until it answers, its updates wait."""
        now_s = self.host.clock.monotonic()
        self._say(yjs.SyncStep1(self.room.head_vector()))
        if self._held is None:
            self._held, self._held_bytes = [], 0
        self._held_until_s = now_s + self.host.limits.yjs_held_s

    async def _update(self, update: bytes) -> None:
        if self._held is None:
            await self._offer(update)
            return
        self._held_bytes += len(update)
        if self._held_bytes > self.host.limits.yjs_held_bytes:
            self._refuse(RefuseCode.SIZE)
            return
        self._held.append(update)

    async def _answered(self, update: bytes) -> None:
        """The client's answer to our SyncStep1: what it had, then what it sent meanwhile."""
        held, self._held = self._held, None
        await self._offer(update)
        for one in held or []:
            if self._ending is None:
                await self._offer(one)

    def _let_in(self) -> None:
        """No answer has come in time: what was held is taken as it is, by rights as they are known.

        While they are being looked at it waits for the next beat.
        """
        if self.actor_mark.is_set() or self.room.facts_mark.is_set():
            return
        held, self._held = self._held, None
        for one in held or []:
            if not self.is_ending():
                self._admit(one, gate.standing(self.actor, self.room.facts))

    async def _offer(self, update: bytes) -> None:
        if yjs.is_too_large(update):
            self._refuse(RefuseCode.SIZE)
            return
        room = self.room
        await self._fresh()
        if self.is_ending():
            return
        standing = gate.standing(self.actor, room.facts)
        if gate.needs_claim(standing, self.actor, room.facts) and not room.brings_nothing(update):
            standing = await self._take_back()
        self._admit(update, standing)

    def _admit(self, update: bytes, standing: gate.Standing) -> None:
        room, host = self.room, self.host
        at_ms = ms(host.clock.now())
        if standing.mode is Mode.READ:
            if not room.brings_nothing(update):
                code = RefuseCode.ROLE if standing.denied else gate.REFUSED_FOR[standing.why]
                if code is RefuseCode.ROLE:
                    host.forged.note(self.actor, room.section)
                self._refuse(code)
            return
        result = room.admit(Offer(update, self.actor.account, None, None, at_ms, at_ms, self))
        if isinstance(result, Entry):
            self._asked = 0
            host.claims.edited(room.section, self.actor.account)
            host.journal.put(room, result)
        elif isinstance(result, Refusal):
            self._not_taken(result)

    async def _take_back(self) -> gate.Standing:
        room = self.room
        with suppress(Refused):
            await self.host.claims.bring_back(self.actor, room.section, letter=room.facts.place.letter)
        await self._fresh()
        return gate.standing(self.actor, room.facts)

    async def _fresh(self) -> None:
        """Look again at the person and at the workflow, until nothing was announced since."""
        while (self.actor_mark.is_set() or self.room.facts_mark.is_set()) and not self.is_ending():
            await self.actor_mark.clear(self.look_again)
            await self.host.fresh(self.room)

    def _not_taken(self, refusal: Refusal) -> None:
        if refusal.code is RefuseCode.GAP and self._asked < _ASK_AGAIN_MOST:
            self._asked += 1
            self._ask()
            return
        self._refuse(refusal.code)

    # ---------------------------------------------------------------- presence

    def opens(self) -> Collection[SectionId]:
        """The one section of this socket."""
        return (self.room.section,)

    def _show(self, payload: bytes) -> None:
        """What the client shows: its own state alone, which is the first of a client nobody else is."""
        page = self.page
        if page is None:
            return
        for read in presence.read_standard(payload, self.room.section):
            known = self.entry
            if page.is_taken(read.client, self):
                continue
            if known is not None and (read.client != known.client or read.clock <= known.clock):
                continue
            self.entry = replace(read, user=user_of(self.actor))
            page.moved(self)

    def _tell_who_is_here(self) -> None:
        if self.page is not None:
            self._send_presence([visible(entry, self.opens()) for entry in self.page.others(self)])

    def _send_presence(self, entries: list[presence.Entry]) -> None:
        if entries and not self.is_lagging:
            self._say(yjs.Awareness(presence.write_standard(entries, self.room.section)))

    def hear_presence(self, telling: Telling) -> None:
        """Others have moved, come or gone."""
        self._send_presence([entry for whose, entry in telling.entries(self.opens()) if whose is not self])

    def hear_notice(self, frame: bytes) -> None:
        """A stock client cannot be told."""

    def judge(self) -> None:
        """Rights on the section, which the room's `meta` looks after, are rights on its page."""
