"""The secretariat's console: what waits, and the letters."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.accounts import overviews, profiles
from revmod_live.errors import NotFound
from revmod_live.ids import LetterId
from revmod_live.mail import store as letters
from revmod_live.mail.post import PLACE, try_again
from revmod_live.portal.answers import see_other
from revmod_live.portal.forms import session_in
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import queries_chats

if TYPE_CHECKING:
    from revmod_live.mail.model import Letter
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx

SHOWN: Final = 200
"""Letters that the list shows, newest first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an officer. chats: how many hold something unread; stuck: letters that failed."""

    profiles: tuple[profiles.Page, ...]
    chats: int
    invitations: tuple[overviews.Invitation, ...]
    stuck: int


async def show_console(request: web.Request) -> web.StreamResponse:
    """GET /console: what waits, the oldest first."""
    services, actor = request.app[SERVICES], visitor(request).actor

    def look(tx: ReadTx) -> Waiting:
        unsent = letters.newest(tx, at_most=SHOWN, unsent=True)
        return Waiting(
            overviews.waiting(tx, actor),
            queries_chats.unread(tx, actor),
            overviews.invitations(tx, actor),
            sum(1 for letter in unsent if _state(letter) == "failed"),
        )

    waiting = await services.db.read(look)
    return request.app[PAGES].page(request, "console.html", waiting=waiting, at=services.now)


# ------------------------------------------------------------------ letters


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in the list. state: `sent`, `waiting` or `failed`."""

    letter: Letter
    state: str


async def show_letters(request: web.Request) -> web.StreamResponse:
    """GET /console/outbox: the newest letters, without their text."""
    services = request.app[SERVICES]
    found = await services.db.read(lambda tx: letters.newest(tx, at_most=SHOWN))
    lines = [LetterLine(letter, _state(letter)) for letter in found]
    return request.app[PAGES].page(
        request, "console_letters.html", lines=lines, folder=not services.settings.smtp_url
    )


async def show_letter(request: web.Request) -> web.StreamResponse:
    """GET /console/outbox/{id}: one letter; with its link only where letters go to a folder, not out."""
    services, letter_id = request.app[SERVICES], LetterId(session_in(request))
    letter = await services.db.read(lambda tx: letters.letter(tx, letter_id))
    if letter is None:
        raise NotFound("letter")
    text = letter.body
    if not services.settings.smtp_url and PLACE in text:
        text = await asyncio.to_thread(_with_link, services, letter)
    line = LetterLine(letter, _state(letter))
    return request.app[PAGES].page(request, "console_letter.html", line=line, text=text)


async def send_again(request: web.Request) -> web.StreamResponse:
    """POST /console/outbox/{id}/again: try a letter that was not sent at once."""
    services, letter_id = request.app[SERVICES], LetterId(session_in(request))
    await services.db.write(lambda tx: try_again(tx, letter_id, services.now))
    return see_other("/console/outbox")


def _state(letter: Letter) -> str:
    if letter.sent_at is not None:
        return "sent"
    return "failed" if letter.is_stuck or letter.last_problem else "waiting"


def _with_link(services: Services, letter: Letter) -> str:
    """Its words as they were written, or will be; what the folder has lost is lost."""
    if letter.sealed:
        return letter.body.replace(PLACE, services.post.vault.open(letter.sealed))
    try:
        written = (services.settings.outbox / f"{letter.id}.eml").read_bytes()
    except FileNotFoundError:
        return letter.body
    return str(message_from_bytes(written, policy=policy.default).get_content())
