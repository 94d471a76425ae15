"""One section open on one `/live` socket: Open, SyncStep1 and Push in; Meta, Updates and Acks out.

Owns the order of frames of that section for that member (sync-protocol.md, "Order"). Judges nothing
itself: rights are `gate`'s, updates are `Room.admit`'s, and being stored is the journal's.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from revmod_live.docs.schema import SCHEMA
from revmod_live.errors import Refused, Unavailable
from revmod_live.ids import OutboxId
from revmod_live.sync import gate, statevector
from revmod_live.sync.commit import Entry
from revmod_live.sync.frames import (
    PUSH_MAX_BYTES,
    UNANSWERED_MAX,
    Ack,
    Close,
    Denied,
    DeniedReason,
    DigestAt,
    Meta,
    Mode,
    Opened,
    OpenSection,
    Push,
    Refuse,
    RefuseCode,
    ServerFrame,
    SyncStep1,
    SyncStep2,
    Why,
)
from revmod_live.sync.gate import Refusal, Standing
from revmod_live.sync.protocol import CloseCode, encode, section_name
from revmod_live.sync.room import Offer
from revmod_live.sync.store import ms

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import AccountId, SectionId
    from revmod_live.sync.commit import Commit
    from revmod_live.sync.facts import RoomFacts
    from revmod_live.sync.member import Member
    from revmod_live.sync.outbox import Outbox
    from revmod_live.sync.room import Room

log = logging.getLogger(__name__)

_AFTER_MS: Final = 1000
"""How long a flooding client should wait."""


class LiveSeat:
    """A member's seat in a room. Make it with `open_seat`."""

    __slots__ = (
        "_epoch_fits",
        "_held_ack",
        "_judged",
        "_meta_due",
        "_meta_rev",
        "_missed",
        "_n",
        "_standing",
        "is_synced",
        "member",
        "name",
        "outbox",
        "outbox_id",
        "room",
        "warned",
    )

    def __init__(self, member: Member, room: Room, outbox: Outbox, opening: OpenSection) -> None:
        self.member: Final = member
        self.room: Final = room
        self.outbox: Final = outbox
        self.outbox_id: Final[OutboxId] = OutboxId(opening.outbox)
        self.name: Final = section_name(room.section)
        self.is_synced = False
        self.warned = False
        self._epoch_fits = opening.epoch in (None, room.facts.section.epoch)
        self._judged: tuple[Actor, RoomFacts] | None = None
        self._standing = Standing(Mode.READ, Why.ROLE)
        self._n = 0
        self._meta_due = False
        self._meta_rev = -1
        self._missed: bytes | None = None
        self._held_ack: Ack | None = None

    @property
    def section(self) -> SectionId:
        """The section of this seat."""
        return self.room.section

    def standing(self) -> Standing:
        """What this person may do here, by what is known now; judged anew whenever that changes."""
        judged, actor, facts = self._judged, self.member.actor, self.room.facts
        if judged is None or judged[0] is not actor or judged[1] is not facts:
            self._judged = (actor, facts)
            self._standing = gate.standing(actor, facts)
        return self._standing

    def is_here(self) -> bool:
        """Whether it is by this seat that its member has the section open."""
        return self.member.seats.get(self.section) is self and not self.member.is_ending()

    def put(self, frame: ServerFrame) -> None:
        """Send a frame of this section."""
        self.member.outgoing.put(encode(self.name, frame))

    # ---------------------------------------------------------------- Meta and synchronising

    def meta(self) -> None:
        """Send Meta, as soon as nothing of the outbox is on its way to disk; Close if it is denied."""
        standing = self.standing()
        if self not in self.room.seats:
            return
        if standing.denied is not None:
            self.drop(standing.denied)
        elif self.outbox.pending or self.member.is_lagging:
            self._meta_due = True
        else:
            self._send_meta(standing)

    def _send_meta(self, standing: Standing) -> None:
        room = self.room
        text = room.known_text()
        self._n += 1
        self._meta_due = False
        self._meta_rev = room.rev
        self.put(
            Meta(
                epoch=room.facts.section.epoch,
                schema=SCHEMA,
                rev=room.rev,
                seq=self.outbox.stored,
                mode=standing.mode,
                why=standing.why,
                claims=room.facts.claims_shown(),
                step=room.facts.step_shown(with_votes=standing.sees_votes),
                digest=None if text is None else DigestAt(text.rev, text.digest),
                n=self._n,
            )
        )

    def sync(self, frame: SyncStep1) -> None:
        """Bring the client exactly to Meta's revision; from here on it hears what is stored.

        Raises Malformed for what is no state vector.
        """
        statevector.read(frame.state_vector)
        if self.outbox.pending or self.member.is_lagging:
            # Meta comes first, and cannot yet: both together, then
            self._missed, self._meta_due, self.is_synced = frame.state_vector, True, True
            return
        self._catch_up(frame.state_vector)
        self.is_synced = True
        # the whole text may be in it: seen at once whether it is taken, before the next is asked for
        self.member.host.post.flush_now()

    def _catch_up(self, state_vector: bytes | None) -> None:
        if self._meta_rev != self.room.rev or self._meta_due:
            self._send_meta(self.standing())
        self.put(SyncStep2(self.room.since(state_vector)))

    # ---------------------------------------------------------------- what the room tells

    def hear(self, commit: Commit) -> None:
        """Put what was stored into the queue; a lagging member gets it by a resync."""
        is_author = id(self) in commit.authors
        if self.member.is_lagging or self._missed is not None:
            if is_author:
                self._hold_ack(commit)
            self._after_storing()
            return
        outgoing = self.member.outgoing
        if is_author:
            for frame in commit.for_author(self, listening=self.is_synced):
                outgoing.put(frame)
            self._after_storing()
        elif self.is_synced:
            outgoing.put(commit.for_listeners())

    def _hold_ack(self, commit: Commit) -> None:
        for rev, entry in enumerate(commit.entries, commit.after + 1):
            if entry.author is self:
                self._held_ack = Ack(entry.acks, rev)

    def _after_storing(self) -> None:
        if self.outbox.pending or self.member.is_lagging:
            return
        if self._missed is not None:
            self._resync_now()
        elif self._meta_due:
            self.meta()
        if self._held_ack is not None:
            self.put(self._held_ack)
            self._held_ack = None

    def fell_behind(self) -> None:
        """The member does not keep up: from here on it gets nothing until it has drained."""
        if self.is_synced and self._missed is None:
            self._missed = self.room.state_vector()

    def caught_up(self) -> None:
        """The member has drained: Meta, then what it missed."""
        self._after_storing()

    def resync(self) -> None:
        """What was sent may not be what is stored: Meta and the whole text again."""
        self._missed = b"\x00" if self.is_synced else None
        self._meta_due = True
        if self.outbox.stored:
            # what broke the document may have kept its author's Ack
            self._held_ack = Ack(self.outbox.stored, self.room.rev)
        self._after_storing()

    def _resync_now(self) -> None:
        vector, self._missed = self._missed, None
        self._meta_due = True
        self._catch_up(vector)

    def actor_id(self) -> AccountId:
        """Whose seat this is."""
        return self.member.actor.account

    def refused(self, seq: int, code: RefuseCode, detail: dict[str, object]) -> None:
        """An update that was on its way to disk was not stored."""
        if self.member.seats.get(self.section) is not self:
            # closed meanwhile: whoever opened the section since would take it for an answer of its own
            return
        self.put(Refuse(seq, code, detail))
        self._after_storing()

    def drop(self, reason: str) -> None:
        """The server gives the section up for this member."""
        self.put(Close(reason))
        self.member.forget(self)

    def superseded(self) -> None:
        """Another socket speaks for this outbox now."""
        self.drop("superseded")

    # ---------------------------------------------------------------- Push

    async def push(self, frame: Push) -> None:
        """Take a Push: steps 1 and 2 here, 3 to 5 in the room, 6 and 7 by the journal."""
        # 1. Limits, rate, rights and claim now
        if len(frame.update) > PUSH_MAX_BYTES:
            self.put(Refuse(frame.seq, RefuseCode.SIZE, {"limit_bytes": PUSH_MAX_BYTES}))
            return
        if self.outbox.pending >= UNANSWERED_MAX:
            self.put(Refuse(frame.seq, RefuseCode.RATE, {"after_ms": _AFTER_MS}))
            return
        try:
            standing = await self._standing_now()
        except Unavailable:
            # a full disk: no claim comes back now, and nobody is refused for that
            self.put(Refuse(frame.seq, RefuseCode.RATE, {"after_ms": _AFTER_MS}))
            return
        if not self.is_here():
            return
        # what was stored before a right was lost is not to be lost to a Refuse: its Ack is given again
        if standing.mode is Mode.READ and frame.seq > self.outbox.stored:
            code = RefuseCode.ROLE if standing.denied else gate.REFUSED_FOR[standing.why]
            if code is RefuseCode.ROLE:
                self.member.host.forged.note(self.member.actor, self.section)
            self.put(Refuse(frame.seq, code))
        elif not self._epoch_fits:
            self.put(Refuse(frame.seq, RefuseCode.EPOCH, {"epoch": self.room.facts.section.epoch}))
        # 2. A row that is here already, or on its way
        elif frame.seq <= self.outbox.stored:
            self.put(Ack(self.outbox.stored, self.room.rev))
        elif frame.seq > self.outbox.admitted:
            self._offer(frame)

    async def _standing_now(self) -> Standing:
        """What this person may do at this moment; an expired claim comes back first."""
        await self.member.fresh(self.room)
        if gate.needs_claim(self.standing(), self.member.actor, self.room.facts):
            await self.take_back()
        return self.standing()

    def _offer(self, frame: Push) -> None:
        """Steps 3 to 5, and on to the journal."""
        member, room, outbox = self.member, self.room, self.outbox
        at_ms = ms(member.host.clock.now())
        result = room.admit(
            Offer(
                frame.update,
                member.actor.account,
                self.outbox_id,
                frame.seq,
                frame.device_time_ms,
                at_ms,
                self,
            )
        )
        if isinstance(result, Entry):
            outbox.admit(frame.seq)
            member.host.claims.edited(self.section, member.actor.account)
            member.host.journal.put(room, result)
            if not self.warned and room.is_half_full():
                self.warned = True
                member.notice("section-half-full", {"section": self.section})
        elif isinstance(result, Refusal):
            self.put(Refuse(frame.seq, result.code, result.detail))
            if result.counts:
                member.strike()
        else:
            self.put(Ack(frame.seq, room.again(outbox, frame.seq)))

    async def take_back(self) -> None:
        """An expired claim comes back with its holder, if it may; in A the first Push takes it."""
        member, host = self.member, self.member.host
        with suppress(Refused):
            await host.claims.bring_back(member.actor, self.section, letter=self.room.facts.place.letter)
        # whether it came or not, much may have happened meanwhile
        await member.fresh(self.room)

    def log_divergence(self, hex_digest: str) -> None:
        """The client reopens because its text differed from ours: say so in the log."""
        text = self.room.known_text()
        log.error(
            "section %s: a client of %s diverged: it has %s, revision %s has %s",
            self.section,
            self.member.actor.account,
            hex_digest,
            text.rev if text else None,
            text.digest if text else None,
        )


