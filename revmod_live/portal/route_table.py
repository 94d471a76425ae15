"""Every URL, its method, who may ask, and what it answers with: one table, read aloud.

Who may see *what* is for `workflow.rules`, asked by the command or query behind each handler; here
stands only whether somebody must be signed in, and whether a token opens the door too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from aiohttp import web

Ask = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Who(Enum):
    """Who may ask."""

    ANYONE = auto()
    SIGNED_IN = auto()
    """Also whoever is not approved yet, or suspended: for what is their own alone (PRO-05, PRO-08)."""
    APPROVED = auto()
    OFFICER = auto()
    """Approved, and of the secretariat: the console. Its commands ask again."""
    SIGNED_IN_OR_TOKEN = auto()


class Answers(Enum):
    """What a route answers with, and so how it says that something went wrong."""

    PAGE = auto()
    JSON = auto()
    SOCKET = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """One row.

    token_in_query: `?token=` is read, for stock clients that cannot set headers.
    in_place: may be sent by a page whose session has ended (middleware says how that is safe).
    by_itself: asked by a page's script without anybody doing anything: no sign that somebody is there.
    uploads: its form may carry a file (`forms.MAX_UPLOAD_BYTES`).
    before_factor: open to whoever must turn a second factor on first, so that they can.
    """

    method: str
    path: str
    ask: Ask
    who: Who
    answers: Answers = Answers.PAGE
    token_in_query: bool = False
    in_place: bool = False
    by_itself: bool = False
    uploads: bool = False
    before_factor: bool = False
