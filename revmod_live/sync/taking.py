"""Sections that stock clients take at the door and give back when the last of them goes (`?take=1`).

Owns the count of such sockets. Whether a section may be taken is the workflow's to say
(sync-protocol.md, "Standard clients").
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from revmod_live.errors import Refused
from revmod_live.workflow import commands, queries

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.ids import AccountId, SectionId
    from revmod_live.storage.database import Database, WriteTx

log = logging.getLogger(__name__)


class Taking:
    """How many stock sockets of a person hold a section."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._taken: dict[tuple[SectionId, AccountId], int] = {}

    async def take(self, actor: Actor, section: SectionId) -> None:
        """One more socket; whoever may not take the section may still read it."""
        at = self._clock.now()
        key = section, actor.account
        # counted first: an earlier socket's release, on its way now, must see that somebody is here
        self._taken[key] = self._taken.get(key, 0) + 1
        try:
            await self._db.write(
                lambda tx: commands.take_section(tx, actor, section, alone=False, join=True, at=at)
            )
        except Refused as refused:
            log.info("a stock client of %s could not take %s: %s", actor.account, section, refused.because)

    async def release(self, actor: Actor, section: SectionId) -> None:
        """One socket fewer; with the last one the claim is released."""
        key = section, actor.account
        left = self._taken.pop(key, 1) - 1
        if left:
            self._taken[key] = left
            return
        at = self._clock.now()

        def release(tx: WriteTx) -> None:
            if key in self._taken:
                return
            for claim in queries.live_claims(tx, section):
                if claim.account == actor.account:
                    commands.release_section(tx, actor, claim.id, at)

        await self._db.write(release)
