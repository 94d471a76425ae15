"""How a review begins: its steps, pages and sections, each with a random id, once and for all.

A review's sections do not change after that (architecture, "What a section is"). Which there are is
prescribed by `content`, asked here through a narrow protocol.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol

from revmod_live.docs import canonical
from revmod_live.docs.model import Section
from revmod_live.errors import Malformed
from revmod_live.ids import (
    Digest,
    InstrumentCode,
    MakeId,
    PageId,
    ReviewId,
    SectionId,
    StepId,
    StepLetter,
    new_id,
)
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import store, transitions
from revmod_live.workflow.model import Cast, Review, Step, StepState

LETTERS: Final = tuple(transitions.STEPS)


class SectionSpec(Protocol):
    """A section that is prescribed."""

    @property
    def name(self) -> str:
        """Its name, such as `art-5`."""
        ...

    @property
    def key(self) -> str:
        """`step/instrument/name`."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields."""
        ...


class Prescribed(Protocol):
    """What founding a review asks of `content`."""

    def sections(
        self, step: StepLetter, instrument: InstrumentCode, phase: int, *, uncac_party: bool
    ) -> Iterable[SectionSpec]:
        """The sections of an instrument in a step, in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class _Form:
    name: str = "settings"
    key: str = canonical.SETTINGS_KEY
    fields: tuple[str, ...] = ()


_SETTINGS: Final = _Form()


@dataclass(frozen=True, slots=True)
class Settings:
    """What step 0 starts from: languages and deadlines as proposed."""

    languages: tuple[str, ...] = ("en",)
    deadlines: Mapping[str, date] = field(default_factory=dict)


def create_review(
    tx: WriteTx,
    *,
    content: Prescribed,
    code: str,
    phase: int,
    cast: Cast,
    at: datetime,
    make_id: MakeId = new_id,
    settings: Settings | None = None,
) -> ReviewId:
    """Make a review of one phase: steps 0 and A open, the others locked, every section empty.

    code: in lower case, `2026-ava`. cast: `without_focal_point` is derived later, not stored;
    `mandates` are recorded as of now. settings: the first proposal of step 0.
    Raises Malformed when the cast cannot be: a reviewer that is under review or comes twice, an
    instrument nobody reviews, one reviewed that is not under review, or one without articles in the
    phase, whose pages would have nothing on them (requirements 4.1: the Firearms Protocol in phase 3).
    """
    _check(cast)
    for instrument in cast.instruments:
        for letter in LETTERS:
            if letter != transitions.ZERO and not tuple(
                content.sections(letter, instrument, phase, uncac_party=cast.uncac_party)
            ):
                raise Malformed("an instrument has no articles in this phase", place="cast")
    review = Review(ReviewId(make_id()), code, phase, cast, at)
    store.add_review(tx, review)
    rows = [_step(review.id, letter, at, make_id) for letter in LETTERS]
    store.add_steps(tx, rows)
    step_of = {row.letter: row.id for row in rows}
    pages = [
        (PageId(make_id()), step_of[letter], instrument)
        for letter in LETTERS
        if letter != transitions.ZERO
        for instrument in cast.instruments
    ]
    store.add_pages(tx, pages)
    _add_settings(tx, step_of[transitions.ZERO], settings or Settings(), make_id)
    for row in rows[1:]:
        _add_sections(tx, row, review, content, make_id)
    tx.record(Entry(at=at, act="review-created", review=review.id, detail={"code": code, "phase": phase}))
    return review.id


def _check(cast: Cast) -> None:
    if len(set(cast.states)) != len(cast.states):
        raise Malformed("a State has two parts in one review", place="cast")
    under_review = set(cast.instruments)
    if not under_review or any(not r.instruments or r.instruments - under_review for r in cast.reviewers):
        raise Malformed("a State reviews nothing, or what is not under review", place="cast")
    if under_review - {i for r in cast.reviewers for i in r.instruments}:
        raise Malformed("an instrument has no reviewer", place="cast")


def _step(review: ReviewId, letter: StepLetter, at: datetime, make_id: MakeId) -> Step:
    state = transitions.opening_state(letter)
    opened_at = at if state is StepState.OPEN else None
    return Step(StepId(make_id()), review, letter, state, 1, opened_at, None, None)


def _add_settings(tx: WriteTx, step: StepId, settings: Settings, make_id: MakeId) -> None:
    text = canonical.settings_bytes(languages=settings.languages, deadlines=settings.deadlines)
    digest = canonical.settings_digest(text)
    store.keep_text(tx, digest, text)
    store.add_sections(tx, [_row(make_id, step, None, _SETTINGS, position=0, digest=digest)])


def _add_sections(tx: WriteTx, step: Step, review: Review, content: Prescribed, make_id: MakeId) -> None:
    rows: list[dict[str, object]] = []
    for instrument in review.cast.instruments:
        for spec in content.sections(
            step.letter, instrument, review.phase, uncac_party=review.cast.uncac_party
        ):
            text = canonical.section_bytes(Section(spec.key, dict.fromkeys(spec.fields, ())))
            digest = canonical.section_digest(text)
            store.keep_text(tx, digest, text)
            rows.append(_row(make_id, step.id, instrument, spec, position=len(rows), digest=digest))
    if rows:
        store.add_sections(tx, rows)


def _row(
    make_id: MakeId,
    step: StepId,
    instrument: InstrumentCode | None,
    spec: SectionSpec,
    *,
    position: int,
    digest: Digest,
) -> dict[str, object]:
    return {
        "id": SectionId(make_id()),
        "step": step,
        "instrument": instrument,
        "name": spec.name,
        "key": spec.key,
        "position": position,
        "epoch": make_id(),
        "digest": digest,
    }
