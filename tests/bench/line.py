"""A WebSocket client that does next to nothing: it writes finished frames and notes what comes, and when.

Owns the handshake and the cutting of what came into messages, which is done after the measurement:
while it runs, a chunk costs one entry in a list. Knows no server's wire. Loopback only.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import cast

_CLOSE = 8
_PING = 9


class Ended(Exception):
    """The server ended the connection, or would not open it."""


class Line(asyncio.Protocol):
    """One connection. Make it with `connect`."""

    def __init__(self) -> None:
        self.chunks: list[tuple[float, bytes]] = []
        self.ended: str | None = None
        self._transport: asyncio.Transport | None = None
        self._arrived = asyncio.Event()
        self._read_chunks = 0
        self._rest = b""

    # ---------------------------------------------------------------- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass of asyncio.Transport
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.chunks.append((perf_counter(), data))
        self._arrived.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = self.ended or f"lost: {exc}"
        self._arrived.set()

    # ---------------------------------------------------------------- sending and hearing

    async def shake_hands(self, host: str, path: str, headers: Mapping[str, str]) -> None:
        """Ask for a WebSocket. Raises Ended when the answer is another."""
        assert self._transport is not None
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            await self._more()
            answer = b"".join(data for _, data in self.chunks)
        head, self._rest = answer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.splitlines()[0]:
            raise Ended(head.splitlines()[0].decode())
        self._read_chunks = len(self.chunks)

    def write(self, frames: bytes) -> None:
        """Write finished frames (`framed`), in one write."""
        assert self._transport is not None
        self._transport.write(frames)

    def messages(self) -> Iterator[tuple[float, bytes]]:
        """When and what: the messages that came since the last call."""
        if self._rest and self._read_chunks:
            at, data = self.chunks[self._read_chunks - 1][0], self._rest
            self._rest = b""
            yield from self._cut(at, data)
        while self._read_chunks < len(self.chunks):
            at, data = self.chunks[self._read_chunks]
            self._read_chunks += 1
            yield from self._cut(at, self._rest + data if self._rest else data)

    async def hear(self, until: Callable[[bytes], bool]) -> None:
        """Read messages until one is what is waited for. Raises Ended."""
        while True:
            for _, message in self.messages():
                if until(message):
                    return
            await self._more()

    def cut(self) -> None:
        """End the connection without a goodbye."""
        if self._transport is not None:
            self._transport.abort()

    # ---------------------------------------------------------------- inside

    async def _more(self) -> None:
        self._arrived.clear()
        if self.ended:
            raise Ended(self.ended)
        await self._arrived.wait()

    def _cut(self, at: float, data: bytes) -> Iterator[tuple[float, bytes]]:
        """Cut `data` into messages; what is not whole yet is kept."""
        start, end = 0, len(data)
        while end - start >= 2:
            first, length, begin = data[start], data[start + 1], start + 2
            if length == 126:
                length, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
            elif length == 127:
                length, begin = int.from_bytes(data[begin : begin + 8], "big"), begin + 8
            if begin + length > end or begin > end:
                break
            kind = first & 0x0F
            if kind == _CLOSE:
                code = int.from_bytes(data[begin : begin + 2], "big")
                self.ended = f"closed: {code} {data[begin + 2 : begin + length].decode(errors='replace')}"
            elif kind == _PING:
                self.write(framed([data[begin : begin + length]], kind=0x8A))
            else:
                yield at, data[begin : begin + length]
            start = begin + length
        self._rest = data[start:]


def framed(messages: Sequence[bytes], *, kind: int = 0x82) -> bytes:
    """Messages as a client's frames. The mask is of zeros: as good as any for whoever takes it off."""
    out = bytearray()
    for message in messages:
        length = len(message)
        out.append(kind)
        if length < 126:
            out.append(0x80 | length)
        elif length < 65_536:
            out.append(0x80 | 126)
            out += length.to_bytes(2, "big")
        else:
            out.append(0x80 | 127)
            out += length.to_bytes(8, "big")
        out += b"\x00\x00\x00\x00"
        out += message
    return bytes(out)


async def connect(port: int, path: str, headers: Mapping[str, str]) -> Line:
    """A WebSocket to `path` on this machine. Raises Ended."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(Line, "127.0.0.1", port)
    await line.shake_hands(f"127.0.0.1:{port}", path, headers)
    return line
