"""A stage for stories told by real browsers: a house that is up, and people in front of it.

    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await nadia.opens("b/untoc/art-5")
        await nadia.takes()
        await nadia.types("Hello.")
        await nadia.save_line("saved")

Every person has a browser context of their own: cookies, device store, tabs. Nothing here sleeps: each
verb waits for what the page shows. When the stage closes, it asserts that no page broke its content
security policy or put an error on the console, apart from what the story said it expects.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from playwright.async_api import ViewportSize, expect

from revmod_live.portal.cookies import SESSION
from tests.e2e.person import Person
from tests.houses import TestHouse, a_house
from tests.portal.browsing import start_session
from tests.rehearsal import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

PATIENCE_MS: Final = 15_000
"""How long a page may take to show what is waited for: two busy cores."""
DESK: Final = ViewportSize(width=1280, height=900)
UNREACHED: Final = re.compile(r"ERR_CONNECTION|ERR_INTERNET|ERR_EMPTY|ERR_SOCKET|WebSocket connection")


class Stage:
    """The house of one story, its clock, and who has come."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.clock = Watch()
        self.people: list[Person] = []
        self.problems: list[str] = []
        self._folder = folder
        self._house: TestHouse | None = None
        self._port = 0
        self._open = AsyncExitStack()
        self._contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []

    @property
    def house(self) -> TestHouse:
        """The house, which must be up."""
        assert self._house is not None, "the house is down"
        return self._house

    @property
    def url(self) -> str:
        """Where it serves, also while it is down."""
        return f"http://127.0.0.1:{self._port}"

    async def opens(self) -> None:
        """The house comes up, for the first time or again: the same address, the same data."""
        self._house = await self._open.enter_async_context(
            a_house(self._folder, clock=self.clock, port=self._port)
        )
        self._port = urlsplit(self._house.url).port or 0

    async def goes_down(self) -> None:
        """The house closes: from now on nobody reaches it. Pages may say so on the console."""
        self._expected.append(UNREACHED)
        self._house = None
        await self._open.aclose()

    def expects(self, *patterns: str) -> None:
        """What pages may put on the console in this story, because the story is about it."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    async def person(self, role: str, state: str | None, *, language: str = "en", script: bool = True,
                     width: int | None = None) -> Person:  # fmt: skip
        """Somebody of the demonstration, signed in, in a browser of their own."""
        context = await self.context(language=language, script=script, width=width)
        await self.sign_in(context, role, state)
        page = await context.new_page()
        account = self.house.person(role, state)
        person = Person(self, page, account)
        self.people.append(person)
        return person

    async def context(
        self, *, language: str = "en", script: bool = True, width: int | None = None
    ) -> BrowserContext:
        """A browser of its own, with nobody signed in."""
        size = DESK if width is None else ViewportSize(width=width, height=740)
        context = await self.browser.new_context(
            locale=language,
            java_script_enabled=script,
            viewport=size,
            base_url=self.url,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", self._watch)
        self._contexts.append(context)
        return context

    async def sign_in(self, context: BrowserContext, role: str, state: str | None) -> None:
        """Start a session without the form."""
        token = await start_session(self.house, role, state)
        await context.add_cookies([{"name": SESSION, "value": token, "url": self.url, "httpOnly": True}])

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{message.location.get('url')}: {message.text}")

    async def close(self) -> None:
        """Everybody leaves, then the house closes."""
        for context in self._contexts:
            await context.close()
        await self._open.aclose()

    def unexpected(self) -> list[str]:
        """What pages complained of and the story did not expect."""
        return [p for p in self.problems if not any(e.search(p) for e in self._expected)]


@asynccontextmanager
async def a_stage(browser: Browser, folder: Path) -> AsyncIterator[Stage]:
    """A stage with its house up."""
    expect.set_options(timeout=PATIENCE_MS)
    stage = Stage(browser, folder)
    await stage.opens()
    try:
        yield stage
    finally:
        await stage.close()
    complaints = stage.unexpected()
    assert not complaints, complaints
