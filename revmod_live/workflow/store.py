"""The tables of reviews, sections, claims and votes, and every statement on them.

Rows in, frozen values out. Knows no rule and records nothing in the event log: that is for commands.
`sections.rev` is advanced by the journal, with a conditional update of its own (`sync/store.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    ScalarSelect,
    String,
    Table,
    UniqueConstraint,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from revmod_live.accounts import store as people
from revmod_live.accounts.model import Actor, Role
from revmod_live.accounts.store import accounts
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
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import event_log
from revmod_live.storage.tables import Json, Moment, Serial, metadata
from revmod_live.workflow.model import (
    Ballot,
    Capacity,
    Cast,
    Claim,
    Ended,
    PastClaim,
    Reset,
    Review,
    Reviewer,
    SectionFacts,
    Seen,
    Step,
    StepState,
)
from revmod_live.workflow.pages import LogEntry, NoticeLine

# ------------------------------------------------------------------ tables


def _flag() -> Boolean:
    return Boolean(create_constraint=False)


reviews = Table(
    "reviews",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("code", String(40), nullable=False),
    Column("phase", Integer, nullable=False),
    Column("uncac_party", _flag(), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("code", "phase"),
)

review_states = Table(
    "review_states",
    metadata,
    Column("review", String(26), ForeignKey("reviews.id"), primary_key=True),
    Column("state", String(3), primary_key=True),
    Column("capacity", String(8), nullable=False),
    Column("in_place_of", String(3)),
    Column("position", Integer, nullable=False),
    Column("mandate_at", Moment),
    CheckConstraint("capacity in ('sur', 'reviewer')", name="capacity_known"),
)
"""`mandate_at`: when the secretariat recorded that the permanent representative may act in A to D (D-09)."""

review_instruments = Table(
    "review_instruments",
    metadata,
    Column("review", String(26), primary_key=True),
    Column("state", String(3), primary_key=True),
    Column("instrument", String(8), primary_key=True),
    Column("position", Integer, nullable=False),
    CheckConstraint("instrument in ('untoc', 'tip', 'som', 'fa')", name="instrument_known"),
)
"""For the State under review, the instruments under review; for a reviewer, those that it reviews."""

steps = Table(
    "steps",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("review", String(26), ForeignKey("reviews.id"), nullable=False),
    Column("letter", String(1), nullable=False),
    Column("state", String(8), nullable=False),
    Column("round", Integer, nullable=False),
    Column("opened_at", Moment),
    Column("sealed_at", Moment),
    Column("digest", String(64)),
    UniqueConstraint("review", "letter"),
    CheckConstraint("state in ('locked', 'open', 'sealed')", name="state_known"),
    CheckConstraint("letter in ('0', 'a', 'b', 'c', 'd')", name="letter_known"),
    CheckConstraint("state <> 'sealed' or (digest is not null and sealed_at is not null)", name="seal_whole"),
)
"""`digest`: what was agreed: the seal, or of step 0 the version in force. `round` counts reopenings."""

pages = Table(
    "pages",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("step", String(26), ForeignKey("steps.id"), nullable=False),
    Column("instrument", String(8), nullable=False),
    UniqueConstraint("step", "instrument"),
)

texts = Table(
    "texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
"""What a digest stands for: canonical bytes of sections and settings, lines of steps and instruments."""

sections = Table(
    "sections",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("step", String(26), ForeignKey("steps.id"), nullable=False),
    Column("instrument", String(8)),
    Column("name", String(40), nullable=False),
    Column("key", String(60), nullable=False),
    Column("position", Integer, nullable=False),
    Column("epoch", String(26), nullable=False),
    Column("rev", Integer, nullable=False),
    Column("digest", String(64), ForeignKey("texts.digest"), nullable=False),
    Column("digest_rev", Integer, nullable=False),
    Column("frozen", _flag(), nullable=False),
    Column("frozen_at", Moment),
    UniqueConstraint("step", "key"),
    CheckConstraint("digest_rev <= rev", name="digest_not_ahead"),
    CheckConstraint("frozen = false or digest_rev = rev", name="frozen_with_its_digest"),
)
"""`instrument` is null for the one form of step 0, which is no section of text."""

claims = Table(
    "claims",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("section", String(26), ForeignKey("sections.id"), nullable=False),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("alone", _flag(), nullable=False),
    Column("offline_since", Moment),
    Column("ended_at", Moment),
    Column("ended_how", String(20)),
    Column("ended_by", String(26), ForeignKey("accounts.id")),
    CheckConstraint("(ended_at is null) = (ended_how is null)", name="end_whole"),
)
LIVE_CLAIM = claims.c.ended_at.is_(None)
Index(
    "uq_claims_live_account",
    claims.c.section,
    claims.c.account,
    unique=True,
    sqlite_where=LIVE_CLAIM,
    postgresql_where=LIVE_CLAIM,
)
_ALONE_CLAIM = and_(LIVE_CLAIM, claims.c.alone == true())
Index(
    "uq_claims_alone",
    claims.c.section,
    unique=True,
    sqlite_where=_ALONE_CLAIM,
    postgresql_where=_ALONE_CLAIM,
)

votes = Table(
    "votes",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("id", String(26), nullable=False),
    Column("step", String(26), ForeignKey("steps.id"), nullable=False),
    Column("state", String(3), nullable=False),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("digest", String(64)),
    Column("digests", Json),
    Column("at", Moment, nullable=False),
    Column("n", Integer, nullable=False),
    Column("withdrawn_at", Moment),
    Column("withdrawn_by", String(26), ForeignKey("accounts.id")),
    UniqueConstraint("id"),
    CheckConstraint("(digest is null) <> (digests is null)", name="one_kind_of_digest"),
    Index("ix_votes_step_number", "step", "number"),
    sqlite_autoincrement=True,
)
"""Every vote ever cast. Whether one counts is derived (`tally.live`), stored nowhere."""

resets = Table(
    "resets",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("step", String(26), ForeignKey("steps.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("section", String(26), ForeignKey("sections.id"), nullable=False),
    Column("before", String(64), nullable=False),
    Column("after", String(64), nullable=False),
    Column("place", Json, nullable=False),
    Column("after_vote", Serial, nullable=False),
    Index("ix_resets_step_after_vote", "step", "after_vote"),
)
"""`after_vote`: the newest vote of the step then; it and all before it never count again."""

seals = Table(
    "seals",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("step", String(26), ForeignKey("steps.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("digest", String(64), ForeignKey("texts.digest"), nullable=False),
    Column("digests", Json, nullable=False),
    Column("votes", Json, nullable=False),
    UniqueConstraint("step", "n"),
)
"""One row for each closing (of step 0: for each version agreed), with the ids of its votes."""

notices = Table(
    "notices",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("review", String(26), ForeignKey("reviews.id")),
    Column("step", String(26), ForeignKey("steps.id")),
    Column("detail", Json, nullable=False),
    Column("read_at", Moment),
    Index("ix_notices_account_at", "account", "at"),
)

STANDING_VOTES_SQL: Final = """
select exists(
  select 1 from sections
  join steps on steps.id = sections.step
  join votes on votes.step = steps.id and votes.n = steps.round and votes.withdrawn_at is null
  where sections.id = ? and steps.state = 'open' and votes.number > coalesce(
    (select max(resets.after_vote) from resets where resets.step = steps.id), 0))
