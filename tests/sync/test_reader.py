"""What the reader takes for an update of a section, what it says of it, and what it refuses."""

from __future__ import annotations

import base64
import json
import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

from revmod_live.errors import Malformed
from revmod_live.sync import reader, statevector, ydoc
from revmod_live.sync.known import Fits, Gap, Invalid, Known, Nothing, fit
from revmod_live.sync.lib0 import string, uint
from revmod_live.sync.ranges import Range, RangeSet
from revmod_live.sync.reader import Reading
from tests.sync import yupdates as yu
from tests.sync.yupdates import Writer, update

FIELDS = ("text",)


def read(data: bytes) -> Reading:
    return reader.read(data, fields=FIELDS)


def known_after(*updates: bytes) -> Known:
    known = Known()
    for data in updates:
        found = fit(read(data), known)
        assert isinstance(found, Fits), found
        known.take(found)
    return known


def problem_of(data: bytes, known: Known | None = None) -> str:
    """Why an update is refused as invalid, by the reader or against what is known."""
    try:
        found = fit(read(data), known or Known())
    except Malformed as error:
        return str(error)
    assert isinstance(found, Invalid), found
    return found.problem


# ---------------------------------------------------------------- what it says


def test_a_keystroke_is_one_range_that_hangs_on_the_one_before() -> None:
    ann = Writer(2**53 - 1)
    ann.opens("a")
    reading = read(ann.types("é"))
    assert reading.ranges == (Range(ann.client, 3, 1),)
    assert reading.needs == {ann.client: 3}
    assert reading.deletes == ()
    assert (reading.text_units, reading.text_bytes, reading.adds_text, reading.plain) == (1, 2, True, True)


def test_text_counts_in_utf16_units() -> None:
    reading = read(Writer(1).opens("a😀b"))
    assert reading.text_units == 4
    assert reading.ranges == (Range(1, 0, 6),)
    assert reading.pairs == ((1, 4),)


def test_deleted_and_collected_ranges_are_ordinary_content() -> None:
    reading = read(update((1, 0, [yu.deleted(3, parent="text"), yu.collected(2)]), deletes=[(1, [(0, 5)])]))
    assert reading.ranges == (Range(1, 0, 5),)
    assert reading.collected == (Range(1, 0, 3), Range(1, 3, 2))
    assert not reading.adds_text


def test_an_update_with_nothing_in_it_is_empty() -> None:
    assert read(b"\x00\x00").is_empty
    assert isinstance(fit(read(b"\x00\x00"), Known()), Nothing)


def test_what_is_not_only_text_and_marks_is_not_plain() -> None:
    assert not read(Writer(1).opens("a")).plain
    assert not read(update((1, 9, [yu.text("\x01", origin=(1, 8))]))).plain
    assert read(update((1, 9, [yu.text("tab\tnbsp\u00a0zwj\u200d", origin=(1, 8))]))).plain
    assert read(update((1, 9, [yu.mark("strong", "{}", origin=(1, 8))]))).plain


def test_every_digest_vector_is_read() -> None:
    vectors = json.loads((Path(__file__).parent.parent / "vectors" / "digests.json").read_text("utf-8"))
    for case in vectors["sections"]:
        data = base64.b64decode(case["update"])
        if case.get("invalid"):
            with pytest.raises(Malformed):
                reader.read(data, fields=case["fields"])
        else:
            found = fit(reader.read(data, fields=case["fields"]), Known())
            assert isinstance(found, (Fits, Nothing)), case["name"]


# ---------------------------------------------------------------- what it refuses

