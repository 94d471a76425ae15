"""Page models of chats: one chat as a reader sees it, and the secretariat's list of them.

Gives frozen `chat_pages`; every decision comes from `chat_rules`. Must not know HTML.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.accounts.store import account as account_row
from revmod_live.errors import Allowed, NotFound, must
from revmod_live.ids import AccountId
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import chat_rules, chats, chats_store
from revmod_live.workflow.chat_pages import ChatLine, ChatView

SHOWN: Final = 50
"""Messages on a page of a chat."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def profile_chat(
    tx: ReadTx,
    actor: Actor,
    person: AccountId,
    *,
    after: int | None = None,
    before: int | None = None,
) -> ChatView:
    """The chat of a person with the secretariat: its newest messages, or those after or before a number.

    Raises Refused as `may_read_chat`, before NotFound (`account`) for a person that is not there.
    """
    chat = chats.found(tx, chats.chat_of(person))
    must(chat_rules.may_read_chat(actor, chat, None))
    owner = account_row(tx, person)
    if owner is None or owner.role is Role.SECRETARIAT:
        raise NotFound("account")
    if after is not None:
        messages, older = chats_store.messages_after(tx, chat.id, after), False
    else:
        several = chats_store.messages_before(tx, chat.id, before, limit=SHOWN + 1)
        messages, older = several[-SHOWN:], len(several) > SHOWN
    return ChatView(
        chat=chat.id or None,
        person=owner.id,
        name=owner.name,
        state=owner.state,
        role=owner.role,
        messages=messages,
        read_to=chats_store.read_to(tx, chat.id, actor.account),
        older=older,
        told=chats_store.has_unread_notice(tx, actor.account, chats.ANSWERED),
        write=chat_rules.may_write_chat(actor, chat, None),
    )


def profile_chats(tx: ReadTx, actor: Actor) -> tuple[ChatLine, ...]:
    """Everybody's chats in which something was said, without a word of it.

    What is unread comes first, of that who waits longest; then who else waits, then the latest.
    Raises Refused as `may_see_chats`.
    """
    must(chat_rules.may_see_chats(actor))
    lines = chats_store.profile_chats(tx, actor.account)
    latest = sorted(lines, key=lambda line: line.last_at, reverse=True)
    return tuple(sorted(latest, key=lambda line: (not line.unread, line.waiting_since or _NEVER)))


def unread(tx: ReadTx, actor: Actor) -> int:
    """What a badge counts.

    For the secretariat, chats that hold something unread that nobody has answered; for anybody else,
    unread messages of the secretariat.
    """
    if isinstance(chat_rules.may_see_chats(actor), Allowed):
        return sum(1 for line in chats_store.profile_chats(tx, actor.account) if line.unread)
    chat = chats.found(tx, chats.chat_of(actor.account))
    return chats_store.unread_in(tx, chat.id, actor.account) if chat.id else 0
