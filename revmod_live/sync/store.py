"""What the live server keeps: the journal, snapshots, client ids, late text.

Owns these tables and every SQL statement of `sync`. Knows no document: updates and states are
bytes. The append is the one hot path and speaks to the driver itself (architecture, "Storage").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from revmod_live.errors import NotFound, Refused
from revmod_live.ids import AccountId, OutboxId, SectionId
from revmod_live.storage.log import event_log
from revmod_live.storage.tables import Moment, metadata
from revmod_live.sync.late import LateText

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from revmod_live.storage.database import ReadTx, WriteTx

journal = Table(
    "journal",
    metadata,
    Column("section", String(26), primary_key=True),
    Column("rev", Integer, primary_key=True, autoincrement=False),
    Column("account", String(26), nullable=False),
    Column("outbox", String(36)),
    Column("seq", BigInteger),
    Column("device_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_journal_outbox_seq", "outbox", "seq"),
    sqlite_with_rowid=False,
)
"""Every accepted update, in the order of its section's revisions; append-only."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("section", String(26), primary_key=True),
    Column("rev", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(8), primary_key=True),
    Column("logged_rev", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", LargeBinary, nullable=False),
    CheckConstraint("kind in ('fold', 'kept', 'restore')", name="kind"),
)
"""States at a revision: the newest `fold` or `kept` is loaded from; `restore` is kept before a mass
deletion. `logged_rev`: every run of edits up to it is in the event log."""

client_ids = Table(
    "client_ids",
    metadata,
    Column("section", String(26), primary_key=True),
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("account", String(26), nullable=False),
)
"""To whom a Yjs client id of a section belongs, for ever (sync-protocol.md, step 3)."""

