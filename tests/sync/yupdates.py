"""Builds Yjs updates (v1) byte by byte: genuine ones of our schema, and hostile ones no client writes.

`Writer` writes as a client would; `update`, `item` and their like put together whatever is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from revmod_live.sync.lib0 import string, uint

Id = tuple[int, int]

ORIGIN, RIGHT, KEY = 0x80, 0x40, 0x20
GC, DELETED, JSON, BINARY, STRING, EMBED, FORMAT, TYPE, ANY, DOC, SKIP = range(11)
ARRAY, MAP, TEXT, XML_ELEMENT, XML_FRAGMENT, XML_HOOK, XML_TEXT = range(7)

NULL = b"\x7e"


def some(value: str) -> bytes:
    """A text as a value of an attribute."""
    return b"\x77" + string(value)


def raw(text: bytes) -> bytes:
    """Bytes where a text is expected, whatever they are."""
    return uint(len(text)) + text


def ids(reference: Id) -> bytes:
    return uint(reference[0]) + uint(reference[1])


def item(
    kind: int,
    content: bytes,
    *,
    origin: Id | None = None,
    right: Id | None = None,
    parent: Id | str | None = None,
    key: str | None = None,
) -> bytes:
    """One struct. Without neighbours it says its parent: a field's name or an id."""
    info = kind | (ORIGIN if origin else 0) | (RIGHT if right else 0) | (KEY if key is not None else 0)
    out = bytes((info,))
    out += ids(origin) if origin else b""
    out += ids(right) if right else b""
    if not origin and not right:
        if isinstance(parent, str):
            out += b"\x01" + string(parent)
        else:
            assert parent is not None
            out += b"\x00" + ids(parent)
        out += string(key) if key is not None else b""
    return out + content


def collected(length: int) -> bytes:
    return b"\x00" + uint(length)


def skip(length: int) -> bytes:
    return b"\x0a" + uint(length)


def text(
    content: str | bytes, *, origin: Id | None = None, right: Id | None = None, parent: Id | None = None
) -> bytes:
    coded = string(content) if isinstance(content, str) else raw(content)
    return item(STRING, coded, origin=origin, right=right, parent=parent)


def deleted(
    length: int, *, origin: Id | None = None, parent: Id | str | None = None, key: str | None = None
) -> bytes:
    return item(DELETED, uint(length), origin=origin, parent=parent, key=key)


def mark(
    name: str, value: str, *, origin: Id | None = None, right: Id | None = None, parent: Id | None = None
) -> bytes:
    return item(FORMAT, string(name) + string(value), origin=origin, right=right, parent=parent)


def block(
    *,
    field_name: str | None = None,
    origin: Id | None = None,
    right: Id | None = None,
    node: str = "para",
    parent: Id | None = None,
) -> bytes:
    above = parent if parent is not None else field_name
    return item(TYPE, uint(XML_ELEMENT) + string(node), origin=origin, right=right, parent=above)


def block_text(*, parent: Id | str | None = None, origin: Id | None = None) -> bytes:
    return item(TYPE, uint(XML_TEXT), parent=parent, origin=origin)


def attribute(name: str, value: bytes, *, parent: Id) -> bytes:
    return item(ANY, uint(1) + value, parent=parent, key=name)


def delete_set(deletes: Iterable[tuple[int, Sequence[tuple[int, int]]]]) -> bytes:
    parts = list(deletes)
    out = uint(len(parts))
    for client, ranges in parts:
        out += uint(client) + uint(len(ranges)) + b"".join(uint(at) + uint(length) for at, length in ranges)
    return out


def update(
    *clients: tuple[int, int, Sequence[bytes]],
    deletes: Iterable[tuple[int, Sequence[tuple[int, int]]]] = (),
) -> bytes:
    """(client, first clock, structs) for each client, and what is deleted."""
    out = uint(len(clients))
    for client, clock, structs in clients:
        out += uint(len(structs)) + uint(client) + uint(clock) + b"".join(structs)
    return out + delete_set(deletes)


@dataclass
class Writer:
    """A person typing at the end of one block of a field: genuine updates, one after another."""

    client: int
    field_name: str = "text"
    clock: int = 0
    last: Id | None = None
    text_id: Id | None = None
    sent: list[bytes] = field(default_factory=list)

    def opens(self, content: str) -> bytes:
        """A first block with text."""
        client = self.client
        self.text_id = (client, 1)
        whole = update(
            (
                client,
                0,
                [
                    block(field_name=self.field_name),
                    block_text(parent=(client, 0)),
                    text(content, parent=(client, 1)),
                ],
            )
        )
        self._went(2 + units(content), whole)
        return whole

    def types(self, content: str) -> bytes:
        """More text after what was typed last, in whatever block that was."""
        whole = update((self.client, self.clock, [text(content, origin=self.last)]))
        self._went(units(content), whole)
        return whole

    def deletes(self, owner: int, clock: int, length: int) -> bytes:
        whole = update(deletes=[(owner, [(clock, length)])])
        self.sent.append(whole)
        return whole

    def _went(self, length: int, whole: bytes) -> None:
        self.clock += length
        self.last = (self.client, self.clock - 1)
        self.sent.append(whole)


def units(content: str) -> int:
    """Length as Yjs counts: UTF-16 units."""
    return len(content.encode("utf-16-le")) // 2
