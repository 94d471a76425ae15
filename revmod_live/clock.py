"""Where the time comes from. Rules and commands are handed a time; only the app hands out a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for spans."""

    def now(self) -> datetime:
        """The time now: aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an unknown start, never going back."""
        ...


class SystemClock:
    """The machine's own clock."""

    __slots__ = ()

    def now(self) -> datetime:
        """The machine's wall time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic time in seconds."""
        return time.monotonic()
