"""When a claim expires by itself: nobody hears of its holder, nobody edits, or offline for too long.

Pure. Who is heard of is known to `sync.claims`; what happens then is `commands.expire_claim`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from revmod_live.workflow.model import Claim, Ended

UNHEARD_AFTER_S: Final = 90
IDLE_AFTER_S: Final = 30 * 60
OFFLINE_AFTER_S: Final = 24 * 60 * 60
"""When a claim expires (architecture, "Claims"): no socket of the holder has the section open; no
edit; declared offline."""


def expired(
    claim: Claim,
    heard_at: datetime | None,
    edited_at: datetime | None,
    now: datetime,
    restarted_at: datetime,
) -> Ended | None:
    """How this claim has expired, or None while it lives.

    heard_at: when a socket of the holder last had the section open (`now` while one has).
    edited_at: when the holder last edited it. Both None when not known: after a restart of the
    server everything counts from `restarted_at` at the earliest.
    Offline is asked first: whoever declared it is neither heard nor seen to edit, for 24 h.
    Architecture, "Claims".
    """
    if claim.offline is not None:
        return Ended.OFFLINE if now - claim.offline >= timedelta(seconds=OFFLINE_AFTER_S) else None
    start = max(claim.since, restarted_at)
    if now - max(start, heard_at or start) >= timedelta(seconds=UNHEARD_AFTER_S):
        return Ended.UNHEARD
    if now - max(start, edited_at or start) >= timedelta(seconds=IDLE_AFTER_S):
        return Ended.IDLE
    return None
