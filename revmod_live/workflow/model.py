"""The values that rules, commands and queries speak in: who plays which part, and what is held and voted.

Owns the shapes alone, all frozen. What is allowed is `rules`; what follows from what is `transitions`
and `tally`. Must not know the database, and no word for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from revmod_live.ids import (
    AccountId,
    ClaimId,
    Digest,
    InstrumentCode,
    PageId,
    ReviewId,
    SectionId,
    StateCode,
    StepId,
    StepLetter,
    VoteId,
)


class StepState(StrEnum):
    """Where a step stands. `voting` is no state of its own: it is open, with live votes."""

    LOCKED = "locked"
    OPEN = "open"
    SEALED = "sealed"


class Capacity(StrEnum):
    """In what part a State takes part in a review."""

    UNDER_REVIEW = "sur"
    REVIEWER = "reviewer"


class Ended(StrEnum):
    """How a claim ended. The first three are expiries: such a claim comes back with its holder."""

    UNHEARD = "unheard"
    IDLE = "idle"
    OFFLINE = "offline"
    RELEASED = "released"
    RELEASED_BY_OTHER = "released-by-other"
    RETAKEN = "retaken"
    SEALED = "sealed"
    SUSPENDED = "suspended"


EXPIRIES = frozenset({Ended.UNHEARD, Ended.IDLE, Ended.OFFLINE})
"""Ends by time alone (architecture, "Claims")."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A reviewing State and the instruments that it reviews here.

    in_place_of: for an additional reviewer, the drawn State in whose place it stands for them
    (PR ¶28(b)); that State does not review them.
    """

    state: StateCode
    instruments: frozenset[InstrumentCode]
    in_place_of: StateCode | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is under review, on which instruments, and who reviews which of them.

    instruments: those under review, in the order they are shown.
    uncac_party: whether the State under review is party to UNCAC (articles 8 and 9, T1 footnote).
    without_focal_point: States of the review that have no approved focal point now.
    mandates: States whose permanent representative may act as focal point in A to D (D-09).
    focal_points: who of its approved focal points is a State's now, where that is recorded (D-08).
    """

    under_review: StateCode
    instruments: tuple[InstrumentCode, ...]
    reviewers: tuple[Reviewer, ...]
    uncac_party: bool = True
    without_focal_point: frozenset[StateCode] = frozenset()
    mandates: frozenset[StateCode] = frozenset()
    focal_points: Mapping[StateCode, AccountId] = field(default_factory=dict)

    def reviewer(self, state: StateCode | None) -> Reviewer | None:
        """The part of `state` as a reviewer, if it has one."""
        return next((r for r in self.reviewers if r.state == state), None)

    @property
    def states(self) -> tuple[StateCode, ...]:
        """All States of the review: the one under review, then the reviewers as they are listed."""
        return (self.under_review, *(r.state for r in self.reviewers))

    def instruments_of(self, state: StateCode | None) -> tuple[InstrumentCode, ...]:
        """What `state` answers for or reviews here, in the order of `instruments`."""
        if state == self.under_review:
            return self.instruments
        part = self.reviewer(state)
        return () if part is None else tuple(i for i in self.instruments if i in part.instruments)


@dataclass(frozen=True, slots=True)
class Place:
    """What a right is judged on: a step of a review as it stands, and the instrument in it.

    instrument: None for the step as a whole (its vote, and step 0).
    """

    cast: Cast
    letter: StepLetter
    state: StepState
    instrument: InstrumentCode | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's live claim on one section. `offline`: since when it is declared offline."""

    id: ClaimId
    section: SectionId
    account: AccountId
    name: str
    state: StateCode | None
    since: datetime
    alone: bool
    offline: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastClaim:
    """The last claim of a person on a section, if it has ended."""

    id: ClaimId
    alone: bool
    ended_at: datetime
    ended_how: Ended


Seen = Digest | Mapping[InstrumentCode, Digest]
"""What a voter saw: the step's digest, or for a State that reviews only some instruments theirs."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as it was cast, live or not. `number` counts the votes up, in the order of commits."""

    id: VoteId
    number: int
    step: StepId
    state: StateCode
    account: AccountId
    name: str
    seen: Seen
    at: datetime
    n: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class LiveVote:
    """A vote that counts now: its digest is the current one and no reset lies between."""

    id: VoteId
    state: StateCode
    account: AccountId
    name: str
    at: datetime
    seen: Seen


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of a step as its text is now: of the whole, and of each instrument."""

    step: Digest
    instruments: Mapping[InstrumentCode, Digest]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """All that a vote is judged by.

    digests: None while a section's digest is behind its text.
    agreed: of step 0, the digest of the version in force.
    words, words_limit: of step D, counted by wc/1; None elsewhere, or where there is no limit.
    """

    place: Place
    digests: Digests | None
    live: tuple[LiveVote, ...]
    agreed: Digest | None = None
    words: int | None = None
    words_limit: int | None = None


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section and where it stands. Not for step 0, whose form is no section of text."""

    id: SectionId
    review: ReviewId
    review_code: str
    phase: int
    step: StepId
    page: PageId
    letter: StepLetter
    step_state: StepState
    instrument: InstrumentCode
    name: str
    key: str
    position: int
    epoch: str
    rev: int
    digest: Digest
    digest_rev: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A review and its cast."""

    id: ReviewId
    code: str
    phase: int
    cast: Cast
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a review as its row says. `round` counts reopenings (of step 0: versions), from 1."""

    id: StepId
    review: ReviewId
    letter: StepLetter
    state: StepState
    round: int
    opened_at: datetime | None
    sealed_at: datetime | None
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class Reset:
    """A change that took the live votes: who, where, from what to what.

    after_vote: number of the newest vote of the step then; none up to it ever counts again.
    """

    at: datetime
    by: AccountId
    section: SectionId
    before: Digest
    after: Digest
    place: Mapping[str, object]
    after_vote: int


@dataclass(frozen=True, slots=True)
class CastResult:
    """What came of casting a vote: whether it was the last one missing."""

    vote: VoteId
    sealed: bool
