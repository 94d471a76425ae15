"""How far one outbox has come: its rows admitted, its rows stored, the one socket it has.

An outbox belongs to one person, one section and one tab (sync-protocol.md, "Order"). Meta, whose
`seq` the client trusts after a reconnect, may go out only while nothing of it is on its way to disk.
"""

from __future__ import annotations

import asyncio
from typing import Protocol


class Holder(Protocol):
    """The seat that speaks for an outbox."""

    def superseded(self) -> None:
        """Another socket has opened the same outbox: this one ends."""
        ...


class Outbox:
    """One outbox of one person in one live section."""

    __slots__ = ("_waiters", "admitted", "holder", "pending", "stored")

    def __init__(self, stored: int) -> None:
        self.stored = stored
        self.admitted = stored
        self.pending = 0
        self.holder: Holder | None = None
        self._waiters: list[asyncio.Future[None]] = []

    def admit(self, seq: int) -> None:
        """An update up to row `seq` is on its way to disk."""
        self.admitted = seq
        self.pending += 1

    def settle(self, seq: int | None) -> None:
        """One update came off its way: stored up to `seq`, or not stored (None)."""
        self.pending -= 1
        if seq is not None:
            self.stored = max(self.stored, seq)
        if not self.pending:
            self.admitted = self.stored
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def idle(self) -> None:
        """Wait until nothing of this outbox is on its way to disk."""
        while self.pending:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
