"""Telling others after commit: the announcements there are, and the bus that hands them on.

A command says `tx.announce(event)`; the database gives it to the bus once the transaction is
committed, on the event loop, before the caller goes on. Handlers are plain functions that mark or
queue; they do not await, so whoever must judge rights anew knows it before the next message is read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from revmod_live.ids import AccountId, ChatId, Digest, LetterId, ReviewId, SectionId, SessionId, StepId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClaimsChanged:
    """Somebody took, joined, released or lost a section."""

    step: StepId
    section: SectionId


@dataclass(frozen=True, slots=True)
class VotesChanged:
    """A vote was cast, withdrawn, or all were reset (`reset_by` is then the section's)."""

    step: StepId
    reset_by: SectionId | None = None


@dataclass(frozen=True, slots=True)
class StepChanged:
    """A step opened or was sealed: rights on all its sections are to be judged anew."""

    review: ReviewId
    step: StepId


@dataclass(frozen=True, slots=True)
class TextMoved:
    """A section's text was stored up to `rev`; `digest` if it was worked out with it."""

    section: SectionId
    rev: int
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class LogGrew:
    """The event log has a new entry about this step, for pages that show it live."""

    step: StepId
    act: str
    section: SectionId | None = None


@dataclass(frozen=True, slots=True)
class NoticeSent:
    """A notice was stored for a person."""

    account: AccountId
    kind: str
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatGrew:
    """A chat has messages up to `number`, or one of `accounts` has read up to it: they may look again.

    accounts: who may read it now. The message itself is not announced: whoever asks for it is judged then.
    """

    chat: ChatId
    number: int
    accounts: frozenset[AccountId]


@dataclass(frozen=True, slots=True)
class NoticesRead:
    """A person has marked notices as read: every page of theirs counts anew."""

    account: AccountId


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """One session or token ended, or (None) all of an account: its sockets close."""

    account: AccountId
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Role, State or standing changed: rights are judged anew everywhere."""

    account: AccountId


@dataclass(frozen=True, slots=True)
class CastChanged:
    """Who may act for a State in a review changed: rights are judged anew there."""

    review: ReviewId


@dataclass(frozen=True, slots=True)
class LetterPosted:
    """A letter lies in the outbox and may be sent."""

    letter: LetterId


Event = (
    ClaimsChanged
    | VotesChanged
    | StepChanged
    | TextMoved
    | LogGrew
    | NoticeSent
    | NoticesRead
    | ChatGrew
    | SessionEnded
    | AccountChanged
    | CastChanged
    | LetterPosted
)
Handler = Callable[[Event], None]


class Bus:
    """Hands announcements to everyone who asked, in the order of their commits."""

    def __init__(self) -> None:
        self._handlers: Final[list[Handler]] = []

    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call `handler` with every later announcement; the result ends that."""
        self._handlers.append(handler)
        return lambda: self._handlers.remove(handler)

    def publish(self, event: Event) -> None:
        """Hand on one announcement. A handler's fault is logged and keeps nothing from the others."""
        for handler in tuple(self._handlers):
            try:
                handler(event)
            except Exception:  # the commit is done: whoever else must hear of it still does
                log.exception("an announcement's handler failed: %r", event)
