"""The bounded reader of Yjs updates (v1) that stands in front of the native decoder.

Owns the structure of an update: what it brings, deletes and depends on, and every reason why bytes
are no update of a section (sync-protocol.md, "What the server does with a Push", 3; the hazards are
reliability findings 1a to 1c and 1g). Iterative, in time and memory linear in the bytes. Pure: it knows
the shape of a section (`docs.schema` and the field names handed in), but no document, right or person.

    update  = varuint clients · (varuint structs · varuint client · varuint clock · struct*)* · deletes
    struct  = 0 · varuint length                                          collected
            | info · [origin id] · [right origin id] · [parent] · content
    deletes = varuint clients · (varuint client · varuint n · (varuint clock · varuint length)*)*
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from revmod_live.docs import schema
from revmod_live.errors import Malformed
from revmod_live.sync import lib0
from revmod_live.sync.places import (
    ANY,
    COLLECTED,
    DELETED,
    FORMAT,
    STRING,
    XML_ELEMENT,
    XML_TEXT,
    How,
    Id,
    Item,
)
from revmod_live.sync.ranges import Range
from revmod_live.sync.reader_content import check_format, check_value, is_printable, utf16_pairs
from revmod_live.sync.statevector import MAX_CLOCK

_TYPE: Final = 7
_TYPE_BIT: Final = 0x100
NO_ID: Final[Id] = (-1, -1)
_HAS_ORIGIN, _HAS_RIGHT, _HAS_KEY, _KIND = 0x80, 0x40, 0x20, 0x1F
_CLIENT_MIN_BYTES: Final = 5
_STRUCT_MIN_BYTES: Final = 2
_RANGE_MIN_BYTES: Final = 2


class Reading(NamedTuple):
    """What an update says. Everything is at most as large as the update itself."""

    ranges: tuple[Range, ...]
    """What it brings: one contiguous range a client."""
    collected: tuple[Range, ...]
    """Of that, what comes as deleted already."""
    deletes: tuple[Range, ...]
    """Its delete set."""
    needs: Mapping[int, int]
    """client → clock up to which it must be known (origins, right origins, parents), exclusive."""
    items: Mapping[int, Sequence[Item]]
    """client → its structs, for `places`."""
    splits: tuple[Id, ...]
    """Each (client, clock) before which it cuts an item: one past an origin, or a right origin."""
    pairs: tuple[Id, ...]
    """Each (client, clock) between the halves of a surrogate pair in its text."""
    roots: frozenset[str]
    """The fields whose blocks it adds."""
    kinds: int
    """The content kinds in it: bit n for kind n."""
    text_units: int
    """How much text it adds, in UTF-16 units."""
    text_bytes: int
    """How much text it adds, in bytes of UTF-8."""
    size_bytes: int
    plain: bool
    """Nothing but printable text, marks and deletions: only where it stands can be wrong with it."""

    @property
    def adds_text(self) -> bool:
        """Whether it brings any text."""
        return self.text_units > 0

    def cuts(self) -> Iterator[Id]:
        """Each (client, clock) before which it cuts an item."""
        yield from self.splits
        for client, clock, length in self.deletes:
            yield client, clock
            yield client, clock + length

    @property
    def is_empty(self) -> bool:
        """Whether it brings neither content nor deletion."""
        return not self.ranges and not self.deletes


def read(update: bytes, *, fields: Collection[str], strict: bool = True) -> Reading:
    """What `update` says, if it can be an update of a section with these fields.

    strict: also refuse names and values outside the schema. Not for files, where the walk over the
    document names the place; structure, counts, depth and strings are judged all the same.
    Raises Malformed with the place ("client 7, clock 3"). The caller limits the size.
    """
    reader = _Reader(update, fields, strict=strict)
    reader.structs()
    deletes = reader.deletes()
    reader.finish()
    return reader.reading(deletes)


def structs_end(update: bytes) -> int:
    """Where the delete set of an update of our own document begins."""
    reader = _Reader(update, (), strict=False, any_root=True)
    reader.structs()
    return reader.at


class _Reader(lib0.Decoder):
    """One pass over one update."""

    __slots__ = (
        "any_root",
        "client",
        "clock",
        "collected",
        "fields",
        "items",
        "kinds",
        "needs",
        "pairs",
        "plain",
        "ranges",
        "roots",
        "splits",
        "strict",
        "text_bytes",
        "text_units",
    )

    def __init__(
        self, update: bytes, fields: Collection[str], *, strict: bool, any_root: bool = False
    ) -> None:
        super().__init__(update)
        self.fields = fields
        self.strict = strict
        self.any_root = any_root
        self.client = self.clock = 0
        self.ranges: dict[int, Range] = {}
        self.collected: list[Range] = []
        self.items: dict[int, list[Item]] = {}
        self.needs: dict[int, int] = {}
        self.splits: list[Id] = []
        self.pairs: list[Id] = []
        self.roots: set[str] = set()
        self.kinds = 0
        self.text_units = self.text_bytes = 0
        self.plain = True

    def fault(self, problem: str) -> Malformed:
        """The refusal of the struct that is being read."""
        return Malformed(problem, place=f"client {self.client}, clock {self.clock}")

    def structs(self) -> None:
        """Everything before the delete set."""
        clients = self.uint()
        if clients * _CLIENT_MIN_BYTES > self.end - self.at:
            raise Malformed("more clients than bytes", place="update")
        for _ in range(clients):
            count, client, clock = self.uint(), self.uint(), self.uint()
            self.client, self.clock = client, clock
            if client in self.ranges:
                raise self.fault("a client twice")
            if not 0 < count <= (self.end - self.at) // _STRUCT_MIN_BYTES:
                raise self.fault("no structs, or more than bytes")
            self.items[client] = items = []
            for _ in range(count):
                item = self.struct()
                items.append(item)
                self.clock += item.length
                if self.clock > MAX_CLOCK:
                    raise self.fault("a clock too large")
            self.ranges[client] = Range(client, clock, self.clock - clock)

    def struct(self) -> Item:
        """The next struct."""
        if self.at >= self.end:
            raise self.fault("cut short")
        info = self.data[self.at]
        self.at += 1
        kind = info & _KIND
        self.kinds |= 1 << kind
        if kind == COLLECTED:
            if info:
                raise self.fault("a collected range with something beside it")
            return Item(self.clock, self.length(collected=True), COLLECTED, How.NOWHERE, NO_ID, None, 0)
        key = right = None
        is_left, text_bytes = True, self.text_bytes
        if info & _HAS_ORIGIN:
            how, ref = How.BESIDE, self.dependency()
            self.splits.append((ref[0], ref[1] + 1))
            if info & _HAS_RIGHT:
                right = self.dependency()
                self.splits.append(right)
        elif info & _HAS_RIGHT:
            how, ref, is_left = How.BESIDE, self.dependency(), False
            self.splits.append(ref)
        else:
            how, ref, key = self.parent(info)
        if kind == STRING:
            length = self.text()
        elif kind == DELETED:
            length = self.length(collected=True)
        elif kind == FORMAT:
            length = 1
            self.format()
        elif kind == _TYPE:
            length = 1
            kind = self.type()
        elif kind == ANY:
            length = self.values(key)
        else:
            raise self.fault(f"content of kind {kind}")
        if how is How.ROOT and kind not in (XML_ELEMENT, DELETED):
            raise self.fault("a field holds blocks only")
        size = 1 if kind in (XML_ELEMENT, XML_TEXT) else self.text_bytes - text_bytes
        return Item(self.clock, length, kind, how, ref, key, size, right, is_left)

    def length(self, *, collected: bool = False) -> int:
        """How many clocks a range without content takes."""
        length = self.uint()
        if not 0 < length <= MAX_CLOCK:
            raise self.fault("a length of nothing, or too large")
        if collected:
            self.collected.append(Range(self.client, self.clock, length))
        return length

    def parent(self, info: int) -> tuple[How, Id, str | None]:
        """The parent said outright, and the key under which the item hangs on it."""
        say = self.uint()
        if say == 1:
            name = self.string()
            if not self.any_root and name not in self.fields:
                raise self.fault(f"unknown field {ascii(name)[:60]}")
            self.roots.add(name)
            how, ref = How.ROOT, NO_ID
        elif say == 0:
            how, ref = How.PARENT, self.dependency()
        else:
            raise self.fault("neither a root nor a parent")
        if not info & _HAS_KEY:
            return how, ref, None
        key = self.string()
        if how is How.ROOT or (self.strict and key not in schema.ATTRIBUTES):
            raise self.fault(f"unknown attribute {ascii(key)[:60]}")
        return how, ref, key

    def dependency(self) -> Id:
        """An id that must be known before this item: never this item or a later one of its client."""
        client, clock = self.uint(), self.uint()
        if clock >= (self.clock if client == self.client else MAX_CLOCK):
            raise self.fault("an item that depends on itself or on the future")
        if clock >= self.needs.get(client, 0):
            self.needs[client] = clock + 1
        return client, clock

    def text(self) -> int:
        """A piece of text; its length in UTF-16 units."""
        raw = self.blob()
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise self.fault("text that is not UTF-8") from error
        units = len(text)
        if units == 0:
            raise self.fault("a text without characters")
        if units != len(raw):
            if "\ufffd" in text:
                raise self.fault("a replacement character")
            pairs, units = utf16_pairs(text)
            self.pairs += [(self.client, self.clock + offset) for offset in pairs]
        if self.plain and not is_printable(text):
            self.plain = False
        self.text_units += units
        self.text_bytes += len(raw)
        return units

    def format(self) -> None:
        """A mark that begins or ends here."""
        key, value = self.string(), self.string()
        check_format(key, value, strict=self.strict, fault=self.fault)
        if key == schema.LINK:
            # An address may hold what the walk alone refuses, such as control characters.
            self.plain = False

    def type(self) -> int:
        """A block or the text of one; which."""
        self.plain = False
        kind = self.uint() | _TYPE_BIT
        if kind == XML_ELEMENT:
            name = self.string()
            if self.strict and name != schema.NODE:
                raise self.fault(f"unknown node {ascii(name)[:60]}")
        elif kind != XML_TEXT:
            raise self.fault("a shared type of another kind")
        return kind

    def values(self, key: str | None) -> int:
        """Values of an attribute, of which the last counts; how many there are."""
        self.plain = False
        count = self.uint()
        if not 0 < count <= self.end - self.at:
            raise self.fault("no values, or more than bytes")
        for _ in range(count):
            check_value(self, key, strict=self.strict, fault=self.fault)
        return count

    def deletes(self) -> tuple[Range, ...]:
        """The delete set: ascending ranges a client, none overlapping, no client twice."""
        clients = self.uint()
        if clients * _RANGE_MIN_BYTES > self.end - self.at:
            raise Malformed("more clients than bytes", place="delete set")
        deletes: list[Range] = []
        seen: set[int] = set()
        for _ in range(clients):
            self.client, count, self.clock = self.uint(), self.uint(), 0
            if self.client in seen or count * _RANGE_MIN_BYTES > self.end - self.at:
                raise self.fault("a client twice, or more deletions than bytes")
            seen.add(self.client)
            for _ in range(count):
                clock = self.uint()
                if clock < self.clock:
                    raise self.fault("deletions out of order")
                self.clock = clock
                length = self.length()
                self.clock += length
                if self.clock > MAX_CLOCK:
                    raise self.fault("a clock too large")
                deletes.append(Range(self.client, clock, length))
        return tuple(deletes)

    def reading(self, deletes: tuple[Range, ...]) -> Reading:
        """All that was read, after the check that needs the whole."""
        reading = Reading(
            ranges=tuple(self.ranges.values()),
            collected=tuple(self.collected),
            deletes=deletes,
            needs=self.needs,
            items=self.items,
            splits=tuple(self.splits),
            pairs=tuple(self.pairs),
            roots=frozenset(self.roots),
            kinds=self.kinds,
            text_units=self.text_units,
            text_bytes=self.text_bytes,
            size_bytes=self.end,
            plain=self.plain,
        )
        if self.pairs and not frozenset(self.pairs).isdisjoint(reading.cuts()):
            raise Malformed("half a character", place="update")
        return reading