"""
"""Whether votes are live for a section's step, for the journal's own connection: `votes_stand`, as text."""

# ------------------------------------------------------------------ reviews and steps


def add_review(tx: WriteTx, review: Review) -> None:
    """Store a review and its cast (which facts about focal points are derived, not stored)."""
    cast = review.cast
    tx.execute(
        reviews.insert().values(
            id=review.id, code=review.code, phase=review.phase, uncac_party=cast.uncac_party, at=review.at
        )
    )
    parts = (Reviewer(cast.under_review, frozenset(cast.instruments)), *cast.reviewers)
    tx.execute(
        review_states.insert(),
        [
            {
                "review": review.id,
                "state": part.state,
                "capacity": (Capacity.REVIEWER if position else Capacity.UNDER_REVIEW).value,
                "in_place_of": part.in_place_of,
                "position": position,
                "mandate_at": review.at if part.state in cast.mandates else None,
            }
            for position, part in enumerate(parts)
        ],
    )
    tx.execute(
        review_instruments.insert(),
        [
            {"review": review.id, "state": part.state, "instrument": instrument, "position": position}
            for part in parts
            for position, instrument in enumerate(cast.instruments)
            if instrument in part.instruments
        ],
    )


def review_by_id(tx: ReadTx, review: ReviewId) -> Review | None:
    """The review with this id."""
    row = tx.execute(select(reviews).where(reviews.c.id == review)).one_or_none()
    return None if row is None else _review(tx, row)


def review_by_code(tx: ReadTx, code: str) -> Review | None:
    """The review of this code that is in its newest phase."""
    query = select(reviews).where(reviews.c.code == code).order_by(reviews.c.phase.desc()).limit(1)
    row = tx.execute(query).one_or_none()
    return None if row is None else _review(tx, row)


def reviews_of(tx: ReadTx, state: StateCode | None) -> tuple[Review, ...]:
    """The reviews that `state` takes part in, or (None) all, by code and phase."""
    query = select(reviews).order_by(reviews.c.code, reviews.c.phase)
    if state is not None:
        query = query.join(review_states, review_states.c.review == reviews.c.id).where(
            review_states.c.state == state
        )
    return tuple(_review(tx, row) for row in tx.execute(query).all())


_HELD: Final = and_(
    review_instruments.c.review == review_states.c.review,
    review_instruments.c.state == review_states.c.state,
)


def _review(tx: ReadTx, row: Row[Any]) -> Review:
    lines = tx.execute(
        select(review_states, review_instruments.c.instrument)
        .outerjoin(review_instruments, _HELD)
        .where(review_states.c.review == row.id)
        .order_by(review_states.c.position, review_instruments.c.position)
    ).all()
    held: dict[str, list[InstrumentCode]] = {}
    for line in lines:
        held.setdefault(line.state, []).append(InstrumentCode(line.instrument))
    sur, *others = {line.state: line for line in lines}.values()
    codes = [StateCode(part.state) for part in (sur, *others)]
    speakers = people.focal_points_of(tx, codes)
    cast = Cast(
        under_review=StateCode(sur.state),
        instruments=tuple(held.get(sur.state, ())),
        reviewers=tuple(
            Reviewer(
                StateCode(part.state),
                frozenset(held.get(part.state, ())),
                None if part.in_place_of is None else StateCode(part.in_place_of),
            )
            for part in others
        ),
        uncac_party=row.uncac_party,
        without_focal_point=frozenset(codes) - speakers.keys(),
        mandates=frozenset(StateCode(p.state) for p in (sur, *others) if p.mandate_at is not None),
        focal_points={state: account for state, account in speakers.items() if account is not None},
    )
    return Review(ReviewId(row.id), row.code, row.phase, cast, row.at)


def set_mandate(tx: WriteTx, review: ReviewId, state: StateCode, since: datetime | None) -> None:
    """Note since when a State's permanent representative has a mandate; None for none."""
    tx.execute(
        review_states.update()
        .where(review_states.c.review == review, review_states.c.state == state)
        .values(mandate_at=since)
    )


