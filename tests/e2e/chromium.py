"""The Chromium of this machine (`tools/ensure-browser`), without what it asks the network for by itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
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
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path is not None, "there is no Chromium: tools/ensure-browser"
    return await driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
