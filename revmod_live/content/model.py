"""What the mechanism prescribes, as frozen values.

Owns the questions that others ask of it: which instruments a phase has, which
sections a step, which fields a section. Must not know where the data came from
(`content.load`), nor any review, person or text. Names of sections and fields are
stable: they are part of digests, and the keys by which the portal finds headings.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from revmod_live.content.library import Library
from revmod_live.content.words import LANGUAGES as LANGUAGES  # noqa: PLC0414 -- known by this name to others
from revmod_live.errors import NotFound
from revmod_live.ids import InstrumentCode, StateCode, StepLetter

STEPS: Final = tuple(StepLetter(letter) for letter in "0abcd")
"""The letters of the steps, in order."""

STEP_NAMES: Final[Mapping[StepLetter, str]] = dict(
    zip(
        STEPS,
        ("preliminary", "questionnaire", "feedback", "observations", "summary"),
        strict=True,
    )
)
"""Letter → the stable name of a step, for message keys (`step.feedback`)."""

STATEMENT_KINDS: Final = ("reservation", "declaration")

ARTICLE_PREFIX: Final = "art-"

_ARTICLE_NAME = re.compile(ARTICLE_PREFIX + "([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Instrument:
    """The Convention or a Protocol. `message`: key of its short name; `title`: in English."""

    code: InstrumentCode
    message: str
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article under review. `unless_uncac`: only for States not party to that Convention."""

    number: int
    title: str
    unless_uncac: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of articles and the phase in which it is reviewed (requirements 4.1, D-03)."""

    number: int
    phase: int
    message: str
    title: str
    articles: Mapping[InstrumentCode, tuple[Article, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One line of a step's layout: a section's name, or None for one section an article."""

    name: str | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step; `default_days` is proposed as its time limit, `most_days` its cap (D-28)."""

    letter: StepLetter
    name: str
    default_days: int
    most_days: int | None
    layout: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the questionnaire; `is_sample` until the official ones are imported."""

    id: str
    text: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What a State deposited to an instrument: a `reservation` or a `declaration`, in its own words."""

    instrument: InstrumentCode
    kind: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class DemoState:
    """An invented State: its names by language, what it is party to, and what it stated to that."""

    code: StateCode
    names: Mapping[str, str]
    party_to: frozenset[InstrumentCode]
    uncac_party: bool
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """A section that a review has: `key` is `step/instrument/name` (digest.md)."""

    name: str
    key: str
    fields: tuple[str, ...]
    article: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. Built once by the application and passed to whoever asks."""

    all_instruments: tuple[Instrument, ...]
    clusters: tuple[Cluster, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    demo_states: tuple[DemoState, ...]
    library: Library

    @property
    def default_days(self) -> Mapping[StepLetter, int]:
        """How long each step takes where no day was agreed for it (D-28)."""
        return {step.letter: step.default_days for step in self.steps}

    def cluster(self, phase: int) -> Cluster:
        """The cluster reviewed in a phase, 1 to 4. Raises NotFound."""
        for cluster in self.clusters:
            if cluster.phase == phase:
                return cluster
        raise NotFound("phase")

    def instruments(self, phase: int) -> tuple[InstrumentCode, ...]:
        """The instruments that have articles in a phase, in order. Raises NotFound.

        Phase 3 has no articles of the Firearms Protocol (requirements 4.1).
        """
        articles = self.cluster(phase).articles
        return tuple(one.code for one in self.all_instruments if articles.get(one.code))

    def instrument(self, code: str) -> Instrument:
        """An instrument by its code. Raises NotFound."""
        for instrument in self.all_instruments:
            if instrument.code == code:
                return instrument
        raise NotFound("instrument")

    def step(self, letter: str) -> Step:
        """A step by its letter. Raises NotFound."""
        for step in self.steps:
            if step.letter == letter:
                return step
        raise NotFound("step")

    def articles(self, instrument: InstrumentCode, phase: int, *, uncac_party: bool) -> tuple[Article, ...]:
        """The articles of an instrument in a phase, in order; none is an empty tuple.

        uncac_party: whether the State under review is party to the Convention against
        Corruption; then articles 8 and 9 of UNTOC are left out (Table 1, footnote).
        """
        return tuple(
            article
            for article in self.cluster(phase).articles.get(instrument, ())
            if not (uncac_party and article.unless_uncac)
        )

    def article_title(self, instrument: InstrumentCode, number: int) -> str:
        """The English title of an article under review. Raises NotFound."""
        for cluster in self.clusters:
            for article in cluster.articles.get(instrument, ()):
                if article.number == number:
                    return article.title
        raise NotFound("article")

    def sections(
        self, step: StepLetter, instrument: InstrumentCode, phase: int, *, uncac_party: bool
    ) -> tuple[SectionSpec, ...]:
        """The sections of one instrument in a step, in reading order.

        Empty for step 0, which is a form, and for an instrument without articles in
        the phase. architecture.md, "What a section is". Raises NotFound.
        """
        articles = self.articles(instrument, phase, uncac_party=uncac_party)
        if not articles:
            return ()
        specs: list[SectionSpec] = []
        for line in self.step(step).layout:
            if line.name is not None:
                key = f"{step}/{instrument}/{line.name}"
                specs.append(SectionSpec(line.name, key, line.fields, None))
                continue
            for article in articles:
                name = f"{ARTICLE_PREFIX}{article.number}"
                key = f"{step}/{instrument}/{name}"
                specs.append(SectionSpec(name, key, line.fields, article.number))
        return tuple(specs)

    def fields(self, key: str) -> tuple[str, ...]:
        """The fields declared for a section's key, in reading order. Raises NotFound."""
        match key.split("/"):
            case [letter, instrument, name]:
                for line in self.step(letter).layout:
                    if line.name == name:
                        self.instrument(instrument)
                        return line.fields
                    if line.name is None and (article := _ARTICLE_NAME.fullmatch(name)):
                        code = self.instrument(instrument).code
                        self.article_title(code, int(article.group(1)))
                        return line.fields
        raise NotFound("section")

    def statements(self, code: str) -> tuple[Statement, ...]:
        """The reservations and declarations of a State (G ¶8(d)); none where none is known."""
        return next((state.statements for state in self.demo_states if state.code == code), ())

    def demo_state(self, code: str) -> DemoState:
        """An invented State by its code. Raises NotFound."""
        for state in self.demo_states:
            if state.code == code:
                return state
        raise NotFound("state")