def people_of(tx: ReadTx, states: Iterable[StateCode]) -> tuple[Actor, ...]:
    """The active people of these States, by id."""
    rows = tx.execute(
        select(accounts)
        .where(accounts.c.state.in_(list(states)), accounts.c.active == true())
        .order_by(accounts.c.id)
    )
    return tuple(
        Actor(AccountId(row.id), row.name, StateCode(row.state), Role(row.role), active=True) for row in rows
    )


def name_of(tx: ReadTx, account: AccountId) -> str:
    """The person's name; empty when there is no such account."""
    return tx.execute(select(accounts.c.name).where(accounts.c.id == account)).scalar() or ""


def state_of(tx: ReadTx, account: AccountId) -> StateCode | None:
    """The State that a person acts for."""
    found = tx.execute(select(accounts.c.state).where(accounts.c.id == account)).scalar()
    return None if found is None else StateCode(found)


def add_steps(tx: WriteTx, rows: Sequence[Step]) -> None:
    """Store the steps of a review."""
    tx.execute(
        steps.insert(),
        [
            {
                "id": s.id,
                "review": s.review,
                "letter": s.letter,
                "state": s.state.value,
                "round": s.round,
                "opened_at": s.opened_at,
                "sealed_at": s.sealed_at,
                "digest": s.digest,
            }
            for s in rows
        ],
    )