late_texts = Table(
    "late_texts",
    metadata,
    Column("account", String(26), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("section", String(64), nullable=False),
    Column("code", String(40), nullable=False),
    Column("epoch", String(64)),
    Column("data", LargeBinary, nullable=False),
    Column("base", LargeBinary, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("dismissed_at", Moment),
)
"""Text that could not be merged any more, for its author alone."""

_LOADABLE: Final = ("fold", "kept")


def ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return int(at.timestamp() * 1000)


def moment(at_ms: int) -> datetime:
    """The aware time of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One revision of a section."""

    rev: int
    account: AccountId
    data: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A section as it lies in the database: a state, and the revisions after it."""

    state: bytes | None
    state_rev: int
    logged_rev: int
    kept_rev: int
    tail: tuple[Row, ...]
    clients: dict[int, AccountId]


@dataclass(frozen=True, slots=True)
class NewRow:
    """One update on its way into the journal."""

    account: AccountId
    outbox: OutboxId | None
    seq: int | None
    device_ms: int
    at_ms: int
    data: bytes
    new_clients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Append:
    """What one room has for the journal: `rows` become the revisions after `rev`."""

    section: SectionId
    rev: int
    rows: Sequence[NewRow]


@dataclass(frozen=True, slots=True)
class Appended:
    """Which sections of a batch were stored, and why the others were not.

    `frozen`: nothing goes in any more. `moved`: the row's revision is not the one the room has
    seen. `votes`: there may be live votes, so the batch must come again with its digest.
    """

    stored: frozenset[SectionId]
    frozen: frozenset[SectionId] = field(default_factory=frozenset)
    moved: frozenset[SectionId] = field(default_factory=frozenset)
    votes: frozenset[SectionId] = field(default_factory=frozenset)


# A vote that is not withdrawn *may* be live: which are is worked out by workflow, in the second try.
_ADVANCE: Final = (
    "UPDATE sections SET rev = rev + ? WHERE id = ? AND rev = ? AND frozen = 0 AND NOT EXISTS ("
    "SELECT 1 FROM votes JOIN steps ON steps.id = votes.step AND steps.round = votes.n "
    "WHERE votes.step = sections.step AND votes.withdrawn_at IS NULL AND votes.number > coalesce((SELECT "
    "max(resets.after_vote) FROM resets WHERE resets.step = sections.step), 0))"
)
_INSERT: Final = (
    "INSERT INTO journal (section, rev, account, outbox, seq, device_ms, at_ms, data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_BIND: Final = "INSERT INTO client_ids (section, client, account) VALUES (?, ?, ?)"
_LOOK: Final = "SELECT rev, frozen FROM sections WHERE id = ?"


class NotAllStored(Exception):
    """Some section of a batch could not be advanced: roll back, then try `append_apart`."""


def append(driver: sqlite3.Connection, batch: Sequence[Append]) -> Appended:
    """Append what waits in all rooms, in the transaction that is open on `driver`.

    Raises NotAllStored when a section could not be advanced; nothing may be committed then.
    """
    ahead = [(len(one.rows), one.section, one.rev) for one in batch]
    cursor = driver.executemany(_ADVANCE, ahead)
    if cursor.rowcount != len(batch):
        raise NotAllStored
    _insert(driver, batch)
    return Appended(frozenset(one.section for one in batch))


def append_apart(driver: sqlite3.Connection, batch: Sequence[Append]) -> Appended:
    """The same, section by section: one that cannot be advanced is named, the others stand."""
    stored, frozen, moved, votes = (set[SectionId]() for _ in range(4))
    for one in batch:
        cursor = driver.execute(_ADVANCE, (len(one.rows), one.section, one.rev))
        if cursor.rowcount == 1:
            stored.add(one.section)
            continue
        found = driver.execute(_LOOK, (one.section,)).fetchall()
        if not found or found[0][1]:
            frozen.add(one.section)
        elif found[0][0] != one.rev:
            moved.add(one.section)
        else:
            votes.add(one.section)
    _insert(driver, [one for one in batch if one.section in stored])
    return Appended(frozenset(stored), frozenset(frozen), frozenset(moved), frozenset(votes))


def _insert(driver: sqlite3.Connection, batch: Sequence[Append]) -> None:
    rows = [_row(one, rev, row) for one in batch for rev, row in enumerate(one.rows, one.rev + 1)]
    if rows:
        driver.executemany(_INSERT, rows)
    bound = [
        (one.section, client, row.account) for one in batch for row in one.rows for client in row.new_clients
    ]
    if bound:
        driver.executemany(_BIND, bound)


def _row(one: Append, rev: int, row: NewRow) -> tuple[object, ...]:
    return (one.section, rev, row.account, row.outbox, row.seq, row.device_ms, row.at_ms, row.data)


def append_slowly(tx: WriteTx, one: Append) -> str:
    """The same for one section within a command, whether or not there are votes.

    The word for what came of it: `stored`, `frozen` or `moved`.
    """
    found = tx.execute(
        text(
            "UPDATE sections SET rev = rev + :n WHERE id = :section AND rev = :rev AND NOT frozen"
        ).bindparams(n=len(one.rows), section=one.section, rev=one.rev)
    )
    if found.rowcount != 1:
        row = tx.execute(
            text("SELECT rev, frozen FROM sections WHERE id = :section").bindparams(section=one.section)
        ).one_or_none()
        return "frozen" if row is None or row.frozen else "moved"
    tx.execute(
        insert(journal),
        [
            {
                "section": one.section,
                "rev": rev,
                "account": row.account,
                "outbox": row.outbox,
                "seq": row.seq,
                "device_ms": row.device_ms,
                "at_ms": row.at_ms,
                "data": row.data,
            }
            for rev, row in enumerate(one.rows, one.rev + 1)
        ],
    )
    for new in one.rows:
        bind(tx, one.section, new.new_clients, new.account)
    return "stored"


def write_first_text(
    tx: WriteTx, section: SectionId, data: bytes, *, client: int, account: AccountId, at: datetime
) -> None:
    """Seed an empty section with one update made by the server, as its revision 1.

    client: the Yjs client id in `data`; it is bound to `account`. Raises Refused (`not-empty`).
    """
    row = NewRow(account, None, None, ms(at), ms(at), data, (client,))
    if append_slowly(tx, Append(section, 0, (row,))) != "stored":
        raise Refused("not-empty")


def load(tx: ReadTx, section: SectionId) -> Stored:
    """The newest state of a section, what came after it, and to whom its client ids belong."""
    newest = tx.execute(
        select(snapshots)
        .where(snapshots.c.section == section, snapshots.c.kind.in_(_LOADABLE))
        .order_by(snapshots.c.rev.desc())
        .limit(1)
    ).one_or_none()
    rev = newest.rev if newest else 0
    kept = tx.execute(
        select(func.max(snapshots.c.rev)).where(snapshots.c.section == section, snapshots.c.kind == "kept")
    ).scalar()
    return Stored(
        state=newest.state if newest else None,
        state_rev=rev,
        logged_rev=newest.logged_rev if newest else 0,
        kept_rev=kept or 0,
        tail=rows(tx, section, after=rev),
        clients=new_clients(tx, section),
    )


def rows(tx: ReadTx, section: SectionId, *, after: int, to: int | None = None) -> tuple[Row, ...]:
    """The revisions after `after`, up to and with `to`, in order."""
    query = select(journal.c.rev, journal.c.account, journal.c.data, journal.c.at_ms).where(
        journal.c.section == section, journal.c.rev > after
    )
    if to is not None:
        query = query.where(journal.c.rev <= to)
    return tuple(
        Row(row.rev, AccountId(row.account), row.data, row.at_ms)
        for row in tx.execute(query.order_by(journal.c.rev))
    )


def new_clients(tx: ReadTx, section: SectionId) -> dict[int, AccountId]:
    """To whom the client ids of a section belong, as stored now."""
    query = select(client_ids.c.client, client_ids.c.account).where(client_ids.c.section == section)
    return {row.client: AccountId(row.account) for row in tx.execute(query)}


def state_before(tx: ReadTx, section: SectionId, rev: int) -> tuple[int, bytes | None]:
    """The newest kept state at or before `rev`, with its revision; (0, None) when there is none."""
    row = tx.execute(
        select(snapshots.c.rev, snapshots.c.state)
        .where(snapshots.c.section == section, snapshots.c.rev <= rev)
        .order_by(snapshots.c.rev.desc())
        .limit(1)
    ).one_or_none()
    return (row.rev, row.state) if row else (0, None)


def last_seq(tx: ReadTx, section: SectionId, account: AccountId, outbox: OutboxId) -> int:
    """The last row of this outbox that is stored; 0 when none is."""
    query = select(func.max(journal.c.seq)).where(
        journal.c.outbox == outbox, journal.c.section == section, journal.c.account == account
    )
    return tx.execute(query).scalar() or 0


def keep_state(
    tx: WriteTx, section: SectionId, *, rev: int, state: bytes, kind: str, logged_rev: int, at: datetime
) -> None:
    """Store a state; a `fold` then takes the place of earlier folds: new first, old after."""
    there = tx.execute(
        select(snapshots.c.rev).where(
            snapshots.c.section == section, snapshots.c.rev == rev, snapshots.c.kind == kind
        )
    ).one_or_none()
    if there is None:
        tx.execute(
            insert(snapshots).values(
                section=section, rev=rev, kind=kind, logged_rev=logged_rev, at_ms=ms(at), state=state
            )
        )
    else:
        tx.execute(
            update(snapshots)
            .where(snapshots.c.section == section, snapshots.c.rev == rev, snapshots.c.kind == kind)
            .values(logged_rev=logged_rev)
        )
    if kind in _LOADABLE:
        tx.execute(
            delete(snapshots).where(
                snapshots.c.section == section, snapshots.c.kind == "fold", snapshots.c.rev < rev
            )
        )


def logged_runs(tx: ReadTx, section: SectionId, *, after: int) -> dict[AccountId, int]:
    """Up to which revision each person's runs are in the event log, of runs that end after `after`."""
    query = (
        select(event_log.c.account, func.max(event_log.c.rev_to).label("rev"))
        .where(event_log.c.section == section, event_log.c.act == "text-edited", event_log.c.rev_to > after)
        .group_by(event_log.c.account)
    )
    return {AccountId(row.account): row.rev for row in tx.execute(query)}


def keep_late(tx: WriteTx, account: AccountId, late: LateText, *, bound_bytes: int) -> None:
    """Keep a late text, once for each id. Raises Refused (`size`) beyond the person's share.

    What was dismissed is kept as well, and takes no share: whoever tidies up can go on.
    """
    known = tx.execute(
        select(late_texts.c.id).where(late_texts.c.account == account, late_texts.c.id == late.id)
    ).one_or_none()
    if known is not None:
        return
    size = len(late.update) + len(late.base) + len(late.before.encode()) + len(late.after.encode())
    kept = tx.execute(
        select(func.coalesce(func.sum(late_texts.c.size_bytes), 0)).where(
            late_texts.c.account == account, late_texts.c.dismissed_at.is_(None)
        )
    ).scalar_one()
    if kept + size > bound_bytes:
        raise Refused("size")
    tx.execute(
        insert(late_texts).values(
            account=account,
            id=late.id,
            section=late.section,
            code=late.code,
            epoch=late.epoch,
            data=late.update,
            base=late.base,
            before=late.before,
            after=late.after,
            size_bytes=size,
            at=late.at,
        )
    )


def late_of(tx: ReadTx, account: AccountId, section: SectionId | None) -> tuple[LateText, ...]:
    """The late text of a person that was not dismissed, newest first."""
    query = select(late_texts).where(late_texts.c.account == account, late_texts.c.dismissed_at.is_(None))
    if section is not None:
        query = query.where(late_texts.c.section == section)
    return tuple(_late(row) for row in tx.execute(query.order_by(late_texts.c.at.desc())))


def _late(row: object) -> LateText:
    return LateText(
        id=row.id,  # type: ignore[attr-defined]  # a row's columns are its attributes
        section=SectionId(row.section),  # type: ignore[attr-defined]  # as above
        code=row.code,  # type: ignore[attr-defined]  # as above
        epoch=row.epoch,  # type: ignore[attr-defined]  # as above
        update=row.data,  # type: ignore[attr-defined]  # as above
        base=row.base,  # type: ignore[attr-defined]  # as above
        before=row.before,  # type: ignore[attr-defined]  # as above
        after=row.after,  # type: ignore[attr-defined]  # as above
        at=row.at,  # type: ignore[attr-defined]  # as above
    )


def dismiss_late(tx: WriteTx, account: AccountId, late: str, at: datetime) -> None:
    """Mark a late text as dismissed; it stays. Raises NotFound if it is not this person's."""
    found = tx.execute(
        update(late_texts)
        .where(late_texts.c.account == account, late_texts.c.id == late)
        .values(dismissed_at=func.coalesce(late_texts.c.dismissed_at, at))
    )
    if found.rowcount != 1:
        raise NotFound("late-text")


def behind_the_log(tx: ReadTx) -> tuple[SectionId, ...]:
    """Sections that have revisions after the newest state that all runs are logged for."""
    logged = (
        select(snapshots.c.section, func.max(snapshots.c.logged_rev).label("rev"))
        .group_by(snapshots.c.section)
        .subquery()
    )
    newest = (
        select(journal.c.section, func.max(journal.c.rev).label("rev")).group_by(journal.c.section).subquery()
    )
    query = (
        select(newest.c.section)
        .outerjoin(logged, logged.c.section == newest.c.section)
        .where(newest.c.rev > func.coalesce(logged.c.rev, 0))
    )
    return tuple(SectionId(row.section) for row in tx.execute(query))


def bind(tx: WriteTx, section: SectionId, clients: Iterable[int], account: AccountId) -> None:
    """Say to whom these client ids of a section belong."""
    for client in clients:
        tx.execute(insert(client_ids).values(section=section, client=client, account=account))
