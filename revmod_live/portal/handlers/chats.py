"""The chat of a person with the secretariat, from both sides, and the secretariat's list of them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from revmod_live.accounts.model import Role
from revmod_live.errors import Refused, Unavailable, must
from revmod_live.ids import AccountId
from revmod_live.portal import reasons
from revmod_live.portal.answers import json, see_other, wants_json
from revmod_live.portal.chat_panel import note_shown, profile_panel
from revmod_live.portal.forms import Said, account_in, message_number, number_in, posted, said
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import chat_rules, chats, queries_chats

_END: Final = "#chat-end"


async def show_own(request: web.Request) -> web.StreamResponse:
    """GET /profile/chat: my chat with the secretariat; an officer's are in the console."""
    actor = visitor(request).actor
    if actor.role is Role.SECRETARIAT:
        return see_other("/console/chats")
    return await _page(request, actor.account)


def _for_officer(request: web.Request) -> AccountId:
    """The person of a path of the console. Raises Refused as `may_see_chats`, NotFound."""
    must(chat_rules.may_see_chats(visitor(request).actor))
    return account_in(request)


async def show_one(request: web.Request) -> web.StreamResponse:
    """GET /console/chats/{account}: a person's chat, for an officer."""
    return await _page(request, _for_officer(request))


async def _page(
    request: web.Request, person: AccountId, *, text: str = "", problem: str = "", status: int = 200
) -> web.Response:
    panel = await profile_panel(request, person, text=text, problem=problem)
    return request.app[PAGES].page(request, "chat.html", status=status, panel=panel)


async def say_own(request: web.Request) -> web.StreamResponse:
    """POST /profile/chat, by the button or by the page's script."""
    return await _say(request, visitor(request).actor.account)


async def say_one(request: web.Request) -> web.StreamResponse:
    """POST /console/chats/{account}: an officer writes to a person."""
    return await _say(request, _for_officer(request))


async def _say(request: web.Request, person: AccountId) -> web.StreamResponse:
    given = said(await posted(request))
    try:
        number = await _stored(request, person, given)
    except (Refused, Unavailable) as problem:
        if wants_json(request) or (isinstance(problem, Refused) and problem.because == "role"):
            raise
        # nothing of what was typed is lost: it stands in the form again, with the reason
        return await _page(
            request,
            person,
            text=given.text,
            problem=reasons.sentence(language(request), problem),
            status=status_of(problem),
        )
    return json({"ok": True, "number": number}) if wants_json(request) else see_other(given.then + _END)


async def _stored(request: web.Request, person: AccountId, given: Said) -> int:
    services, actor = request.app[SERVICES], visitor(request).actor
    message = await services.db.write(
        lambda tx: chats.say(
            tx,
            actor,
            chats.chat_of(person),
            message_id=given.id,
            text=given.text,
            at=services.now,
            make_id=services.make_id,
        )
    )
    return message.number


async def new_in_own(request: web.Request) -> web.StreamResponse:
    """GET /profile/chat/new?after=…: what was said since, for the page's script."""
    return await _new(request, visitor(request).actor.account)


async def new_in_one(request: web.Request) -> web.StreamResponse:
    """GET /console/chats/{account}/new?after=…: the same for an officer; it is recorded as a reading."""
    return await _new(request, _for_officer(request))


async def _new(request: web.Request, person: AccountId) -> web.Response:
    services, actor = request.app[SERVICES], visitor(request).actor
    after = number_in(request, "after") or 0
    view = await services.db.read(lambda tx: queries_chats.profile_chat(tx, actor, person, after=after))
    # whether it was seen is for the page to say: it may lie behind others
    await note_shown(services, actor, view, is_read=False)
    return request.app[PAGES].page(request, "chat_new.html", view=view)


async def read_own(request: web.Request) -> web.StreamResponse:
    """POST /profile/chat/read: the page has shown everything up to `number`."""
    return await _read(request, visitor(request).actor.account)


async def read_one(request: web.Request) -> web.StreamResponse:
    """POST /console/chats/{account}/read: the same for an officer."""
    return await _read(request, _for_officer(request))


async def _read(request: web.Request, person: AccountId) -> web.Response:
    services, actor = request.app[SERVICES], visitor(request).actor
    number = message_number(await posted(request))
    await services.db.write(
        lambda tx: chats.mark_read(tx, actor, chats.chat_of(person), number, services.now)
    )
    return json({"ok": True})


async def show_all(request: web.Request) -> web.StreamResponse:
    """GET /console/chats: everybody's, what waits for an answer first; holds none of their words."""
    services, actor = request.app[SERVICES], visitor(request).actor
    lines = await services.db.read(lambda tx: queries_chats.profile_chats(tx, actor))
    template = "chat_lines.html" if request.query.get("fragment") else "chats.html"
    return request.app[PAGES].page(request, template, lines=lines)


async def count_unread(request: web.Request) -> web.StreamResponse:
    """GET /chats/unread: the number of the badge, for the page's script."""
    services, actor = request.app[SERVICES], visitor(request).actor
    return json({"unread": await services.db.read(lambda tx: queries_chats.unread(tx, actor))})