FIRST = [yu.block(field_name="text"), yu.block_text(parent=(1, 0)), yu.text("abc", parent=(1, 1))]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing at all"),
        (b"\x00", "no delete set"),
        (b"\x01\x01\x05", "cut short"),
        (b"\x80\x80\x80\x40", "2^27 clients in 4 bytes"),
        (b"\xff" * 200_000, "an endless number"),
        (update((1, 0, FIRST)) + b"GARBAGE", "trailing bytes"),
        (update((1, 0, FIRST), (1, 5, [yu.collected(1)])), "a client twice"),
        (update((1, 0, [])), "no structs"),
        (b"\x01\xff\xff\xff\x7f\x01\x00" + bytes(10), "more structs than bytes"),
        (update((2**53 - 1, 0, FIRST))[:2] + b"\x80\x80\x80\x80\x80\x80\x80\x10" + b"\0\0", "client id 2^53"),
        (update((1, 0, [yu.skip(1)])), "a skip"),
        (update((1, 0, [b"\x80\x01\x00\x01"])), "a collected range with an origin"),
        (update((1, 0, [yu.collected(0)])), "a range of nothing"),
        (update((1, 0, [yu.collected(2**32 - 1)])), "a clock beyond 32 bits"),
        (update((1, 2**31 - 1, [yu.collected(1)])), "a clock beyond what is borne"),
        (update((1, 0, [yu.text("a", parent=(1, 0))])), "an item in itself"),
        (update((1, 3, [yu.text("a", origin=(1, 3))])), "an item beside itself"),
        (update((1, 3, [yu.text("a", origin=(1, 2), right=(1, 9))])), "an item beside its future"),
        (update((1, 3, [yu.text("", origin=(1, 2))])), "no characters"),
        (update((1, 3, [yu.text(b"\xff\xfe", origin=(1, 2))])), "not UTF-8"),
        (update((1, 3, [yu.text(b"\xed\xa0\x80", origin=(1, 2))])), "a lone surrogate"),
        (update((1, 3, [yu.text(b"\xf0\x9f\x98", origin=(1, 2))])), "half a character"),
        (update((1, 3, [yu.text("\ufffd", origin=(1, 2))])), "a replacement character"),
        (update((1, 0, [yu.block(field_name="other")])), "an undeclared field"),
        (update((1, 0, [yu.block(field_name="text", node="table")])), "an unknown node"),
        (update((1, 0, [yu.block(field_name="text", node="PARA")])), "a node in capitals"),
        (
            update(
                (
                    1,
                    0,
                    [yu.item(yu.STRING, string("a"), parent="text")],
                )
            ),
            "text in a field",
        ),
        (update((1, 0, [yu.block_text(parent="text")])), "a text in a field"),
        (
            update((1, 0, [yu.item(yu.ANY, uint(1) + yu.NULL, parent="text", key="kind")])),
            "an attribute of a field",
        ),
        (update((1, 0, [yu.item(yu.TYPE, uint(yu.MAP), parent="text")])), "a map"),
        (update((1, 3, [yu.item(yu.TYPE, uint(yu.XML_HOOK) + string("x"), origin=(1, 2))])), "a hook"),
        (update((1, 3, [yu.item(yu.TYPE, uint(99), origin=(1, 2))])), "an unknown type"),
        (update((1, 3, [yu.item(yu.DOC, string("guid") + yu.NULL, origin=(1, 2))])), "a sub-document"),
        (update((1, 3, [yu.item(yu.EMBED, string("{}"), origin=(1, 2))])), "an embed"),
        (update((1, 3, [yu.item(yu.BINARY, yu.raw(b"x"), origin=(1, 2))])), "binary"),
        (update((1, 3, [yu.item(yu.JSON, uint(1) + string("1"), origin=(1, 2))])), "old JSON content"),
        (update((1, 3, [yu.item(11, b"", origin=(1, 2))])), "an unknown kind"),
        (update((1, 3, [b"\x04\x02" + string("text")])), "a parent that is neither"),
        (update((1, 3, [yu.mark("blink", "{}", origin=(1, 2))])), "an unknown mark"),
        (update((1, 3, [yu.mark("strong", "true", origin=(1, 2))])), "a mark with a value"),
        (update((1, 3, [yu.mark("strong", '{"x":1}', origin=(1, 2))])), "a mark with members"),
        (update((1, 3, [yu.mark("strong", "{", origin=(1, 2))])), "a mark that is not JSON"),
        (update((1, 3, [yu.mark("strong", "[" * 9_000, origin=(1, 2))])), "a mark too large"),
        (update((1, 3, [yu.mark("link", "[" * 8_000, origin=(1, 2))])), "a deep mark"),
        (update((1, 3, [yu.mark("link", "{}", origin=(1, 2))])), "a link to nowhere"),
        (update((1, 3, [yu.mark("link", '{"href":"javascript:x"}', origin=(1, 2))])), "a link that runs"),
        (
            update((1, 3, [yu.mark("link", '{"href":"x:","href":"http://x"}', origin=(1, 2))])),
            "two links in one",
        ),
        (update((1, 3, [yu.mark("link", '{"href":"http://\\ud800"}', origin=(1, 2))])), "a broken link"),
        (update((1, 3, [yu.attribute("onclick", yu.some("x"), parent=(1, 0))])), "an unknown attribute"),
        (update((1, 3, [yu.attribute("kind", yu.some("h9"), parent=(1, 0))])), "an unknown value"),
        (update((1, 3, [yu.attribute("kind", yu.some("rtl"), parent=(1, 0))])), "a value of another"),
        (update((1, 3, [yu.attribute("kind", b"\x7d\x01", parent=(1, 0))])), "a number"),
        (
            update((1, 3, [yu.attribute("kind", b"\x75\x01" * 30_000 + yu.NULL, parent=(1, 0))])),
            "deep arrays",
        ),
        (update((1, 3, [yu.attribute("kind", b"\x76\x80\x80\x40\x01a" * 500, parent=(1, 0))])), "vast maps"),
        (update((1, 3, [yu.item(yu.ANY, uint(0), parent=(1, 0), key="kind")])), "no value"),
        (update((1, 3, [yu.item(yu.ANY, b"\xff\xff\xff\x7f", parent=(1, 0), key="kind")])), "2^28 values"),
        (update((1, 0, [yu.collected(1)]), deletes=[(1, [(0, 0)])]), "deleting nothing"),
        (update((1, 0, [yu.collected(9)]), deletes=[(1, [(4, 2), (2, 1)])]), "deletions out of order"),
        (update((1, 0, [yu.collected(9)]), deletes=[(1, [(2, 4), (4, 2)])]), "overlapping deletions"),
        (update((1, 0, [yu.collected(9)]), deletes=[(1, [(0, 1)]), (1, [(2, 1)])]), "a deleter twice"),
        (update(deletes=[(500, [(0, 2**32 - 1)])]), "deleting a whole future"),
        (b"\x00\x01\x01\xff\xff\xff\x7f\x00", "more deletions than bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_other_bytes_are_an_update(data: bytes, why: str) -> None:
    with pytest.raises(Malformed):
        read(data)
    assert why


def test_a_hostile_update_is_refused_at_once() -> None:
    started = time.perf_counter()
    for data in (
        b"\xff" * 1_000_000,
        b"\x80\x80\x80\x40",
        b"\x01\x01\x05\x00" + b"\x88\x01\x00" + b"\x75\x01" * 500_000,
    ):
        with pytest.raises(Malformed):
            read(data)
    assert time.perf_counter() - started < 1


# ---------------------------------------------------------------- how it lies to a document


def test_an_update_fits_on_what_it_was_typed_on() -> None:
    ann = Writer(7)
    known = known_after(ann.opens("hello"))
    found = fit(read(ann.types("!")), known)
    assert isinstance(found, Fits)
    assert (found.new, found.unseen, found.cut, found.deletes) == ((Range(7, 7, 1),), (), False, False)


def test_a_client_that_the_document_has_never_seen_is_named() -> None:
    ann, ben = Writer(7), Writer(8)
    known = known_after(ann.opens("hello"))
    ben.last = ann.last
    found = fit(read(ben.types("!")), known)
    assert isinstance(found, Fits)
    assert found.unseen == (8,)


def test_a_range_wholly_known_brings_nothing_whoever_sends_it() -> None:
    ann = Writer(7)
    first, second = ann.opens("hello"), ann.types("!")
    assert isinstance(fit(read(first), known_after(first, second)), Nothing)


def test_a_range_partly_known_is_to_be_cut() -> None:
    known = known_after(Writer(7).opens("hello"))
    found = fit(read(Writer(7).opens("hello world")), known)
    assert isinstance(found, Fits)
    assert found.cut
    assert found.new == (Range(7, 7, 6),)


def test_a_skipped_keystroke_is_a_gap() -> None:
    ann = Writer(7)
    known = known_after(ann.opens("hello"))
    ann.types("a")
    assert isinstance(fit(read(ann.types("b")), known), Gap)


@pytest.mark.parametrize(
    "data",
    [
        update((8, 0, [yu.text("x", origin=(7, 99))])),
        update((8, 0, [yu.text("x", right=(7, 99))])),
        update((8, 0, [yu.text("x", origin=(7, 3), right=(99, 0))])),
        update((8, 0, [yu.text("x", parent=(99, 1))])),
        update(deletes=[(7, [(5, 50)])]),
        update(deletes=[(500, [(0, 1)])]),
    ],
)
def test_what_hangs_on_the_unknown_is_a_gap(data: bytes) -> None:
    assert isinstance(fit(read(data), known_after(Writer(7).opens("hello"))), Gap)


def test_deleting_what_is_deleted_brings_nothing() -> None:
    ann = Writer(7)
    known = known_after(ann.opens("hello"), ann.deletes(7, 3, 2))
    assert isinstance(fit(read(update(deletes=[(7, [(3, 1)])])), known), Nothing)
    found = fit(read(update(deletes=[(7, [(2, 2)])])), known)
    assert isinstance(found, Fits)
    assert found.gone == (Range(7, 2, 2),)


EMOJI = Writer(7).opens("a😀b")
"""Clocks: block 0, text 1, a 2, the emoji 3 and 4, b 5."""


@pytest.mark.parametrize(
    "data",
    [
        update((8, 0, [yu.text("x", origin=(7, 3))])),
        update((8, 0, [yu.text("x", right=(7, 4))])),
        update(deletes=[(7, [(3, 1)])]),
        update(deletes=[(7, [(4, 1)])]),
    ],
)
def test_an_emoji_is_never_cut_in_half(data: bytes) -> None:
    assert "half a character" in problem_of(data, known_after(EMOJI))


def test_an_emoji_is_not_cut_within_one_update() -> None:
    structs = [*FIRST[:2], yu.text("😀", parent=(1, 1)), yu.text("x", origin=(1, 2))]
    assert "half a character" in problem_of(update((1, 0, structs)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (update((8, 0, [yu.block(parent=(7, 0))])), "a block in a block"),
        (update((8, 0, [yu.block(origin=(7, 1))])), "a block beside a text"),
        (update((8, 0, [yu.block(origin=(7, 4))])), "a block within text"),
        (update((8, 0, [yu.block_text(parent=(7, 1))])), "a text in a text"),
        (update((8, 0, [yu.block_text(origin=(7, 0))])), "a text beside a block"),
        (update((8, 0, [yu.text("x", origin=(7, 0))])), "characters beside a block"),
        (update((8, 0, [yu.text("x", parent=(7, 0))])), "characters in a block"),
        (update((8, 0, [yu.text("x", parent=(7, 3))])), "characters in a character"),
        (update((8, 0, [yu.mark("em", "{}", origin=(7, 0))])), "a mark on a block"),
        (update((8, 0, [yu.item(yu.ANY, uint(1) + yu.NULL, origin=(7, 4))])), "a value within text"),
        (update((8, 0, [yu.attribute("kind", yu.NULL, parent=(7, 1))])), "an attribute of a text"),
        (
            update(
                (8, 0, [yu.attribute("kind", yu.some("h2"), parent=(7, 0)), yu.block_text(origin=(8, 0))])
            ),
            "a text as an attribute",
        ),
        (
            update(
                (8, 0, [yu.attribute("kind", yu.some("h2"), parent=(7, 0)), yu.text("h2", origin=(8, 0))])
            ),
            "characters as an attribute",
        ),
        (update((8, 0, [yu.text("x", origin=(7, 4), right=(7, 0))])), "neighbours of different parents"),
        (
            update((8, 0, [yu.text("x", origin=(9, 0))]), (9, 0, [yu.text("y", origin=(8, 0))])),
            "neighbours in a ring",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_hangs_where_it_belongs(data: bytes, why: str) -> None:
    assert problem_of(data, known_after(Writer(7).opens("hello"))), why


def nested(levels: int, *, said: bool) -> bytes:
    """Blocks in blocks: by parents said outright, or by neighbours alone."""
    structs = [yu.block(field_name="text")]
    for level in range(1, levels):
        if said:
            structs.append(yu.block(parent=(5, level - 1)))
        else:
            structs += [yu.block_text(parent=(5, 2 * level - 2)), yu.block(origin=(5, 2 * level - 1))]
    return update((5, 0, structs), deletes=[(5, [(0, 1)])])


@pytest.mark.parametrize("said", [True, False])
def test_no_tree_is_deeper_than_a_text_in_a_block(*, said: bool) -> None:
    for levels in (2, 3, 20_000):
        assert problem_of(nested(levels, said=said))


def test_a_thousand_pasted_blocks_are_no_tree() -> None:
    structs: list[bytes] = []
    last: yu.Id | None = None
    for _ in range(1_000):
        clock = len(structs)
        structs.append(yu.block(origin=last) if last else yu.block(field_name="text"))
        structs.append(yu.block_text(parent=(5, clock)))
        last = (5, clock)
    assert isinstance(fit(read(update((5, 0, structs))), Known()), Fits)


def test_what_a_live_document_knows_can_be_learnt_again_from_it() -> None:
    ann = Writer(2**40)
    ann.opens("hello 😀 world")
    for letter in "and more":
        ann.types(letter)
    ann.deletes(ann.client, 4, 2)
    known = known_after(*ann.sent)
    again = ydoc.known_of(ydoc.load(FIELDS, ann.sent), FIELDS)
    assert again.clocks == known.clocks
    assert again.deleted.ranges() == known.deleted.ranges()
    assert again.pairs == known.pairs


# ---------------------------------------------------------------- ranges and state vectors


def test_a_set_of_ranges_is_what_a_set_of_clocks_would_be() -> None:
    chance = random.Random(5)
    for _ in range(200):
        ranges, clocks = RangeSet(), set()
        for _ in range(chance.randrange(1, 30)):
            start, length = chance.randrange(60), chance.randrange(1, 9)
            ranges.add_all([Range(1, start, length)])
            clocks |= set(range(start, start + length))
        for start in range(70):
            for length in (1, 2, 5):
                wanted = set(range(start, start + length)) <= clocks
                assert ranges.holds(Range(1, start, length)) is wanted
        merged = [(found.clock, found.end) for found in ranges.ranges()]
        assert merged == sorted(merged)
        assert all(end < start for (_, end), (start, _) in pairwise(merged))
        assert ranges.copy().ranges() == ranges.ranges()


def test_state_vectors_come_back() -> None:
    vector = {2**53 - 1: 5, 7: 0, 1: 2**31 - 1}
    assert statevector.read(statevector.write(vector)) == vector


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x80\x80\x40",
        b"\x01\x01",
        b"\x01\x01\x02\x03",
        b"\x02\x01\x02\x01\x03",
        b"\x01\x01\xff\xff\xff\xff\x0f",
    ],
)
def test_nothing_else_is_a_state_vector(data: bytes) -> None:
    with pytest.raises(Malformed):
        statevector.read(data)
