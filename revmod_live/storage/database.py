"""Two engines on one database: one writer whose transactions begin IMMEDIATE, and readers.

A write is a plain function run inside one transaction, so nothing can await inside it; a task of
the database's own runs them one after another, so a caller who is gone does not leave half an act.
What a command announced is handed on after its commit, on the event loop, before the next write.
Knows no table but the event log.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import aiosqlite
from sqlalchemy import Connection, Executable, event
from sqlalchemy.engine import CursorResult, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, StaticPool

from revmod_live.errors import Unavailable
from revmod_live.storage.log import Entry, event_log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from revmod_live.events import Bus, Event

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

WAITING_WRITES: Final = 1024
"""Writes that may wait; whoever comes when it is full waits to be let in (nothing is dropped)."""


class ReadTx:
    """A transaction that can only be asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(
        self,
        statement: Executable,
        parameters: Any = None,  # noqa: ANN401 -- SQLAlchemy's own
    ) -> CursorResult[Any]:
        """Run one SQLAlchemy Core statement."""
        return self._connection.execute(statement, parameters)


class WriteTx(ReadTx):
    """A transaction that changes things, records what happened, and says what to announce."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.announced: Final[list[Event]] = []

    def record(self, entry: Entry) -> int:
        """Append to the event log; the entry's number."""
        result = self.execute(event_log.insert().values(**asdict(entry)))
        key = result.inserted_primary_key
        assert key is not None  # noqa: S101 -- an insert of one row always has one
        return int(key[0])

    def announce(self, happened: Event) -> None:
        """Tell others, once this transaction is committed and only then."""
        self.announced.append(happened)


class DriverJob(Protocol[T_co]):
    """What runs on the driver's own connection: statements of the journal, in one transaction."""

    def __call__(self, driver: sqlite3.Connection, /) -> T_co:
        """Run on the driver's thread, with the transaction open: touch nothing but `driver`."""
        ...


class _Job(Generic[T]):
    """One write that waits for its turn, and whoever waits for its outcome."""

    __slots__ = ("done", "run")

    def __init__(self, run: Callable[[], Awaitable[T]]) -> None:
        self.run = run
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()


class Database:
    """The database. Make it with `opened`."""

    def __init__(self, writer: AsyncEngine, readers: AsyncEngine, bus: Bus) -> None:
        self._writer = writer
        self._readers = readers
        self._bus = bus
        self._jobs: asyncio.Queue[_Job[Any] | None] = asyncio.Queue(WAITING_WRITES)
        self._turn: Final = asyncio.Lock()
        self._closing = False
        self._driver: aiosqlite.Connection | None = None

    async def read(self, query: Callable[[ReadTx], T]) -> T:
        """Run `query` in a read transaction: one consistent picture of the database."""
        async with self._readers.connect() as connection:
            return await connection.run_sync(lambda c: query(ReadTx(c)))

    async def write(self, command: Callable[[WriteTx], T]) -> T:
        """Run `command` in one transaction of the writer; commit, announce, give its result.

        What it raises rolls back and comes out here; nothing is announced then. A caller that is
        cancelled meanwhile does not stop it. Raises Unavailable (`disk-full`, `shutting-down`).
        """

        async def run() -> T:
            async with self._writer.connect() as connection:
                return await self._transact(connection, command)

        return await self._submit(run)

    async def write_by_driver(self, job: DriverJob[T]) -> T:
        """Run `job` in one IMMEDIATE transaction on the writer's own driver connection.

        The journal's hot path (architecture, "Storage"); in turn with all other writes. It
        announces nothing. Raises Unavailable (`disk-full`, `shutting-down`).
        """
        if self._closing:
            raise Unavailable("shutting-down")
        async with self._turn:
            driver = self._driver or await self._hold_driver()
            try:
                # One trip to the driver's thread for the whole transaction: each costs as much as a commit.
                # It is one call there, so it runs to its end, and unmixed, also if this caller is cancelled.
                return await driver._execute(_transacted, driver._conn, job)  # type: ignore[no-any-return,no-untyped-call]  # noqa: SLF001 -- the driver's only way to run a function there
            except Exception as problem:
                plain = _plain(problem)
                if plain is problem:
                    raise
                raise plain from problem

    async def _hold_driver(self) -> aiosqlite.Connection:
        """The writer's one connection as the driver has it: asking the pool each time costs 0.3 ms."""
        async with self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: aiosqlite.Connection = raw.driver_connection  # type: ignore[assignment]
        self._driver = driver
        return driver

    async def _transact(self, connection: AsyncConnection, command: Callable[[WriteTx], T]) -> T:
        announced: list[Event] = []

        def run(c: Connection) -> T:
            tx = WriteTx(c)
            result = command(tx)
            announced.extend(tx.announced)
            return result

        async with connection.begin():
            result = await connection.run_sync(run)
        for happened in announced:
            self._bus.publish(happened)
        return result

    async def _submit(self, run: Callable[[], Awaitable[T]]) -> T:
        if self._closing:
            raise Unavailable("shutting-down")
        job = _Job(run)
        await self._jobs.put(job)
        return await asyncio.shield(job.done)

    async def _write_all(self) -> None:
        while (job := await self._jobs.get()) is not None:
            try:
                async with self._turn:
                    result = await job.run()
            except Exception as problem:  # noqa: BLE001 -- it is handed to whoever waits for it
                if not job.done.cancelled():
                    job.done.set_exception(_plain(problem))
                    job.done.exception()  # looked at: nobody may wait for it any more
            else:
                if not job.done.cancelled():
                    job.done.set_result(result)

    async def _close(self) -> None:
        self._closing = True
        await self._jobs.put(None)


def _transacted(driver: sqlite3.Connection, job: DriverJob[T]) -> T:
    """Run `job` between BEGIN IMMEDIATE and COMMIT; roll back whatever ends it, and let that go on."""
    driver.execute("BEGIN IMMEDIATE")
    try:
        result = job(driver)
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise
    return result


def _plain(problem: Exception) -> Exception:
    """Name a full or read-only disk as what it is; leave everything else as it came."""
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(cause, sqlite3.OperationalError | sqlite3.DatabaseError):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
            return Unavailable("disk-full", str(cause))
    return problem


def _engine(url: str, *, writer: bool) -> AsyncEngine:
    """One engine; on SQLite with the pragmas that "saved" rests on (architecture, "Storage")."""
    if not url.startswith("sqlite"):
        return create_async_engine(url)
    in_memory = not make_url(url).database
    engine = create_async_engine(
        url,
        poolclass=StaticPool if writer or in_memory else AsyncAdaptedQueuePool,
        connect_args={"timeout": 30},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _set_pragmas(raw: Any, _record: object) -> None:  # noqa: ANN401 -- the adapted connection
        # SQLAlchemy's own BEGIN must be the only one, or IMMEDIATE comes too late
        raw.isolation_level = None
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if not writer:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


@asynccontextmanager
async def opened(url: str, bus: Bus) -> AsyncIterator[Database]:
    """The database at `url` (SQLAlchemy async URL), its schema as it is there.

    On leaving, every write that was accepted is finished first. Enter and leave in one task.
    """
    writer, readers = _engine(url, writer=True), _engine(url, writer=False)
    database = Database(writer, readers, bus)
    try:
        async with asyncio.TaskGroup() as owner:
            owner.create_task(database._write_all(), name="database-writer")  # noqa: SLF001 -- its maker
            try:
                yield database
            finally:
                await database._close()  # noqa: SLF001 -- its maker
    finally:
        await readers.dispose()
        await writer.dispose()
