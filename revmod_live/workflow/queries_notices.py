"""A person's notices, as a page shows them. Whom what is told is `notices`; the words are the portal's."""

from __future__ import annotations

from typing import Final

from revmod_live.ids import AccountId
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import store
from revmod_live.workflow.pages import NoticesPage

SHOWN: Final = 30


def unread(tx: ReadTx, account: AccountId) -> int:
    """How many notices wait: the number in the badge (NAV-09)."""
    return store.unread_notices(tx, account)


def notices_page(tx: ReadTx, account: AccountId, *, before: str | None = None) -> NoticesPage:
    """The newest notices, or those that come after the one named `before`, which must be theirs."""
    lines = store.notices_to(tx, account, limit=SHOWN + 1, before=before)
    shown = lines[:SHOWN]
    return NoticesPage(shown, store.unread_notices(tx, account), shown[-1].id if len(lines) > SHOWN else None)
