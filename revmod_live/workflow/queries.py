"""What is the case: places, sections, claims, votes and digests, as rules and other packages ask for them.

Each question takes a transaction and gives frozen values. Must not know pages (`queries_*`) or text:
a digest stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Final

from revmod_live.docs import canonical, words
from revmod_live.docs.model import Section
from revmod_live.errors import NotFound
from revmod_live.ids import AccountId, Digest, InstrumentCode, PageId, SectionId, StepId
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import store, tally, transitions
from revmod_live.workflow.model import (
    Claim,
    Digests,
    LiveVote,
    Place,
    Review,
    SectionFacts,
    Step,
    StepFacts,
)

_NO_TEXT: Final = "a text that a digest names is gone"


# ------------------------------------------------------------------ places and sections


def section_facts(tx: ReadTx, section: SectionId) -> SectionFacts | None:
    """The section and where it stands; None for an unknown id."""
    return store.section(tx, section)


def some_section(tx: ReadTx) -> SectionId | None:
    """Any section there is; None when there is none yet."""
    return store.some_section(tx)


def place(tx: ReadTx, section: SectionId) -> Place | None:
    """What rights on this section are judged on, as it is now; None for an unknown id."""
    found = section_in_place(tx, section)
    return None if found is None else found[1]


def section_in_place(tx: ReadTx, section: SectionId) -> tuple[SectionFacts, Place] | None:
    """A section, and what rights on it are judged on; None for an unknown id."""
    facts = store.section(tx, section)
    review = None if facts is None else store.review_by_id(tx, facts.review)
    if facts is None or review is None:
        return None
    return facts, Place(review.cast, facts.letter, facts.step_state, facts.instrument)


def page_place(tx: ReadTx, page: PageId) -> tuple[StepId, Place] | None:
    """The step of a page, and what rights on it are judged on; None for an unknown id."""
    found = store.page(tx, page)
    if found is None:
        return None
    step, instrument = found
    _, whole = step_place(tx, step)
    return step, replace(whole, instrument=instrument)


def step_place(tx: ReadTx, step: StepId) -> tuple[Step, Place]:
    """A step, and the place that stands for all of it. Raises NotFound (`step`)."""
    row = step_row(tx, step)
    return row, Place(_review(tx, row).cast, row.letter, row.state)


def step_row(tx: ReadTx, step: StepId) -> Step:
    """A step as its row says. Raises NotFound (`step`)."""
    row = store.step(tx, step)
    if row is None:
        raise NotFound("step")
    return row


def _review(tx: ReadTx, step: Step) -> Review:
    review = store.review_by_id(tx, step.review)
    if review is None:
        raise NotFound("review")
    return review


def review_of_step(tx: ReadTx, step: StepId) -> Review:
    """The review that a step belongs to. Raises NotFound (`step`)."""
    return _review(tx, step_row(tx, step))


def sections_of(tx: ReadTx, step: StepId) -> tuple[SectionFacts, ...]:
    """All sections of a step, in reading order."""
    return store.sections_of(tx, step)


def sections_behind(tx: ReadTx, step: StepId) -> tuple[SectionId, ...]:
    """The sections of a step whose digest is behind their text."""
    return store.sections_behind(tx, step)


# ------------------------------------------------------------------ claims


def live_claims(tx: ReadTx, section: SectionId) -> tuple[Claim, ...]:
    """The live claims on a section, the oldest first."""
    return store.live_claims(tx, section_id=section)


def all_live_claims(tx: ReadTx) -> tuple[Claim, ...]:
    """Every live claim there is, for whoever watches over their expiry."""
    return store.live_claims(tx)


def holders_not_active(tx: ReadTx) -> tuple[AccountId, ...]:
    """Who holds a live claim and may not draft any more."""
    return store.holders_not_active(tx)


# ------------------------------------------------------------------ digests


def step_lines(tx: ReadTx, step: StepId) -> tuple[bytes, dict[InstrumentCode, bytes]] | None:
    """The lines of the step's digest and of each instrument's; None while a digest is behind its text.

    digest.md, "Step". Raises NotFound (`step`).
    """
    row = step_row(tx, step)
    return _lines(tx, row, _review(tx, row))


def _lines(tx: ReadTx, row: Step, review: Review) -> tuple[bytes, dict[InstrumentCode, bytes]] | None:
    digests = store.digests_of(tx, row.id)
    if digests is None:
        return None
    lines = canonical.step_lines(
        review=review.code, phase=review.phase, step=row.letter, sections=digests, files=()
    )
    if not transitions.STEPS[row.letter].by_instrument:
        return lines, {}
    return lines, {
        instrument: canonical.instrument_lines(
            review=review.code,
            phase=review.phase,
            step=row.letter,
            instrument=instrument,
            sections=digests,
            files=(),
        )
        for instrument in review.cast.instruments
    }


def step_digests(tx: ReadTx, step: StepId) -> Digests | None:
    """The digests of a step as its text is now; None while a section's is behind."""
    row = step_row(tx, step)
    return _digests(tx, row, _review(tx, row))


