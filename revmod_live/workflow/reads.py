"""Reads by the secretariat: every visit to an open text is in the log, where the focal points see it.

Promise 4; D-22. A visit is recorded when it begins and again for every half hour that it goes on, whatever
the number of pages and sockets; before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.events import LogGrew
from revmod_live.ids import InstrumentCode, StepId
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import queries, store
from revmod_live.workflow.model import StepState

VISIT_S: Final = 30 * 60
ACT: Final = "text-read"


def reads_to_record(
    tx: ReadTx, actor: Actor, step_id: StepId, instruments: Iterable[InstrumentCode], *, at: datetime
) -> tuple[InstrumentCode, ...]:
    """The instruments of a step that `actor` is about to be shown, as far as that is to be recorded now.

    None for whoever is not the secretariat, for a sealed step, and for a visit that is recorded already.
    Raises NotFound (`step`).
    """
    if actor.role is not Role.SECRETARIAT or queries.step_row(tx, step_id).state is not StepState.OPEN:
        return ()
    visited = store.acts_since(tx, step_id, ACT, actor.account, at - timedelta(seconds=VISIT_S))
    recorded = {detail.get("instrument") for detail in visited}
    return tuple(sorted(set(instruments) - recorded))


def record_reads(
    tx: WriteTx, actor: Actor, step_id: StepId, instruments: Iterable[InstrumentCode], *, at: datetime
) -> tuple[InstrumentCode, ...]:
    """Enter into the log what `reads_to_record` names; that."""
    due = reads_to_record(tx, actor, step_id, instruments, at=at)
    review = queries.step_row(tx, step_id).review
    for instrument in due:
        tx.record(
            Entry(
                at=at,
                act=ACT,
                account=actor.account,
                review=review,
                step=step_id,
                detail={"instrument": instrument},
            )
        )
    if due:
        tx.announce(LogGrew(step_id, ACT))
    return due
