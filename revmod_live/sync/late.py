"""Text that came too late to be merged, kept for its author (sync-protocol.md, Late).

Owns the value; the rows are `store`'s. The server never applies it to anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revmod_live.ids import SectionId


@dataclass(frozen=True, slots=True, kw_only=True)
class LateText:
    """One late text. `code`: why it was not taken; `before`, `after`: the touched blocks, canonical."""

    id: str
    section: SectionId
    code: str
    epoch: str | None
    update: bytes
    base: bytes
    before: str
    after: str
    at: datetime
