"""Before an open text is shown to the secretariat, the log says so (promise 4; D-22)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from revmod_live.accounts.model import Role
from revmod_live.workflow import reads

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import InstrumentCode, StepId
    from revmod_live.portal.services import Services


async def noted(
    services: Services, actor: Actor, step: StepId, instruments: Iterable[InstrumentCode]
) -> None:
    """Enter into the log that `actor` is shown these, if that is to be there. Raises Unavailable.

    Whoever cannot be recorded is shown nothing; for everybody else nothing is asked at all.
    """
    if actor.role is not Role.SECRETARIAT:
        return
    shown, at = tuple(instruments), services.now
    if await services.db.read(lambda tx: reads.reads_to_record(tx, actor, step, shown, at=at)):
        await services.db.write(lambda tx: reads.record_reads(tx, actor, step, shown, at=at))
