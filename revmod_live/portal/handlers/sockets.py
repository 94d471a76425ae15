"""The doors of the sockets: who asks is settled here, once; what they may do is judged at each message."""

from __future__ import annotations

from aiohttp import web

from revmod_live.portal.forms import section_in
from revmod_live.portal.live_socket import opened
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor


async def serve_live(request: web.Request) -> web.StreamResponse:
    """GET /live: the page's socket, `revmod.1`."""
    who, rooms = visitor(request), request.app[SERVICES].rooms
    async with opened(request, protocols=("revmod.1",)) as socket:
        await rooms.serve(socket, who.actor, session=who.session)
    return socket.response


async def serve_yjs(request: web.Request) -> web.StreamResponse:
    """GET /yjs/{section}: a stock Yjs client's socket; `?take=1` takes the section."""
    who, rooms, section = visitor(request), request.app[SERVICES].rooms, section_in(request)
    async with opened(request, protocols=()) as socket:
        await rooms.serve_yjs(
            socket, who.actor, section, take=request.query.get("take") == "1", session=who.session
        )
    return socket.response
