"""What a page shows, as frozen values: made by `queries_*`, turned into HTML by the portal.

Each decision comes with the thing it is about, as `Allowed` or `Refused`, so that a page shows what
may be done and why not. Must not know HTML, addresses or languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from revmod_live.docs.model import Section
from revmod_live.errors import Allowed, Refused
from revmod_live.ids import (
    AccountId,
    Digest,
    InstrumentCode,
    PageId,
    SectionId,
    StateCode,
    StepId,
    StepLetter,
)
from revmod_live.workflow.deadlines import Due
from revmod_live.workflow.model import Capacity, Cast, Claim, LiveVote, Reset, Seen, StepState

Decision = Allowed | Refused


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A review on the home page. `capacity` and `instruments` are those of the reader's State.

    capacity: None for the secretariat. reached: the furthest step that is open or sealed. due: its clock.
    """

    code: str
    phase: int
    under_review: StateCode
    capacity: Capacity | None
    instruments: tuple[InstrumentCode, ...]
    all_instruments: tuple[InstrumentCode, ...]
    reached: StepLetter
    reached_state: StepState
    reached_at: datetime | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice to the reader, newest first on a page. `read_at`: None until it is marked as read."""

    id: str
    kind: str
    at: datetime
    review_code: str | None
    letter: StepLetter | None
    detail: Mapping[str, object]
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """A person's notices, newest first (NAV-09).

    unread: of all, not of this page alone. older: what to ask `before` for the next page; None at the end.
    """

    notices: tuple[NoticeLine, ...]
    unread: int
    older: str | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """The reviews that the reader's State takes part in (NAV-01), by code; and the newest notices."""

    reviews: tuple[ReviewCard, ...]
    notices: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """The sealed document of a step: its parts that the reader may read, in the order of the instruments.

    has_page: whether its text can be opened. has_package: whether it can be saved as a package.
    """

    letter: StepLetter
    sealed_at: datetime
    instruments: tuple[InstrumentCode, ...]
    has_page: bool
    has_package: bool


@dataclass(frozen=True, slots=True)
class SubmittedReview:
    """A review with the documents submitted in it (NAV-07, PUB-01). takes_part: the reader's State does."""

    code: str
    phase: int
    under_review: StateCode
    takes_part: bool
    documents: tuple[Submission, ...]


@dataclass(frozen=True, slots=True)
class InstrumentLine:
    """An instrument in a step: what the reader may do there. `page` is None where nothing is read."""

    instrument: InstrumentCode
    page: PageId | None
    read: Decision
    draft: Decision


@dataclass(frozen=True, slots=True)
class VoteLine:
    """A State whose vote is needed, on what (None: the whole step), and its live vote if there is one.

    by_predecessor: of an open step, somebody else speaks for the State by now (D-08).
    """

    state: StateCode
    on: tuple[InstrumentCode, ...] | None
    vote: LiveVote | None
    by_predecessor: bool


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step on a review's page. `votes` is empty for who may not see them."""

    letter: StepLetter
    state: StepState
    opened_at: datetime | None
    sealed_at: datetime | None
    seal: Digest | None
    instruments: tuple[InstrumentLine, ...]
    votes: tuple[VoteLine, ...]
    see_vote: Decision
    vote: Decision
    due: Due | None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A review as a whole."""

    code: str
    phase: int
    cast: Cast
    steps: tuple[StepCard, ...]


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A live claim and whether the reader may end it."""

    claim: Claim
    is_mine: bool
    release: Decision


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section with its text as its newest digest has it.

    rev: of the text in the live document; `digest_rev` is behind it until texts are brought up to date.
    mode, why: as in Meta: `write` | `read`; `ok` | `claim` | `frozen` | `role`.
    take: taking it now, others unasked; `join-anyway` asks. take_alone: for me alone.
    """

    id: SectionId
    step: StepId
    instrument: InstrumentCode
    key: str
    name: str
    epoch: str
    rev: int
    digest: Digest
    digest_rev: int
    text: Section
    words: int
    claims: tuple[ClaimLine, ...]
    mine: Claim | None
    mode: str
    why: str
    take: Decision
    take_alone: Decision


@dataclass(frozen=True, slots=True)
class DraftingPage:
    """All sections of one instrument in one step, in their order."""

    code: str
    phase: int
    cast: Cast
    step: StepId
    letter: StepLetter
    state: StepState
    sealed_at: datetime | None
    seal: Digest | None
    instrument: InstrumentCode
    page: PageId
    sections: tuple[SectionView, ...]
    votes: tuple[VoteLine, ...]
    draft: Decision
    see_log: Decision
    see_vote: Decision
    vote: Decision
    last_reset: Reset | None


@dataclass(frozen=True, slots=True)
class TextPair:
    """A section's text then and now. `old` is None when it is not known or there was none."""

    section: SectionId
    key: str
    instrument: InstrumentCode
    old: Section | None
    new: Section

    @property
    def is_same(self) -> bool:
        """Whether nothing moved here."""
        return self.old == self.new


