"""An aiohttp socket as a `Channel`: joined writes, seen backpressure, nothing compressed.

Owns the WebSocket frame around a message. What a message means is `sync`'s; who may open a socket
is the handler's that prepared it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aiohttp import WSMsgType

from revmod_live.errors import Malformed

if TYPE_CHECKING:
    from aiohttp import web

log = logging.getLogger(__name__)

MESSAGE_MAX_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of one message; aiohttp closes with 1009 beyond it, before it has them all."""
_CLOSE_WITHIN_S: Final = 2.0
_BINARY: Final = 0x82
"""First byte of a whole binary message (RFC 6455, 5.2)."""
_SHORT_MOST: Final = 125
_MIDDLE_MOST: Final = 0xFFFF


class LiveSocket:
    """A prepared WebSocketResponse; its request gives the transport that is written to.

    The write goes past aiohttp's own writer, which would wait where there is nothing to wait for:
    all its frames are whole and written at once, so the two cannot mix within a frame.
    """

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self._socket: Final = socket
        self._transport: Final = request.transport

    async def receive(self) -> bytes | None:
        """The next binary message; None when the peer is gone. Raises Malformed for text."""
        message = await self._socket.receive()
        if message.type is WSMsgType.BINARY:
            data: bytes = message.data
            return data
        if message.type is WSMsgType.TEXT:
            raise Malformed("text where bytes are spoken")
        return None

    def send(self, messages: Sequence[bytes]) -> None:
        """Write these messages in one write; nothing once the peer is gone."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._socket.closed:
            return
        if len(messages) == 1:
            transport.write(_header(len(messages[0])) + messages[0])
            return
        pieces: list[bytes] = []
        for message in messages:
            pieces += (_header(len(message)), message)
        transport.write(b"".join(pieces))

    def backlog_bytes(self) -> int:
        """What has been written and has not left this machine's memory."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return 0
        return transport.get_write_buffer_size()

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye; a peer that does not answer is cut off after a moment."""
        try:
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await self._socket.close(code=code, message=reason.encode())
        except TimeoutError:
            if self._transport is not None:
                self._transport.abort()


def _header(length: int) -> bytes:
    if length <= _SHORT_MOST:
        return bytes((_BINARY, length))
    if length <= _MIDDLE_MOST:
        return bytes((_BINARY, 126)) + length.to_bytes(2, "big")
    return bytes((_BINARY, 127)) + length.to_bytes(8, "big")
