"""What other processes did to accounts and sessions: the command line, or a second server.

Their announcements stay in their own process, but every act is in the event log. So the log is looked
at every second, and what it says of accounts is announced here as well; sockets then close and rights
are judged anew as if the act had been done here. What this process did itself is announced once more
by that, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from revmod_live.accounts import store
from revmod_live.events import AccountChanged, Event, SessionEnded
from revmod_live.ids import AccountId, SessionId
from revmod_live.storage.database import ReadTx

OF_AN_ACCOUNT: Final = frozenset(
    {
        "account-approved",
        "account-disabled",
        "account-enabled",
        "account-role-changed",
        "account-suspended",
        "focal-point-ended",
        "focal-point-named",
        "invitation-accepted",
        "profile-refused",
        "profile-submitted",
    }
)
"""Their detail says `of` whom."""

OF_A_SESSION: Final = frozenset(
    {"session-expired", "session-replaced", "session-revoked", "signed-out", "token-expired", "token-revoked"}
)
"""Their detail names the `session` or `token`."""


def last_seen(tx: ReadTx) -> int:
    """Where the log ends now: what comes behind is news."""
    return store.last_entry(tx)


def since(tx: ReadTx, seen: int) -> tuple[int, tuple[Event, ...]]:
    """Where the log ends now, and what to announce of what came behind `seen`, in order."""
    last = store.last_entry(tx)
    if last == seen:
        return seen, ()
    entries = store.entries_between(tx, seen, last, OF_AN_ACCOUNT | OF_A_SESSION)
    return last, tuple(event for act, account, detail in entries for event in _events(act, account, detail))


def _events(act: str, account: AccountId | None, detail: Mapping[str, Any]) -> tuple[Event, ...]:
    if act in OF_A_SESSION:
        ended = detail.get("session") or detail.get("token")
        return (SessionEnded(account, SessionId(ended)),) if account is not None and ended else ()
    whose = detail.get("of") or account
    if whose is None:
        return ()
    changed = AccountChanged(AccountId(whose))
    return (SessionEnded(AccountId(whose), None), changed) if act == "account-disabled" else (changed,)
