"""Saying something in a chat, and noting how far somebody has read: one transaction each.

A message is appended, never changed. Its id is made by the author's browser, so that one sent again
after a lost answer, or by a second click, is there once. Who may is `chat_rules`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.accounts.store import account as account_row
from revmod_live.errors import NotFound, Refused, must
from revmod_live.events import ChatGrew, NoticeSent, NoticesRead
from revmod_live.ids import AccountId, ChatId, MakeId, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import chat_rules, chats_store, queries, store
from revmod_live.workflow.chat_pages import Message
from revmod_live.workflow.chat_rules import Chat, ChatKind
from revmod_live.workflow.model import Place

LONGEST: Final = 4000
"""Most characters of a message (code points, line breaks included)."""
MOST: Final = 30
WITHIN: Final = timedelta(minutes=1)
"""So many messages of one person in so long, over all chats; what comes beyond is to be sent again later."""
ANSWERED: Final = "chat-answer"
"""The notice to a person whom the secretariat has written to."""

_MESSAGE_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}")


def chat_of(person: AccountId) -> Chat:
    """The chat of a person with the secretariat, as it is before anything is said in it: without an id."""
    return Chat(ChatId(""), ChatKind.PROFILE, account=person)


def found(tx: ReadTx, wanted: Chat) -> Chat:
    """The chat as it is stored; `wanted` itself, without an id, while nobody has said anything in it."""
    return chats_store.chat_like(tx, wanted) or wanted


def place_of(tx: ReadTx, chat: Chat) -> Place | None:
    """What rights in this chat are judged on; None for a person's. Raises NotFound (`step`)."""
    if chat.step is None:
        return None
    _, whole = queries.step_place(tx, chat.step)
    return replace(whole, instrument=chat.instrument)


def say(
    tx: WriteTx,
    actor: Actor,
    wanted: Chat,
    *,
    message_id: str,
    text: str,
    at: datetime,
    make_id: MakeId = new_id,
) -> Message:
    """Put a message into a chat; the message as it is stored.

    message_id: made by the author's browser, 8 to 64 letters, digits and hyphens. The same message of
    the same author in the same chat is stored once and answered the same, whenever it comes again.
    text: plain, kept as it is but for line breaks, which are line feeds.
    Raises Refused as `may_write_chat`; `message-empty`, `message-long` (with `n` and `limit`),
    `message-signs` for signs that cannot be shown; `message-id` where another message has this id;
    `rate`; NotFound (`account`, `step`). CHT-01; PRO-06.
    """
    chat = found(tx, wanted)
    must(chat_rules.may_write_chat(actor, chat, place_of(tx, chat)))
    words = _plain(text)
    earlier = chats_store.message(tx, message_id)
    if earlier is not None:
        return _said_before(earlier, actor, chat, words)
    _check(words, message_id)
    if chats_store.said_since(tx, actor.account, at - WITHIN) >= MOST:
        raise Refused("rate")
    if not chat.id:
        chat = _opened(tx, chat, at=at, make_id=make_id)
    number = chats_store.add_message(
        tx,
        message_id=message_id,
        chat_id=chat.id,
        account=actor.account,
        state=actor.state,
        text=words,
        at=at,
    )
    chats_store.set_read(tx, chat.id, actor.account, number, at)
    tx.record(_entry("chat-said", actor, chat, at, number=number))
    tx.announce(ChatGrew(chat.id, number, _readers(tx, chat)))
    _tell(tx, actor, chat, at=at, make_id=make_id)
    return Message(number, message_id, actor.account, actor.name, actor.state, words, at)


def _plain(text: str) -> str:
    """With line feeds, as browsers show a form's text; forms are sent with carriage returns."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def _check(text: str, message_id: str) -> None:
    if not text.strip():
        raise Refused("message-empty")
    if len(text) > LONGEST:
        raise Refused("message-long", n=len(text), limit=LONGEST)
    # what has no look cannot be shown, and one of them no database of the two can hold
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
        raise Refused("message-signs")
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise Refused("message-id")


def _said_before(earlier: tuple[ChatId, Message], actor: Actor, chat: Chat, text: str) -> Message:
    where, message = earlier
    if where != chat.id or message.account != actor.account or message.text != text:
        raise Refused("message-id")
    return message


def _opened(tx: WriteTx, chat: Chat, *, at: datetime, make_id: MakeId) -> Chat:
    owner = None if chat.account is None else account_row(tx, chat.account)
    if chat.account is not None and (owner is None or owner.role is Role.SECRETARIAT):
        raise NotFound("account")
    opened = replace(chat, id=ChatId(make_id()))
    chats_store.add_chat(tx, opened, at)
    return opened


def _readers(tx: ReadTx, chat: Chat) -> frozenset[AccountId]:
    """Whom news of a chat are for. Those of the steps' chats come with their pages."""
    person = frozenset() if chat.account is None else frozenset({chat.account})
    return person | chats_store.officers(tx)


def _tell(tx: WriteTx, actor: Actor, chat: Chat, *, at: datetime, make_id: MakeId) -> None:
    """Tell the person that there is an answer, once until it is read."""
    person = chat.account
    if person is None or person == actor.account or chats_store.has_unread_notice(tx, person, ANSWERED):
        return
    detail: dict[str, object] = {"by": actor.name}
    store.add_notice(
        tx, make_id(), account=person, kind=ANSWERED, review=None, step_id=None, detail=detail, at=at
    )
    tx.announce(NoticeSent(person, ANSWERED, detail))


def mark_read(tx: WriteTx, actor: Actor, wanted: Chat, number: int, at: datetime) -> None:
    """Note that `actor` has read a chat up to `number`; never goes back, nor beyond what is there.

    An officer's reading is recorded (promise 4). Raises Refused as `may_read_chat`.
    """
    chat = found(tx, wanted)
    must(chat_rules.may_read_chat(actor, chat, place_of(tx, chat)))
    if not chat.id:
        return
    upto = min(number, chats_store.newest(tx, chat.id))
    before = chats_store.read_to(tx, chat.id, actor.account)
    if upto > before:
        chats_store.set_read(tx, chat.id, actor.account, upto, at)
        tx.announce(ChatGrew(chat.id, upto, frozenset({actor.account})))
    if chat.account == actor.account and chats_store.mark_notices(tx, actor.account, ANSWERED, at):
        tx.announce(NoticesRead(actor.account))


def record_reading(tx: WriteTx, actor: Actor, wanted: Chat, *, first: int, last: int, at: datetime) -> None:
    """Record that an officer was shown the messages `first` to `last` of a chat (promise 4; D-22).

    Nothing is recorded of anybody else. Raises Refused as `may_read_chat`.
    """
    chat = found(tx, wanted)
    must(chat_rules.may_read_chat(actor, chat, place_of(tx, chat)))
    if chat.id and actor.role is Role.SECRETARIAT:
        tx.record(_entry("chat-read", actor, chat, at, first=first, last=last))


def _entry(act: str, actor: Actor, chat: Chat, at: datetime, **detail: object) -> Entry:
    return Entry(
        at=at,
        act=act,
        account=actor.account,
        state=actor.state,
        detail={"chat": chat.id, "of": chat.account or chat.step, **detail},
    )
