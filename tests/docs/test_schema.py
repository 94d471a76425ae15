"""What a block may hold (architecture.md, "What a section is"; digest.md, 1 to 6)."""

import pytest

from revmod_live.docs.model import Block, Run
from revmod_live.docs.schema import (
    ALIGNS,
    DIRS,
    KINDS,
    OutsideSchema,
    check_text,
    is_link,
    read_block,
)


def test_every_kind_direction_and_alignment_of_the_table_is_read() -> None:
    for name, values in (("kind", KINDS), ("dir", DIRS), ("align", ALIGNS)):
        for value in values:
            block = read_block({name: value}, [("a", None)], place="here")
            assert block is not None
            assert getattr(block, name) == value


def test_equal_neighbours_are_one_run_and_empty_runs_none() -> None:
    pieces: list[tuple[str, dict[str, object]]] = [
        ("a", {"strong": {}}),
        ("", {"em": {}}),
        ("b", {"strong": {}, "em": None}),
        ("c", {}),
    ]
    block = read_block({}, pieces, place="here")
    assert block == Block((Run("ab", strong=True), Run("c")))


def test_null_is_absent_whatever_its_name() -> None:
    block = read_block({"kind": None, "novelty": None}, [("a", {"novelty": None})], place="here")
    assert block == Block((Run("a"),))


def test_a_block_without_text_is_no_block_and_is_still_checked() -> None:
    assert read_block({"kind": "h2"}, [], place="here") is None
    assert read_block({}, [("", {"em": {}})], place="here") is None
    with pytest.raises(OutsideSchema):
        read_block({"kind": "h9"}, [], place="here")


@pytest.mark.parametrize(
    ("attributes", "marks"),
    [
        ({"kind": "h1"}, None),
        ({"kind": ["h2"]}, None),
        ({"dir": "auto"}, None),
        ({"align": 1}, None),
        ({"colour": "red"}, None),
        ({}, {"blink": {}}),
        ({}, {"em": True}),
        ({}, {"em": {"a": 1}}),
        ({}, {"link": {}}),
        ({}, {"link": "https://example.org"}),
        ({}, {"link": {"href": "https://example.org", "title": "x"}}),
        ({}, {"link": {"href": None}}),
        ({}, {"link": {"href": "javascript:alert(1)"}}),
        ({}, {"link": {"href": " https://example.org"}}),
        ({}, {"link": {"href": "https://example.org/\ud800"}}),
    ],
)
def test_anything_else_is_outside_the_schema_and_says_where(
    attributes: dict[str, object], marks: dict[str, object] | None
) -> None:
    with pytest.raises(OutsideSchema) as caught:
        read_block(attributes, [("a", marks)], place="field text, block 3")
    assert caught.value.place == "field text, block 3"
    assert str(caught.value).isascii()


def test_text_is_text_without_half_surrogates() -> None:
    with pytest.raises(OutsideSchema):
        read_block({}, [("\udc00", None)], place="here")
    with pytest.raises(OutsideSchema):
        read_block({}, [(7, None)], place="here")  # type: ignore[list-item]  # what a document gave


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\r", "\x7f", "\x85", "\ufffe"])
def test_the_gate_refuses_control_characters_that_the_canonical_form_holds(character: str) -> None:
    assert read_block({}, [(character, None)], place="here") is not None
    with pytest.raises(OutsideSchema, match=f"U\\+{ord(character):04X}"):
        read_block({}, [(character, None)], place="here", strict=True)
    link = {"link": {"href": f"https://example.org/{character}"}}
    with pytest.raises(OutsideSchema):
        read_block({}, [("a", link)], place="here", strict=True)


def test_the_gate_lets_tab_and_line_feed_in() -> None:
    check_text("a\tb\nc", place="here", strict=True)


def test_a_link_is_known_by_its_scheme_in_any_case_but_in_ascii_only() -> None:
    assert is_link("HTTPS://example.org")
    assert is_link("mailto:a@example.org")
    for href in ("http\u017f://example.org", "//example.org", "data:,x", "vbscript:x", None):
        assert not is_link(href)
