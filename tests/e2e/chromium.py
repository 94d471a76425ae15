"""Debian's Chromium, without what it would ask the network for by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

PATH: Final = os.environ.get("REVMOD_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


async def launched(driver: Playwright) -> Browser:
    """A browser without a window."""
    return await driver.chromium.launch(executable_path=PATH, args=list(ARGUMENTS))
