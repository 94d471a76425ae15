"""The rehearsal's server on real sockets, and a stock pycrdt client in front of it.

Who connects is said in the query: signing in is the portal's, and proved there.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web
from pycrdt import Doc, Provider, XmlFragment

from revmod_live.ids import SectionId
from revmod_live.portal.live_socket import LiveSocket
from tests.workflow.world import PEOPLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.rehearsal import Rehearsal


@asynccontextmanager
async def served(room: Rehearsal) -> AsyncIterator[str]:
    """Serve `/live` and `/yjs/<section>` of the rehearsal; the URL."""

    async def live(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("revmod.1",), compress=False, max_msg_size=4 << 20)
        await socket.prepare(request)
        await room.rooms.serve(LiveSocket(socket, request), PEOPLE[request.query["who"]], session=None)
        return socket

    async def yjs(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, max_msg_size=4 << 20)
        await socket.prepare(request)
        await room.rooms.serve_yjs(
            LiveSocket(socket, request),
            PEOPLE[request.query["who"]],
            SectionId(request.match_info["section"]),
            take=request.query.get("take") == "1",
            session=None,
        )
        return socket

    app = web.Application()
    app.router.add_get("/live", live)
    app.router.add_get("/yjs/{section}", yjs)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class SocketChannel:
    """A client's WebSocket as pycrdt's `Channel`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.path = ""

    def __aiter__(self) -> SocketChannel:
        return self

    async def __anext__(self) -> bytes:
        return await self.recv()

    async def send(self, message: bytes) -> None:
        if not self.socket.closed:
            await self.socket.send_bytes(message)

    async def recv(self) -> bytes:
        message = await self.socket.receive()
        if message.type is not WSMsgType.BINARY:
            raise StopAsyncIteration
        data: bytes = message.data
        return data


class Stock:
    """A stock pycrdt document, kept in step by pycrdt's own provider."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.doc: Doc[Any] = Doc()
        self.root: XmlFragment = self.doc.get("text", type=XmlFragment)
        self.changed = asyncio.Event()
        self.root.observe_deep(lambda _: self.changed.set())

    def text(self) -> str:
        """The text, blocks parted by line feeds."""
        blocks: list[Any] = list(self.root.children)
        return "\n".join(str(block.children[0]) if len(block.children) else "" for block in blocks)

    async def shows(self, text: str) -> None:
        """Wait until this text is here."""
        async with asyncio.timeout(20):
            while self.text() != text:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def stock(url: str, section: str, who: str, *, take: bool = False) -> AsyncIterator[Stock]:
    """A stock client of somebody on a section, with no text of its own."""
    query = f"who={who}" + ("&take=1" if take else "")
    async with (
        ClientSession() as http,
        http.ws_connect(f"{url}/yjs/{section}?{query}", max_msg_size=0) as socket,
    ):
        client = Stock(socket)
        provider = Provider(client.doc, SocketChannel(socket))
        async with asyncio.TaskGroup() as owner:
            owner.create_task(provider.start())
            try:
                yield client
            finally:
                await socket.close()
                await provider.stop()
