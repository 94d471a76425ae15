"""One live section: the document as it is stored, its shadow one step ahead, and who has it open.

Owns the order: what is admitted, stored and sent is so in one order, and nothing here awaits.
Knows no socket and no SQL; whether a person may write was judged before `admit` (`gate`).
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.docs.schema import OutsideSchema
from revmod_live.errors import Malformed
from revmod_live.ids import AccountId, Digest, OutboxId, SectionId
from revmod_live.sync import known, lib0, reader, touched, ydoc
from revmod_live.sync.commit import Author, Commit, Entry
from revmod_live.sync.frames import RefuseCode
from revmod_live.sync.gate import Refusal
from revmod_live.sync.mark import Mark
from revmod_live.sync.outbox import Outbox
from revmod_live.sync.store import NewRow, Row, Stored

if TYPE_CHECKING:
    from revmod_live.sync.facts import RoomFacts
    from revmod_live.sync.limits import Limits

log = logging.getLogger(__name__)

_NO_CHANGE: Final = b"\x00\x00"
"""An update without content: no client, nothing deleted."""


class Seat(Author, Protocol):
    """One connection that has this section open."""

    def actor_id(self) -> AccountId:
        """Whose seat this is."""
        ...

    def hear(self, commit: Commit) -> None:
        """Something was stored: put it into the queue, or note that a resync is due."""
        ...

    def resync(self) -> None:
        """What was sent may not be what is stored: begin anew from the server's state."""
        ...

    def meta(self) -> None:
        """Rights, claims, votes or the digest may have changed: say so."""
        ...

    def drop(self, reason: str) -> None:
        """The server gives the section up."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """An update of a person who may write, not yet looked at. `outbox`, `seq`: None on `/yjs`."""

    update: bytes
    account: AccountId
    outbox: OutboxId | None
    seq: int | None
    device_ms: int
    at_ms: int
    author: Author | None


@dataclass(frozen=True, slots=True)
class Text:
    """The canonical text of a section at a revision."""

    rev: int
    data: bytes
    digest: Digest


@dataclass(slots=True)
class Sizes:
    """How much the section weighs: upper bounds, counted on and made exact when one is reached."""

    text_bytes: int = 0
    state_bytes: int = 0


@dataclass(slots=True)
class Activity:
    """When the room was last written in and told a digest, in monotonic seconds."""

    written_s: float = 0.0
    digest_sent_rev: int = -1
    digest_sent_s: float = 0.0
    empty_since_s: float | None = None
    tail_rows: int = 0
    tail_bytes: int = 0
    kept_rev: int = 0
    restore: list[tuple[int, bytes]] = field(default_factory=list)


class Room:
    """A live section. Every method is synchronous: between a change and its record nothing can come."""

    def __init__(self, facts: RoomFacts, stored: Stored, fields: tuple[str, ...], limits: Limits) -> None:
        """Build the document. Raises ydoc.Broken when what is stored cannot be read."""
        self.section: Final[SectionId] = facts.section.id
        self.fields: Final = fields
        self.facts = facts
        self.facts_mark: Final = Mark()
        self.seats: Final[dict[Seat, None]] = {}
        self.outboxes: Final[dict[tuple[AccountId, OutboxId], Outbox]] = {}
        self.waiting: list[Entry] = []
        self.in_flight: list[Entry] = []
        self.sizes: Final = Sizes()
        self.activity: Final = Activity()
        self._limits: Final = limits
        self._shadow: ydoc.YDoc | None = None
        self._head: known.Known | None = None
        self._text: Text | None = None
        self.load(stored)

    def load(self, stored: Stored) -> None:
        """Build the document from what is stored; what waits is kept. Raises ydoc.Broken."""
        updates = [row.data for row in stored.tail]
        if stored.state is not None:
            updates.insert(0, stored.state)
        self._live = ydoc.load(self.fields, updates)
        self.rev = stored.tail[-1].rev if stored.tail else stored.state_rev
        self.clients = dict(stored.clients)
        for entry in (*self.in_flight, *self.waiting):
            self.clients.update((client, entry.row.account) for client in entry.row.new_clients)
        self._shadow = self._head = self._text = None
        self.sizes.state_bytes = sum(map(len, updates))
        self.sizes.text_bytes = self.sizes.state_bytes
        activity = self.activity
        activity.tail_rows, activity.tail_bytes = len(stored.tail), sum(len(row.data) for row in stored.tail)
        activity.kept_rev = stored.kept_rev

    # ---------------------------------------------------------------- admitting (steps 3 to 5)

    def admit(self, offer: Offer) -> Entry | Refusal | None:
        """Take an update on its way to disk; None when it brings nothing new; or why not.

        sync-protocol.md, "What the server does with a Push", 3 to 5.
        """
        found = self._judge(offer)
        if found is None:
            return self._repeats(offer)
        if isinstance(found, Refusal):
            return found
        # 4. Shadow: what the reader promised must be what the shadow has
        shadow = self._shadow or self._cast_shadow()
        try:
            before = ydoc.state_vector(shadow) if found.cut else b""
            ydoc.apply(shadow, offer.update)
            kept = ydoc.cut(shadow, before, found.gone) if found.cut else offer.update
            vector = ydoc.state_vector(shadow)
        except ydoc.Broken as error:
            return self._quarantine(offer, error)
        if not all(lib0.uint(new.client) + lib0.uint(new.end) in vector for new in found.new):
            return self._spoiled(RefuseCode.INVALID, {"problem": "not as it was read"})
        # 5. Schema and sizes
        try:
            touched.check(shadow, found, fields=self.fields)
        except OutsideSchema as error:
            return self._spoiled(RefuseCode.SCHEMA, {"place": error.place, "problem": error.problem})
        except ydoc.Broken as error:
            return self._quarantine(offer, error)
        if found.adds_text and self._is_too_large(shadow, len(kept)):
            return self._spoiled(RefuseCode.SIZE, {})
        unseen = tuple(new.client for new in found.new if new.client not in self.clients)
        entry = Entry(
            NewRow(offer.account, offer.outbox, offer.seq, offer.device_ms, offer.at_ms, kept, unseen),
            offer.author,
            offer.seq or 0,
            deletes_much=found.deletes and self._deletes_much(sum(gone.length for gone in found.gone)),
        )
        self._known().take(found)
        for client in unseen:
            self.clients[client] = offer.account
        self.sizes.state_bytes += len(kept)
        self.sizes.text_bytes += len(kept)
        self.waiting.append(entry)
        return entry

    def _repeats(self, offer: Offer) -> Entry | None:
        """Nothing of it is new; but what it repeats may still be on its way to disk, with whoever wrote it.

        Its Ack must not say "saved" before that is: it waits behind it, as a row that changes nothing.
        """
        if offer.outbox is None or not (self.waiting or self.in_flight):
            return None
        row = NewRow(offer.account, offer.outbox, offer.seq, offer.device_ms, offer.at_ms, _NO_CHANGE)
        entry = Entry(row, offer.author, offer.seq or 0)
        self.waiting.append(entry)
        return entry

    def _judge(self, offer: Offer) -> known.Fits | Refusal | None:
        """3. Reader: structure; whose client ids these are; whether it fits exactly on what is here."""
        try:
            reading = reader.read(offer.update, fields=self.fields)
        except Malformed as error:
            return Refusal(RefuseCode.INVALID, {"problem": str(error)[:200]})
        found = known.fit(reading, self._known())
        match found:
            case known.Nothing():
                return None
            case known.Invalid():
                return Refusal(RefuseCode.INVALID, {"problem": found.problem[:200]})
            case known.Gap() | known.Fits():
                for new in found.new:
                    if self.clients.get(new.client, offer.account) != offer.account:
                        return Refusal(RefuseCode.AUTHOR)
                return found if isinstance(found, known.Fits) else Refusal(RefuseCode.GAP, self.gap_detail())
            case _:
                assert_never(found)

    def again(self, outbox: Outbox, seq: int) -> int:
        """Row `seq` brings nothing that is not stored: the revision to acknowledge it at."""
        outbox.stored = outbox.admitted = max(outbox.stored, seq)
        return self.rev

    # ---------------------------------------------------------------- the journal's side (6 and 7)

    def take(self, most: int) -> list[Entry]:
        """What goes into the next transaction, in order. It is on its way until one of the next four."""
        if not self.in_flight:
            self.in_flight, self.waiting = self.waiting[:most], self.waiting[most:]
        return self.in_flight

    def forget_outboxes(self) -> None:
        """Forget those that no socket speaks for: how far each came is on disk."""
        for key, outbox in tuple(self.outboxes.items()):
            if outbox.holder is None and not outbox.pending:
                del self.outboxes[key]

    def bytes_on_their_way(self) -> int:
        """How much waits for the disk."""
        return sum(len(entry.row.data) for entry in (*self.in_flight, *self.waiting))

    def put_back(self, after: int = 0) -> None:
        """Nothing from `after` on was stored: it waits again, before what came later."""
        self.waiting[:0] = self.in_flight[after:]
        del self.in_flight[after:]

    def stored(self, now_s: float) -> Commit:
        """All that was on its way is stored: it becomes the document, and everybody hears of it.

        Raises ydoc.Broken when the document can no longer be used; then `load` and `resync`.
        """
        entries, self.in_flight = self.in_flight, []
        commit = Commit(self.section, self.rev, entries)
        activity = self.activity
        activity.written_s = now_s
        live = self._live
        try:
            for entry in entries:
                if entry.deletes_much:
                    activity.restore.append((self.rev, ydoc.encode(live)))
                ydoc.apply(live, entry.row.data)
                self.rev += 1
                activity.tail_bytes += len(entry.row.data)
        finally:
            # they are on disk, whatever becomes of the document
            self._settle(entries, stored=True)
        activity.tail_rows += len(entries)
        for seat in self.seats:
            seat.hear(commit)
        return commit

    def refuse(self, code: RefuseCode, detail: dict[str, object] | None = None) -> None:
        """Nothing that waits will be stored: everybody whose it was is told."""
        gone = [*self.in_flight, *self.waiting]
        self.in_flight, self.waiting = [], []
        self._shadow = self._head = None
        self._settle(gone, stored=False)
        for entry in gone:
            for client in entry.row.new_clients:
                # nothing of it is stored, so it belongs to nobody yet
                self.clients.pop(client, None)
            if entry.author is not None:
                entry.author.refused(entry.acks, code, detail or {})

    def read_on(self, rows: Sequence[Row], clients: dict[int, AccountId]) -> None:
        """Take in revisions that were stored elsewhere. Raises ydoc.Broken."""
        self.put_back()
        commit = Commit(
            self.section,
            self.rev,
            [Entry(NewRow(row.account, None, None, 0, row.at_ms, row.data), None, 0) for row in rows],
        )
        for row in rows:
            ydoc.apply(self._live, row.data)
            self.rev = row.rev
        self.clients.update(clients)
        self._shadow = self._head = None
        for seat in self.seats:
            seat.hear(commit)

    def _settle(self, entries: Iterable[Entry], *, stored: bool) -> None:
        for entry in entries:
            if entry.row.outbox is not None:
                outbox = self.outboxes[entry.row.account, entry.row.outbox]
                outbox.settle(entry.acks if stored else None)

    # ---------------------------------------------------------------- reading

    def brings_nothing(self, update: bytes) -> bool:
        """Whether all of `update` is here already. Raises Malformed for what is no update."""
        reading = reader.read(update, fields=self.fields)
        return isinstance(known.fit(reading, self._known()), known.Nothing)

    def head_vector(self) -> bytes:
        """The state vector of what is stored and what is on its way to disk, encoded."""
        if self._shadow is None and not self.waiting and not self.in_flight:
            return ydoc.state_vector(self._live)
        return ydoc.state_vector(self._shadow or self._cast_shadow())

    def is_half_full(self) -> bool:
        """Whether the section weighs half of what it may; then drafters are warned."""
        sizes, limits = self.sizes, self._limits
        if sizes.text_bytes * 2 > limits.text_bytes:
            sizes.text_bytes = len(self.text().data) + self.bytes_on_their_way()
        return sizes.text_bytes * 2 > limits.text_bytes or sizes.state_bytes * 2 > limits.state_bytes

    def since(self, state_vector: bytes | None) -> bytes:
        """What brings a peer with `state_vector` exactly to `rev`."""
        return ydoc.encode(self._live, since=state_vector)

    def state_vector(self) -> bytes:
        """The stored document's state vector, encoded."""
        return ydoc.state_vector(self._live)

    def text(self) -> Text:
        """The canonical text at `rev`; worked out once a revision."""
        if self._text is None or self._text.rev != self.rev:
            self._text = self._read(self._live, self.rev)
            self.sizes.text_bytes = len(self._text.data) + self.bytes_on_their_way()
        return self._text

    def known_text(self) -> Text | None:
        """The text that was last worked out, of whatever revision."""
        return self._text

    def text_with(self, entries: Sequence[Entry]) -> Text:
        """The canonical text as the storing of these, the next ones, will make it."""
        doc = ydoc.load(self.fields, [ydoc.encode(self._live), *(entry.row.data for entry in entries)])
        return self._read(doc, self.rev + len(entries))

    def _read(self, doc: ydoc.YDoc, rev: int) -> Text:
        data = section_bytes(ydoc.section_of(doc, self.facts.section.key, self.fields))
        return Text(rev, data, section_digest(data))

    # ---------------------------------------------------------------- the shadow

    def let_shadow_go(self) -> None:
        """Nobody has written for long: the shadow is made again when somebody does."""
        if not self.waiting and not self.in_flight:
            self._shadow = self._head = None

    def _cast_shadow(self) -> ydoc.YDoc:
        """A shadow: the stored document and what is on its way to disk."""
        on_their_way = [entry.row.data for entry in (*self.in_flight, *self.waiting)]
        self._shadow = ydoc.load(self.fields, [ydoc.encode(self._live), *on_their_way])
        return self._shadow

    def _known(self) -> known.Known:
        """What is stored and on its way to disk, for judging what comes."""
        if self._head is None:
            self._head = ydoc.known_of(self._shadow or self._cast_shadow(), self.fields)
        return self._head

    def _spoiled(self, code: RefuseCode, detail: dict[str, object]) -> Refusal:
        """A refusal after the shadow took the update in: it is made again from the document."""
        self._shadow = None
        return Refusal(code, detail, counts=True)

    def gap_detail(self) -> dict[str, object]:
        """Our state vector, for a client to send what it lacks."""
        return {"sv": base64.b64encode(self.head_vector()).decode()}

    def stored_detail(self) -> dict[str, object]:
        """The same of what is stored alone, for whom nothing that is on its way will be."""
        try:
            vector = self.state_vector()
        except ydoc.Broken:
            vector = b"\x00"
        return {"sv": base64.b64encode(vector).decode()}

    def _quarantine(self, offer: Offer, error: Exception) -> Refusal:
        """The native layer failed on the shadow: it goes, the update with it; the document is whole."""
        which = hashlib.sha256(offer.update).hexdigest()
        log.error("%s: update %s of %s broke the shadow: %s", self.section, which, offer.account, error)
        return self._spoiled(RefuseCode.INVALID, {"problem": "broken"})

    def _is_too_large(self, shadow: ydoc.YDoc, more_bytes: int) -> bool:
        sizes, limits = self.sizes, self._limits
        if sizes.state_bytes + more_bytes > limits.state_bytes:
            sizes.state_bytes = len(ydoc.encode(shadow)) - more_bytes
            if sizes.state_bytes + more_bytes > limits.state_bytes:
                return True
        if sizes.text_bytes + more_bytes > limits.text_bytes:
            exact = len(self._read(shadow, self.rev).data)
            sizes.text_bytes = exact - more_bytes
            return exact > limits.text_bytes
        return False

    def _deletes_much(self, units: int) -> bool:
        limits = self._limits
        if units < limits.restore_from_bytes * limits.restore_share:
            return False
        return units > max(limits.restore_from_bytes, len(self.text().data)) * limits.restore_share
