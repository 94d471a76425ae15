"""A browser without script: cookies, forms and what they carry; and the demonstration's people in one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape

from aiohttp import ClientSession, CookieJar
from yarl import URL

from revmod_live.accounts import people, sessions
from revmod_live.portal.cookies import SESSION
from revmod_live.storage.database import WriteTx
from tests.houses import TestHouse
from tests.peer import Line


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    set_cookies: tuple[str, ...]
    text: str

    @property
    def csrf(self) -> str:
        """The token that its forms carry."""
        found = re.search(r'name="csrf-token" content="([^"]*)"', self.text)
        assert found is not None, self.text
        return found[1]

    def hidden(self, name: str) -> str:
        """The value of a hidden field, in the last form that has one."""
        found: list[str] = re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name}"
        return unescape(found[-1])

    @property
    def words(self) -> str:
        """The text without its tags, for sentences that tags run through."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())


@dataclass(slots=True)
class Browser:
    """One browser with its own cookies. `origin`: what it says with every form, unless told otherwise."""

    http: ClientSession
    url: str
    origin: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Page:
        """Load a page, going nowhere else by itself."""
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, fields: Mapping[str, str] | None = None, /, **headers: str) -> Page:
        """Send a form as it is given here."""
        return await self._ask("POST", path, dict(fields or {}), headers)

    async def send(self, path: str, fields: Mapping[str, str] | None = None, /, **headers: str) -> Page:
        """Send a form with the token that this reader's pages have."""
        csrf = (await self.get("/help/home")).csrf
        return await self.post(path, {"csrf": csrf, **(fields or {})}, **headers)

    async def _ask(
        self, method: str, path: str, fields: dict[str, str] | None, more: Mapping[str, str]
    ) -> Page:
        headers = dict(self.headers)
        if self.origin is not None and method != "GET":
            headers["Origin"] = self.origin
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        async with self.http.request(
            method, self.url + path, data=fields, headers=headers, allow_redirects=False
        ) as answer:
            return Page(
                answer.status,
                answer.headers,
                tuple(answer.headers.getall("Set-Cookie", [])),
                (await answer.read()).decode(),
            )


@asynccontextmanager
async def a_browser(house: TestHouse, *, language: str = "en") -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    # the server listens on an address, not a name; a jar keeps no cookies of those unless told
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http, house.url, house.url, {"Accept-Language": language})


@asynccontextmanager
async def signed_in(
    house: TestHouse, role: str, state: str | None, *, language: str = "en"
) -> AsyncIterator[Browser]:
    """A browser of one of the demonstration's people, whose session was started without the form."""
    async with a_browser(house, language=language) as browser:
        token = await start_session(house, role, state)
        browser.http.cookie_jar.update_cookies({SESSION: token}, URL(house.url))
        yield browser


async def start_session(house: TestHouse, role: str, state: str | None) -> str:
    """A session's token for one of the people."""
    email = house.person(role, state).email
    services = house.services

    def start(tx: WriteTx) -> str:
        account = people.find_by_email(tx, email)
        assert account is not None
        return sessions.start_session(tx, account, services.now)[0]

    return await services.db.write(start)


@asynccontextmanager
async def a_live_line(house: TestHouse, token: str) -> AsyncIterator[Line]:
    """The socket of a page, opened as a browser opens it: with a session's cookie, from a page of ours."""
    headers = {"Cookie": f"{SESSION}={token}", "Origin": house.url}
    async with (
        ClientSession() as http,
        http.ws_connect(f"{house.url}/live", protocols=("revmod.1",), headers=headers) as socket,
    ):
        yield Line(socket)
