"""What a document holds, and whether an update fits onto it: nothing may become pending.

Owns the judgement of sync-protocol.md, "What the server does with a Push", 3, that needs the document's
state: new, known, partly known, or a gap. `Known` changes only by `take`; nothing here does I/O.
Knows no bytes, no rights and no pycrdt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from revmod_live.errors import Malformed
from revmod_live.sync.places import Held, Id, Places, place
from revmod_live.sync.ranges import Range, RangeSet
from revmod_live.sync.reader import Reading


@dataclass(frozen=True, slots=True)
class Fits:
    """The update brings something and hangs on nothing unknown."""

    clients: tuple[int, ...]
    """Whose clocks are new: all of them must be the author's."""
    deletes: tuple[Range, ...]
    """What it deletes that was not deleted."""
    is_cut: bool
    """Partly known: journal `ydoc.cut` in its place."""
    adds_text: bool
    reading: Reading
    places: list[tuple[int, int, Held]]


@dataclass(frozen=True, slots=True)
class Nothing:
    """All of it is known, whoever wrote it: acknowledge and forget."""


@dataclass(frozen=True, slots=True)
class Gap:
    """It hangs on what is not known. `clients`: whose clocks it brings."""

    clients: tuple[int, ...]


Fit = Fits | Nothing | Gap
NOTHING: Final = Nothing()


@dataclass(slots=True)
class Known:
    """What a document holds: its owner hands every update to `fit`, and to `take` once it is applied.

    A refusal after `fit` leaves it as it was: only the document must be built anew.
    """

    clocks: dict[int, int] = field(default_factory=dict)
    """client → next clock: the state vector."""
    deleted: RangeSet = field(default_factory=RangeSet)
    places: Places = field(default_factory=Places)
    pairs: set[Id] = field(default_factory=set)
    """Each id between the halves of a surrogate pair: yrs loses the text that is cut there."""

    def fit(self, reading: Reading) -> Fit:
        """How the update of `reading` lies to the document. Changes nothing.

        Raises Malformed when what it brings does not belong where it wants to go, or would cut an
        emoji in half: Refuse `invalid`.
        """
        clocks = self.clocks
        ends: dict[int, int] = {}
        gap = is_cut = False
        for client, clock, length in reading.ranges:
            here = clocks.get(client, 0)
            gap = gap or clock > here
            is_cut = is_cut or clock < here
            if clock + length > here:
                ends[client] = clock + length
        clients = tuple(ends)
        if gap or not self._reaches(reading, ends):
            return Gap(clients)
        held = self.deleted
        deletes = tuple(gone for gone in reading.deletes if not held.holds(gone))
        if not ends and not deletes:
            return NOTHING
        if self.pairs and not self.pairs.isdisjoint(reading.cuts()):
            raise Malformed("half a character", place="update")
        return Fits(
            clients=clients,
            deletes=deletes,
            is_cut=is_cut,
            adds_text=reading.text_units > 0 and bool(ends),
            reading=reading,
            places=place(reading.items, self.places, clocks) if ends else [],
        )

    def take(self, fit: Fits) -> None:
        """Count in an update that fitted and was applied."""
        reading, clocks = fit.reading, self.clocks
        for client, clock, length in reading.ranges:
            if clock + length > clocks.get(client, 0):
                clocks[client] = clock + length
        for client, clock, held in fit.places:
            self.places.add(client, clock, held)
        if reading.collected:
            self.deleted.add_all(reading.collected)
        if fit.deletes:
            self.deleted.add_all(fit.deletes)
        if reading.pairs:
            self.pairs.update(reading.pairs)

    def copy(self) -> Known:
        """The same knowledge, to go its own way."""
        return Known(self.clocks.copy(), self.deleted.copy(), self.places.copy(), self.pairs.copy())

    def _reaches(self, reading: Reading, ends: Mapping[int, int]) -> bool:
        """Whether everything it depends on, or deletes, is known or in it."""
        clocks = self.clocks
        for client, clock in reading.needs.items():
            if clock > clocks.get(client, 0) and clock > ends.get(client, 0):
                return False
        for client, clock, length in reading.deletes:
            if clock + length > clocks.get(client, 0) and clock + length > ends.get(client, 0):
                return False
        return True
