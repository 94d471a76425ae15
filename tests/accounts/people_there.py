"""A database with two invented people in it, for the tests of `accounts`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from revmod_live.accounts import passwords, people
from revmod_live.accounts.model import Account, Role
from revmod_live.events import Bus, Event
from revmod_live.ids import StateCode
from revmod_live.storage.database import Database, ReadTx, WriteTx
from revmod_live.storage.log import event_log
from tests.databases import a_database

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CHEAP = passwords.Cost(passes=1, memory_kib=8, lanes=1)
"""So that a test waits for nothing; what is stored at it counts as outdated."""

ANNS = "rUdder-TEA-kettle-914"


@dataclass(frozen=True, slots=True)
class Place:
    """The database, Ann of Borovia with a password, Olga of the secretariat without one."""

    db: Database
    ann: Account
    olga: Account
    heard: list[Event]

    async def acts(self) -> list[str]:
        """What the event log has, in order, after the two accounts and the focal point."""
        return [row.act for row in await self.log()][3:]

    async def log(self) -> list[Any]:
        """The rows of the event log."""
        return await self.db.read(lambda tx: list(tx.execute(select(event_log).order_by(event_log.c.id))))

    async def everything_stored(self) -> str:
        """Every row of every table as text, to look for what must not be there."""

        def dump(tx: ReadTx) -> str:
            return "\n".join(
                str(tuple(row)) for t in event_log.metadata.sorted_tables for row in tx.execute(select(t))
            )

        return await self.db.read(dump)


@asynccontextmanager
async def a_place(folder: Path) -> AsyncIterator[Place]:
    """Open it in `folder`."""
    heard: list[Event] = []
    bus = Bus()
    bus.subscribe(heard.append)
    encoded = passwords.hashed(ANNS, CHEAP)

    def make(tx: WriteTx) -> tuple[Account, Account]:
        ann = people.create_account(
            tx,
            email="Ann@Example.org ",
            name="Ann  Example",
            role=Role.FOCAL_POINT,
            state=StateCode("BOR"),
            at=NOON,
            password=encoded,
        )
        olga = people.create_account(
            tx, email="olga@example.org", name="Olga", role=Role.SECRETARIAT, state=None, at=NOON
        )
        return ann, olga

    async with a_database(folder, bus=bus) as db:
        ann, olga = await db.write(make)
        yield Place(db, ann, olga, heard)
