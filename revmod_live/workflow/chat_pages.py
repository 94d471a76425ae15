"""What pages show of chats: frozen values, without a word for people in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revmod_live.accounts.model import Role
from revmod_live.errors import Allowed, Refused
from revmod_live.ids import AccountId, ChatId, StateCode


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said. `number` gives the order; `state`: the author's then, None for the secretariat."""

    number: int
    id: str
    account: AccountId
    name: str
    state: StateCode | None
    text: str
    at: datetime

    @property
    def day(self) -> str:
        """The calendar day in UTC, as `2026-11-22`."""
        return self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat as one reader sees it.

    chat:     None while nobody has said anything in it. person, name, state, role: whose it is.
    messages: the oldest first. read_to: what the reader has read before, up to this number.
    older:    whether there are messages before these. write: whether the reader may say something.
    told:     whether a notice of an answer waits for the reader.
    """

    chat: ChatId | None
    person: AccountId
    name: str
    state: StateCode | None
    role: Role
    messages: tuple[Message, ...]
    read_to: int
    older: bool
    told: bool
    write: Allowed | Refused

    @property
    def newest(self) -> int:
        """The number of the newest message here; 0 for none."""
        return self.messages[-1].number if self.messages else 0


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A person's chat in the secretariat's list.

    waiting_since: the person's first message that no officer has answered; None when all are.
    unread: how many of those the reader has not read.
    """

    person: AccountId
    name: str
    state: StateCode | None
    role: Role
    messages: int
    last_at: datetime
    waiting_since: datetime | None
    unread: int
