"""Waiting until the operator or the system says stop."""

from __future__ import annotations

import asyncio
import signal


async def until_told_to_stop() -> None:
    """Wait for SIGINT or SIGTERM; what is open is then closed in order by whoever opened it."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    try:
        await told.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