def step(tx: ReadTx, step_id: StepId) -> Step | None:
    """The step with this id."""
    row = tx.execute(select(steps).where(steps.c.id == step_id)).one_or_none()
    return None if row is None else _step(row)


def steps_of(tx: ReadTx, review: ReviewId) -> tuple[Step, ...]:
    """The steps of a review, 0 to d."""
    rows = tx.execute(select(steps).where(steps.c.review == review).order_by(steps.c.letter))
    return tuple(_step(row) for row in rows)


def set_step(tx: WriteTx, step_id: StepId, **values: object) -> None:
    """Change columns of one step."""
    tx.execute(steps.update().where(steps.c.id == step_id).values(**values))


def _step(row: Row[Any]) -> Step:
    return Step(
        StepId(row.id),
        ReviewId(row.review),
        StepLetter(row.letter),
        StepState(row.state),
        row.round,
        row.opened_at,
        row.sealed_at,
        None if row.digest is None else Digest(row.digest),
    )


# ------------------------------------------------------------------ pages, sections, texts


def add_pages(tx: WriteTx, rows: Sequence[tuple[PageId, StepId, InstrumentCode]]) -> None:
    """Store the pages of a review's steps."""
    tx.execute(pages.insert(), [{"id": p, "step": s, "instrument": i} for p, s, i in rows])


def pages_of(tx: ReadTx, step_id: StepId) -> Mapping[InstrumentCode, PageId]:
    """The page of each instrument in a step."""
    rows = tx.execute(select(pages).where(pages.c.step == step_id))
    return {InstrumentCode(row.instrument): PageId(row.id) for row in rows}


def page(tx: ReadTx, page_id: PageId) -> tuple[StepId, InstrumentCode] | None:
    """The step and instrument of a page."""
    row = tx.execute(select(pages).where(pages.c.id == page_id)).one_or_none()
    return None if row is None else (StepId(row.step), InstrumentCode(row.instrument))


def add_sections(tx: WriteTx, rows: Sequence[Mapping[str, object]]) -> None:
    """Store sections, each with an empty text: columns but `rev`, `digest_rev` and `frozen` by name."""
    tx.execute(sections.insert(), [{**r, "rev": 0, "digest_rev": 0, "frozen": False} for r in rows])


def section(tx: ReadTx, section_id: SectionId) -> SectionFacts | None:
    """The section with this id; none for the form of step 0."""
    row = tx.execute(_SECTION.where(sections.c.id == section_id)).one_or_none()
    return None if row is None else _section(row)


def some_section(tx: ReadTx) -> SectionId | None:
    """Any section; none when there is none yet."""
    found = tx.execute(select(sections.c.id).limit(1)).scalar_one_or_none()
    return None if found is None else SectionId(found)


def sections_of(
    tx: ReadTx, step_id: StepId, instrument: InstrumentCode | None = None
) -> tuple[SectionFacts, ...]:
    """The sections of a step, or of one instrument in it, in reading order."""
    query = _SECTION.where(sections.c.step == step_id).order_by(sections.c.position)
    if instrument is not None:
        query = query.where(sections.c.instrument == instrument)
    return tuple(_section(row) for row in tx.execute(query))


