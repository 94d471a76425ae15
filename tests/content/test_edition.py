"""Files of the secretariat: one format, every mistake in one go, each with its line and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from revmod_live.__main__ import main
from revmod_live.content.edition import MOST_CHARACTERS, Edition, read_edition
from revmod_live.content.load import known, load, sample_edition, samples
from revmod_live.content.places import MOST_BYTES, MOST_IN_LINE, MOST_LINES, Faulty
from revmod_live.content.words import LANGUAGES, Words

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = load()
KNOWN = known(CONTENT)
HEAD = 'format = "revmod-content/1"\ntitle = "Mine"\n'
QUESTION = (
    '[[question]]\nid = "q-1"\ninstrument = "tip"\narticle = 5\nkind = "text"\ntext = { en = "Why?" }\n'
)


def read(text: str | bytes) -> Edition:
    data = text if isinstance(text, bytes) else text.encode()
    return read_edition(data, file="mine.toml", known=KNOWN)


def mistakes(text: str | bytes) -> list[str]:
    with pytest.raises(Faulty) as caught:
        read(text)
    return str(caught.value).split("\n")


def test_the_phases_are_two_years_each_in_the_order_1_4_3_2() -> None:
    phases = sample_edition(CONTENT).phases
    assert [(one.number, one.cluster, one.months) for one in phases] == [
        (1, 1, 24),
        (2, 4, 24),
        (3, 3, 24),
        (4, 2, 24),
    ]
    assert [CONTENT.cluster(one.number).number for one in phases] == [one.cluster for one in phases]


def test_every_article_of_phase_1_has_a_question_and_information_both_marked_as_samples() -> None:
    edition = sample_edition(CONTENT)
    phase_1 = {
        (code, article.number)
        for code in CONTENT.instruments(1)
        for article in CONTENT.articles(code, 1, uncac_party=False)
    }
    assert {(one.instrument, one.article) for one in edition.questions} == phase_1
    assert {(one.instrument, one.article) for one in edition.articles} == phase_1
    assert {one.kind for one in edition.questions} == {"text", "yes-no", "reference"}
    for question in edition.questions:
        assert question.is_sample
        assert question.text.said("en").text.startswith("Sample question: ")
    assert all(one.info.said("en").text.startswith("Sample information: ") for one in edition.articles)


def test_a_text_that_is_missing_in_a_language_is_stood_in_for_and_marked() -> None:
    asked = QUESTION.replace('en = "Why?"', 'fr = "Pourquoi ?", ar = "لماذا؟"')
    words = read(HEAD + asked).questions[0].text
    assert {code: words.said(code).text for code in LANGUAGES} == {
        "ar": "لماذا؟",
        **dict.fromkeys(("en", "es", "fr", "ru", "zh"), "Pourquoi ?"),
    }
    assert [code for code in LANGUAGES if words.said(code).instead] == ["en", "es", "ru", "zh"]
    assert words.missing == ("en", "es", "ru", "zh")
    assert words.said("zh").language == "fr"


def test_a_byte_order_mark_and_line_ends_of_windows_change_nothing() -> None:
    text = HEAD + QUESTION
    assert read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()) == read(text)


def test_all_mistakes_are_said_at_once_in_the_order_of_the_file() -> None:
    text = (
        'format = "2"\ntitle = "x"\nqueston = 1\n\n'
        '[[question]]\nid = "Q 1"\ninstrument = "tip"\narticle = 4\nkind = "essay"\n'
        'text = { de = "Warum?" }\n\n'
        '[[question]] # [[question]]\nid = "text"\ninstrument = "xxx"\narticle = 5\nkind = "text"\n'
        'text = """\n[[question]]\nid = 3"""\n'
    )
    said = mistakes(text)
    assert [one.split(": ")[:2] for one in said] == [
        ["mine.toml:1", "format"],
        ["mine.toml:3", "queston"],
        ["mine.toml:6", "question.1.id"],
        ["mine.toml:8", "question.1.article"],
        ["mine.toml:9", "question.1.kind"],
        ["mine.toml:10", "question.1.text.de"],
        ["mine.toml:13", "question.2.id"],
        ["mine.toml:14", "question.2.instrument"],
        ["mine.toml:17", "question.2.text"],
    ]
    assert said[3].endswith("is no article under review of tip; those are 3, 5, 6, 7, 8, 9, 10, 11, 12, 13")
    assert said[5].endswith("unknown; here may be ar, en, es, fr, ru, zh")
    assert said[6].endswith("text names a field of another step: choose another")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "q-1"', "", ":3: question.1.id: must be lower-case letters"),
        ('en = "Why?"', 'en = " "', ":8: question.1.text.en: is missing"),
        ('en = "Why?"', 'en = "a\\u0000b"', ":8: question.1.text.en: has the control character U+0000"),
        (
            "Why?",
            "Why?" * 2501,
            f":8: question.1.text.en: has {2501 * 4} characters, at most {MOST_CHARACTERS}",
        ),
        ("article = 5", "article = true", ":6: question.1.article: is no article"),
        ("article = 5", "article = 1" + "0" * 4000, ":6: question.1.article: is no article"),
        ("article = 5", "article = 5\nsample = 1", ":7: question.1.sample: must be true or false"),
        ("[[question]]", "[question]", ":3: question: is a list of tables: write [[question]]"),
        ('kind = "text"', 'kind = ["text"]', ":7: question.1.kind: must be one of"),
        ('id = "q-1"', "id = [[[1]]]", ":4: question.1.id: must be"),
    ],
)
def test_a_mistake_in_a_question_is_named_with_what_to_do(old: str, new: str, said: str) -> None:
    assert old in QUESTION
    found = mistakes(HEAD + QUESTION.replace(old, new))
    assert len(found) == 1
    assert found[0].startswith(f"mine.toml{said}")


def test_what_is_there_twice_is_named_with_the_line_of_the_first() -> None:
    assert mistakes(HEAD + QUESTION + QUESTION) == [
        "mine.toml:10: question.2.id: there already in line 3: take one of them out"
    ]
    assert mistakes(HEAD + "[[phase]]\nnumber = 1\ncluster = 1\nmonths = 24\n" * 2) == [
        "mine.toml:3: phase.1: each cluster has one phase: give them all",
        "mine.toml:8: phase.2.number: there already in line 3: take one of them out",
        "mine.toml:9: phase.2.cluster: there already in line 3: take one of them out",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{languages}", "{language}", "frame.observations.part.7.text.en: {language} is no placeholder"),
        ("{languages}", "{languages", "frame.observations.part.7.text.en: { is no placeholder"),
        ("{languages}", "{article}", "frame.observations.part.7.text.en: {article} is no placeholder"),
        ('"process.means"', '"process.mean"', "frame.observations: has no place for process.means"),
        ('"gaps.text"', '"suggestions.text"', "frame.observations.part.14.place: has its place further up"),
        ("[frame.summary]", "[frame.sumary]", "frame.sumary: unknown; here may be observations, summary"),
        (
            'place = "gaps"',
            'place = "gap"',
            "frame.summary.part.5.place: must be one of best-practices, gaps",
        ),
        ('kind = "heading"', 'kind = "head"', "frame.observations.part.1.kind: must be one of heading"),
    ],
)
def test_a_frame_has_a_place_for_all_that_is_drafted_and_knows_its_placeholders(
    old: str, new: str, said: str
) -> None:
    text = (
        samples().replace("[[frame.summary.part]]", "[[frame.sumary.part]]") if "sumary" in new else samples()
    )
    assert old in text
    found = mistakes(text.replace(old, new, 1))
    assert any(f": {said}" in one for one in found), found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (HEAD.encode("utf-16"), "mine.toml:1: is in UTF-16: save it as UTF-8"),
        (HEAD.encode() + b'x = "\xe9"', "mine.toml:3: is not in UTF-8: save it as UTF-8"),
        (HEAD.encode() + b"a = 1\na = 2\n", "not TOML: Cannot overwrite a value"),
        (HEAD.encode() + b"a =\n", "mine.toml:3: not TOML: Invalid value"),
        (b"a = " + b"[" * (MOST_IN_LINE - 10), "mine.toml:1: tables within tables without end"),
        (b"a = 1" + b"0" * 5000, "mine.toml:1: not TOML"),
        (b"\na." * MOST_IN_LINE + b"a." * MOST_IN_LINE, f"a line of more than {MOST_IN_LINE} characters"),
        (b"\n" * MOST_LINES, f"more than {MOST_LINES} lines"),
        (b"#" * (MOST_BYTES + 1), f"at most {MOST_BYTES} are taken"),
        (b"", "mine.toml:1: format: must be"),
        (b"\x00", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(data: bytes, said: str) -> None:
    assert said in "\n".join(mistakes(data))


def test_what_is_exported_is_without_mistakes_and_a_faulty_file_ends_with_1(tmp_path: Path) -> None:
    runner = CliRunner(env={"LC_ALL": "C", "LANG": ""})
    exported = runner.invoke(main, ["content", "export"])
    assert exported.exit_code == 0
    mine = tmp_path / "mine.toml"
    mine.write_text(exported.output, encoding="utf-8")
    checked = runner.invoke(main, ["content", "check", str(mine)])
    assert (checked.exit_code, checked.output) == (
        0,
        "phase: 4\narticle: 16\nquestion: 16\nframe: 2\n",
    )
    mine.write_text(exported.output.replace('kind = "yes-no"', 'kind = "maybe"', 1), encoding="utf-8")
    refused = runner.invoke(main, ["content", "check", str(mine)])
    assert refused.exit_code == 1
    assert refused.output.startswith(f"{mine}:")
    assert "must be one of text, yes-no, reference" in refused.output


def test_words_are_never_without_a_language() -> None:
    assert mistakes(HEAD + QUESTION.replace('en = "Why?"', "")) == [
        'mine.toml:8: question.1.text: is missing: write text = { en = "..." }, in one language or more'
    ]
    assert Words({"ru": "Да"}).said("en").text == "Да"
