"""The inputs that harm pycrdt or a server on it (`vectors/hostile.json`), as bytes to be sent.

Each as it was found, and made over for a section's own field, block and text, so that nothing is
refused for the name of a root alone. Cases that only say how they are made are made here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from revmod_live.sync.lib0 import string, uint
from tests.sync import yupdates as yu

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = Path(__file__).parent.parent / "vectors" / "hostile.json"

LIBRARY_ALONE: Final = frozenset(
    {
        "snapshot-restore-gc-doc",  # any snapshot restored on a collected document: no input of a client's
        "byte-offset-splits-character",  # a call in Python: the server edits no text by index
    }
)
"""Cases that nobody can send."""

_ROOT: Final = re.compile(rb"\x01\x01[a-z]")
_DEEP: Final = 26_250
_TALL: Final = 30_000


@dataclass(frozen=True)
class Victim:
    """What is attacked: a field, a block in it, its text, and how far its author's ids have come."""

    field_name: str
    block: yu.Id
    text: yu.Id
    client: int
    clock: int


def cases() -> list[dict[str, Any]]:
    """The cases as they were written down."""
    found: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return found


def payloads(case: dict[str, Any], victim: Victim) -> Iterator[bytes]:
    """The bytes of a case: as found, and made over."""
    name = case["name"]
    if "generator" not in case:
        if not case["hex"] and name not in _MADE:
            yield b""
        for part in filter(None, str(case["hex"]).split(",")):
            found = bytes.fromhex(part)
            yield found
            yield from made_over(found, victim)
    yield from _MADE.get(name, _nothing)(victim)


def made_over(data: bytes, victim: Victim) -> Iterator[bytes]:
    """The same with the section's own field, and then its own text and block, where a root stood."""
    if _ROOT.search(data) is None:
        return
    for parent in (
        b"\x01" + string(victim.field_name),
        b"\x00" + yu.ids(victim.text),
        b"\x00" + yu.ids(victim.block),
    ):
        yield _ROOT.sub(lambda _found, parent=parent: parent, data)  # type: ignore[misc]  # a default is bound


def _nothing(victim: Victim) -> Iterator[bytes]:
    del victim
    yield from ()


def _overflow(victim: Victim) -> Iterator[bytes]:
    """The poison in its fitting forms: by the author's own id, at exactly the next clock."""
    for length in (2**32 - 1, 2**31, 2**53 - 1):
        for hidden in (yu.collected(length), yu.skip(length), yu.deleted(length, parent=victim.field_name)):
            letters = yu.text("xy", parent=victim.text)
            yield yu.update((victim.client, victim.clock, [hidden, letters]))
            yield yu.update((9_000_001, 0, [hidden, letters]))


def _known_again(victim: Victim) -> Iterator[bytes]:
    """Overlaps of what is known with something else in it."""
    client, clock = victim.client, victim.clock
    yield yu.update((client, clock - 1, [yu.text("ab", origin=(client, clock - 1))]))
    yield yu.update((client, 0, [yu.collected(clock + 1)]))
    yield yu.update((client, clock - 1, [yu.collected(1), yu.text("ab", parent=victim.text)]))


