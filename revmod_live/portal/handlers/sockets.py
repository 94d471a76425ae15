"""The doors of the sockets: who asks is settled here, once; what they may do is judged at each message.

The gate has let the request pass: an own origin with a session's cookie, or a token and no cookie.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

from revmod_live.portal.forms import section_in
from revmod_live.portal.live_socket import MESSAGE_MAX_BYTES, LiveSocket
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor

SUBPROTOCOL: Final = "revmod.1"
YJS_HEARTBEAT_S: Final = 20.0
"""A stock client says nothing while nobody types: the WebSocket's own ping finds the line that is dead.
On `/live` the protocol has a Ping of its own."""


async def serve_live(request: web.Request) -> web.StreamResponse:
    """GET /live: the page's socket, `revmod.1`."""
    who, rooms = visitor(request), request.app[SERVICES].rooms
    socket = await _opened(request, SUBPROTOCOL)
    # a token's id stands for its session: revoking it closes what it opened
    await rooms.serve(LiveSocket(socket, request), who.actor, session=who.session)
    return socket


async def serve_yjs(request: web.Request) -> web.StreamResponse:
    """GET /yjs/{section}: a stock Yjs client's socket; `?take=1` takes the section."""
    who, rooms, section = visitor(request), request.app[SERVICES].rooms, section_in(request)
    take = request.query.get("take") == "1"
    socket = await _opened(request, heartbeat_s=YJS_HEARTBEAT_S)
    await rooms.serve_yjs(LiveSocket(socket, request), who.actor, section, take=take, session=who.session)
    return socket


async def _opened(
    request: web.Request, *protocols: str, heartbeat_s: float | None = None
) -> web.WebSocketResponse:
    # nothing compressed: updates hardly shrink, and what is compressed together can leak
    socket = web.WebSocketResponse(
        protocols=protocols, max_msg_size=MESSAGE_MAX_BYTES, compress=False, heartbeat=heartbeat_s
    )
    await socket.prepare(request)
    return socket
