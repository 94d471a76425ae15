"""Watching over claims: who was heard, who edited, what has expired, what comes back.

Heartbeats are kept in memory alone (architecture, "Claims"): after a restart everything counts from
then. Knows no socket; rooms tell who has a section open. The rules are `workflow.expiry`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from revmod_live.workflow import commands, expiry, queries

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.ids import AccountId, SectionId, StepLetter
    from revmod_live.storage.database import Database
    from revmod_live.workflow.model import Claim

log = logging.getLogger(__name__)

IsOpen = Callable[["SectionId", "AccountId"], bool]
"""Whether a socket of this person has this section open."""


class Claims:
    """When each holder was last heard of, and the end of claims that were not."""

    def __init__(self, db: Database, clock: Clock, is_open: IsOpen) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._is_open: Final = is_open
        self._restarted_at: Final = clock.now()
        self._heard: dict[tuple[SectionId, AccountId], datetime] = {}
        self._edited: dict[tuple[SectionId, AccountId], datetime] = {}

    def left(self, section: SectionId, account: AccountId) -> None:
        """A socket of this person has closed the section: heard of until now."""
        self._heard[section, account] = self._clock.now()

    def edited(self, section: SectionId, account: AccountId) -> None:
        """This person has just edited the section."""
        self._edited[section, account] = self._clock.now()

    async def bring_back(self, actor: Actor, section: SectionId, *, letter: StepLetter) -> None:
        """An expired claim comes back with its holder; in A the first Push takes one.

        Raises Refused. The clocks of the claim start anew.
        """
        at = self._clock.now()
        if letter == "a":
            await self._db.write(
                lambda tx: commands.take_section(tx, actor, section, alone=False, join=True, at=at)
            )
        else:
            await self._db.write(lambda tx: commands.resume_claim(tx, actor, section, at))
        self._heard[section, actor.account] = self._edited[section, actor.account] = at

    async def look(self) -> None:
        """End every claim that has expired, each in a transaction of its own.

        And those of people who may not draft any more: a suspension ends them itself, but one that came
        from elsewhere, as from the command line, may have left them (D-11).
        """
        at = self._clock.now()
        for account in await self._db.read(queries.holders_not_active):
            await self._db.write(partial(commands.person_suspended, account=account, at=at))
        claims = await self._db.read(queries.all_live_claims)
        self._forget({(claim.section, claim.account) for claim in claims})
        now = self._clock.now()
        for claim in claims:
            how = expiry.expired(claim, *self._last(claim, now), now, self._restarted_at)
            if how is not None:
                await self._db.write(partial(commands.expire_claim, claim=claim.id, how=how, at=now))

    def _last(self, claim: Claim, now: datetime) -> tuple[datetime | None, datetime | None]:
        key = claim.section, claim.account
        heard = now if self._is_open(*key) else self._heard.get(key)
        return heard, self._edited.get(key)

    def _forget(self, live: set[tuple[SectionId, AccountId]]) -> None:
        """Only what a live claim may need is kept."""
        for times in (self._heard, self._edited):
            for key in times.keys() - live:
                del times[key]
