"""What a person has at stake before their standing changes: votes that count, sections that they hold.

For the warning before a profile is saved (D-10) and for the officer who suspends somebody (D-11). Text that
waits elsewhere is not known here: late text is `sync`'s, unsent edits are on the person's device.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revmod_live.ids import AccountId, InstrumentCode, SectionId, StateCode, StepLetter
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import queries, store


@dataclass(frozen=True, slots=True)
class VoteAtStake:
    """A live vote in an open step. It stays, whatever becomes of its voter (D-11)."""

    code: str
    under_review: StateCode
    letter: StepLetter
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimAtStake:
    """A section that is held: a suspension frees it (D-11). `offline`: since when it is declared so."""

    code: str
    under_review: StateCode
    letter: StepLetter
    instrument: InstrumentCode
    section: SectionId
    key: str
    since: datetime
    offline: datetime | None


@dataclass(frozen=True, slots=True)
class AtStake:
    """All of it."""

    votes: tuple[VoteAtStake, ...]
    claims: tuple[ClaimAtStake, ...]


def at_stake(tx: ReadTx, account: AccountId) -> AtStake:
    """The live votes in open steps that `account` has cast, and the sections it holds; oldest first."""
    return AtStake(_votes(tx, account), _claims(tx, account))


def _votes(tx: ReadTx, account: AccountId) -> tuple[VoteAtStake, ...]:
    found = []
    for step_id in store.open_steps_voted_in(tx, account):
        review = queries.review_of_step(tx, step_id)
        letter = queries.step_row(tx, step_id).letter
        found += [
            VoteAtStake(review.code, review.cast.under_review, letter, vote.at)
            for vote in queries.live_votes(tx, step_id)
            if vote.account == account
        ]
    return tuple(found)


def _claims(tx: ReadTx, account: AccountId) -> tuple[ClaimAtStake, ...]:
    found = []
    for claim in store.live_claims(tx, account=account):
        facts, place = queries.section_facts(tx, claim.section), queries.place(tx, claim.section)
        if facts is None or place is None:
            continue
        found.append(
            ClaimAtStake(
                code=facts.review_code,
                under_review=place.cast.under_review,
                letter=facts.letter,
                instrument=facts.instrument,
                section=facts.id,
                key=facts.key,
                since=claim.since,
                offline=claim.offline,
            )
        )
    return tuple(found)
