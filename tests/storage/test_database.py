"""One writer, one transaction a command, announcements after commit (architecture, "Storage")."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from revmod_live.errors import Unavailable
from revmod_live.events import Bus, Event, LogGrew
from revmod_live.ids import StepId
from revmod_live.storage.log import Entry, event_log
from revmod_live.storage.schema import upgrade
from tests.databases import a_database, url_of

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import Database, ReadTx, WriteTx

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def entries(tx: ReadTx) -> int:
    return int(tx.execute(select(func.count()).select_from(event_log)).scalar_one())


def record(tx: WriteTx) -> int:
    return tx.record(Entry(at=NOON, act="tried"))


async def test_what_a_command_wrote_is_there_after_reopening(tmp_path: Path) -> None:
    async with a_database(tmp_path) as db:
        await db.write(record)
    async with a_database(tmp_path) as db:
        assert await db.read(entries) == 1


async def test_a_command_that_raises_leaves_nothing_and_announces_nothing(tmp_path: Path) -> None:
    heard: list[Event] = []
    bus = Bus()
    bus.subscribe(heard.append)

    def fails(tx: WriteTx) -> None:
        record(tx)
        tx.announce(LogGrew(StepId("s"), "tried"))
        raise LookupError("no")

    async with a_database(tmp_path, bus=bus) as db:
        with pytest.raises(LookupError):
            await db.write(fails)
        assert await db.read(entries) == 0
    assert heard == []


async def test_announcements_come_after_the_commit_and_before_the_caller_goes_on(
    tmp_path: Path,
) -> None:
    seen_from_outside: list[int] = []
    bus = Bus()
    path = tmp_path / "revmod.sqlite3"

    def look(_event: Event) -> None:
        with sqlite3.connect(path) as other:
            seen_from_outside.append(other.execute("select count(*) from event_log").fetchone()[0])

    bus.subscribe(look)

    def act(tx: WriteTx) -> None:
        record(tx)
        tx.announce(LogGrew(StepId("s"), "tried"))

    async with a_database(tmp_path, bus=bus) as db:
        await db.write(act)
        assert seen_from_outside == [1]


async def test_a_cancelled_callers_command_is_stored_and_announced_once(tmp_path: Path) -> None:
    heard: list[Event] = []
    bus = Bus()
    bus.subscribe(heard.append)

    def act(tx: WriteTx) -> None:
        record(tx)
        tx.announce(LogGrew(StepId("s"), "tried"))

    async with a_database(tmp_path, bus=bus) as db:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await db.write(act)
        await db.write(lambda _tx: None)
        assert await db.read(entries) == 1
        assert len(heard) == 1


async def test_a_writer_begins_immediately_so_that_no_other_process_can_come_between(
    tmp_path: Path,
) -> None:
    path = tmp_path / "revmod.sqlite3"
    refused: list[str] = []

    def act(_tx: WriteTx) -> None:
        with sqlite3.connect(path, timeout=0) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as problem:
                refused.append(str(problem))

    async with a_database(tmp_path) as db:
        await db.write(act)
    assert refused == ["database is locked"]


async def test_readers_cannot_write(tmp_path: Path) -> None:
    async with a_database(tmp_path) as db:
        with pytest.raises(DBAPIError, match="readonly"):
            await db.read(lambda tx: tx.execute(text("delete from event_log")))


async def test_the_journals_transactions_take_turns_with_commands_and_roll_back_on_error(
    tmp_path: Path,
) -> None:
    statement = "insert into event_log (at, act, detail) values ('2026-05-04', 'by-driver', '{}')"

    def appends(driver: sqlite3.Connection) -> None:
        driver.execute(statement)

    def fails(driver: sqlite3.Connection) -> None:
        driver.execute(statement)
        raise LookupError("no")

    async def expect_failure(db: Database) -> None:
        with pytest.raises(LookupError):
            await db.write_by_driver(fails)

    async with a_database(tmp_path) as db:
        async with asyncio.TaskGroup() as together:
            together.create_task(db.write(record))
            together.create_task(db.write_by_driver(appends))
            together.create_task(expect_failure(db))
            together.create_task(db.write(record))
        assert await db.read(entries) == 3


async def test_every_commit_is_on_disk_before_it_is_called_done(tmp_path: Path) -> None:
    async with a_database(tmp_path) as db:
        mode = await db.write(lambda tx: tx.execute(text("PRAGMA journal_mode")).scalar())
        sync = await db.write(lambda tx: tx.execute(text("PRAGMA synchronous")).scalar())
        keys = await db.write(lambda tx: tx.execute(text("PRAGMA foreign_keys")).scalar())
    assert (mode, sync, keys) == ("wal", 2, 1)


async def test_a_full_disk_is_named_and_nothing_is_kept(tmp_path: Path) -> None:
    def fill(tx: WriteTx) -> None:
        pages = tx.execute(text("PRAGMA page_count")).scalar_one()
        tx.execute(text(f"PRAGMA max_page_count = {pages}"))
        for _ in range(200):
            tx.record(Entry(at=NOON, act="tried", detail={"long": "x" * 4000}))

    async with a_database(tmp_path) as db:
        with pytest.raises(Unavailable) as caught:
            await db.write(fill)
        assert caught.value.because == "disk-full"
        assert await db.read(entries) == 0


def test_a_database_newer_than_the_code_is_refused_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite3"
    upgrade(url_of(path))
    with sqlite3.connect(path) as other:
        other.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(Unavailable) as caught:
        upgrade(url_of(path))
    assert caught.value.because == "database-newer"
    assert caught.value.detail == "9999"
