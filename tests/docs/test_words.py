"""Counting by rule `wc/1` (requirements 4.4), and splitting for comparison."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revmod_live.docs import words
from revmod_live.docs.model import Section, plain
from tests.deep import counts
from tests.docs.trees import texts, vectors

EVERYTHING = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)


@pytest.mark.parametrize("case", vectors("words.json")["cases"], ids=lambda case: case["name"])
def test_the_twelve_vectors_are_counted_as_the_rule_says(case: dict[str, object]) -> None:
    assert words.count(str(case["text"])) == case["words"]


def test_a_block_ends_a_word_and_fields_add_up() -> None:
    section = Section("d/fa/art-3", {"gaps": plain("one two", "three"), "suggestions": plain("四五")})
    assert words.count_blocks(section.fields["gaps"]) == 3
    assert words.count_section(section) == 5


def _kinds(text: str) -> list[tuple[bool, bool, bool]]:
    """What each character that is not dropped does to a count; none for one that does nothing."""
    kept = re.sub(f"[{words._DROPPED}]", "", text)
    kinds = [
        (
            re.match(f"[{words._CJK}]", letter) is not None,
            words.is_separator(letter),
            re.match(r"[^\W_]", letter) is not None,
        )
        for letter in kept
    ]
    return [kinds[0], *(kind for kind in kinds[1:] if any(kind))] if kinds else []


def test_composing_never_changes_a_count_so_it_is_left_out() -> None:
    for letter in EVERYTHING:
        for form in ("NFC", "NFD"):
            other = unicodedata.normalize(form, letter)
            if other != letter:
                # A Hangul syllable comes apart into letters, which make one stretch all the same.
                assert set(_kinds(other)) == set(_kinds(letter)), ascii(letter)


@given(text=st.lists(texts).map("".join))
@settings(max_examples=counts(100, 3000), deadline=None)
def test_a_count_is_the_same_composed_and_decomposed(text: str) -> None:
    expected = words.count(text)
    assert words.count(unicodedata.normalize("NFC", text)) == expected
    assert words.count(unicodedata.normalize("NFD", text)) == expected


def test_the_written_tables_agree_with_this_pythons_unicode_where_it_knows_the_character() -> None:
    dropped = re.compile(f"[{words._DROPPED}]")
    for letter in EVERYTHING:
        category = unicodedata.category(letter)
        if category == "Cn":
            continue
        assert (dropped.match(letter) is not None) == (category == "Cf" or letter == "\u0640")
        if category in {"Zs", "Zl", "Zp"}:
            assert words.is_separator(letter)


def test_counting_is_quick_for_a_text_of_accents_only() -> None:
    # Normalising this takes minutes; a bound of the test run would be hit.
    assert words.count("a" + "\u0301\u0316" * 60_000) == 1


@given(text=st.lists(texts).map("".join))
@settings(max_examples=counts(100, 3000), deadline=None)
def test_pieces_joined_are_the_text_and_words_among_them_hold_no_blank(text: str) -> None:
    pieces = words.split(text)
    assert "".join(pieces) == text
    assert all(pieces)
    for piece in pieces:
        if words.is_word(piece):
            assert not any(words.is_separator(letter) for letter in piece)


def test_points_are_pieces_of_their_own_and_hyphens_and_apostrophes_are_not() -> None:
    assert words.split("(co-operation, l’État).") == (
        "(",
        "co-operation",
        ",",
        " ",
        "l’État",
        ")",
        ".",
    )
