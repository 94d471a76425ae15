"""A client of `revmod.1` in Python, over real sockets: for the traces, the kills, the races.

It keeps the protocol's promises of a client: one Push in flight, what piles up goes into the next,
rows up to Meta's `seq` are dropped after a reconnect, nothing is pushed while the mode is read.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from revmod_live.sync import frames, protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ANSWER_WITHIN_S: Final = 30


class Gone(Exception):
    """The line is gone; `code` is the socket's close code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """One socket, its frames in the order of their arrival; Pings are answered."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._frames: deque[tuple[str, frames.ServerFrame]] = deque()
        self.received: Final[list[bytes]] = []

    async def send(self, name: str, *to_send: frames.Frame) -> None:
        """Send frames of one name as one message."""
        await self.send_raw(b"".join(protocol.encode(name, frame) for frame in to_send))

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as one message, whatever they are."""
        try:
            await self._socket.send_bytes(data)
        except ConnectionError:
            raise Gone(self._socket.close_code) from None

    async def next(self) -> tuple[str, frames.ServerFrame]:
        """The next frame. Raises Gone when the socket has ended, TimeoutError when nothing comes."""
        while not self._frames:
            message = await self._socket.receive(timeout=ANSWER_WITHIN_S)
            if message.type is not WSMsgType.BINARY:
                raise Gone(self._socket.close_code)
            self.received.append(message.data)
            for name, frame in protocol.decode_server(message.data):
                if isinstance(frame, frames.Ping):
                    await self.send("", frames.Pong())
                else:
                    self._frames.append((name, frame))
        return self._frames.popleft()

    async def close(self) -> None:
        """End the socket in order."""
        await self._socket.close()

    @property
    def close_code(self) -> int | None:
        """With which code the socket was closed; None while it is open."""
        return self._socket.close_code

    def cut(self) -> None:
        """End the connection as a broken line does: no goodbye."""
        transport = self._socket.get_extra_info("transport")
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


@asynccontextmanager
async def a_line(http: ClientSession, url: str, token: str) -> AsyncIterator[Line]:
    """A socket to the server at `url` with a personal access token."""
    async with http.ws_connect(
        f"{url}/live",
        protocols=("revmod.1",),
        headers={"Authorization": f"Bearer {token}"},
        max_msg_size=0,
        autoping=True,
    ) as socket:
        yield Line(socket)


@dataclass
class Drafter:
    """One tab of one person on one section: document, outbox, and what the server has said."""

    section: str
    field_name: str
    doc: Doc[XmlFragment] = field(default_factory=Doc[XmlFragment])
    outbox: str = field(default_factory=lambda: str(uuid.uuid4()))
    seq: int = 0
    acked: int = 0
    rev: int = 0
    epoch: str | None = None
    mode: str = "read"
    metas: list[frames.Meta] = field(default_factory=list)
    refused: list[frames.Refuse] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
    rows: dict[int, bytes] = field(default_factory=dict)
    apply_at_once: bool = True

    def __post_init__(self) -> None:
        self.fragment: XmlFragment = self.doc.get(self.field_name, type=XmlFragment)

    @property
    def name(self) -> str:
        """The section's name on the wire."""
        return protocol.section_name(self.section)

    async def open(self, line: Line, *, resume: bool = False) -> None:
        """Open the section and wait until its text is here."""
        await line.send(
            self.name,
            frames.OpenSection(
                schema=1, epoch=self.epoch, outbox=self.outbox, client=self.doc.client_id, resume=resume
            ),
            frames.SyncStep1(self.doc.get_state()),
        )
        while True:
            frame = await self.hear(line)
            if isinstance(frame, frames.SyncStep2):
                break
        for seq in [s for s in self.rows if s <= self.acked]:
            del self.rows[seq]

    async def hear(self, line: Line) -> frames.ServerFrame:
        """Take in the next frame of this section."""
        while True:
            name, frame = await line.next()
            if name == self.name:
                self.take(frame)
                return frame

    def take(self, frame: frames.ServerFrame) -> None:
        """Take in one frame."""
        match frame:
            case frames.Meta():
                self.metas.append(frame)
                self.rev, self.epoch, self.mode = frame.rev, frame.epoch, str(frame.mode)
                self.acked = max(self.acked, frame.seq)
            case frames.SyncStep2():
                self.doc.apply_update(frame.update)
            case frames.Updates():
                self.rev = frame.rev
                self.held.extend(frame.updates)
                if self.apply_at_once:
                    self.show_held()
            case frames.Ack():
                self.acked = max(self.acked, frame.seq)
                self.rev = max(self.rev, frame.rev)
                for seq in [s for s in self.rows if s <= frame.seq]:
                    del self.rows[seq]
            case frames.Refuse():
                self.refused.append(frame)
            case frames.Denied():
                raise AssertionError(f"denied: {frame.reason}")
            case _:
                pass

    def show_held(self) -> None:
        """Apply what others wrote and this replica was not yet shown."""
        for update in self.held:
            self.doc.apply_update(update)
        self.held.clear()

    def edit(self, change: Callable[[XmlFragment], None]) -> bytes:
        """Change the document here; the update it makes is a row of the outbox, not yet sent."""
        before = self.doc.get_state()
        with self.doc.transaction():
            change(self.fragment)
        update = self.doc.get_update(before)
        self.seq += 1
        self.rows[self.seq] = update
        return update

    async def push(self, line: Line, update: bytes, seq: int) -> frames.ServerFrame:
        """Send one Push and wait for its answer: the Ack that covers it, or the Refuse."""
        await line.send(self.name, frames.Push(seq=seq, update=update, device_time_ms=0))
        while True:
            frame = await self.hear(line)
            if isinstance(frame, frames.Ack) and frame.seq >= seq:
                return frame
            if isinstance(frame, frames.Refuse) and frame.seq == seq:
                return frame

    async def push_rows(self, line: Line) -> None:
        """Send all rows, one after another, each acknowledged before the next."""
        for seq in sorted(self.rows):
            answer = await self.push(line, self.rows[seq], seq)
            assert isinstance(answer, frames.Ack), answer
            self.rows.pop(seq, None)

    def text(self) -> str:
        """The field's text, blocks parted by line feeds."""
        blocks = [block for block in self.fragment.children if isinstance(block, XmlElement)]
        return "\n".join("".join(str(run) for run in block.children) for block in blocks)


def add_block(text: str) -> Callable[[XmlFragment], None]:
    """An edit that adds a block with `text` at the end."""

    def change(fragment: XmlFragment) -> None:
        block = XmlElement("para")
        fragment.children.append(block)
        run = XmlText()
        block.children.append(run)
        run.insert(0, text)

    return change


async def settled(line: Line, drafter: Drafter, *, rev: int) -> None:
    """Hear frames until this drafter has been brought to `rev`."""
    async with asyncio.timeout(ANSWER_WITHIN_S):
        while drafter.rev < rev:
            await drafter.hear(line)
