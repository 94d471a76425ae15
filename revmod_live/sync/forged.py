"""Pushes of people who have no right to write: nothing of them is taken, and the log says that they came.

A page of ours never sends one, so somebody tried. A flood is one entry with its number, not a flood of
entries: each person in each section is entered at most every ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from revmod_live.workflow import commands

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.ids import AccountId, SectionId
    from revmod_live.storage.database import Database

EVERY_S: Final = 600
_MOST: Final = 1000
"""People times sections that are remembered; beyond that a refusal is answered and not entered."""


class Forged:
    """Counts them, and enters them into the log with the chores."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._waiting: dict[tuple[AccountId, SectionId], tuple[Actor, int]] = {}
        self._entered: dict[tuple[AccountId, SectionId], datetime] = {}

    def note(self, actor: Actor, section: SectionId) -> None:
        """A Push of `actor` was refused with `role`."""
        key = actor.account, section
        if key in self._waiting or len(self._waiting) < _MOST:
            self._waiting[key] = actor, self._waiting.get(key, (actor, 0))[1] + 1

    async def write(self, *, everything: bool = False) -> None:
        """Enter what is due into the log; `everything`: before the server closes."""
        now = self._clock.now()
        within = timedelta(seconds=EVERY_S)
        self._entered = {key: at for key, at in self._entered.items() if now - at < within}
        due = {key: one for key, one in self._waiting.items() if everything or key not in self._entered}
        for key, (actor, times) in due.items():
            del self._waiting[key]
            self._entered[key] = now
            await self._enter(actor, key[1], times, now)

    async def _enter(self, actor: Actor, section: SectionId, times: int, at: datetime) -> None:
        await self._db.write(lambda tx: commands.record_refused_push(tx, actor, section, times=times, at=at))