_SECTION: Final = (
    select(
        sections,
        steps.c.review,
        steps.c.letter,
        steps.c.state.label("step_state"),
        reviews.c.code,
        reviews.c.phase,
        pages.c.id.label("page"),
    )
    .join(steps, steps.c.id == sections.c.step)
    .join(reviews, reviews.c.id == steps.c.review)
    .join(pages, and_(pages.c.step == steps.c.id, pages.c.instrument == sections.c.instrument))
)


def _section(row: Row[Any]) -> SectionFacts:
    return SectionFacts(
        id=SectionId(row.id),
        review=ReviewId(row.review),
        review_code=row.code,
        phase=row.phase,
        step=StepId(row.step),
        page=PageId(row.page),
        letter=StepLetter(row.letter),
        step_state=StepState(row.step_state),
        instrument=InstrumentCode(row.instrument),
        name=row.name,
        key=row.key,
        position=row.position,
        epoch=row.epoch,
        rev=row.rev,
        digest=Digest(row.digest),
        digest_rev=row.digest_rev,
        frozen=row.frozen,
    )


def digests_of(tx: ReadTx, step_id: StepId) -> tuple[tuple[str, Digest], ...] | None:
    """Key and digest of everything in a step, its form in step 0; None when one is behind its text."""
    rows = tx.execute(
        select(sections.c.key, sections.c.digest, sections.c.rev, sections.c.digest_rev).where(
            sections.c.step == step_id
        )
    ).all()
    if any(row.rev != row.digest_rev for row in rows):
        return None
    return tuple((row.key, Digest(row.digest)) for row in rows)


def sections_behind(tx: ReadTx, step_id: StepId) -> tuple[SectionId, ...]:
    """The sections whose digest is not that of their text as it is."""
    rows = tx.execute(
        select(sections.c.id)
        .where(sections.c.step == step_id, sections.c.rev != sections.c.digest_rev)
        .order_by(sections.c.position)
    )
    return tuple(SectionId(row.id) for row in rows)


def set_digest(tx: WriteTx, section_id: SectionId, *, rev: int, digest: Digest) -> bool:
    """Note the digest of the text at `rev`, never going back; whether it was noted."""
    result = tx.execute(
        sections.update()
        .where(
            sections.c.id == section_id,
            sections.c.digest_rev <= rev,
            sections.c.rev >= rev,
            sections.c.frozen == false(),
        )
        .values(digest=digest, digest_rev=rev)
    )
    return result.rowcount > 0


def freeze(tx: WriteTx, step_id: StepId, at: datetime) -> None:
    """Freeze every section of a step: from here on the journal's append fails."""
    tx.execute(sections.update().where(sections.c.step == step_id).values(frozen=True, frozen_at=at))


def keep_text(tx: WriteTx, digest: Digest, text: bytes) -> None:
    """Keep the bytes that a digest stands for."""
    row = select(literal(digest), literal(text, LargeBinary)).where(
        ~exists(select(texts.c.digest).where(texts.c.digest == digest))
    )
    tx.execute(texts.insert().from_select(["digest", "bytes"], row))


def text(tx: ReadTx, digest: Digest) -> bytes | None:
    """The bytes that a digest stands for, if they are kept."""
    found: bytes | None = tx.execute(select(texts.c.bytes).where(texts.c.digest == digest)).scalar()
    return found


def texts_of(tx: ReadTx, digests: Iterable[Digest]) -> Mapping[Digest, bytes]:
    """The bytes of many digests, those that are kept."""
    wanted = sorted(set(digests))
    found: dict[Digest, bytes] = {}
    for start in range(0, len(wanted), 500):  # SQLite's limit on parameters, with room
        rows = tx.execute(select(texts).where(texts.c.digest.in_(wanted[start : start + 500])))
        found.update((Digest(row.digest), row.bytes) for row in rows)
    return found


# ------------------------------------------------------------------ claims


