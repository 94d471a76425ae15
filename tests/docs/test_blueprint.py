"""The document around sections: what stands where, what is filled in, and which words count."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from revmod_live.content.edition import Frame, FramePart
from revmod_live.content.load import load, sample_edition
from revmod_live.content.words import Words
from revmod_live.docs.blueprint import (
    Counted,
    Expert,
    Facts,
    counted_words,
    document,
    expert_names,
    fixed_block,
)
from revmod_live.docs.model import Section, block_text, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "counted.json").read_text(encoding="utf-8"))
LIST, SUMMARY = sample_edition(load()).frames
VALUES = {
    "state": "Avaland",
    "reviewers": "Borovia and Cordesia",
    "instrument": "Firearms Protocol",
    "articles": "articles 3 and 5",
    "cluster": "cluster one",
    "phase": "one",
    "years": "2026 and 2027",
    "experts": "Ann Example (Borovia)",
    "languages": "English",
}
FACTS = Facts("c", "fa", "en", VALUES, {3: "Use of terms", 5: "Criminalization"})


def written(frame: Frame, facts: Facts, sections: Mapping[str, Section]) -> list[str]:
    lines = []
    for piece in document(frame, facts, sections).pieces:
        if piece.fixed is not None:
            lines.append(f"{piece.label} {piece.fixed.text}"[:36])
        lines += [block_text(block) for block in piece.blocks]
    return lines


def test_the_list_has_three_headings_running_paragraphs_and_four_lists() -> None:
    sections = {
        "c/fa/process": Section(
            "c/fa/process", {"sources": plain("A report."), "means": plain("Two calls.")}
        ),
        "c/fa/gaps": Section("c/fa/gaps", {"text": plain("No law.", "No data.")}),
        "c/untoc/suggestions": Section("c/untoc/suggestions", {"text": plain("Elsewhere.")}),
    }
    assert written(LIST, FACTS, sections) == [
        "I. Introduction",
        "1. The Conference of the Parties was",
        "2. At its ninth session the Conferen",
        "3. The Mechanism is intergovernmenta",
        "4. This review rests on articles 32 ",
        "II. Process",
        "5. This review of the implementation",
        "6. The dialogue was conducted by the",
        "Two calls.",
        "7. Avaland supplied the following in",
        "A report.",
        "III. List of observations for the re",
        "8. Avaland and Borovia and Cordesia ",
        "(a) Gaps and challenges in the imple",
        "No law.",
        "No data.",
        "(b) Best practices",
        "(c) Suggestions",
        "(d) Technical assistance needed to i",
    ]


def test_the_summary_has_four_lists_for_each_article() -> None:
    key = "d/fa/art-5"
    sections = {key: Section(key, {"suggestions": plain("Amend the law.")})}
    lines = written(SUMMARY, replace(FACTS, step="d"), sections)
    assert lines[3:] == [
        "2. Observations on article 3, Use of terms"[:36],
        "(a) Gaps and challenges",
        "(b) Best practices",
        "(c) Suggestions",
        "(d) Technical assistance needs",
        "3. Observations on article 5, Criminalization"[:36],
        "(a) Gaps and challenges",
        "(b) Best practices",
        "(c) Suggestions",
        "Amend the law.",
        "(d) Technical assistance needs",
    ]


def test_a_fact_that_is_not_known_is_shown_as_missing_and_named() -> None:
    facts = replace(FACTS, values={**VALUES, "reviewers": ""})
    title = document(LIST, facts, {}).title
    assert "by [reviewers] on articles 3 and 5" in title.text
    assert title.missing == ("reviewers",)
    assert document(LIST, FACTS, {}).title.missing == ()


def test_what_a_fact_says_in_braces_is_not_filled_again() -> None:
    facts = replace(FACTS, values={**VALUES, "reviewers": "{state}"})
    assert "by {state} on" in document(LIST, facts, {}).title.text


def test_a_text_that_is_not_there_in_the_language_is_marked_and_keeps_its_direction() -> None:
    both = Words({"ar": "مقدمة", "en": "Introduction"})
    parts = (
        FramePart("heading", both, None, each_article=False),
        FramePart("heading", Words({"en": "Process"}), None, each_article=False),
    )
    made = document(replace(LIST, parts=parts), replace(FACTS, language="ar"), {})
    told = [piece.fixed for piece in made.pieces if piece.fixed is not None]
    assert [(one.text, one.language, one.instead) for one in told] == [
        ("مقدمة", "ar", False),
        ("Process", "en", True),
    ]
    assert [fixed_block(one).dir for one in told] == [None, "ltr"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_drafted_and_fixed_text_count_title_footnote_and_numbers_do_not(vector: dict[str, object]) -> None:
    parts = tuple(
        FramePart(
            kind=part["kind"],
            text=Words({"en": part["text"]}) if "text" in part else None,
            place=part.get("place"),
            each_article=part.get("each_article", False),
        )
        for part in vector["parts"]  # type: ignore[attr-defined]
    )
    frame = Frame("summary", Words({"en": "Seven words that nobody ever should count"}), None, parts)
    frame = replace(frame, note=Words({"en": "Nor these"}))
    sections = {
        key: Section(key, {name: plain(*lines) for name, lines in fields.items()})
        for key, fields in vector["sections"].items()  # type: ignore[attr-defined]
    }
    counted = counted_words(frame, replace(FACTS, step="d"), sections)
    assert counted == Counted(vector["fixed"], vector["drafted"])  # type: ignore[arg-type]
    assert counted.total == counted.fixed + counted.drafted


def test_an_expert_is_named_by_choice_alone() -> None:
    experts = (
        Expert("Ann Example", "governmental expert", "Borovia", is_named=True),
        Expert("Ben Example", "governmental expert", "Cordesia", is_named=False),
        Expert("Cyd Example", "governmental expert", "Cordesia", is_named=False),
    )
    assert expert_names(experts) == ("Ann Example (Borovia)", "governmental expert (Cordesia)")


def test_headings_and_items_go_on_after_nine_and_after_z() -> None:
    heading = FramePart("heading", Words({"en": "x"}), None, each_article=False)
    item = FramePart("item", Words({"en": "x"}), None, each_article=False)
    made = document(replace(LIST, parts=(heading,) * 14 + (item,) * 28), FACTS, {})
    labels = [piece.label for piece in made.pieces]
    assert labels[:14] == "I. II. III. IV. V. VI. VII. VIII. IX. X. XI. XII. XIII. XIV.".split()  # noqa: SIM905
    assert labels[14:16] + labels[-3:] == ["(a)", "(b)", "(z)", "(aa)", "(ab)"]
