"""The directory of everybody who takes part."""

from __future__ import annotations

from aiohttp import web

from revmod_live.accounts import directory
from revmod_live.portal.forms import wanted
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES, names_of
from revmod_live.portal.visitors import visitor


async def show_directory(request: web.Request) -> web.StreamResponse:
    """GET /directory: all, or who is meant by `q`, `state` and `role`."""
    services, actor = request.app[SERVICES], visitor(request).actor
    asked = wanted(request.query)
    people = await services.db.write(
        lambda tx: directory.look_up(
            tx, actor, words=asked.words, state=asked.state, role=asked.role, at=services.now
        )
    )
    names = names_of(request)
    return request.app[PAGES].page(
        request, "directory.html", people=people, asked=asked, states=names.states(), roles=names.roles()
    )
