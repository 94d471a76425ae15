"""What a document holds, and whether an update fits onto it: nothing may become pending.

Owns the judgement of sync-protocol.md, "What the server does with a Push", 3, that needs the document's
state: new, known, partly known, or a gap. `Known` changes only by `take`; nothing here does I/O.
Knows no bytes, no rights and no pycrdt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from revmod_live.errors import Malformed
from revmod_live.sync.places import FORMAT, GONE, ROOT, Held, Id, Item, Places, place
from revmod_live.sync.ranges import Range, RangeSet
from revmod_live.sync.reader import Reading


class Start(NamedTuple):
    """An item that begins a run: its neighbours, and how much of the text it is, in bytes as yrs counts.

    length: None when that cannot be told. left_shown: whether the left neighbour is to be seen.
    parent: the text or block that it is in; None for a field.
    """

    left: Id | None
    left_shown: bool
    right: Id | None
    parent: Id | None
    length: int | None


class Fits(NamedTuple):
    """The update brings something, hangs on nothing unknown, and all of it belongs where it goes."""

    new: tuple[Range, ...]
    """What of it is new, one range a client: these clients must be the author's."""
    gone: tuple[Range, ...]
    """What it deletes that was not deleted."""
    cut: bool
    """Partly known: journal `ydoc.cut` in its place."""
    adds_text: bool
    reading: Reading
    places: list[tuple[int, int, Held]]
    """Where what is new hangs, for `Known.take`."""
    starts: tuple[Start, ...]
    """What begins somewhere else than where its client went on last, for `touched.check`."""

    @property
    def deletes(self) -> bool:
        """Whether it deletes something that was not deleted."""
        return bool(self.gone)

    @property
    def unseen(self) -> tuple[int, ...]:
        """The clients that the document has never seen: to be bound to the author."""
        return tuple(client for client, clock, _ in self.new if clock == 0)


@dataclass(frozen=True, slots=True)
class Nothing:
    """All of it is known, whoever wrote it: acknowledge and forget."""


@dataclass(frozen=True, slots=True)
class Gap:
    """It hangs on what is not known. `new`: what it brings, as far as that can be told."""

    new: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """It would put something where it does not belong, or cut an emoji in half: Refuse `invalid`."""

    problem: str


Fit = Fits | Nothing | Gap | Invalid
NOTHING: Final = Nothing()
_NOWHERE: Final[Id] = (-2, -2)


@dataclass(slots=True)
class Known:
    """What a document holds. Every update is judged by `fit`, and handed to `take` once it is applied.

    A refusal after `fit` leaves it as it was: only the document must be built anew.
    """

    clocks: dict[int, int] = field(default_factory=dict)
    """client → next clock: the state vector."""
    deleted: RangeSet = field(default_factory=RangeSet)
    places: Places = field(default_factory=Places)
    tails: dict[int, Id | None] = field(default_factory=dict)
    """client → right neighbour of its last item: what is typed on from there is no new run."""
    pairs: set[Id] = field(default_factory=set)
    """Each id between the halves of a surrogate pair: yrs loses the text that is cut there."""

    def take(self, fit: Fits) -> None:
        """Count in an update that fitted and was applied."""
        clocks, places = self.clocks, self.places
        for client, clock, length in fit.new:
            clocks[client] = clock + length
        for client, clock, held in fit.places:
            places.add(client, clock, held)
        if new_items := fit.reading.items:
            for client, _, _ in fit.new:
                self.tails[client] = new_items[client][-1].right_side
        if fit.reading.collected:
            self.deleted.add_all(fit.reading.collected)
        if fit.gone:
            self.deleted.add_all(fit.gone)
        if fit.reading.pairs:
            self.pairs.update(fit.reading.pairs)

    def copy(self) -> Known:
        """The same knowledge, to go its own way."""
        return Known(
            self.clocks.copy(), self.deleted.copy(), self.places.copy(), self.tails.copy(), self.pairs.copy()
        )


def fit(reading: Reading, known: Known, *, is_own: bool = False) -> Fit:
    """How the update of `reading` lies to the document of `known`. Changes neither, never raises.

    is_own: it is the state of a document of ours, in which nobody has to look for runs.
    """
    clocks = known.clocks
    ends: dict[int, int] = {}
    new: list[Range] = []
    gap = cut = False
    for client, clock, length in reading.ranges:
        here = clocks.get(client, 0)
        gap = gap or clock > here
        cut = cut or clock < here
        if clock + length > here:
            ends[client] = clock + length
            new.append(Range(client, here, clock + length - here))
    if gap or not _reaches(reading, clocks, ends):
        return Gap(tuple(new))
    gone = tuple(deleted for deleted in reading.deletes if not known.deleted.holds(deleted))
    if not new and not gone:
        return NOTHING
    if known.pairs and not known.pairs.isdisjoint(reading.cuts()):
        return Invalid("half a character")
    try:
        places = place(reading.items, known.places, clocks) if new else []
    except Malformed as error:
        return Invalid(str(error))
    starts = () if is_own else tuple(_starts(reading, known, places))
    return Fits(tuple(new), gone, cut, reading.text_units > 0 and bool(new), reading, places, starts)


def _starts(reading: Reading, known: Known, places: list[tuple[int, int, Held]]) -> Iterator[Start]:
    """The runs that begin in an update: what is not typed on right after its client's last item."""
    held_at = {(client, clock): held for client, clock, held in places}
    gone = RangeSet(reading.deletes)

    def is_gone(ref: Id | None) -> bool:
        one = None if ref is None or ref == ROOT else Range(*ref, 1)
        return one is not None and (known.deleted.holds(one) or gone.holds(one))

    def above(ref: Id) -> Id | None:
        is_known = ref[1] < known.clocks.get(ref[0], 0)
        return (known.places.find(*ref) if is_known else held_at.get(ref, GONE)).parent

    for client, items in reading.items.items():
        tail = known.tails.get(client, _NOWHERE)
        for item in items:
            held = held_at.get((client, item.clock), GONE)
            left, right, before = item.left_side, item.right_side, tail
            tail = right
            parent = held.parent
            if (
                parent is None
                or held.key is not None
                or (left == (client, item.clock - 1) and right == before)
            ):
                continue
            if parent == ROOT:
                yield Start(left, False, right, None, None)  # noqa: FBT003 (a field of a tuple)
                continue
            # In a block that was deleted nothing is to be seen, and pycrdt panics when asked where it is.
            if is_gone(parent) or is_gone(above(parent)):
                continue
            whole = Range(client, item.clock, item.length)
            shown = left is not None and not is_gone(left) and _takes_room(left, reading, known)
            yield Start(left, shown, right, parent, None if gone.touches(whole) else item.length_bytes)


def _takes_room(ref: Id, reading: Reading, known: Known) -> bool:
    """Whether an item takes room in its text: all that is there but marks."""
    if ref[1] < known.clocks.get(ref[0], 0):
        return known.places.find(*ref).kind != FORMAT
    items = reading.items[ref[0]]
    return bool(items[bisect_right(items, ref[1], key=_clock_of) - 1].length_bytes)


def _clock_of(item: Item) -> int:
    return item.clock


def _reaches(reading: Reading, clocks: Mapping[int, int], ends: Mapping[int, int]) -> bool:
    """Whether everything it depends on, or deletes, is known or in it."""
    for client, clock in reading.needs.items():
        if clock > clocks.get(client, 0) and clock > ends.get(client, 0):
            return False
    for client, clock, length in reading.deletes:
        if clock + length > clocks.get(client, 0) and clock + length > ends.get(client, 0):
            return False
    return True
