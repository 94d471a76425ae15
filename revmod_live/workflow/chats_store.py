"""The tables of chats, and every statement on them.

Rows in, frozen values out. Messages are appended and never changed. Knows no rule and records nothing
in the event log: that is for `chats`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    select,
    true,
)

from revmod_live.accounts.model import Role
from revmod_live.accounts.store import accounts
from revmod_live.ids import AccountId, ChatId, InstrumentCode, StateCode, StepId
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.tables import Moment, Serial, metadata
from revmod_live.workflow.chat_pages import ChatLine, Message
from revmod_live.workflow.chat_rules import Chat, ChatKind
from revmod_live.workflow.store import notices

chats = Table(
    "chats",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(100), nullable=False),
    Column("account", String(26), ForeignKey("accounts.id")),
    Column("step", String(26), ForeignKey("steps.id")),
    Column("instrument", String(8)),
    Column("name", String(40)),
    Column("at", Moment, nullable=False),
    UniqueConstraint("key"),
    CheckConstraint("(kind = 'profile') = (account is not null)", name="account_of_profile"),
    CheckConstraint("(account is null) <> (step is null)", name="account_or_step"),
)
"""`key`: what the chat belongs to as one word, so that there is one of each."""

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("number", Serial, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False),
    Column("chat", String(26), ForeignKey("chats.id"), nullable=False),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("state", String(3)),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("id"),
    Index("ix_chat_messages_chat_number", "chat", "number"),
    sqlite_autoincrement=True,
)
"""`id`: made by the author's browser, so that one sent again is known. `state`: the author's then, null
for the secretariat. `number` gives the order, the same for everybody."""

chat_marks = Table(
    "chat_marks",
    metadata,
    Column("chat", String(26), ForeignKey("chats.id"), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), primary_key=True),
    Column("read_to", Serial, nullable=False),
    Column("at", Moment, nullable=False),
)
"""How far somebody has read."""

# ------------------------------------------------------------------ chats


def _key(chat: Chat) -> str:
    belongs_to = (chat.account or chat.step, chat.instrument, chat.name)
    return "/".join((chat.kind, *(part for part in belongs_to if part)))


def add_chat(tx: WriteTx, chat: Chat, at: datetime) -> None:
    """Store a chat. The database refuses a second one of the same person, or of the same place."""
    tx.execute(
        chats.insert().values(
            id=chat.id,
            kind=chat.kind.value,
            key=_key(chat),
            account=chat.account,
            step=chat.step,
            instrument=chat.instrument,
            name=chat.name,
            at=at,
        )
    )


def chat(tx: ReadTx, chat_id: ChatId) -> Chat | None:
    """The chat with this id."""
    row = tx.execute(select(chats).where(chats.c.id == chat_id)).one_or_none()
    return None if row is None else _chat(row)


def chat_like(tx: ReadTx, wanted: Chat) -> Chat | None:
    """The chat that belongs to what `wanted` belongs to, whatever its id."""
    row = tx.execute(select(chats).where(chats.c.key == _key(wanted))).one_or_none()
    return None if row is None else _chat(row)


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        ChatId(row.id),
        ChatKind(row.kind),
        None if row.account is None else AccountId(row.account),
        None if row.step is None else StepId(row.step),
        None if row.instrument is None else InstrumentCode(row.instrument),
        row.name,
    )


# ------------------------------------------------------------------ messages


def add_message(
    tx: WriteTx,
    *,
    message_id: str,
    chat_id: ChatId,
    account: AccountId,
    state: StateCode | None,
    text: str,
    at: datetime,
) -> int:
    """Store a message; its number. The database refuses a second one with the same id."""
    result = tx.execute(
        chat_messages.insert().values(
            id=message_id, chat=chat_id, account=account, state=state, text=text, at=at
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 -- an insert of one row always has one
    return int(key[0])


_MESSAGE: Final = select(chat_messages, accounts.c.name).join(
    accounts, accounts.c.id == chat_messages.c.account
)


def message(tx: ReadTx, message_id: str) -> tuple[ChatId, Message] | None:
    """The message with this id, and its chat."""
    row = tx.execute(_MESSAGE.where(chat_messages.c.id == message_id)).one_or_none()
    return None if row is None else (ChatId(row.chat), _message(row))


def messages_after(tx: ReadTx, chat_id: ChatId, after: int) -> tuple[Message, ...]:
    """The messages with a greater number, the oldest first."""
    query = _MESSAGE.where(chat_messages.c.chat == chat_id, chat_messages.c.number > after)
    return tuple(_message(row) for row in tx.execute(query.order_by(chat_messages.c.number)))


def messages_before(tx: ReadTx, chat_id: ChatId, before: int | None, *, limit: int) -> tuple[Message, ...]:
    """The newest messages, or those before a number, the oldest of them first."""
    query = _MESSAGE.where(chat_messages.c.chat == chat_id)
    if before is not None:
        query = query.where(chat_messages.c.number < before)
    rows = tx.execute(query.order_by(chat_messages.c.number.desc()).limit(limit)).all()
    return tuple(_message(row) for row in reversed(rows))


def newest(tx: ReadTx, chat_id: ChatId) -> int:
    """The number of the newest message; 0 for none."""
    query = select(func.max(chat_messages.c.number)).where(chat_messages.c.chat == chat_id)
    return tx.execute(query).scalar() or 0


def said_since(tx: ReadTx, account: AccountId, since: datetime) -> int:
    """How many messages somebody has sent since a time, in all chats."""
    query = select(func.count()).where(chat_messages.c.account == account, chat_messages.c.at > since)
    return int(tx.execute(query).scalar_one())


def _message(row: Row[Any]) -> Message:
    return Message(
        row.number,
        row.id,
        AccountId(row.account),
        row.name,
        None if row.state is None else StateCode(row.state),
        row.text,
        row.at,
    )


# ------------------------------------------------------------------ how far somebody has read


def read_to(tx: ReadTx, chat_id: ChatId, account: AccountId) -> int:
    """The number of the newest message that somebody has read; 0 for none."""
    query = select(chat_marks.c.read_to).where(chat_marks.c.chat == chat_id, chat_marks.c.account == account)
    return tx.execute(query).scalar() or 0


def set_read(tx: WriteTx, chat_id: ChatId, account: AccountId, number: int, at: datetime) -> None:
    """Note how far somebody has read."""
    changed = tx.execute(
        chat_marks.update()
        .where(chat_marks.c.chat == chat_id, chat_marks.c.account == account)
        .values(read_to=number, at=at)
    )
    if not changed.rowcount:
        tx.execute(chat_marks.insert().values(chat=chat_id, account=account, read_to=number, at=at))


def unread_in(tx: ReadTx, chat_id: ChatId, account: AccountId) -> int:
    """How many messages of others somebody has not read."""
    query = select(func.count()).where(
        chat_messages.c.chat == chat_id,
        chat_messages.c.account != account,
        chat_messages.c.number > read_to(tx, chat_id, account),
    )
    return int(tx.execute(query).scalar_one())


# ------------------------------------------------------------------ the secretariat's list


def profile_chats(tx: ReadTx, officer: AccountId) -> tuple[ChatLine, ...]:
    """Every person's chat that holds something, as the secretariat's list needs them, in no order.

    waiting_since: the first message of the person that no officer has answered. unread: of those, the
    ones that `officer` has not read: what a colleague has answered need not be read.
    """
    said = chat_messages.alias()
    answered = (
        select(said.c.chat, func.max(said.c.number).label("number"))
        .where(said.c.state.is_(None))
        .group_by(said.c.chat)
        .subquery()
    )
    is_waiting = and_(
        chat_messages.c.account == chats.c.account,
        chat_messages.c.number > func.coalesce(answered.c.number, 0),
    )
    is_unread = and_(is_waiting, chat_messages.c.number > func.coalesce(chat_marks.c.read_to, 0))
    query = (
        select(
            chats.c.account,
            accounts.c.name,
            accounts.c.state,
            accounts.c.role,
            func.count(chat_messages.c.number).label("messages"),
            func.max(chat_messages.c.at).label("last_at"),
            func.min(chat_messages.c.at).filter(is_waiting).label("waiting_since"),
            func.count(chat_messages.c.number).filter(is_unread).label("unread"),
        )
        .join(accounts, accounts.c.id == chats.c.account)
        .join(chat_messages, chat_messages.c.chat == chats.c.id)
        .outerjoin(answered, answered.c.chat == chats.c.id)
        .outerjoin(chat_marks, and_(chat_marks.c.chat == chats.c.id, chat_marks.c.account == officer))
        .where(chats.c.kind == ChatKind.PROFILE.value)
        .group_by(chats.c.account, accounts.c.name, accounts.c.state, accounts.c.role)
    )
    return tuple(
        ChatLine(
            AccountId(row.account),
            row.name,
            None if row.state is None else StateCode(row.state),
            Role(row.role),
            row.messages,
            row.last_at,
            row.waiting_since,
            row.unread,
        )
        for row in tx.execute(query)
    )


# ------------------------------------------------------------------ who hears of it


def officers(tx: ReadTx) -> frozenset[AccountId]:
    """The secretariat's people whose accounts are approved."""
    query = select(accounts.c.id).where(
        accounts.c.role == Role.SECRETARIAT.value, accounts.c.active == true()
    )
    return frozenset(AccountId(row.id) for row in tx.execute(query))


def mark_notices(tx: WriteTx, account: AccountId, kind: str, at: datetime) -> bool:
    """Mark a person's unread notices of one kind as read; whether there were any."""
    result = tx.execute(
        notices.update()
        .where(notices.c.account == account, notices.c.read_at.is_(None))
        .where(notices.c.kind == kind)
        .values(read_at=at)
    )
    return result.rowcount > 0


def has_unread_notice(tx: ReadTx, account: AccountId, kind: str) -> bool:
    """Whether a notice of this kind waits for somebody."""
    query = select(notices.c.id).where(
        notices.c.account == account, notices.c.kind == kind, notices.c.read_at.is_(None)
    )
    return tx.execute(query.limit(1)).first() is not None