def _deep_values(victim: Victim) -> Iterator[bytes]:
    """Attributes of the section's own block, nested until the stack ends."""
    for depth in (_DEEP, 100_000):
        for value in (b"\x75\x01" * depth + b"\x7e", (b"\x76\x01" + string("a")) * (depth // 2) + b"\x7e"):
            yield yu.update((victim.client, victim.clock, [yu.attribute("kind", value, parent=victim.block)]))


def _tall_tree(victim: Victim) -> Iterator[bytes]:
    """Elements within elements, and then the first of them deleted."""
    client, clock = 9_000_002, 0
    for depth in (3, _TALL):
        structs = [yu.block(field_name=victim.field_name)]
        structs += [yu.block(parent=(client, clock + n)) for n in range(depth)]
        yield yu.update((client, clock, structs), deletes=[(client, [(0, 1)])])
        yield yu.update((client, clock, structs))


def _reserved(victim: Victim) -> Iterator[bytes]:
    """Counts that are declared and never come."""
    for value in (
        (b"\x76" + uint(2**20) + string("a")) * 500 + b"\x7e",
        b"\x75" + uint(2**40) + b"\x7e",
        b"\x74" + uint(2**31) + b"a",
    ):
        yield yu.update((victim.client, victim.clock, [yu.attribute("kind", value, parent=victim.block)]))


def _counts(victim: Victim) -> Iterator[bytes]:
    for count in (2**27, 2**32 - 1, 2**53 - 1):
        yield uint(count)
        yield uint(1) + uint(count) + uint(victim.client) + uint(victim.clock)
        yield b"\x00" + uint(count)
        yield b"\x00" + uint(1) + uint(victim.client) + uint(count)


def _long_number(victim: Victim) -> Iterator[bytes]:
    del victim
    yield b"\x02" + b"\xff" * 200_000
    yield b"\xff" * 900


def _partial(victim: Victim) -> Iterator[bytes]:
    """A good half and a bad half in one update; then text where no text can be."""
    client, clock = victim.client, victim.clock
    evil = yu.text("EVIL", origin=None, parent=victim.text)
    yield yu.update((client, clock, [evil, yu.text("x", parent=(client, clock))]))
    yield yu.update((client, clock, [yu.text("x", parent=victim.block)]))
    yield yu.update((client, clock, [yu.block(parent=victim.text)]))
    yield yu.update((client, clock, [yu.text("x", parent=None, origin=victim.block)]))
    yield yu.update((client, clock, [yu.item(yu.TYPE, uint(yu.XML_HOOK) + string("x"), parent=victim.block)]))
    yield yu.update((client, clock, [yu.item(yu.DOC, string("d") + b"\x76\x00", parent=victim.block)]))


def _future(victim: Victim) -> Iterator[bytes]:
    """Deletions of what nobody has typed yet."""
    for client, at in ((500, 0), (victim.client, victim.clock)):
        for length in (1, 2**32 - 1, 2**53 - 1):
            yield yu.update(deletes=[(client, [(at, length)])])


def _gaps(victim: Victim) -> Iterator[bytes]:
    yield yu.update((victim.client, victim.clock + 1, [yu.text("FAR", parent=victim.text)]))
    yield yu.update((9_000_003, 10, [yu.text("FAR", parent=victim.text)]))
    yield yu.update((victim.client, victim.clock, [yu.skip(2), yu.text("FAR", parent=victim.text)]))


def _halves(victim: Victim) -> Iterator[bytes]:
    """Half characters: as bytes, as the sign that stands for them, and an edit between two halves."""
    client, clock = victim.client, victim.clock
    for broken in (b"\xed\xa0\xbd", b"\xef\xbf\xbd", b"\xff\xfe", b"\xc0\x80", b"a\xed\xb8\x80"):
        yield yu.update((client, clock, [yu.text(broken, parent=victim.text)]))
    emoji = yu.text("😀", parent=victim.text)
    yield yu.update((client, clock, [emoji, yu.text("x", origin=(client, clock))]))
    yield yu.update((client, clock, [emoji]), deletes=[(client, [(clock, 1)])])


def _number(value: int) -> bytes:
    """A number as long as one likes: what browsers can hold ends at 2^53."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _presences(victim: Victim) -> Iterator[bytes]:
    del victim
    for count in (100_000, 64, 2):
        yield uint(count) + b"".join(uint(n) + uint(1) + string("null") for n in range(count))
    for state in ("7", "NaN", '{"cursors":NaN}', '"\\ud800"', '{"seen":{"x":1e999}}', "{}", "[]", '{"a":'):
        yield uint(1) + uint(5) + uint(1) + string(state)
    for depth in (900, 100_000):
        yield uint(1) + uint(5) + uint(1) + string("[" * depth)
    for clock in (2**32, 2**53, 2**80):
        yield uint(1) + uint(5) + _number(clock) + string("{}")


def _beside_schema(victim: Victim) -> Iterator[bytes]:
    """What is an update like any other, of a text that no section may hold."""
    client, clock = victim.client, victim.clock
    for node in ("script", "iframe", "paragraph", "PARA", "para ", ""):
        yield yu.update((client, clock, [yu.block(field_name=victim.field_name, node=node)]))
    yield yu.update((client, clock, [yu.block(field_name="other")]))
    for key, value in (("kind", "h1"), ("dir", "auto"), ("align", "javascript:"), ("onclick", "alert(1)")):
        yield yu.update((client, clock, [yu.attribute(key, yu.some(value), parent=victim.block)]))
    for name, value in (
        ("link", '{"href":"javascript:alert(1)"}'),
        ("link", '{"href":"data:text/html,x"}'),
        ("link", '{"href":"https://a.example","onclick":"alert(1)"}'),
        ("script", "{}"),
        ("strong", '{"style":"x"}'),
    ):
        marked = [
            yu.mark(name, value, parent=victim.text),
            yu.text("x", origin=(client, clock)),
        ]
        yield yu.update((client, clock, marked))
    for control in ("\x00", "\x1b[31m", "\x7f", "\x85", "￿"):
        yield yu.update((client, clock, [yu.text(control, parent=victim.text)]))


_MADE: Final = {
    "gc-clock-overflow-poison": _overflow,
    "exclude-unwrap-none-sync": _known_again,
    "any-array-depth": _deep_values,
    "xml-depth-then-delete": _tall_tree,
    "nested-map-reserve": _reserved,
    "clients-len-2^27": _counts,
    "state-vector-len-2^27": _counts,
    "varint-200kB": _long_number,
    "partial-apply": _partial,
    "future-delete": _future,
    "clock-gap-visible": _gaps,
    "surrogate-split-from-browser": _halves,
    "awareness-100k-null": _presences,
    "awareness-deep-json": _presences,
    "invalid-utf8": _halves,
    "trailing-garbage": _beside_schema,
}