def add_claim(tx: WriteTx, claim: Claim) -> None:
    """Store a live claim. The database refuses a second of the same person, or a second alone."""
    tx.execute(
        claims.insert().values(
            id=claim.id, section=claim.section, account=claim.account, since=claim.since, alone=claim.alone
        )
    )


def live_claims(
    tx: ReadTx,
    *,
    section_id: SectionId | None = None,
    step_id: StepId | None = None,
    account: AccountId | None = None,
    claim_id: ClaimId | None = None,
) -> tuple[Claim, ...]:
    """Live claims, narrowed by whatever is given, the oldest first."""
    query = (
        select(claims, accounts.c.name, accounts.c.state)
        .join(accounts, accounts.c.id == claims.c.account)
        .where(LIVE_CLAIM)
        .order_by(claims.c.since, claims.c.id)
    )
    if section_id is not None:
        query = query.where(claims.c.section == section_id)
    if step_id is not None:
        query = query.join(sections, sections.c.id == claims.c.section).where(sections.c.step == step_id)
    if account is not None:
        query = query.where(claims.c.account == account)
    if claim_id is not None:
        query = query.where(claims.c.id == claim_id)
    return tuple(
        Claim(
            ClaimId(row.id),
            SectionId(row.section),
            AccountId(row.account),
            row.name,
            None if row.state is None else StateCode(row.state),
            row.since,
            row.alone,
            row.offline_since,
        )
        for row in tx.execute(query)
    )


def holders_not_active(tx: ReadTx) -> tuple[AccountId, ...]:
    """Who holds a live claim and may not draft any more."""
    rows = tx.execute(
        select(claims.c.account)
        .join(accounts, accounts.c.id == claims.c.account)
        .where(LIVE_CLAIM, accounts.c.active == false())
        .distinct()
    )
    return tuple(AccountId(row.account) for row in rows)


