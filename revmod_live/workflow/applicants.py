"""Telling the secretariat that a profile waits for its approval. One command, one notice an officer.

Whether a profile may be submitted or approved is the accounts' own; here is only who hears of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from revmod_live.accounts.people import account as account_with
from revmod_live.events import NoticeSent
from revmod_live.ids import AccountId, MakeId, new_id
from revmod_live.storage.database import WriteTx
from revmod_live.workflow import chats_store, store

WAITS: Final = "profile-waiting"
"""The notice to every officer, from which the profile is one step away."""


def profile_waits(tx: WriteTx, account: AccountId, at: datetime, *, make_id: MakeId = new_id) -> None:
    """Tell every officer that this person has submitted a profile. PRO-05. Raises NotFound."""
    detail: dict[str, object] = {"by": account_with(tx, account).name, "of": account}
    for officer in sorted(chats_store.officers(tx)):
        store.add_notice(
            tx, make_id(), account=officer, kind=WAITS, review=None, step_id=None, detail=detail, at=at
        )
        tx.announce(NoticeSent(officer, WAITS, detail))
