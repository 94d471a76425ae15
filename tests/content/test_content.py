"""What the mechanism prescribes (requirements 4.1; architecture.md, "What a section is")."""

import pytest

from revmod_live.content.load import load
from revmod_live.content.model import LANGUAGES, STEPS, Content
from revmod_live.docs.canonical import section_bytes
from revmod_live.docs.model import Section
from revmod_live.errors import NotFound
from revmod_live.ids import InstrumentCode, StepLetter

UNTOC, TIP, SOM, FA = (InstrumentCode(code) for code in ("untoc", "tip", "som", "fa"))
A, B, C, D = (StepLetter(letter) for letter in "abcd")
PHASES = (1, 2, 3, 4)


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


def test_the_clusters_are_reviewed_in_the_order_1_4_3_2(content: Content) -> None:
    assert [content.cluster(phase).number for phase in PHASES] == [1, 4, 3, 2]


def test_table_1_has_64_articles_and_none_twice(content: Content) -> None:
    numbers = {
        code: [[article.number for article in cluster.articles.get(code, ())] for cluster in content.clusters]
        for code in (UNTOC, TIP, SOM, FA)
    }
    assert numbers == {
        UNTOC: [
            [2, 5, 6, 8, 9, 10, 15, 23],
            [24, 25, 29, 30, 31],
            [7, 11, 19, 20, 22, 26, 27, 28],
            [12, 13, 14, 16, 17, 18, 21],
        ],
        TIP: [[3, 5], [6, 7, 9], [11, 12, 13], [8, 10]],
        SOM: [[3, 5, 6], [8, 9, 14, 15, 16], [11, 12, 13], [7, 10, 18]],
        FA: [[3, 5, 8], [7, 9, 10, 11, 14, 15], [], [6, 12, 13]],
    }


def test_the_firearms_protocol_has_no_part_in_phase_3(content: Content) -> None:
    assert content.instruments(3) == (UNTOC, TIP, SOM)
    assert content.instruments(1) == (UNTOC, TIP, SOM, FA)
    assert content.sections(B, FA, 3, uncac_party=True) == ()


def test_articles_8_and_9_are_for_those_outside_the_convention_against_corruption(
    content: Content,
) -> None:
    inside = [article.number for article in content.articles(UNTOC, 1, uncac_party=True)]
    outside = [article.number for article in content.articles(UNTOC, 1, uncac_party=False)]
    assert inside == [2, 5, 6, 10, 15, 23]
    assert outside == [2, 5, 6, 8, 9, 10, 15, 23]
    # The other instruments' articles 8 and 9 are other matters.
    assert [article.number for article in content.articles(SOM, 4, uncac_party=True)][:2] == [8, 9]


def test_each_step_has_the_sections_of_the_architectures_table(content: Content) -> None:
    laid_out = {
        step: [(spec.name, spec.fields) for spec in content.sections(step, TIP, 1, uncac_party=True)]
        for step in STEPS
    }
    questions = ("sample-measures", "sample-practice")
    feedback = ("measures", "successes", "challenges", "questions")
    summary = ("gaps", "best-practices", "suggestions", "technical-assistance")
    assert laid_out == {
        "0": [],
        "a": [("art-3", questions), ("art-5", questions)],
        "b": [("art-3", feedback), ("art-5", feedback), ("general", ("text",))],
        "c": [
            ("process", ("sources", "means")),
            ("gaps", ("text",)),
            ("best-practices", ("text",)),
            ("suggestions", ("text",)),
            ("technical-assistance", ("text",)),
        ],
        "d": [("ratification", ("text",)), ("art-3", summary), ("art-5", summary)],
    }


def test_every_section_has_a_key_that_a_digest_takes_and_finds_its_fields_by_it(
    content: Content,
) -> None:
    keys = set()
    for phase in PHASES:
        for instrument in content.instruments(phase):
            for step in STEPS:
                for spec in content.sections(step, instrument, phase, uncac_party=False):
                    section_bytes(Section(spec.key, dict.fromkeys(spec.fields, ())))
                    assert content.fields(spec.key) == spec.fields
                    keys.add((phase, spec.key))
                    if spec.article is not None:
                        assert content.article_title(instrument, spec.article)
    assert len(keys) == 64 * 3 + 15 * 7


@pytest.mark.parametrize(
    "key",
    [
        "",
        "0/settings",
        "b/untoc",
        "b/untoc/art-1",
        "b/untoc/art-05",
        "b/untoc/art-٥",
        "b/untoc/art-" + "5" * 5000,
        "b/xyz/general",
        "c/untoc/art-5",
        "e/untoc/gaps",
        "c/untoc/gaps/x",
    ],
)
def test_a_key_that_no_review_has_is_not_found(content: Content, key: str) -> None:
    with pytest.raises(NotFound):
        content.fields(key)


def test_what_is_not_there_is_not_found(content: Content) -> None:
    for ask in (
        lambda: content.cluster(5),
        lambda: content.instrument("xyz"),
        lambda: content.step("e"),
        lambda: content.article_title(UNTOC, 1),
        lambda: content.demo_state("XXX"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_time_limits_fit_into_eighteen_months(content: Content) -> None:
    days = {step.letter: step.default_days for step in content.steps}
    assert days[A] + days[B] + days[C] + days[D] <= 549
    for step in content.steps:
        assert step.most_days is None or step.default_days <= step.most_days


def test_the_sample_questions_say_that_they_are_samples(content: Content) -> None:
    assert content.questions
    assert all(question.is_sample for question in content.questions)


def test_the_invented_states_have_names_in_six_languages(content: Content) -> None:
    assert [state.code for state in content.demo_states] == ["AVA", "BOR", "COR", "DAL"]
    for state in content.demo_states:
        assert set(state.names) == set(LANGUAGES)
    assert FA not in content.demo_state("COR").party_to
    assert FA in content.demo_state("DAL").party_to