def _digests(tx: ReadTx, row: Step, review: Review) -> Digests | None:
    lines = _lines(tx, row, review)
    if lines is None:
        return None
    return Digests(
        canonical.lines_digest(lines[0]), {i: canonical.lines_digest(text) for i, text in lines[1].items()}
    )


def step_digest(tx: ReadTx, step: StepId) -> Digest | None:
    """The digest of the whole step; None while a section's is behind its text."""
    digests = step_digests(tx, step)
    return None if digests is None else digests.step


# ------------------------------------------------------------------ votes


def live_votes(tx: ReadTx, step: StepId) -> tuple[LiveVote, ...]:
    """The votes that count now, derived (`tally.live`); of a sealed step, those that sealed it."""
    row = step_row(tx, step)
    return _live(tx, row, step_digests(tx, step))


def votes_and_digest(tx: ReadTx, step: StepId) -> tuple[tuple[LiveVote, ...], Digest | None]:
    """The votes that count now and the digest of the whole step, looked at once (`live_votes`)."""
    row = step_row(tx, step)
    digests = _digests(tx, row, _review(tx, row))
    return _live(tx, row, digests), None if digests is None else digests.step


def _live(tx: ReadTx, step: Step, digests: Digests | None) -> tuple[LiveVote, ...]:
    return tally.live(
        store.ballots(tx, step.id), digests, n=step.round, reset_after=store.reset_after(tx, step.id)
    )


def votes_are_live(tx: ReadTx, section: SectionId) -> bool:
    """Whether a change of this section's text would reset votes: asked in the journal's transaction."""
    return store.votes_stand(tx, section)


def step_facts(tx: ReadTx, step: StepId) -> StepFacts:
    """All that a vote on this step is judged by. Raises NotFound (`step`)."""
    row = step_row(tx, step)
    review = _review(tx, row)
    digests = _digests(tx, row, review)
    live = _live(tx, row, digests)
    facts = StepFacts(Place(review.cast, row.letter, row.state), digests, live, agreed=row.digest)
    if row.letter != transitions.D:
        return facts
    return replace(
        facts,
        words=sum(words_of(tx, store.sections_of(tx, step)).values()),
        words_limit=transitions.SUMMARY_WORDS_LIMIT,
    )


# ------------------------------------------------------------------ text by digest


def texts_of(tx: ReadTx, sections: Iterable[SectionFacts]) -> dict[SectionId, Section]:
    """The text of each section, as its newest digest has it."""
    rows = tuple(sections)
    kept = store.texts_of(tx, (row.digest for row in rows))
    found = {}
    for row in rows:
        if row.digest not in kept:
            raise NotFound(_NO_TEXT)
        found[row.id] = canonical.parse_section(kept[row.digest])
    return found


def words_of(tx: ReadTx, sections: Iterable[SectionFacts]) -> dict[InstrumentCode, int]:
    """Words of each instrument's sections, by rule wc/1."""
    rows = sorted(sections, key=lambda row: row.instrument)
    texts = texts_of(tx, rows)
    return {
        instrument: sum(words.count_section(texts[row.id]) for row in group)
        for instrument, group in groupby(rows, key=lambda row: row.instrument)
    }


def review_of(tx: ReadTx, code: str) -> Review:
    """The review with this code. Raises NotFound (`review`)."""
    review = store.review_by_code(tx, code)
    if review is None:
        raise NotFound("review")
    return review
