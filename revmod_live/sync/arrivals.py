"""Who comes to a section, before anything of it is sent.

A read by the secretariat is in the log first; a drafter who had declared to be offline is back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.model import Role
from revmod_live.errors import Unavailable
from revmod_live.workflow import commands, reads

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.clock import Clock
    from revmod_live.storage.database import Database
    from revmod_live.sync.facts import RoomFacts


class Arrivals:
    """What is written down when somebody comes."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db: Final = db
        self._clock: Final = clock

    async def note(self, actor: Actor, facts: RoomFacts) -> None:
        """Note that `actor`, who may read it, is about to be sent the section of `facts`.

        Raises Unavailable when a read that must be in the log cannot be: then nothing may be sent
        (promise 4; D-22). That somebody is back can wait for the disk.
        """
        if actor.role is Role.SECRETARIAT:
            await self._read(actor, facts)
        elif any(one.account == actor.account and one.offline is not None for one in facts.claims):
            section = facts.section.id
            with suppress(Unavailable):
                await self._db.write(lambda tx: commands.hear_again(tx, actor, section))

    async def _read(self, actor: Actor, facts: RoomFacts) -> None:
        step, instruments, at = facts.section.step, [facts.section.instrument], self._clock.now()
        if await self._db.read(lambda tx: reads.reads_to_record(tx, actor, step, instruments, at=at)):
            await self._db.write(lambda tx: reads.record_reads(tx, actor, step, instruments, at=at))
