"""Where everything in a document hangs: fields hold blocks, blocks texts and attributes, texts text.

Owns the index that tells, for every id a document knows, its parent and key; and the judgement whether
what an update brings belongs where it wants to go. Three hazards end here, before any native code: a
tree so deep that deleting it ends the process (it need not be built by saying parents outright: an item
without a parent of its own has that of its neighbour), a block inside a block, and content that the native
layer would hide or half-apply (reliability findings 1a, 1c). Iterative. Pure; no bytes, no pycrdt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from revmod_live.errors import Malformed

COLLECTED: Final = 0
DELETED: Final = 1
STRING: Final = 4
FORMAT: Final = 6
ANY: Final = 8
XML_ELEMENT: Final = 0x103
XML_TEXT: Final = 0x106
_TYPES: Final = frozenset({XML_ELEMENT, XML_TEXT})
_REMEMBERED: Final = frozenset({XML_ELEMENT, XML_TEXT, FORMAT, DELETED})
"""Kinds that matter to others: somebody may still write in a block that is deleted meanwhile."""

Id = tuple[int, int]
ROOT: Final[Id] = (-1, -1)
"""The parent of a block: a field. Which one does not matter here."""


class How(IntEnum):
    """How an item says where it hangs."""

    NOWHERE = 0
    ROOT = 1
    PARENT = 2
    BESIDE = 3


class Item(NamedTuple):
    """What is remembered of a struct: `ref` is its parent, or the neighbour whose parent it shares.

    right: its right neighbour, where it has two; is_left: whether a lone neighbour is the left one.
    length_bytes: how much of its text it is, in bytes of UTF-8, when that is nothing, it is not to be seen.
    """

    clock: int
    length: int
    kind: int
    how: How
    ref: Id
    key: str | None
    length_bytes: int
    right: Id | None = None
    is_left: bool = True

    @property
    def left_side(self) -> Id | None:
        """The left neighbour, if any."""
        return self.ref if self.how is How.BESIDE and self.is_left else None

    @property
    def right_side(self) -> Id | None:
        """The right neighbour, if any."""
        return self.right if self.is_left else self.ref


class Held(NamedTuple):
    """Where an item hangs. `kind`: XML_ELEMENT, XML_TEXT, FORMAT, DELETED, or 0 for all else."""

    kind: int
    parent: Id | None
    key: str | None


GONE: Final = Held(0, None, None)
"""Collected, or hanging on what is: nobody will see it."""


class Places:
    """id → where it hangs, for all that a document knows. Neighbours that hang alike are one entry."""

    __slots__ = ("_helds", "_starts")

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._helds: dict[int, list[Held]] = {}

    def find(self, client: int, clock: int) -> Held:
        """Where a known id hangs."""
        return self._helds[client][bisect_right(self._starts[client], clock) - 1]

    def add(self, client: int, clock: int, held: Held) -> None:
        """From `clock` on, which is where the known clocks of `client` end, things hang as `held` says."""
        helds = self._helds.get(client)
        if helds is None:
            self._starts[client], self._helds[client] = [clock], [held]
        elif helds[-1] != held or held.kind in _TYPES:
            self._starts[client].append(clock)
            helds.append(held)

    def copy(self) -> Places:
        """The same index, to go its own way."""
        twin = Places()
        twin._starts = {client: starts.copy() for client, starts in self._starts.items()}
        twin._helds = {client: helds.copy() for client, helds in self._helds.items()}
        return twin


def place(
    items: Mapping[int, Sequence[Item]], places: Places, clocks: Mapping[int, int]
) -> list[tuple[int, int, Held]]:
    """Where what is new of `items` hangs: (client, clock, held), ascending clocks a client.

    items: client → its contiguous structs; every id they refer to is known or among them.
    clocks: client → next clock of the document that `places` describes.
    Raises Malformed when something does not belong where it wants to go.
    """
    return _Placing(items, places, clocks).run()


class _Placing:
    """One update against one document."""

    __slots__ = ("_clocks", "_items", "_known", "_placed", "_starts")

    def __init__(self, items: Mapping[int, Sequence[Item]], known: Places, clocks: Mapping[int, int]) -> None:
        self._items = items
        self._known = known
        self._clocks = clocks
        self._starts: dict[int, list[int]] = {}
        self._placed: dict[Id, Held] = {}

    def run(self) -> list[tuple[int, int, Held]]:
        new: list[tuple[int, int, Held]] = []
        for client, structs in self._items.items():
            here = self._clocks.get(client, 0)
            for item in structs:
                if item.clock + item.length > here:
                    held = self._where(client, item)
                    self._judge(client, item, held)
                    new.append((client, max(item.clock, here), held))
        return new

    def _item(self, ref: Id) -> Item:
        """The item of the update that covers an id."""
        client, clock = ref
        items = self._items[client]
        starts = self._starts.get(client)
        if starts is None:
            starts = self._starts[client] = [item.clock for item in items]
        return items[bisect_right(starts, clock) - 1]

    def _where(self, client: int, item: Item) -> Held:
        """Where an item of the update hangs: along its left neighbours, to one whose place is known."""
        placed = self._placed
        done = placed.get((client, item.clock))
        if done is not None:
            return done
        path: dict[Id, int] = {}
        top = GONE
        while True:
            path[client, item.clock] = item.kind if item.kind in _REMEMBERED else 0
            if item.how is not How.BESIDE:
                said = None if item.how is How.NOWHERE else ROOT if item.how is How.ROOT else item.ref
                top = Held(0, said, item.key)
                break
            client, clock = item.ref
            if clock < self._clocks.get(client, 0):
                top = self._known.find(client, clock)
                break
            item = self._item(item.ref)
            done = placed.get((client, item.clock))
            if done is not None:
                top = done
                break
            if (client, item.clock) in path:
                raise _fault("neighbours in a ring", client, item)
        for step, kind in path.items():
            placed[step] = GONE if top.parent is None else Held(kind, top.parent, top.key)
        return placed[next(iter(path))]

    def _beside(self, ref: Id) -> Held:
        """Where a neighbour hangs."""
        if ref[1] < self._clocks.get(ref[0], 0):
            return self._known.find(*ref)
        return self._where(ref[0], self._item(ref))

    def _judge(self, client: int, item: Item, held: Held) -> None:
        """Refuse what does not belong where it hangs."""
        parent, kind = held.parent, item.kind
        if item.right is not None:
            right = self._beside(item.right)
            if right.parent is not None and (right.parent, right.key) != (parent, held.key):
                raise _fault("neighbours that hang apart", client, item)
        if parent is None or kind in (DELETED, COLLECTED):
            return
        if held.key is not None:
            fits = kind == ANY and self._kind(parent) == XML_ELEMENT
        elif kind == XML_ELEMENT:
            fits = parent == ROOT
        elif kind == XML_TEXT:
            fits = self._kind(parent) == XML_ELEMENT
        else:
            fits = kind in (STRING, FORMAT) and self._kind(parent) == XML_TEXT
        if not fits and not (parent != ROOT and self._is_gone(parent)):
            raise _fault("content where it does not belong", client, item)

    def _kind(self, ref: Id) -> int:
        if ref == ROOT:
            return 0
        if ref[1] < self._clocks.get(ref[0], 0):
            return self._known.find(*ref).kind
        return self._item(ref).kind

    def _is_gone(self, ref: Id) -> bool:
        """Whether a parent is deleted or collected already: then so is what hangs on it."""
        if ref[1] < self._clocks.get(ref[0], 0):
            held = self._known.find(*ref)
            return held is GONE or held.kind == DELETED
        return self._item(ref).kind in (DELETED, COLLECTED)


def _fault(problem: str, client: int, item: Item) -> Malformed:
    return Malformed(problem, place=f"client {client}, clock {item.clock}")
