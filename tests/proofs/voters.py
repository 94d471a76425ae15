"""Focal points with browsers of their own: they sign in with their passwords, read the vote page, vote."""

from __future__ import annotations

import json
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession, CookieJar

from tests.portal.browsing import Browser, Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.server_process import Server

VOTERS: Final = {
    "b": ("DAL", "BOR", "COR"),
    "c": ("DAL", "AVA", "BOR", "COR"),
    "d": ("DAL", "AVA", "BOR", "COR"),
}
"""Who votes, the last missing one last. Step B is the reviewers' (requirements 1.3), and Dalmora's vote is on
the Firearms Protocol alone, so that an edit elsewhere leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote page as somebody has it on the screen: where its form goes and what it carries."""

    path: str
    fields: dict[str, str]


class Voters:
    """The focal points of all States, signed in."""

    def __init__(self, browsers: dict[str, Browser]) -> None:
        self._browsers: Final = browsers
        self._forms: Final[dict[tuple[str, str], dict[str, str]]] = {}

    async def read(self, state: str, code: str, step: str) -> Ballot:
        """Load the vote page; after the first time as its script does, which asks for the digests alone."""
        path = f"/reviews/{code}/{step}/vote"
        forms = self._forms.get((state, step))
        if forms is not None:
            page = await self._browsers[state].get(path, Accept="application/json")
            shown = json.loads(page.text)["digest"].split("-")
            return Ballot(path, {"csrf": forms["csrf"], **dict(zip(list(forms)[1:], shown, strict=True))})
        page = await self._browsers[state].get(path)
        assert page.status == 200, page.words
        found = re.findall(r'<input type="hidden" name="(digest[^"]*)"\s+value="([^"]*)"', page.text)
        form = {"csrf": page.csrf, **{name: unescape(value) for name, value in found}}
        assert found, page.words
        self._forms[state, step] = form
        return Ballot(path, form)

    async def cast(self, state: str, ballot: Ballot) -> Page:
        """Send the form as it was on the screen."""
        return await self._browsers[state].post(ballot.path, ballot.fields)


@asynccontextmanager
async def signed_in_voters(server: Server) -> AsyncIterator[Voters]:
    """Every State's focal point, in a browser."""
    async with AsyncExitStack() as leave:
        browsers = {}
        for state in VOTERS["c"]:
            # the server listens on an address, not a name; a jar keeps no cookies of those unless told
            http = await leave.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
            browser = Browser(http, server.url, server.url, {"Accept-Language": "en"})
            person = server.account("focal_point", state)
            csrf = (await browser.get("/sign-in")).hidden("csrf")
            form = {"csrf": csrf, "email": person["email"], "password": person["password"]}
            assert (await browser.post("/sign-in", form)).status == 303
            browsers[state] = browser
        yield Voters(browsers)
