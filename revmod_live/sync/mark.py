"""A mark that what is known may be out of date, set at once and cleared only by looking again.

Announcements set it synchronously; whoever is about to judge by what is known looks again first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Mark:
    """Whether a picture is as new as what was announced. One look serves all who wait for it."""

    __slots__ = ("_had", "_lock", "_wanted")

    def __init__(self) -> None:
        self._wanted = 0
        self._had = 0
        self._lock: asyncio.Lock | None = None

    def set(self) -> None:
        """Something was announced: the picture is old."""
        self._wanted += 1

    def is_set(self) -> bool:
        """Whether the picture is old."""
        return self._had < self._wanted

    async def clear(self, look: Callable[[], Awaitable[None]]) -> None:
        """Look again, unless somebody has; what is announced meanwhile counts as not yet seen."""
        if self._lock is None:
            self._lock = asyncio.Lock()
        async with self._lock:
            while self._had < self._wanted:
                wanted = self._wanted
                await look()
                self._had = wanted
