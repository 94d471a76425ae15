"""Updates that harm the native layer or a server on it, made over for a section of ours.

`made_over` are the cases of `tests/vectors/hostile.json` with the field and block of a section,
so that none of them is refused for the name of its root alone. `generated` fills in those that are too large
for the file.
"""

from __future__ import annotations

from revmod_live.sync.lib0 import string, uint
from tests.sync import yupdates as yu
from tests.sync.yupdates import Id, update

DEEP = 27_000


def generated() -> dict[str, bytes]:
    """Case → its bytes, for the cases of the file that only say how to make them."""
    any_root = b"\x08\x01\x01a"
    nested = b"\x28\x01\x01a\x01p\x01" + b"\x75\x01" * DEEP + b"\x7e"
    elements = [b"\x07\x01\x01a\x03\x01p"]
    elements += [b"\x07\x00" + yu.ids((5, at)) + b"\x03\x01p" for at in range(33_500)]
    entries = b"".join(uint(client) + b"\x01" + string("null") for client in range(100_000))
    return {
        "any-array-depth": b"\x01\x01\x05\x00" + any_root + b"\x01" + b"\x75\x01" * DEEP + b"\x7e\x00",
        "any-array-depth under a key": b"\x01\x01\x05\x00" + nested + b"\x00",
        "xml-depth-then-delete": update((5, 0, elements), deletes=[(5, [(0, 1)])]),
        "nested-map-reserve": b"\x01\x01\x05\x00"
        + any_root
        + b"\x01"
        + (b"\x76\x80\x80\x40\x01a" * 500)
        + b"\x7e\x00",
        "varint-200kB": b"\x02" + b"\xff" * 200_000,
        "awareness-100k-null": uint(100_000) + entries,
        "awareness-deep-json": b"\x01\x05\x01" + string("[" * 100_000),
    }


def made_over(*, client: int, block: Id, text: Id, last: Id, field: str = "text") -> dict[str, bytes]:
    """Case → an update against a document that holds `block` in `field`, its `text`, and `last` in that.

    client: one that the document has never seen.
    """
    owner, known = last[0], last[1] + 1
    x = client
    opening = [yu.block(field_name=field), yu.block_text(parent=(x, 0)), yu.text("a", parent=(x, 1))]
    deep_said = [yu.block(field_name=field), *(yu.block(parent=(x, at)) for at in range(25_000))]
    deep_beside = [yu.block(field_name=field)]
    for at in range(0, 16_000, 2):
        deep_beside += [yu.block_text(parent=(x, at)), yu.block(origin=(x, at + 1))]
    return {
        "gc-clock-overflow-poison": update((x, 0, [yu.collected(2**32 - 1), yu.text("xy", origin=last)])),
        "gc-clock-overflow after text": update((x, 0, [yu.text("xy", origin=last), yu.collected(2**32 - 3)])),
        "exclude-unwrap": update((owner, 7240, [yu.collected(2**20)]), deletes=[(owner, [(26, 2**20)])]),
        "any-array-depth": update((x, 0, [yu.attribute("kind", b"\x75\x01" * DEEP + yu.NULL, parent=block)])),
        "any-map-depth": update(
            (x, 0, [yu.attribute("kind", b"\x76\x01\x01a" * DEEP + yu.NULL, parent=block)])
        ),
        "any within text": update(
            (x, 0, [yu.item(yu.ANY, b"\x01" + b"\x75\x01" * DEEP + yu.NULL, origin=last)])
        ),
        "nested-map-reserve": update(
            (x, 0, [yu.attribute("kind", b"\x76\x80\x80\x40\x01a" * 500, parent=block)])
        ),
        "xml-depth, said": update((x, 0, deep_said), deletes=[(x, [(0, 1)])]),
        "xml-depth, beside": update((x, 0, deep_beside), deletes=[(x, [(0, 1)])]),
        "clients-len": b"\x80\x80\x80\x40",
        "structs-len": b"\x01\x80\x80\x80\x40" + uint(x) + b"\x00",
        "deletes-len": b"\x00\x80\x80\x80\x40",
        "partial-apply": update((x, 0, [yu.text("EVIL", origin=last), yu.text("x", parent=(x, 0))])),
        "future-delete": update(deletes=[(x, [(0, 2**32 - 1)])]),
        "future-delete of a known client": update(deletes=[(owner, [(known, 2**30)])]),
        "clock-gap": update((x, 10, [yu.text("FAR", origin=last)])),
        "clock-gap of a known client": update((owner, known + 5, [yu.text("FAR", origin=last)])),
        "skip": update((x, 0, [yu.skip(3), yu.text("a", origin=last)])),
        "overlapping deletes": update(deletes=[(owner, [(0, 3), (1, 3)])]),
        "trailing-garbage": update((x, 0, opening)) + b"GARBAGE",
        "invalid-utf8": update((x, 0, [yu.text(b"\xff\xfe\xfd", origin=last)])),
        "lone surrogate": update((x, 0, [yu.text(b"\xed\xa0\xbd", origin=last)])),
        "replacement character": update((x, 0, [yu.text("a\ufffd", origin=last)])),
        "empty text": update((x, 0, [yu.text("", origin=last)])),
        "truncated": update((x, 0, opening))[:-4],
        "a client twice": update((x, 0, opening), (x, 3, [yu.text("b", origin=(x, 2))])),
        "client id 2^53": b"\x01\x01" + b"\x80" * 7 + b"\x10\x00" + yu.text("a", origin=last) + b"\x00",
        "sub-document": update((x, 0, [yu.item(yu.DOC, string("g") + yu.NULL, origin=last)])),
        "embed": update((x, 0, [yu.item(yu.EMBED, string("{}"), origin=last)])),
        "map in a block": update((x, 0, [yu.item(yu.TYPE, uint(yu.MAP), parent=block)])),
        "block in a block": update((x, 0, [yu.block(parent=block)])),
        "block in a text": update((x, 0, [yu.block(origin=last)])),
        "text in a text": update((x, 0, [yu.block_text(parent=text)])),
        "characters in a block": update((x, 0, [yu.text("a", parent=block)])),
        "characters in characters": update((x, 0, [yu.text("a", parent=last)])),
        "hidden value in a text": update((x, 0, [yu.item(yu.ANY, b"\x01" + yu.NULL, origin=last)])),
        "unknown node": update((x, 0, [yu.block(field_name=field, node="script")])),
        "unknown field": update((x, 0, [yu.block(field_name="elsewhere")])),
        "unknown attribute": update((x, 0, [yu.attribute("onclick", yu.some("x"), parent=block)])),
        "unknown value": update((x, 0, [yu.attribute("kind", yu.some("h1"), parent=block)])),
        "unknown mark": update((x, 0, [yu.mark("blink", "{}", origin=last)])),
        "javascript link": update((x, 0, [yu.mark("link", '{"href":"javascript:alert(1)"}', origin=last)])),
        "depends on itself": update((x, 0, [yu.text("a", origin=(x, 0))])),
        "a ring": update(
            (x, 0, [yu.text("a", origin=(x + 1, 0))]), (x + 1, 0, [yu.text("b", origin=(x, 0))])
        ),
        "neighbours apart": update((x, 0, [yu.text("a", origin=last, right=block)])),
    }
