"""How a review moves: when a step opens, who votes in it, on what, and what closing it brings.

One table and the questions asked of it. Pure; must not know roles (`rules`), counting (`tally`) or
the database.

A step goes `locked` → `open` → (voting: open, with live votes) → `sealed`; a reset goes from voting
back to open; `sealed` is terminal. Step 0 is never sealed: agreement makes a version and it stays open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from revmod_live.ids import InstrumentCode, StateCode, StepLetter
from revmod_live.workflow.model import Cast, StepFacts, StepState

ZERO: Final = StepLetter("0")
A: Final = StepLetter("a")
B: Final = StepLetter("b")
C: Final = StepLetter("c")
D: Final = StepLetter("d")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """One line of the rule book.

    opens_after: steps that must have closed first (for step 0: a version agreed).
    state_under_review_votes, reviewers_vote: whose focal points vote, one vote a State.
    by_instrument: a State that reviews only some instruments votes on those (D-12); else everyone
    votes on the step as a whole.
    seals: closing freezes the text for good.
    """

    opens_after: tuple[StepLetter, ...]
    state_under_review_votes: bool
    reviewers_vote: bool
    by_instrument: bool
    seals: bool


# Manual 2 and 3; requirements 1.3, STP-01 to STP-09; D-06 and D-07.
STEPS: Final[Mapping[StepLetter, StepRule]] = {
    # Preliminary consultation: open from the start and for good; closing agrees a version.
    ZERO: StepRule(
        opens_after=(),
        state_under_review_votes=True,
        reviewers_vote=True,
        by_instrument=False,
        seals=False,
    ),
    # Questionnaire: open to the State under review from the start, even before step 0 is done.
    A: StepRule(
        opens_after=(),
        state_under_review_votes=True,
        reviewers_vote=False,
        by_instrument=False,
        seals=True,
    ),
    # Written feedback: answers submitted, and languages and deadlines agreed at least once.
    B: StepRule(
        opens_after=(ZERO, A),
        state_under_review_votes=False,
        reviewers_vote=True,
        by_instrument=True,
        seals=True,
    ),
    # List of observations.
    C: StepRule(
        opens_after=(B,),
        state_under_review_votes=True,
        reviewers_vote=True,
        by_instrument=True,
        seals=True,
    ),
    # Summary: its completion ends the phase.
    D: StepRule(
        opens_after=(C,),
        state_under_review_votes=True,
        reviewers_vote=True,
        by_instrument=True,
        seals=True,
    ),
}

# What happens to a step, and what it is then. The states of requirements 1.3; voting is derived.
MOVES: Final = (
    # from       what happens                        to
    ("locked", "the steps before it have closed", "open"),
    ("open", "a vote is cast", "voting"),
    ("voting", "the text changes", "open"),
    ("voting", "the only live vote is withdrawn", "open"),
    ("voting", "the last missing vote is cast", "sealed"),
)

SUMMARY_WORDS_LIMIT: Final = 1_500
"""Most words of all summaries of a review together; hard (PR ¶38; D-16)."""
FEEDBACK_WORDS_ADVISED: Final = 10_500
"""Words of feedback that States are encouraged not to exceed; never a block (G ¶10; D-17)."""


def opening_state(letter: StepLetter) -> StepState:
    """What a step is when its phase begins."""
    return StepState.LOCKED if STEPS[letter].opens_after else StepState.OPEN


def opens(letter: StepLetter, closed: frozenset[StepLetter]) -> bool:
    """Whether a locked step opens, when `closed` are those that have closed (0: agreed once)."""
    return set(STEPS[letter].opens_after) <= closed


def voters(cast: Cast, letter: StepLetter) -> tuple[StateCode, ...]:
    """The States whose votes close the step, all of them, one vote each (VOT-02 to VOT-05)."""
    rule = STEPS[letter]
    return (
        *((cast.under_review,) if rule.state_under_review_votes else ()),
        *((r.state for r in cast.reviewers) if rule.reviewers_vote else ()),
    )


def votes_on(cast: Cast, letter: StepLetter, state: StateCode) -> tuple[InstrumentCode, ...] | None:
    """The instruments whose digests `state` votes on; None when it votes on the step's digest.

    Whoever answers for or reviews every instrument votes on the whole (digest.md, "Step"; D-12).
    """
    if not STEPS[letter].by_instrument:
        return None
    mine = cast.instruments_of(state)
    return None if mine == cast.instruments else mine


def is_agreed_version_voted(facts: StepFacts) -> bool:
    """Whether what stands in step 0 is the version in force already (D-06)."""
    return (
        not STEPS[facts.place.letter].seals
        and facts.digests is not None
        and facts.agreed == facts.digests.step
    )


def words_limit(letter: StepLetter) -> tuple[int | None, bool]:
    """How many words the texts of a step may have together, and whether voting stops above it."""
    if letter == D:
        return SUMMARY_WORDS_LIMIT, True
    return (FEEDBACK_WORDS_ADVISED, False) if letter == B else (None, False)
