"""Listening and serving: an aiohttp application on a socket that is bound before anything else opens.

Bound first, so that the program's own address, which is the origin its pages are served to, is known
when they are built, and so that a port in use is said before a database is touched.
"""

from __future__ import annotations

import socket as sockets
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

BACKLOG: Final = 1024
"""Connections that the system may hold before they are accepted; a reconnecting crowd comes at once."""
SHUTDOWN_S: Final = 5.0
"""What open requests get before they are cut when the program ends."""


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[sockets.socket, str]]:
    """A bound socket and its URL. Raises Unavailable (`port-taken`)."""
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    with sockets.socket(family, sockets.SOCK_STREAM) as socket:
        socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        try:
            socket.bind((host, port))
        except OSError as problem:
            raise Unavailable("port-taken", f"{host}:{port}") from problem
        shown = f"[{host}]" if family == sockets.AF_INET6 else host
        yield socket, f"http://{shown}:{socket.getsockname()[1]}"


@asynccontextmanager
async def serving(application: web.Application, socket: sockets.socket) -> AsyncIterator[None]:
    """Serve `application` on `socket` until left."""
    # no access log of aiohttp's own: its lines would hold the tokens of `/yjs?token=`
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.SockSite(runner, socket, backlog=BACKLOG).start()
        yield
    finally:
        await runner.cleanup()
