"""Both wires as somebody at a desk uses them: `revmod.1` with its outboxes and Acks, and a stock client's."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from revmod_live.sync import frames, protocol, yjs_protocol
from tests.proofs.desks import WAITING_ROWS, Desk, RefusedError

if TYPE_CHECKING:
    from tests.proofs.authors import Row


@dataclass
class _Outbox:
    """The outbox of one line. `rows` follow `acked`; the first `flying` of them are on their way."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    acked: int = 0
    flying: int = 0
    rows: deque[Row] = field(default_factory=deque)


class LiveDesk(Desk):
    """A desk on `/live`: an outbox for every line, one Push in flight, Acks."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- those of Desk
        super().__init__(*args, **options)
        self._outboxes: Final[dict[int, _Outbox]] = {}
        self._outbox = _Outbox()
        self._line: int | None = None
        self._epoch: str | None = None
        self._name: Final = protocol.section_name(self.place.section)
        self._openings = 0

    def _connected(self) -> Any:  # noqa: ANN401 -- as above
        return self._http.ws_connect(
            f"{self.place.url}/live",
            protocols=("revmod.1",),
            headers={"Authorization": f"Bearer {self.place.token}"},
            max_msg_size=0,
        )

    async def _greet(self) -> None:
        self._openings = 0
        await self._open()

    async def _open(self) -> None:
        self.is_open = False
        self._openings += 1
        opening = frames.OpenSection(
            schema=1, epoch=self._epoch, outbox=self._outbox.id, client=1, resume=self._line is not None
        )
        asking = frames.SyncStep1(self.mirror.get_state())
        await self._say(protocol.encode(self._name, opening) + protocol.encode(self._name, asking))

    async def _hear(self, message: bytes) -> None:
        for name, frame in protocol.decode_server(message):
            if isinstance(frame, frames.Ping):
                await self._say(protocol.encode("", frames.Pong()))
            elif name == self._name:
                await self._take(frame)

    async def _take(self, frame: frames.ServerFrame) -> None:
        outbox = self._outbox
        match frame:
            case frames.Opened():
                self._openings -= 1
            case frames.Meta() if not self._openings:
                self._epoch = frame.epoch
                self._settle(frame.seq)
            case frames.SyncStep2() if not self._openings:
                self.mirror.apply_update(frame.update)
                self._state_came()
                self.is_open, outbox.flying = True, 0
                await self._push()
            case frames.SyncStep2():
                self.mirror.apply_update(frame.update)
            case frames.Updates():
                for update in frame.updates:
                    self._update_came(update)
            case frames.Ack() if not self._openings:
                self._settle(frame.seq)
                await self._push()
            case frames.Refuse() | frames.Denied() | frames.Close():
                raise RefusedError(f"{frame}, {outbox.acked} rows acknowledged")
            case _:
                pass

    def _settle(self, seq: int) -> None:
        outbox = self._outbox
        while outbox.acked < seq:
            outbox.rows.popleft()
            outbox.acked += 1
            outbox.flying = max(0, outbox.flying - 1)

    async def _push(self) -> None:
        outbox = self._outbox
        if self.is_open and outbox.rows and not outbox.flying:
            update, outbox.flying = self._merged(outbox.rows)
            push = frames.Push(seq=outbox.acked + outbox.flying, update=update, device_time_ms=0)
            await self._say(protocol.encode(self._name, push))

    async def _send(self, line: int, rows: list[Row]) -> None:
        if line != self._line:
            # the section is open once on a socket: the earlier line's last row is stored first
            await self.until(lambda: not self._outbox.rows and self.is_open)
            self._line, self._outbox = line, self._outboxes.setdefault(line, _Outbox())
            await self._open()
        self._outbox.rows.extend(rows)
        await self._push()
        await self.until(lambda: len(self._outbox.rows) < WAITING_ROWS)

    def is_done(self) -> bool:
        """Whether everything that was sent here is acknowledged."""
        return not self._outbox.rows


class StockDesk(Desk):
    """A desk on `/yjs`: what a stock provider does. There are no Acks."""

    takes = True

    def _connected(self) -> Any:  # noqa: ANN401 -- as above
        take = "take=1&" if self.takes else ""
        return self._http.ws_connect(
            f"{self.place.url}/yjs/{self.place.section}?{take}token={self.place.token}", max_msg_size=0
        )

    async def _greet(self) -> None:
        await self._say(yjs_protocol.encode(yjs_protocol.SyncStep1(self.mirror.get_state())))

    async def _hear(self, message: bytes) -> None:
        for part in yjs_protocol.decode(message):
            match part:
                case yjs_protocol.SyncStep1(vector):
                    answer = self.mirror.get_update(vector)
                    await self._say(yjs_protocol.encode(yjs_protocol.SyncStep2(answer)))
                    self.is_open = True
                case yjs_protocol.SyncStep2(update):
                    self.mirror.apply_update(update)
                    self._state_came()
                case yjs_protocol.Update(update):
                    self._update_came(update)
                case _:
                    pass

    async def _send(self, line: int, rows: list[Row]) -> None:
        del line
        waiting = deque(rows)
        while waiting:
            await self.until(lambda: self.is_open)
            update, taken = self._merged(waiting)
            # lost with the line: it is in what the server asks for when it is back
            await self._say(yjs_protocol.encode(yjs_protocol.Update(update)))
            for _ in range(taken):
                waiting.popleft()


class StockReader(StockDesk):
    """Somebody who only reads."""

    takes = False
