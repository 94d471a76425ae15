"""A chat as pages show it: read, with what was read noted, and the form that goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from revmod_live.accounts.model import Role
from revmod_live.portal.forms import number_in
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import chats, queries_chats

if TYPE_CHECKING:
    from aiohttp import web

    from revmod_live.accounts.model import Actor
    from revmod_live.ids import AccountId
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import WriteTx
    from revmod_live.workflow.chat_pages import ChatView


@dataclass(frozen=True, slots=True)
class ChatPanel:
    """A chat on a page.

    action: where its form goes; `…/new` gives what was said since, `…/read` notes what was read.
    message_id: for the next message: one sent twice is there once.
    text, problem: what was not accepted, to go on with, and why.
    """

    view: ChatView
    action: str
    message_id: str
    text: str = ""
    problem: str = ""


async def profile_panel(
    request: web.Request, person: AccountId, *, text: str = "", problem: str = ""
) -> ChatPanel:
    """The chat of a person with the secretariat, for the reader: the person, or an officer.

    What it shows counts as read from now on, unless a problem is shown: the reader looks at that, and
    the disk may be full. Raises Refused, NotFound as `queries_chats.profile_chat`; Malformed (`before`).
    """
    services, actor = request.app[SERVICES], visitor(request).actor
    before = number_in(request, "before")
    view = await services.db.read(lambda tx: queries_chats.profile_chat(tx, actor, person, before=before))
    await note_shown(services, actor, view, is_read=before is None and not problem)
    action = "/profile/chat" if person == actor.account else f"/console/chats/{person}"
    return ChatPanel(view, action, services.make_id(), text, problem)


async def note_shown(services: Services, actor: Actor, view: ChatView, *, is_read: bool) -> None:
    """Note that the reader was shown these messages: as read, and an officer's reading in the log.

    To be called before they are sent: what cannot be recorded is not shown (promise 4).
    """
    is_new = is_read and (view.newest > view.read_to or view.told)
    is_others = any(message.account != actor.account for message in view.messages)
    is_recorded = is_others and actor.role is Role.SECRETARIAT
    if not is_new and not is_recorded:
        return
    chat, at = chats.chat_of(view.person), services.now

    def note(tx: WriteTx) -> None:
        if is_new:
            chats.mark_read(tx, actor, chat, view.newest, at)
        if is_recorded:
            first, last = view.messages[0].number, view.newest
            chats.record_reading(tx, actor, chat, first=first, last=last, at=at)

    await services.db.write(note)
