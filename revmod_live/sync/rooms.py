"""The live server as the rest of the program sees it: everybody who is connected, every room open.

Owns the opening and closing of rooms and what announcements do to them. Knows no byte of the wire
(`member`), no reason to refuse (`gate`) and no SQL (`store`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from revmod_live.sync.limits import Limits

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.docs.compare import FieldChange
    from revmod_live.events import Bus
    from revmod_live.ids import AccountId, SectionId, SessionId
    from revmod_live.storage.database import Database
    from revmod_live.sync.channel import Channel
    from revmod_live.sync.late import LateText


class Rooms:
    """The live server. Make it with `opened`."""

    async def serve(self, channel: Channel, actor: Actor, *, session: SessionId | None) -> None:
        """Serve one `/live` socket until it ends; `session` is None for a token."""
        raise NotImplementedError

    async def serve_yjs(
        self, channel: Channel, actor: Actor, section: SectionId, *, take: bool, session: SessionId | None
    ) -> None:
        """Serve one `/yjs/<section>` socket until it ends."""
        raise NotImplementedError

    async def bring_up_to_date(self, sections: Iterable[SectionId]) -> None:
        """Store the canonical text and digest of each of these sections at its revision."""
        raise NotImplementedError

    async def changes(
        self, section: SectionId, rev_from: int, rev_to: int, *, account: AccountId | None = None
    ) -> tuple[FieldChange, ...]:
        """What revisions `rev_from` to `rev_to` changed, those of `account` only if it is given."""
        raise NotImplementedError

    async def late_of(self, account: AccountId, section: SectionId | None = None) -> tuple[LateText, ...]:
        """The late text kept for `account`, newest first, of one section or of all."""
        raise NotImplementedError

    async def dismiss_late(self, account: AccountId, late: str) -> None:
        """Put one late text out of the drawer; it stays in the database. NotFound if not theirs."""
        raise NotImplementedError

    def read_only(self) -> bool:
        """Whether the disk is full, so that nothing is accepted now."""
        raise NotImplementedError


@asynccontextmanager
async def opened(
    *,
    db: Database,
    bus: Bus,
    clock: Clock,
    fields: Callable[[str], tuple[str, ...]],
    limits: Limits | None = None,
) -> AsyncIterator[Rooms]:
    """The live server on `db`. Enter and leave in one task; leaving commits what was accepted."""
    raise NotImplementedError
    yield Rooms()
