"""What a State said of a person in its note verbale, and who is a State's focal point.

A note verbale is never changed: a later one of the same account holds. Knows nothing of reviews; a
permanent representative's mandate for a review is recorded there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import store
from revmod_live.accounts.model import Account, Role
from revmod_live.accounts.papers import FocalPoint, Nomination, Note
from revmod_live.errors import Malformed
from revmod_live.ids import AccountId, MakeId, NoteId, StateCode, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

REFERENCE_LENGTH: Final = 200


def record_note(
    tx: WriteTx,
    account: AccountId,
    nomination: Nomination,
    at: datetime,
    *,
    by: AccountId | None,
    make_id: MakeId = new_id,
) -> Note:
    """Record what a note verbale says of an account. Raises Malformed (place `reference`, `dated`)."""
    if not 0 < len(" ".join(nomination.reference.split())) <= REFERENCE_LENGTH:
        raise Malformed(f"a reference has 1 to {REFERENCE_LENGTH} characters", place="reference")
    # a day ahead: it may be tomorrow already where the note was written
    if nomination.dated > (at + timedelta(days=1)).date():
        raise Malformed("a note verbale bears a day that has come", place="dated")
    note = Note(NoteId(make_id()), account, nomination, at, by)
    store.add_note(tx, note)
    tx.record(
        Entry(
            at=at,
            act="note-recorded",
            account=by,
            detail={"of": account, "note": note.id, "reference": nomination.reference},
        )
    )
    return note


def note_of(tx: ReadTx, account: AccountId) -> Note | None:
    """The note verbale that holds for an account: the newest."""
    notes = store.notes_of(tx, account)
    return notes[0] if notes else None


def notes_of(tx: ReadTx, account: AccountId) -> tuple[Note, ...]:
    """Every note verbale of an account, newest first."""
    return store.notes_of(tx, account)


# ------------------------------------------------------------------ the focal point of a State (D-08)


def focal_point_of(tx: ReadTx, state: StateCode) -> AccountId | None:
    """Who is the focal point of a State now: one, or nobody. They may be suspended at the moment.

    Other approved accounts of the State with that role are alternates. Decision D-08.
    """
    terms = store.terms_of(tx, state)
    return terms[0].account if terms and terms[0].until is None else None


def focal_points_of(tx: ReadTx, state: StateCode) -> tuple[FocalPoint, ...]:
    """Everybody who was the focal point of a State, newest first."""
    return store.terms_of(tx, state)


def seat(tx: WriteTx, account: Account, at: datetime) -> bool:
    """Make an approved focal point the one of their State, if it has none; whether they became it.

    If it has one, they are an alternate: nobody is put aside silently (D-08).
    """
    if account.role is not Role.FOCAL_POINT or account.state is None or not account.active:
        return False
    if focal_point_of(tx, account.state) is not None:
        return False
    store.add_focal_point(tx, FocalPoint(account.state, account.id, at, None))
    tx.record(
        Entry(
            at=at,
            act="focal-point-named",
            state=account.state,
            detail={"of": account.id, "state": account.state},
        )
    )
    return True


def unseat(tx: WriteTx, account: Account, at: datetime) -> bool:
    """End somebody's term as the focal point of a State; whether they were."""
    ended = store.end_focal_point(tx, account.id, at)
    if ended:
        tx.record(
            Entry(
                at=at,
                act="focal-point-ended",
                state=account.state,
                detail={"of": account.id, "state": account.state},
            )
        )
    return ended
