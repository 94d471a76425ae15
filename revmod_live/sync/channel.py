"""One connection as the sync server sees it, and the queue in front of it.

Owns the joining of frames: whatever one turn of the loop has for a member leaves as one message,
in one write. Knows no frame type, no section and no aiohttp: `portal.live_socket` is the Channel.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, Protocol

log = logging.getLogger(__name__)


class Channel(Protocol):
    """A socket that carries binary messages."""

    async def receive(self) -> bytes | None:
        """The next message; None when the peer is gone. Not called while the peer is to wait.

        Raises Malformed for what is not a binary message within the size limit.
        """
        ...

    def send(self, messages: Sequence[bytes]) -> None:
        """Write these messages now, in one write, without waiting. Nothing once the peer is gone."""
        ...

    def backlog_bytes(self) -> int:
        """How much of what was sent has not left this machine."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Say goodbye, with one of `protocol.CloseCode`; returns soon, heard or not."""
        ...


class Outgoing:
    """What one turn of the loop has for one channel."""

    __slots__ = ("_channel", "_fell_behind", "_frames", "_joins", "_post", "lagging_since")

    def __init__(
        self, channel: Channel, post: Post, fell_behind: Callable[[], None], *, joins: bool = True
    ) -> None:
        """`fell_behind` is called when the peer does not keep up, with nothing left in this queue.

        joins: whether the peer reads several frames out of one message; else each is a message.
        """
        self._joins = joins
        self._channel = channel
        self._fell_behind = fell_behind
        self._frames: list[bytes] = []
        self._post = post
        self.lagging_since: float | None = None

    def put(self, frame: bytes) -> None:
        """Send `frame` with whatever else this turn brings."""
        if not self._frames:
            self._post.expect(self)
        self._frames.append(frame)

    def flush(self, *, bound_bytes: int, now_s: float) -> None:
        """Write what waits, as one message; notice when the peer does not keep up."""
        frames = self._frames
        if not frames:
            return
        self._frames = []
        self._channel.send([b"".join(frames)] if self._joins and len(frames) > 1 else frames)
        if self.lagging_since is None and self._channel.backlog_bytes() > bound_bytes:
            self.lagging_since = now_s
            self._fell_behind()

    def drop(self) -> None:
        """Forget what waits: the peer is gone."""
        self._frames = []


class Post:
    """Everybody who is to get something this turn, written to once at its end."""

    def __init__(self, *, bound_bytes: int, monotonic: Callable[[], float]) -> None:
        self._waiting: list[Outgoing] = []
        self._scheduled = False
        self._bound_bytes: Final = bound_bytes
        self._monotonic: Final = monotonic

    def expect(self, outgoing: Outgoing) -> None:
        """Flush `outgoing` at the end of this turn, or with `flush_now`."""
        self._waiting.append(outgoing)
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self.flush_now)

    def flush_now(self) -> None:
        """Write to everybody who waits: one write each."""
        self._scheduled = False
        waiting, self._waiting = self._waiting, []
        now_s = self._monotonic()
        for outgoing in waiting:
            try:
                outgoing.flush(bound_bytes=self._bound_bytes, now_s=now_s)
            except Exception:  # one line's fault keeps nothing from the others, nor ends the journal
                log.exception("a socket could not be written to")
