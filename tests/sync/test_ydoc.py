"""Documents as sections: the shared vectors, real Yjs clients, seeds, cuts, and a native layer that fails."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from revmod_live.docs import schema
from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.docs.model import Block, Run
from revmod_live.docs.schema import OutsideSchema
from revmod_live.errors import Malformed
from revmod_live.sync import reader, statevector, touched, ydoc
from revmod_live.sync.known import Fits, Gap, Known, Nothing, fit
from revmod_live.sync.ranges import Range
from tests.deep import counts
from tests.sync import yupdates as yu
from tests.sync.hostile import generated
from tests.sync.yupdates import Writer, update

FIELDS = ("text",)
KEY = "c/untoc/gaps"
HERE = Path(__file__).parent
VECTORS = json.loads((HERE.parent / "vectors" / "digests.json").read_text("utf-8"))["sections"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS if not case.get("invalid")], ids=lambda case: case["name"]
)
def test_a_file_gives_the_bytes_and_the_digest_of_the_vectors(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["update"])
    written = section_bytes(ydoc.read_update_file(data, case["section"], case["fields"]))
    assert written.decode() == case["canonical"]
    assert section_digest(written) == case["digest"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS if case.get("invalid")], ids=lambda case: case["name"]
)
def test_a_file_outside_the_schema_is_refused_with_the_place(case: dict[str, Any]) -> None:
    with pytest.raises(OutsideSchema) as caught:
        ydoc.read_update_file(base64.b64decode(case["update"]), case["section"], case["fields"])
    assert caught.value.place == "field text, block 1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00garbage",
        generated()["any-array-depth"],
        generated()["xml-depth-then-delete"],
        Writer(7).opens("a")[:-1],
        update((7, 5, [yu.text("a", origin=(7, 4))])),
        update((7, 0, [yu.block(field_name="elsewhere")])),
    ],
)
def test_a_file_that_is_none_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        ydoc.read_update_file(data, KEY, FIELDS)


SEED = {
    "measures": (
        Block(
            (Run("Plain "), Run("strong é😀", strong=True), Run(" plain", em=True, underline=True)), kind="h2"
        ),
        Block((Run("نص عربي"),), dir="rtl", align="center"),
        Block((Run("see "), Run("here", link="https://example.org/?a=é"), Run("."))),
    ),
    "challenges": (),
}


def test_a_seed_is_an_update_that_gives_its_blocks() -> None:
    data = ydoc.seed(SEED, client=11)
    assert ydoc.read_update_file(data, "b/untoc/art-5", tuple(SEED)).fields == SEED
    found = fit(reader.read(data, fields=tuple(SEED)), Known())
    assert isinstance(found, Fits)
    assert {new.client for new in found.new} == {11}


def test_an_empty_block_is_no_block_and_control_characters_are_for_the_strict() -> None:
    data = update(
        (7, 0, [yu.block(field_name="text"), yu.block_text(parent=(7, 0)), yu.text("a\x01", parent=(7, 1))])
    )
    doc = ydoc.load(FIELDS, [data, update((8, 0, [yu.block(origin=(7, 0))]))])
    assert len(ydoc.field_of(doc, "text")) == 1
    with pytest.raises(OutsideSchema) as caught:
        ydoc.section_of(doc, KEY, FIELDS, strict=True)
    assert caught.value.place == "field text, block 1"


@pytest.mark.parametrize(
    "structs",
    [
        [yu.text("loose", parent=(7, 0))],
        [yu.item(yu.ANY, b"\x01" + yu.some("hidden"), origin=(7, 4))],
        [yu.block(parent=(7, 0))],
        [yu.block_text(parent=(7, 1))],
        [yu.attribute("kind", yu.some("h2"), parent=(7, 1))],
        [yu.attribute("kind", yu.some("rtl"), parent=(7, 0))],
        [yu.attribute("kind", yu.some("h2"), parent=(7, 0)), yu.block_text(origin=(8, 0))],
    ],
)
def test_the_walk_finds_what_should_never_have_come_this_far(structs: list[bytes]) -> None:
    doc = ydoc.load(FIELDS, [Writer(7).opens("abc"), update((8, 0, structs))])
    with pytest.raises(OutsideSchema):
        ydoc.section_of(doc, KEY, FIELDS, strict=True)


def test_a_panic_of_the_native_layer_is_broken() -> None:
    doc = ydoc.new_doc(("t",))
    with pytest.raises(ydoc.Broken):
        ydoc.apply(doc, bytes.fromhex("01024d0000ffffffff0f0401017402787900"))
    with pytest.raises(ydoc.Broken):
        ydoc.apply(ydoc.new_doc(("t",)), b"\x01\x01\x05")


def test_an_update_partly_known_is_cut_to_what_is_new() -> None:
    ann = Writer(7)
    first = ann.opens("hello")
    whole = Writer(7).opens("hello world")
    whole = whole[:-1] + yu.delete_set([(7, [(2, 1)])])
    doc = ydoc.load(FIELDS, [first, update(deletes=[(7, [(4, 1)])])])
    known = ydoc.known_of(doc, FIELDS)
    found = fit(reader.read(whole, fields=FIELDS), known)
    assert isinstance(found, Fits)
    assert found.cut
    before, old = ydoc.state_vector(doc), ydoc.encode(doc)
    ydoc.apply(doc, whole)
    kept = ydoc.cut(doc, before, found.gone)
    again = ydoc.load(FIELDS, [old, kept])
    assert ydoc.field_of(again, "text") == ydoc.field_of(doc, "text")
    reading = reader.read(kept, fields=FIELDS)
    assert reading.ranges == found.new
    assert reading.deletes == found.gone


def test_text_between_neighbours_that_never_were_is_refused() -> None:
    doc = ydoc.load(FIELDS, [Writer(7).opens("hello")])
    known = ydoc.known_of(doc, FIELDS)
    data = update((8, 0, [yu.text("X", origin=(7, 5), right=(7, 3))]))
    found = fit(reader.read(data, fields=FIELDS), known)
    assert isinstance(found, Fits)
    ydoc.apply(doc, data)
    with pytest.raises(OutsideSchema):
        touched.check(doc, found, fields=FIELDS)


def test_what_was_deleted_with_its_block_is_known_exactly() -> None:
    doc = ydoc.load(FIELDS, [Writer(7).opens("abc"), update(deletes=[(7, [(0, 5)])])])
    ydoc.apply(doc, update((8, 0, [yu.text("typed meanwhile", origin=(7, 4))])))
    assert ydoc.deleted(doc, FIELDS).holds(Range(8, 0, 15))


def sessions(first: int, number: int, acts: int) -> list[dict[str, Any]]:
    """Sessions of real Yjs clients (`yjs_sessions.mjs`)."""
    command = ["node", str(HERE / "yjs_sessions.mjs"), str(first), str(number), str(acts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    return [json.loads(line) for line in done.stdout.splitlines()]


def blocks_of(shown: list[dict[str, Any]]) -> tuple[Block, ...]:
    blocks = (
        schema.read_block(block["attributes"], [(text, marks) for text, marks in block["pieces"]], place="")
        for block in shown
    )
    return tuple(block for block in blocks if block is not None)


def plain(blocks: tuple[Block, ...]) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks]


def test_whatever_real_yjs_clients_push_fits_and_gives_their_text() -> None:
    differ = 0
    for session in sessions(1, counts(20, 1_000), 150):
        shadow, live, known = ydoc.new_doc(FIELDS), ydoc.new_doc(FIELDS), Known()
        for _, pushed in session["pushes"]:
            data = base64.b64decode(pushed)
            reading = reader.read(data, fields=FIELDS)
            found = fit(reading, known)
            assert not isinstance(found, Gap), session["seed"]
            if isinstance(found, Nothing):
                continue
            assert isinstance(found, Fits), (session["seed"], found)
            before = ydoc.state_vector(shadow)
            ydoc.apply(shadow, data)
            touched.check(shadow, found, fields=FIELDS)
            ydoc.apply(live, ydoc.cut(shadow, before, found.gone) if found.cut else data)
            known.take(found)
            assert statevector.read(ydoc.state_vector(live)) == known.clocks
        ours = ydoc.field_of(live, "text", strict=True)
        theirs = [blocks_of(shown) for shown in session["shown"]]
        assert all(plain(blocks) == plain(ours) for blocks in theirs), session["seed"]
        # Yjs itself lets a mark differ between its own clients, once in some hundred sessions like these.
        assert ours in theirs, session["seed"]
        differ += any(blocks != ours for blocks in theirs)
        assert ydoc.field_of(ydoc.load(FIELDS, [ydoc.encode(live)]), "text") == ours
    assert differ <= counts(1, 20)
