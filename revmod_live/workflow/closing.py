"""Closing a step: the part of the last vote's transaction that seals, freezes, ends and opens.

Called by `commands.cast_vote` alone, with a vote just stored. Recomputes everything from the
database; whether the votes are all there is `tally`, what follows is `transitions`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from revmod_live.docs import canonical
from revmod_live.events import ClaimsChanged, LogGrew, NoticeSent, StepChanged
from revmod_live.ids import AccountId, InstrumentCode, MakeId, ReviewId, StateCode, StepId
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import notices, queries, store, tally, transitions
from revmod_live.workflow.model import Ended, Step, StepState


def keep_lines(tx: WriteTx, step: StepId) -> None:
    """Keep what the step's digests stand for, so that what was shown can be shown again."""
    lines = queries.step_lines(tx, step)
    if lines is None:
        return
    whole, of_instruments = lines
    for text in (whole, *of_instruments.values()):
        store.keep_text(tx, canonical.lines_digest(text), text)


def close_if_agreed(tx: WriteTx, step_id: StepId, *, at: datetime, make_id: MakeId) -> bool:
    """Seal the step if every required vote is live on the text as it is now; whether it did.

    In this order, in one transaction: digests worked out anew, seal stored, step and sections frozen,
    claims ended, next steps opened, everything recorded, told and announced.
    Architecture, "Closing"; requirements 1.3.
    """
    step = queries.step_row(tx, step_id)
    facts = queries.step_facts(tx, step_id)
    if facts.digests is None or not tally.is_complete(facts.place.cast, step.letter, facts.live):
        return False
    store.add_seal(
        tx,
        make_id(),
        step,
        digest=facts.digests.step,
        digests=facts.digests.instruments,
        vote_ids=[vote.id for vote in facts.live],
        at=at,
    )
    rule = transitions.STEPS[step.letter]
    if rule.seals:
        store.set_step(tx, step_id, state=StepState.SEALED.value, sealed_at=at, digest=facts.digests.step)
        store.freeze(tx, step_id, at)
        _end_claims(tx, step_id, at)
    else:
        store.set_step(tx, step_id, round=step.round + 1, digest=facts.digests.step)
    act = "step-sealed" if rule.seals else "settings-agreed"
    tx.record(
        Entry(
            at=at,
            act=act,
            review=step.review,
            step=step_id,
            digest_after=facts.digests.step,
            detail={"n": step.round, "votes": [vote.id for vote in facts.live]},
        )
    )
    tx.announce(StepChanged(step.review, step_id))
    tx.announce(LogGrew(step_id, act))
    tell(tx, act, step_id, by=None, at=at, make_id=make_id)
    _open_next(tx, step.review, at=at, make_id=make_id)
    return True


def _end_claims(tx: WriteTx, step: StepId, at: datetime) -> None:
    for claim in store.live_claims(tx, step_id=step):
        store.end_claim(tx, claim.id, how=Ended.SEALED, by=None, at=at)
        tx.announce(ClaimsChanged(step, claim.section))


def _open_next(tx: WriteTx, review: ReviewId, *, at: datetime, make_id: MakeId) -> None:
    rows = store.steps_of(tx, review)
    closed = frozenset(row.letter for row in rows if _has_closed(row))
    for row in rows:
        if row.state is StepState.LOCKED and transitions.opens(row.letter, closed):
            store.set_step(tx, row.id, state=StepState.OPEN.value, opened_at=at)
            tx.record(Entry(at=at, act="step-opened", review=review, step=row.id))
            tx.announce(StepChanged(review, row.id))
            tx.announce(LogGrew(row.id, "step-opened"))
            tell(tx, "step-opened", row.id, by=None, at=at, make_id=make_id)


def _has_closed(step: Step) -> bool:
    # step 0 stays open: it has closed once when a version was agreed
    return step.digest is not None


def tell(
    tx: WriteTx,
    kind: str,
    step_id: StepId,
    *,
    by: AccountId | None,
    at: datetime,
    make_id: MakeId,
    state: StateCode | None = None,
    instrument: InstrumentCode | None = None,
    taken: Collection[StateCode] = (),
    detail: Mapping[str, object] | None = None,
) -> None:
    """Store a notice for everybody that the table of `notices` means, and announce each.

    instrument, taken: of a reset, what was changed and whose votes were live.
    """
    step, place = queries.step_place(tx, step_id)
    people = store.people_of(tx, place.cast.states)
    here = replace(place, instrument=instrument)
    for account in notices.recipients(kind, here, people, by=by, state=state, taken=taken):
        tell_one(tx, kind, account, step, at=at, make_id=make_id, detail=detail)


def tell_one(
    tx: WriteTx,
    kind: str,
    account: AccountId,
    step: Step,
    *,
    at: datetime,
    make_id: MakeId,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Store a notice for one person, and announce it."""
    values = {"letter": step.letter, **(detail or {})}
    store.add_notice(
        tx, make_id(), account=account, kind=kind, review=step.review, step_id=step.id, detail=values, at=at
    )
    tx.announce(NoticeSent(account, kind, values))