async def open_seat(member: Member, section: SectionId, opening: OpenSection) -> LiveSeat | None:
    """Answer an Open: Denied, or Opened and Meta and a seat in the room."""
    host = member.host
    name = section_name(section)

    def deny(reason: DeniedReason) -> None:
        member.outgoing.put(encode(name, Denied(reason)))

    room = await host.room(section)
    if room is None or len(member.seats) >= host.limits.sections_per_socket:
        deny(DeniedReason.UNKNOWN)
        return None
    await host.fresh(room)
    standing = gate.standing(member.actor, room.facts)
    if standing.denied is not None:
        deny(standing.denied)
        return None
    try:
        await host.arrivals.note(member.actor, room.facts)
    except Unavailable:
        # what cannot be entered into the log is not read
        member.end(CloseCode.TRY_LATER, "disk-full")
        return None
    await host.fresh(room)
    outbox = await host.outbox(room, member.actor.account, OutboxId(opening.outbox))
    if outbox.holder is not None:
        # an outbox has one socket: the later Open closes the earlier
        outbox.holder.superseded()
    seat = LiveSeat(member, room, outbox, opening)
    outbox.holder = seat
    member.seats[section] = seat
    if opening.diverged is not None:
        seat.log_divergence(opening.diverged)
    if opening.resume and standing.why is Why.CLAIM:
        # a full disk keeps nobody from reading
        with suppress(Unavailable):
            await seat.take_back()
    # Meta's seq is trusted, so nothing of this outbox may be on its way to disk
    await outbox.idle()
    if member.seats.get(section) is not seat:
        return None
    standing = seat.standing()
    if standing.denied is not None:
        member.forget(seat)
        deny(standing.denied)
        return None
    # only now: nothing of the section may come before Opened
    room.seats[seat] = None
    seat.put(Opened(standing.mode))
    seat.meta()
    return seat
