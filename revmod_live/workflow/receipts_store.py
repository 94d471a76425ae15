"""The table of receipts, and the reading back of what closed a step. Rows in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table, select

from revmod_live.ids import Digest, StateCode, StepId, VoteId
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.tables import metadata
from revmod_live.workflow.store import seals, votes

receipts = Table(
    "receipts",
    metadata,
    Column("vote", String(26), ForeignKey("votes.id"), primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
"""The receipt of a vote, as it was signed when the vote was cast. Never written again."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What was agreed, when, and by which votes. n: the round of the step, or the version of the settings."""

    n: int
    at: datetime
    digest: Digest
    votes: tuple[VoteId, ...]


def add_receipt(tx: WriteTx, vote: VoteId, receipt: bytes) -> None:
    """Store the receipt of a vote."""
    tx.execute(receipts.insert().values(vote=vote, bytes=receipt))


def receipts_of(tx: ReadTx, of: Iterable[VoteId]) -> dict[VoteId, bytes]:
    """The receipts of these votes, of those that have one."""
    rows = tx.execute(select(receipts).where(receipts.c.vote.in_(list(of))))
    return {VoteId(row.vote): row.bytes for row in rows}


def last_receipt(tx: ReadTx, step: StepId, state: StateCode) -> bytes | None:
    """The receipt of the newest vote of a State in a step; None where there is none."""
    query = (
        select(receipts.c.bytes)
        .select_from(votes.outerjoin(receipts, receipts.c.vote == votes.c.id))
        .where(votes.c.step == step, votes.c.state == state)
        .order_by(votes.c.number.desc())
        .limit(1)
    )
    return tx.execute(query).scalar()


def last_seal(tx: ReadTx, step: StepId, *, by: datetime | None = None) -> Seal | None:
    """The newest closing of a step, at the latest at `by`."""
    query = select(seals).where(seals.c.step == step).order_by(seals.c.n.desc()).limit(1)
    if by is not None:
        query = query.where(seals.c.at <= by)
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return Seal(row.n, row.at, Digest(row.digest), tuple(VoteId(vote) for vote in row.votes))
