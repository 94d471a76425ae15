"""Desks: one person's socket on one section, which comes back by itself when the line is gone.

Owns coming back and what has arrived; the wires are `wires`'. A desk types nothing: rows come from
`authors`. Its `mirror` holds all that has arrived and all that was typed here, as the
document of a client does that holds nothing back.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType
from pycrdt import Doc, merge_updates

from revmod_live.sync import statevector

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.proofs.authors import Row

AGAIN_AFTER_S: Final = 0.05
"""How long a client waits before it tries a line again."""
PUSH_BYTES: Final = 200 * 1024
WAITING_ROWS: Final = 256
"""Rows that wait at a desk before its author pauses."""


class RefusedError(AssertionError):
    """The server refused what a proof relies on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a desk stands and whose it is."""

    url: str
    token: str
    section: str


@dataclass
class Mail:
    """What was sent, so that it is known again where it arrives. Runs are bits.

    runs_in: an update as it was sent → the runs that end in it.
    reached: run → its line's client id, and that client's clock after it.
    """

    runs_in: dict[bytes, int] = field(default_factory=dict)
    reached: dict[int, tuple[int, int]] = field(default_factory=dict)

    def runs_within(self, vector: dict[int, int]) -> int:
        """The runs that a document with this state vector has."""
        return sum(
            1 << run for run, (client, clock) in self.reached.items() if vector.get(client, 0) >= clock
        )


class Desk(ABC):
    """A socket on a section, and what came by it. Run `stay` as a task; leave it with `leave`.

    most_rows: up to so many keystrokes travel in one message, as they do when they pile up.
    """

    def __init__(
        self, http: ClientSession, place: Place, mail: Mail, chance: Random, *, most_rows: int
    ) -> None:
        self.place: Final = place
        self.mirror: Final = Doc[Any]()
        self.arrived = 0
        self.lines_lost = 0
        self.is_open = False
        self._http: Final = http
        self._mail: Final = mail
        self._chance: Final = chance
        self._most_rows: Final = most_rows
        self._bell: Final = asyncio.Event()
        self._socket: ClientWebSocketResponse | None = None
        self._is_leaving = False

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that what arrives here makes true."""
        while not holds():
            self._bell.clear()
            await self._bell.wait()

    def ring(self) -> None:
        """Let whoever waits look again."""
        self._bell.set()

    async def stay(self) -> None:
        """Be connected, and again whenever the line is gone. Raises RefusedError."""
        while not self._is_leaving:
            try:
                async with self._connected() as self._socket:
                    await self._greet()
                    async for message in self._socket:
                        assert message.type is WSMsgType.BINARY, message
                        await self._hear(message.data)
                        self._bell.set()
                    code = self._socket.close_code or 0
                    if 4400 <= code < 4500:
                        raise RefusedError(f"closed with {code}")
            except (ClientError, ConnectionError):
                # a server that was killed: it comes back
                pass
            self.is_open = False
            self.lines_lost += 1
            if not self._is_leaving:
                await asyncio.sleep(AGAIN_AFTER_S)

    async def leave(self) -> None:
        """Close the socket for good."""
        self._is_leaving = True
        if self._socket is not None:
            await self._socket.close()

    async def send(self, line: int, run: int, rows: list[Row]) -> None:
        """Send what an author at this desk has typed; returns before it is stored."""
        self.arrived |= 1 << run
        for row in rows:
            self.mirror.apply_update(row.update)
        await self._send(line, rows)

    @abstractmethod
    def _connected(self) -> Any:  # noqa: ANN401 -- aiohttp's own
        ...

    @abstractmethod
    async def _greet(self) -> None: ...

    @abstractmethod
    async def _hear(self, message: bytes) -> None: ...

    @abstractmethod
    async def _send(self, line: int, rows: list[Row]) -> None: ...

    async def _say(self, message: bytes) -> None:
        assert self._socket is not None
        try:
            await self._socket.send_bytes(message)
        except (ClientError, ConnectionError):
            # `stay` sees it too, and what is lost here is sent again then
            self.is_open = False

    def _update_came(self, update: bytes) -> None:
        self.mirror.apply_update(update)
        runs = self._mail.runs_in.get(update)
        if runs is None:
            self._state_came()
        else:
            self.arrived |= runs

    def _state_came(self) -> None:
        self.arrived |= self._mail.runs_within(statevector.read(self.mirror.get_state()))

    def _merged(self, rows: deque[Row]) -> tuple[bytes, int]:
        """An update of the first rows, and how many they are."""
        taken: list[bytes] = []
        size = ends = 0
        for row in islice(rows, self._chance.randint(1, self._most_rows)):
            if taken and size + len(row.update) > PUSH_BYTES:
                break
            taken.append(row.update)
            size += len(row.update)
            ends |= row.ends
        update = merge_updates(*taken) if len(taken) > 1 else taken[0]
        self._mail.runs_in[update] = self._mail.runs_in.get(update, 0) | ends
        return update, len(taken)


async def take(http: ClientSession, place: Place) -> None:
    """Take the section, as a program with a token does."""
    headers = {"Authorization": f"Bearer {place.token}"}
    path = f"{place.url}/api/sections/{place.section}/take"
    async with http.post(path, data={"join": "1"}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