def last_claim(tx: ReadTx, section_id: SectionId, account: AccountId) -> PastClaim | None:
    """How the person's newest claim on a section ended; None if it lives or there was none."""
    row = tx.execute(
        select(claims)
        .where(claims.c.section == section_id, claims.c.account == account)
        .order_by(LIVE_CLAIM.desc(), claims.c.ended_at.desc(), claims.c.since.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.ended_at is None:
        return None
    return PastClaim(ClaimId(row.id), row.alone, row.ended_at, Ended(row.ended_how))


def end_claim(tx: WriteTx, claim: ClaimId, *, how: Ended, by: AccountId | None, at: datetime) -> bool:
    """End a claim; whether it was still live."""
    result = tx.execute(
        claims.update()
        .where(claims.c.id == claim, LIVE_CLAIM)
        .values(ended_at=at, ended_how=how.value, ended_by=by)
    )
    return result.rowcount > 0


def set_offline(tx: WriteTx, claim: ClaimId, since: datetime | None) -> None:
    """Declare a claim offline since a time, or heard again."""
    tx.execute(claims.update().where(claims.c.id == claim).values(offline_since=since))


# ------------------------------------------------------------------ votes, resets, seals


def add_vote(tx: WriteTx, ballot: Ballot) -> None:
    """Store a vote; its number comes from the database."""
    whole = not isinstance(ballot.seen, Mapping)
    tx.execute(
        votes.insert().values(
            id=ballot.id,
            step=ballot.step,
            state=ballot.state,
            account=ballot.account,
            digest=ballot.seen if whole else None,
            digests=None if whole else dict(ballot.seen),  # type: ignore[arg-type]
            at=ballot.at,
            n=ballot.n,
        )
    )


def ballots(tx: ReadTx, step_id: StepId) -> tuple[Ballot, ...]:
    """Every vote ever cast on a step, the oldest first."""
    rows = tx.execute(
        select(votes, accounts.c.name)
        .join(accounts, accounts.c.id == votes.c.account)
        .where(votes.c.step == step_id)
        .order_by(votes.c.number)
    )
    return tuple(
        Ballot(
            VoteId(row.id),
            row.number,
            StepId(row.step),
            StateCode(row.state),
            AccountId(row.account),
            row.name,
            _seen(row),
            row.at,
            row.n,
            row.withdrawn_at,
        )
        for row in rows
    )


def _seen(row: Row[Any]) -> Seen:
    if row.digests is None:
        return Digest(row.digest)
    return {InstrumentCode(i): Digest(d) for i, d in row.digests.items()}


def open_steps_voted_in(tx: ReadTx, account: AccountId) -> tuple[StepId, ...]:
    """The open steps in which a person has cast a vote, whether it counts or not, the oldest first."""
    rows = tx.execute(
        select(votes.c.step)
        .join(steps, steps.c.id == votes.c.step)
        .where(votes.c.account == account, steps.c.state == StepState.OPEN.value)
        .group_by(votes.c.step)
        .order_by(func.min(votes.c.number))
    )
    return tuple(StepId(row.step) for row in rows)


def set_withdrawn(tx: WriteTx, vote: VoteId, *, by: AccountId, at: datetime) -> None:
    """Note that a vote was withdrawn."""
    tx.execute(votes.update().where(votes.c.id == vote).values(withdrawn_at=at, withdrawn_by=by))


def reset_after(tx: ReadTx, step_id: StepId) -> int:
    """Number of the newest vote that a reset has taken in a step; 0 for none."""
    query = select(func.max(resets.c.after_vote)).where(resets.c.step == step_id)
    return tx.execute(query).scalar() or 0


def votes_stand(tx: ReadTx, section_id: SectionId) -> bool:
    """Whether a vote stands in the section's open step: what a change of its text would reset."""
    taken = (
        select(func.coalesce(func.max(resets.c.after_vote), 0))
        .where(resets.c.step == sections.c.step)
        .correlate(sections)
        .scalar_subquery()
    )
    query = (
        select(votes.c.number)
        .select_from(sections)
        .join(steps, steps.c.id == sections.c.step)
        .join(votes, and_(votes.c.step == steps.c.id, votes.c.n == steps.c.round))
        .where(
            sections.c.id == section_id,
            steps.c.state == StepState.OPEN.value,
            votes.c.withdrawn_at.is_(None),
            votes.c.number > taken,
        )
    )
    return bool(tx.execute(select(exists(query))).scalar())


def add_reset(tx: WriteTx, reset_id: str, step_id: StepId, reset: Reset) -> None:
    """Store a reset."""
    tx.execute(
        resets.insert().values(
            id=reset_id,
            step=step_id,
            at=reset.at,
            by=reset.by,
            section=reset.section,
            before=reset.before,
            after=reset.after,
            place=dict(reset.place),
            after_vote=reset.after_vote,
        )
    )


def resets_of(tx: ReadTx, step_id: StepId) -> tuple[Reset, ...]:
    """The resets of a step, the oldest first."""
    rows = tx.execute(select(resets).where(resets.c.step == step_id).order_by(resets.c.after_vote))
    return tuple(
        Reset(
            row.at,
            AccountId(row.by),
            SectionId(row.section),
            Digest(row.before),
            Digest(row.after),
            row.place,
            row.after_vote,
        )
        for row in rows
    )


def add_seal(
    tx: WriteTx,
    seal_id: str,
    step: Step,
    *,
    digest: Digest,
    digests: Mapping[InstrumentCode, Digest],
    vote_ids: Sequence[VoteId],
    at: datetime,
) -> None:
    """Store what was agreed, by which votes."""
    tx.execute(
        seals.insert().values(
            id=seal_id,
            step=step.id,
            n=step.round,
            at=at,
            digest=digest,
            digests=dict(digests),
            votes=list(vote_ids),
        )
    )


# ------------------------------------------------------------------ notices, log


def add_notice(
    tx: WriteTx,
    notice_id: str,
    *,
    account: AccountId,
    kind: str,
    review: ReviewId | None,
    step_id: StepId | None,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    """Store a notice to one person; about no review, where it is about the person."""
    tx.execute(
        notices.insert().values(
            id=notice_id,
            account=account,
            kind=kind,
            at=at,
            review=review,
            step=step_id,
            detail=dict(detail),
        )
    )


def notices_to(
    tx: ReadTx, account: AccountId, *, limit: int, before: str | None = None
) -> tuple[NoticeLine, ...]:
    """A person's newest notices, the newest first; `before`: those that come after this one in the list."""
    query = (
        select(notices, reviews.c.code, steps.c.letter)
        .outerjoin(reviews, reviews.c.id == notices.c.review)
        .outerjoin(steps, steps.c.id == notices.c.step)
        .where(notices.c.account == account)
        .order_by(notices.c.at.desc(), notices.c.id)
        .limit(limit)
    )
    if before is not None:
        at = _notice_at(account, before)
        query = query.where(or_(notices.c.at < at, and_(notices.c.at == at, notices.c.id > before)))
    rows = tx.execute(query)
    return tuple(
        NoticeLine(
            row.id,
            row.kind,
            row.at,
            row.code,
            None if row.letter is None else StepLetter(row.letter),
            row.detail,
            row.read_at,
        )
        for row in rows
    )


def _notice_at(account: AccountId, notice: str) -> ScalarSelect[datetime]:
    found = notices.alias("one")
    return select(found.c.at).where(found.c.id == notice, found.c.account == account).scalar_subquery()


def unread_notices(tx: ReadTx, account: AccountId) -> int:
    """How many notices of a person are not marked as read."""
    query = select(func.count()).where(notices.c.account == account, notices.c.read_at.is_(None))
    return int(tx.execute(query).scalar_one())


def has_notice(tx: ReadTx, account: AccountId, notice: str) -> bool:
    """Whether there is such a notice, to this person."""
    query = select(notices.c.id).where(notices.c.id == notice, notices.c.account == account)
    return bool(tx.execute(select(exists(query))).scalar())


def mark_notices(tx: WriteTx, account: AccountId, at: datetime, *, one: str | None, upto: str | None) -> int:
    """Mark a person's unread notices as read: `one`, or all that are no newer than `upto`; how many."""
    query = notices.update().where(notices.c.account == account, notices.c.read_at.is_(None))
    if one is not None:
        query = query.where(notices.c.id == one)
    if upto is not None:
        query = query.where(notices.c.at <= _notice_at(account, upto))
    return tx.execute(query.values(read_at=at)).rowcount


def acts_since(
    tx: ReadTx, step_id: StepId, act: str, account: AccountId, since: datetime
) -> tuple[Mapping[str, object], ...]:
    """The details of a person's acts of one kind in a step, later than `since`."""
    rows = tx.execute(
        select(event_log.c.detail).where(
            event_log.c.step == step_id,
            event_log.c.act == act,
            event_log.c.account == account,
            event_log.c.at > since,
        )
    )
    return tuple(row.detail or {} for row in rows)


def log_of(
    tx: ReadTx, step_id: StepId, instrument: InstrumentCode, *, before: int | None, limit: int
) -> tuple[LogEntry, ...]:
    """Entries of the event log about an instrument in a step, and the step as a whole, newest first."""
    query = (
        select(event_log, accounts.c.name, sections.c.key)
        .outerjoin(accounts, accounts.c.id == event_log.c.account)
        .outerjoin(sections, sections.c.id == event_log.c.section)
        .where(
            event_log.c.step == step_id,
            or_(event_log.c.section.is_(None), sections.c.instrument == instrument),
        )
        .order_by(event_log.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(event_log.c.id < before)
    return tuple(
        LogEntry(
            id=row.id,
            at=row.at,
            act=row.act,
            account=None if row.account is None else AccountId(row.account),
            name=row.name,
            state=None if row.state is None else StateCode(row.state),
            section=None if row.section is None else SectionId(row.section),
            key=row.key,
            rev_from=row.rev_from,
            rev_to=row.rev_to,
            digest_before=None if row.digest_before is None else Digest(row.digest_before),
            digest_after=None if row.digest_after is None else Digest(row.digest_after),
            detail=row.detail or {},
        )
        for row in tx.execute(query)
    )
