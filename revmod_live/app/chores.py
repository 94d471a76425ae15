"""What the program does by itself: ends what is over by time, hears what other processes did, sends letters.

Ending a session is announced, and so closes its sockets; a request with one is refused anyway.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import elsewhere
from revmod_live.accounts.sessions import end_expired
from revmod_live.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.clock import Clock
    from revmod_live.events import Bus
    from revmod_live.storage.database import Database

EVERY_S: Final = 60.0

LISTEN_EVERY_S: Final = 1.0
"""Somebody disabled at the command line is out within five seconds, sockets closed."""

log = logging.getLogger(__name__)


@asynccontextmanager
async def chores(db: Database, bus: Bus, clock: Clock) -> AsyncIterator[None]:
    """Do them until left. Enter and leave in one task."""
    # before anybody is let in: what was done until now, they find in the database
    seen = await db.read(elsewhere.last_seen)
    async with asyncio.TaskGroup() as owner:
        tasks = (
            owner.create_task(_once_a_minute(db, clock), name="chores"),
            owner.create_task(_listen(db, bus, seen), name="other-processes"),
        )
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def _once_a_minute(db: Database, clock: Clock) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await db.write(partial(end_expired, at=clock.now()))
        except Unavailable as problem:
            log.warning("sessions whose time is over were not ended: %s", problem)


async def _listen(db: Database, bus: Bus, seen: int) -> None:
    """Announce what other processes recorded of accounts and sessions."""
    while True:
        await asyncio.sleep(LISTEN_EVERY_S)
        try:
            seen, news = await db.read(partial(elsewhere.since, seen=seen))
        except Exception as problem:  # noqa: BLE001 -- whatever ails the disk now, the next look begins where this one did
            log.warning("what other processes recorded was not read: %s", problem)
            continue
        for event in news:
            bus.publish(event)
