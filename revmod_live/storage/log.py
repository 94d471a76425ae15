"""The one event log: who did what, where and when, and the digests before and after.

Appended to in the transaction of the act itself, never changed. The edit log, the status report
and the act log are all read from it. What a run of typing changed is not here but in the journal,
between `rev_from` and `rev_to`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Column, Index, Integer, String, Table, func, select

from revmod_live.storage.tables import Json, Moment, Serial, metadata

if TYPE_CHECKING:
    from datetime import datetime

    from revmod_live.ids import AccountId, Digest, ReviewId, SectionId, StateCode, StepId
    from revmod_live.storage.database import ReadTx

event_log = Table(
    "event_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("act", String(40), nullable=False),
    Column("account", String(26)),
    Column("state", String(3)),
    Column("review", String(26)),
    Column("step", String(26)),
    Column("section", String(26)),
    Column("rev_from", Integer),
    Column("rev_to", Integer),
    Column("digest_before", String(64)),
    Column("digest_after", String(64)),
    Column("detail", Json, nullable=False),
    Index("ix_event_log_step_id", "step", "id"),
    Index("ix_event_log_section_id", "section", "id"),
    Index("ix_event_log_account_id", "account", "id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act. `act` is a stable code (`section-taken`, `vote-cast`, `text-edited` …).

    account, state: who, and for which State; None where the server itself acted.
    rev_from, rev_to: for text, the first and last revision of the run.
    detail: values a sentence about it needs; no text of a section, no secret.
    """

    at: datetime
    act: str
    account: AccountId | None = None
    state: StateCode | None = None
    review: ReviewId | None = None
    step: StepId | None = None
    section: SectionId | None = None
    rev_from: int | None = None
    rev_to: int | None = None
    digest_before: Digest | None = None
    digest_after: Digest | None = None
    detail: dict[str, object] = field(default_factory=dict)


def done_since(tx: ReadTx, account: AccountId, act: str, since: datetime) -> int:
    """How many times this person has done this since then, for limits on what is logged anyway."""
    query = select(func.count()).where(
        event_log.c.account == account, event_log.c.act == act, event_log.c.at > since
    )
    return int(tx.execute(query).scalar_one())
