"""What a letter is: to whom, in which words, and how far it has come. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from revmod_live.ids import AccountId, LetterId


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter goes to, and the language that they read. account: None for an address alone."""

    email: str
    language: str
    account: AccountId | None = None


@dataclass(frozen=True, slots=True)
class Worded:
    """A letter's words in the language of its reader. Plain text; lines of the body end in a newline."""

    subject: str
    body: str


class Words(Protocol):
    """Puts a kind of letter into words; the portal has them, with all other sentences."""

    def __call__(self, kind: str, language: str, values: Mapping[str, object]) -> Worded:
        """The words of a letter of this `kind`. Raises KeyError for a kind that there is not."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it lies in the outbox.

    body:         with `post.PLACE` where the secret of a single-use link goes, if it has one.
    sealed:       that secret, encrypted; empty when there is none, or once the letter is sent.
    next_try_at:  None once sent, or when the other side said that trying again is no use.
    last_problem: what the last try came to, in the words of the other side; empty if nothing went wrong.
    """

    id: LetterId
    kind: str
    account: AccountId | None
    recipient: str
    language: str
    subject: str
    body: str
    sealed: str
    made_at: datetime
    tries: int
    next_try_at: datetime | None
    sent_at: datetime | None
    last_problem: str

    @property
    def is_stuck(self) -> bool:
        """Whether somebody must look at it: it was not sent, and is not tried again by itself."""
        return self.sent_at is None and self.next_try_at is None