@dataclass(frozen=True, slots=True)
class Moved:
    """The text as it was seen against the text as it is.

    is_known: whether the texts of the digests that were seen are kept; if not, every `old` is None.
    pairs: the sections that differ, in reading order.
    """

    is_known: bool
    pairs: tuple[TextPair, ...]


@dataclass(frozen=True, slots=True)
class MyVote:
    """The last vote of the reader's State in this step, live or not, and what has moved since.

    is_same: the text is the one voted on (identical, whatever lies between; D-21).
    cast_by_other: by a colleague, or (by_predecessor) by who spoke for the State before (D-08).
    reset: what took it, if a reset did; known to whoever may read the section that was changed.
    """

    at: datetime
    name: str
    seen: Seen
    is_live: bool
    is_withdrawn: bool
    is_same: bool
    cast_by_other: bool
    by_predecessor: bool
    reset: Reset | None
    reset_by: str | None
    moved: Moved
    has_receipt: bool


@dataclass(frozen=True, slots=True)
class WordCount:
    """Words of an instrument's text by `wc/1`; `instrument` None for all of the step together."""

    instrument: InstrumentCode | None
    words: int
    limit: int | None
    is_hard: bool


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's text on the vote page."""

    id: SectionId
    key: str
    name: str
    instrument: InstrumentCode
    text: Section


@dataclass(frozen=True, slots=True)
class VotePage:
    """Everything a vote is made of: what the reader's State reviews, whole, and who has voted.

    asked: what a form must bring back: a digest, or one for each instrument; None for who never
    votes here, or while the text is moving (`digests_ready` False).
    holders: live claims on sections of this step that the reader may read, with the section's key.
    """

    code: str
    phase: int
    cast: Cast
    step: StepId
    letter: StepLetter
    state: StepState
    sealed_at: datetime | None
    seal: Digest | None
    digests_ready: bool
    step_digest: Digest | None
    asked: Seen | None
    sections: tuple[SectionText, ...]
    votes: tuple[VoteLine, ...]
    holders: tuple[tuple[str, ClaimLine], ...]
    words: tuple[WordCount, ...]
    mine: MyVote | None
    last_reset: Reset | None
    last_reset_by: str | None
    vote: Decision
    withdraw: Decision


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One act in the edit log. For `text-edited`, revisions `rev_from` to `rev_to` are what it changed."""

    id: int
    at: datetime
    act: str
    account: AccountId | None
    name: str | None
    state: StateCode | None
    section: SectionId | None
    key: str | None
    rev_from: int | None
    rev_to: int | None
    digest_before: Digest | None
    digest_after: Digest | None
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EditLog:
    """Entries about one instrument in one step and the step as a whole, newest first.

    older: the id to ask `before` for the next page; None at the end.
    """

    code: str
    phase: int
    cast: Cast
    step: StepId
    letter: StepLetter
    state: StepState
    instrument: InstrumentCode
    entries: tuple[LogEntry, ...]
    older: int | None
