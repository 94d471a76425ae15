"""A person's notices: read, marked as read, counted for the badge."""

from __future__ import annotations

from aiohttp import web

from revmod_live.portal.answers import json, see_other, wants_json
from revmod_live.portal.forms import newest_shown, notice_before, notice_in, posted
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import notice_marks, queries_notices


async def show_notices(request: web.Request) -> web.StreamResponse:
    """GET /notices: newest first; `?before=` goes on, `?fragment=1` is the list alone."""
    services, mine = request.app[SERVICES], visitor(request).actor.account
    before = notice_before(request)
    page = await services.db.read(lambda tx: queries_notices.notices_page(tx, mine, before=before))
    template = "notices_list.html" if "fragment" in request.query else "notices.html"
    return request.app[PAGES].page(request, template, page=page, before=before)


async def count_unread(request: web.Request) -> web.StreamResponse:
    """GET /notices/unread: the number in the badge."""
    return json({"unread": visitor(request).unread})


async def mark_read(request: web.Request) -> web.StreamResponse:
    """POST /notices/{id}/read."""
    services, mine, notice = request.app[SERVICES], visitor(request).actor.account, notice_in(request)
    await services.db.write(lambda tx: notice_marks.mark_read(tx, mine, notice, services.now))
    return _done(request)


async def mark_all_read(request: web.Request) -> web.StreamResponse:
    """POST /notices/read: all that are no newer than the newest on the reader's screen."""
    services, mine = request.app[SERVICES], visitor(request).actor.account
    newest = newest_shown(await posted(request))
    await services.db.write(lambda tx: notice_marks.mark_all_read(tx, mine, newest, services.now))
    return _done(request)


def _done(request: web.Request) -> web.Response:
    return json({"ok": True}) if wants_json(request) else see_other("/notices")
