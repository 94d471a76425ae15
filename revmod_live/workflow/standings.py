"""When somebody's standing changes: what becomes of claims, and for whom a representative may act.

A vote stays whatever becomes of its voter (D-08, D-11): it was cast with approval, and a removed person's
acts stay. Text that was typed offline waits with its author, and comes to their drawer. Exported by
`commands`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.events import CastChanged
from revmod_live.ids import AccountId, StateCode
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import claim_acts, store
from revmod_live.workflow.model import Ended

REFERENCE_LENGTH: Final = 200


def person_suspended(tx: WriteTx, account: AccountId, at: datetime, *, by: AccountId | None = None) -> int:
    """End the claims of a person who may not draft any more; how many there were.

    For a suspension, a disabling, a change of role or State, in the transaction that does it. The claims
    do not come back by themselves, and no vote is touched. by: whose act it was, None for the server's.
    D-11; architecture, "Claims".
    """
    held = store.live_claims(tx, account=account)
    for claim in held:
        claim_acts.end(tx, claim.id, Ended.SUSPENDED, at, act="claim-ended", by=by)
    return len(held)


def record_mandate(
    tx: WriteTx, officer: Actor, code: str, state: StateCode, *, reference: str, at: datetime
) -> bool:
    """Record that a State's permanent representative may act as its focal point in A to D; whether it is new.

    reference: of the note verbale that says so, 1 to 200 characters. It has effect only while the State
    has no approved focal point (`rules.seat`). Raises NotFound (`review`, `state`), Malformed
    (place `reference`), Refused (`suspended`, `role`) for whoever is not the secretariat. D-09; PR ¶18.
    """
    named = " ".join(reference.split())
    if not 0 < len(named) <= REFERENCE_LENGTH:
        raise Malformed(f"a reference has 1 to {REFERENCE_LENGTH} characters", place="reference")
    return _set_mandate(tx, officer, code, state, at, act="mandate-recorded", since=at, reference=named)


def end_mandate(tx: WriteTx, officer: Actor, code: str, state: StateCode, *, at: datetime) -> bool:
    """End the mandate of a State's permanent representative; whether there was one.

    Votes that were cast with it stay. Raises as `record_mandate`. D-09.
    """
    return _set_mandate(tx, officer, code, state, at, act="mandate-ended", since=None)


def _set_mandate(
    tx: WriteTx,
    officer: Actor,
    code: str,
    state: StateCode,
    at: datetime,
    *,
    act: str,
    since: datetime | None,
    **detail: object,
) -> bool:
    if not officer.active:
        raise Refused("suspended")
    if officer.role is not Role.SECRETARIAT:
        raise Refused("role")
    review = store.review_by_code(tx, code)
    if review is None:
        raise NotFound("review")
    if state not in review.cast.states:
        raise NotFound("state")
    if (state in review.cast.mandates) == (since is not None):
        return False
    store.set_mandate(tx, review.id, state, since)
    tx.record(
        Entry(at=at, act=act, account=officer.account, review=review.id, detail={"state": state, **detail})
    )
    tx.announce(CastChanged(review.id))
    return True
