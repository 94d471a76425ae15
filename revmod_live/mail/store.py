"""The table of letters. SQL only; whatever it means is said by the modules that call it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, String, Table, Text, select

from revmod_live.ids import AccountId, LetterId
from revmod_live.mail.model import Letter
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.tables import Moment, metadata

letters = Table(
    "letters",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("account", String(26)),
    Column("recipient", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("sealed", String(500), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("sent_at", Moment),
    Column("last_problem", String(300), nullable=False),
    Index("ix_letters_next_try_at", "next_try_at"),
    Index("ix_letters_account_made_at", "account", "made_at"),
)
"""`sealed`: the secret of a single-use link, encrypted; empty once the letter is sent. `next_try_at`:
null once sent, or when the other side said that trying again is no use."""


def add_letter(tx: WriteTx, letter: Letter) -> None:
    """Store a new letter."""
    tx.execute(letters.insert().values(**asdict(letter)))


def letter(tx: ReadTx, letter_id: LetterId) -> Letter | None:
    """The letter with this id."""
    row = tx.execute(select(letters).where(letters.c.id == letter_id)).one_or_none()
    return None if row is None else _letter(row)


def due(tx: ReadTx, at: datetime, *, at_most: int) -> tuple[Letter, ...]:
    """Letters whose time has come, oldest first."""
    query = select(letters).where(letters.c.next_try_at <= at)
    return tuple(
        _letter(row) for row in tx.execute(query.order_by(letters.c.made_at, letters.c.id).limit(at_most))
    )


def newest(
    tx: ReadTx, *, at_most: int, account: AccountId | None = None, unsent: bool = False
) -> tuple[Letter, ...]:
    """Letters, newest first: all, those of an account, or only those not sent yet."""
    query = select(letters).order_by(letters.c.made_at.desc(), letters.c.id).limit(at_most)
    if account is not None:
        query = query.where(letters.c.account == account)
    if unsent:
        query = query.where(letters.c.sent_at.is_(None))
    return tuple(_letter(row) for row in tx.execute(query))


def begin_try(tx: WriteTx, one: Letter, *, until: datetime) -> bool:
    """Count a try and keep others from the letter until then; False when somebody was faster."""
    done = tx.execute(
        letters.update()
        .where(letters.c.id == one.id, letters.c.next_try_at == one.next_try_at, letters.c.tries == one.tries)
        .values(tries=one.tries + 1, next_try_at=until)
    )
    return done.rowcount == 1


def set_sent(tx: WriteTx, letter_id: LetterId, at: datetime) -> None:
    """It was taken by the other side; its secret is forgotten."""
    tx.execute(
        letters.update()
        .where(letters.c.id == letter_id)
        .values(sent_at=at, next_try_at=None, sealed="", last_problem="")
    )


def set_problem(tx: WriteTx, letter_id: LetterId, problem: str, *, next_try_at: datetime | None) -> None:
    """It was not taken."""
    tx.execute(
        letters.update()
        .where(letters.c.id == letter_id, letters.c.sent_at.is_(None))
        .values(last_problem=problem[:300], next_try_at=next_try_at)
    )


def set_next_try(tx: WriteTx, letter_id: LetterId, at: datetime) -> bool:
    """Try it then; False when there is no such letter, or it was sent."""
    done = tx.execute(
        letters.update().where(letters.c.id == letter_id, letters.c.sent_at.is_(None)).values(next_try_at=at)
    )
    return done.rowcount == 1


def _letter(row: Row[Any]) -> Letter:
    return Letter(**row._asdict())
