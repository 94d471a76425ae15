"""A stock Yjs client of `/yjs` in Python: what y-websocket's provider does, with pycrdt, over real sockets.

It knows nothing of this server: it opens, asks for what it lacks, answers what it is asked, sends each
change as it is made, and applies whatever comes.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType
from pycrdt import (
    Doc,
    TransactionEvent,
    XmlFragment,
    YMessageType,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)

from tests.peer import Gone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


class StockPeer:
    """One document and its socket. Edits made while there is no line go out with the next one."""

    def __init__(self, field: str, doc: Doc[Any] | None = None) -> None:
        self.doc: Final[Doc[Any]] = Doc() if doc is None else doc
        self.fragment: Final[XmlFragment] = self.doc.get(field, type=XmlFragment)
        self.is_synced = False
        self._socket: ClientWebSocketResponse | None = None
        self._made: list[bytes] = []
        self._is_editing = False
        self._watch = self.doc.observe(self._keep)

    def _keep(self, event: TransactionEvent) -> None:
        if self._is_editing:
            self._made.append(event.update)

    async def start(self, socket: ClientWebSocketResponse) -> None:
        """Begin on a new socket."""
        self._socket, self.is_synced = socket, False
        await self._say(create_sync_message(self.doc))

    async def hear(self) -> None:
        """Take in the next message. Raises Gone when the socket has ended."""
        assert self._socket is not None
        message = await self._socket.receive()
        if message.type is not WSMsgType.BINARY:
            raise Gone(self._socket.close_code)
        kind, payload = message.data[0], message.data[1:]
        if kind == YMessageType.SYNC:
            answer = handle_sync_message(payload, self.doc)
            if answer is not None:
                await self._say(answer)
                self.is_synced = True

    async def edit(self, change: Callable[[XmlFragment], None]) -> None:
        """Change the document and send the change."""
        self._made, self._is_editing = [], True
        with self.doc.transaction():
            change(self.fragment)
        self._is_editing = False
        for update in self._made:
            await self._say(create_update_message(update))

    async def _say(self, message: bytes) -> None:
        assert self._socket is not None
        try:
            await self._socket.send_bytes(message)
        except (ClientError, ConnectionError):
            raise Gone(self._socket.close_code) from None


@asynccontextmanager
async def on_the_line(
    peer: StockPeer, http: ClientSession, url: str, section: str, token: str, *, take: bool = True
) -> AsyncIterator[StockPeer]:
    """`peer` with a socket to the section at `url`, which it takes."""
    wanted = "take=1&" if take else ""
    address = f"{url}/yjs/{section}?{wanted}token={token}"
    try:
        async with http.ws_connect(address, max_msg_size=0) as socket:
            await peer.start(socket)
            yield peer
    except ClientError as problem:
        raise Gone(None) from problem
