"""Marking notices as read: commands, each told to the person's other pages.

A mark is for the reader alone, so nothing of it is in the event log. What a notice is about stays as
it was, and so does the notice.
"""

from __future__ import annotations

from datetime import datetime

from revmod_live.errors import NotFound
from revmod_live.events import NoticesRead
from revmod_live.ids import AccountId
from revmod_live.storage.database import WriteTx
from revmod_live.workflow import store


def mark_read(tx: WriteTx, account: AccountId, notice: str, at: datetime) -> None:
    """Mark one notice as read; once is as good as twice. Raises NotFound (`notice`) for one not theirs."""
    if not store.has_notice(tx, account, notice):
        raise NotFound("notice")
    if store.mark_notices(tx, account, at, one=notice, upto=None):
        tx.announce(NoticesRead(account))


def mark_all_read(tx: WriteTx, account: AccountId, newest: str, at: datetime) -> None:
    """Mark every notice as read that is no newer than the newest one on the reader's screen.

    What has come since then was not seen, and stays unread. Raises NotFound (`notice`) for one not theirs.
    """
    if not store.has_notice(tx, account, newest):
        raise NotFound("notice")
    if store.mark_notices(tx, account, at, one=None, upto=newest):
        tx.announce(NoticesRead(account))
