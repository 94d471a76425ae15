"""What the program does by itself, once a minute: ends sessions and tokens whose time is over.

Ending them is announced, and so closes their sockets; a request with one is refused anyway.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.sessions import end_expired
from revmod_live.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.clock import Clock
    from revmod_live.storage.database import Database

EVERY_S: Final = 60.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def chores(db: Database, clock: Clock) -> AsyncIterator[None]:
    """Do them until left. Enter and leave in one task."""
    async with asyncio.TaskGroup() as owner:
        task = owner.create_task(_once_a_minute(db, clock), name="chores")
        try:
            yield
        finally:
            task.cancel()


async def _once_a_minute(db: Database, clock: Clock) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await db.write(partial(end_expired, at=clock.now()))
        except Unavailable as problem:
            log.warning("sessions whose time is over were not ended: %s", problem)
