"""The chat with the secretariat through the real server: who is sent what, and what is there once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession
from sqlalchemy import text as sql
from yarl import URL

from revmod_live.accounts import people
from revmod_live.accounts.model import Account
from revmod_live.events import ChatGrew, Event
from revmod_live.portal.chat_text import linked
from revmod_live.portal.cookies import SESSION
from revmod_live.storage.database import ReadTx
from revmod_live.sync import frames
from tests.houses import TestHouse, a_house
from tests.peer import Gone, Line
from tests.portal.browsing import Browser, Page, a_browser, signed_in, start_session
from tests.server_process import a_server

SECRET: Final = "the-words-that-nobody-else-may-see"
PENDING: Final = ("expert", "BOR")
OFFICER: Final = ("secretariat", None)


def account_of(tx: ReadTx, house: TestHouse, role: str, state: str | None) -> Account:
    found = people.find_by_email(tx, house.person(role, state).email)
    assert found is not None
    return found


async def approve(house: TestHouse, role: str, state: str | None, *, active: bool) -> None:
    services = house.services
    await services.db.write(
        lambda tx: people.set_active(tx, account_of(tx, house, role, state).id, services.now, active=active)
    )


async def id_of(house: TestHouse, role: str, state: str | None) -> str:
    return await house.services.db.read(lambda tx: account_of(tx, house, role, state).id)


@asynccontextmanager
async def a_line_of(house: TestHouse, role: str, state: str | None) -> AsyncIterator[Line]:
    """The socket of somebody's page, heard from the server's side: it is known there."""
    cookie = f"{SESSION}={await start_session(house, role, state)}"
    headers = {"Cookie": cookie, "Origin": house.url}
    async with (
        ClientSession() as http,
        http.ws_connect(f"{house.url}/live", protocols=("revmod.1",), headers=headers) as socket,
    ):
        line = Line(socket)
        await answered(line)
        yield line


async def answered(line: Line) -> None:
    """Everything that the server had for this line until now has come."""
    await line.send("p:" + "z" * 26, frames.OpenPage())
    while True:
        name, frame = await line.next()
        if name == "p:" + "z" * 26:
            assert frame == frames.Denied(frames.DeniedReason.UNKNOWN)
            return


async def heard(line: Line) -> frames.Notice:
    """The next news of a chat."""
    while True:
        name, frame = await line.next()
        if isinstance(frame, frames.Notice) and frame.kind == "chat":
            assert name == ""
            return frame


async def says(browser: Browser, text: str, *, path: str = "/profile/chat", message_id: str = "") -> Page:
    """Send the form as a page without script has it; `message_id`: another id than the page's."""
    page = await browser.get(path)
    fields = {"csrf": page.csrf, "then": page.hidden("then"), "text": text}
    return await browser.post(path, {**fields, "id": message_id or page.hidden("id")})


async def ended(line: Line) -> int:
    """Wait until the server has closed this line; with which code."""
    with suppress(Gone):
        while True:
            await heard(line)
    assert line.close_code is not None
    return line.close_code


def texts(page: Page) -> list[str]:
    """The messages on a page, as HTML."""
    return re.findall(r'<div class="chat-text" lang="" dir="auto">(.*?)</div>', page.text, re.DOTALL)


async def rows(house: TestHouse, query: str, **values: object) -> list[object]:
    return await house.services.db.read(lambda tx: list(tx.execute(sql(query), values).scalars()))


# ------------------------------------------------------------------ who is sent what


async def test_news_of_a_chat_come_to_the_person_and_the_officers_and_hold_none_of_its_words(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house:
        await approve(house, *PENDING, active=False)
        async with (
            a_line_of(house, *PENDING) as mine,
            a_line_of(house, *OFFICER) as officer,
            a_line_of(house, "focal_point", "BOR") as colleague,
            a_line_of(house, "observer", "BOR") as observer,
            a_line_of(house, "expert", "COR") as other,
            signed_in(house, *PENDING) as nadia,
        ):
            assert (await says(nadia, SECRET)).status == 303
            first, second = await heard(mine), await heard(officer)
            assert first == second
            assert set(first.body) == {"chat", "number"}
            for line in (colleague, observer, other):
                line.received.clear()
                await answered(line)
                assert b'"chat"' not in b"".join(line.received)
            for line in (mine, officer, colleague, observer, other):
                assert SECRET.encode() not in b"".join(line.received)


async def test_an_officer_who_is_suspended_hears_and_reads_nothing_more(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        await says(nadia, "before")
        person = await id_of(house, *PENDING)
        async with a_line_of(house, *OFFICER) as officer, signed_in(house, *OFFICER) as wei:
            assert (await wei.get(f"/console/chats/{person}")).status == 200
            await approve(house, *OFFICER, active=False)
            await says(nadia, "after")
            await ended(officer)
            for path in (
                "/console/chats",
                f"/console/chats/{person}",
                f"/console/chats/{person}/new?after=0",
            ):
                page = await wei.get(path)
                assert page.status == 403
                assert "before" not in page.text


async def test_only_the_person_and_the_secretariat_reach_a_chat_by_its_address(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        await says(nadia, SECRET)
        person = await id_of(house, *PENDING)
        chat = f"/console/chats/{person}"
        for who in (("focal_point", "BOR"), ("focal_point", "AVA"), ("observer", "BOR"), PENDING):
            async with signed_in(house, *who) as other:
                for path in (chat, f"{chat}/new?after=0", "/console/chats", f"/console/chats/{'a' * 26}"):
                    page = await other.get(path)
                    assert page.status == 403, path
                    assert SECRET not in page.text
                if who != PENDING:
                    sent = {"id": "message-of-another", "text": "not yours", "then": "/", "number": "1"}
                    assert (await other.send(chat, sent)).status == 403
                    assert (await other.send(f"{chat}/read", sent)).status == 403
                    assert SECRET not in (await other.get("/profile/chat")).text
        async with signed_in(house, *OFFICER) as wei, a_browser(house) as stranger:
            assert (await wei.get(f"/console/chats/{'a' * 26}")).status == 404
            assert (await wei.get("/console/chats/no-id")).status == 404
            assert SECRET not in (await wei.get("/console/chats")).text
            assert (await stranger.get("/profile/chat")).status == 303
            assert (await stranger.get(chat)).status == 303
        assert texts(await nadia.get("/profile/chat")) == [SECRET]


async def test_whoever_is_not_approved_may_connect_for_their_own_news_alone(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await approve(house, *PENDING, active=False)
        section = house.section("b", "b/untoc/art-5")
        page_id, *_ = await rows(
            house, "select id from pages where step = (select step from sections where id = :s)", s=section
        )
        opening = frames.OpenSection(1, None, "0b0e7a5e-2f2c-4d2a-9a53-0d6c1f3e8a77", 7)
        async with a_line_of(house, *PENDING) as line:
            for name, asked in ((f"s:{section}", opening), (f"p:{page_id}", frames.OpenPage())):
                await line.send(name, asked)
                assert await line.next() == (name, frames.Denied(frames.DeniedReason.ROLE))
            # approved meanwhile: the same line opens what the person may read now
            await approve(house, *PENDING, active=True)
            await line.send(f"s:{section}", opening)
            name, frame = await line.next()
            assert (name, type(frame)) == (f"s:{section}", frames.Opened)
            # and suspended again it closes, so that the page comes back for its own news alone
            await approve(house, *PENDING, active=False)
            assert not 4400 <= await ended(line) <= 4499


# ------------------------------------------------------------------ there once, in order


async def test_fifty_times_the_same_at_once_is_one_message(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        page = await nadia.get("/profile/chat")
        fields = {"csrf": page.csrf, "id": page.hidden("id"), "then": "/profile/chat", "text": "once"}
        answers: list[Page] = []

        async def send() -> None:
            answers.append(await nadia.post("/profile/chat", fields, Accept="application/json"))

        async with asyncio.TaskGroup() as all_at_once:
            for _ in range(50):
                all_at_once.create_task(send())
        assert {(answer.status, answer.text) for answer in answers} == {(200, answers[0].text)}
        assert texts(await nadia.get("/profile/chat")) == ["once"]


async def test_both_sides_see_what_was_said_at_once_in_the_same_order(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, *PENDING) as nadia,
        signed_in(house, *OFFICER) as wei,
    ):
        chat = f"/console/chats/{await id_of(house, *PENDING)}"
        sides = [(nadia, "/profile/chat"), (wei, chat)]

        async def talk(browser: Browser, path: str, name: str) -> None:
            for n in range(12):
                assert (await says(browser, f"{name} {n}", path=path)).status == 303

        async with asyncio.TaskGroup() as both:
            for number, (browser, path) in enumerate(sides):
                both.create_task(talk(browser, path, f"side {number}"))
        seen = texts(await nadia.get("/profile/chat"))
        assert seen == texts(await wei.get(chat))
        for number in range(2):
            assert [text for text in seen if text.startswith(f"side {number}")] == [
                f"side {number} {n}" for n in range(12)
            ]


async def test_a_message_whose_answer_never_came_is_there_once_when_it_is_sent_again(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        page = await nadia.get("/profile/chat")
        fields = {
            "csrf": page.csrf,
            "id": page.hidden("id"),
            "then": "/profile/chat",
            "text": "into the dark",
        }
        stored = asyncio.Event()
        forget = house.services.bus.subscribe(_when_a_chat_grows(stored.set))
        await _post_and_hang_up(house, nadia, fields, when=stored)
        forget()
        assert (await nadia.post("/profile/chat", fields)).status == 303
        assert texts(await nadia.get("/profile/chat")) == ["into the dark"]


def _when_a_chat_grows(act: Callable[[], None]) -> Callable[[Event], None]:
    def hear(event: Event) -> None:
        if isinstance(event, ChatGrew):
            act()

    return hear


async def _post_and_hang_up(
    house: TestHouse, browser: Browser, fields: dict[str, str], *, when: asyncio.Event
) -> None:
    """Send a whole form, and cut the line without having read a byte of the answer."""
    host, port = house.url.removeprefix("http://").split(":")
    body = urlencode(fields).encode()
    cookies = browser.http.cookie_jar.filter_cookies(URL(house.url))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    head = (
        f"POST /profile/chat HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {house.url}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode() + body)
    await writer.drain()
    async with asyncio.timeout(20):
        await when.wait()
    writer.transport.abort()


async def test_what_was_answered_outlives_a_killed_server_and_comes_again_as_nothing_new(
    tmp_path: Path,
) -> None:
    async with a_server(tmp_path / "data") as server, ClientSession() as http:
        account = server.account("expert", "BOR")

        async def page_of(path: str, fields: dict[str, str] | None = None) -> str:
            method = "GET" if fields is None else "POST"
            headers = {"Origin": server.url, "Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}
            async with http.request(
                method, server.url + path, data=fields, headers=headers, allow_redirects=False
            ) as answer:
                jar.update({name: morsel.value for name, morsel in answer.cookies.items()})
                assert answer.status in (200, 303), answer.status
                return await answer.text()

        def csrf(page: str) -> str:
            found = re.search(r'name="csrf-token" content="([^"]*)"', page)
            assert found is not None
            return found[1]

        jar: dict[str, str] = {}
        signing = {"email": account["email"], "password": account["password"], "then": "/profile/chat"}
        await page_of("/sign-in", {**signing, "csrf": csrf(await page_of("/sign-in"))})
        fields = {
            "csrf": csrf(await page_of("/profile/chat")),
            "id": "before-the-kill",
            "text": SECRET,
            "then": "/profile/chat",
        }
        await page_of("/profile/chat", fields)
        await server.kill_and_start()
        await page_of("/profile/chat", fields)
        assert (await page_of("/profile/chat")).count(SECRET) == 1


# ------------------------------------------------------------------ nothing is lost


@pytest.mark.parametrize(
    ("text", "status", "sentence"),
    [
        ("  \r\n ", 400, "nothing in this message"),
        ("too long " * 500, 413, "too long"),
        ("a bell \x07", 400, "cannot be shown"),
    ],
)
async def test_what_is_refused_stands_in_the_form_again_with_the_reason(
    tmp_path: Path, text: str, status: int, sentence: str
) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        page = await says(nadia, text)
        assert page.status == status
        assert sentence in page.words
        box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
        assert box is not None
        assert box[1] == text
        fields = {"csrf": page.csrf, "id": page.hidden("id"), "then": page.hidden("then"), "text": "shorter"}
        assert (await nadia.post("/profile/chat", fields)).status == 303
        assert texts(await nadia.get("/profile/chat")) == ["shorter"]


async def test_a_page_gone_back_to_sends_its_new_words_at_the_second_try(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        page = await nadia.get("/profile/chat")
        fields = {"csrf": page.csrf, "id": page.hidden("id"), "then": "/profile/chat", "text": "first"}
        await nadia.post("/profile/chat", fields)
        again = await nadia.post("/profile/chat", fields | {"text": "second"})
        assert again.status == 409
        assert "second</textarea>" in again.text
        assert again.hidden("id") != fields["id"]
        assert (
            await nadia.post("/profile/chat", fields | {"text": "second", "id": again.hidden("id")})
        ).status == 303
        assert texts(await nadia.get("/profile/chat")) == ["first", "second"]


async def test_after_sending_one_comes_back_to_the_page_that_shows_the_chat_and_nowhere_else(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        page = await nadia.get("/profile/chat")
        for number, (then, location) in enumerate(
            (
                ("/profile", "/profile#chat-end"),
                ("https://evil.example/", "/#chat-end"),
                ("//evil.example", "/#chat-end"),
                ("/profile\r\nSet-Cookie: a=b", "/#chat-end"),
            )
        ):
            fields = {"csrf": page.csrf, "id": f"message-{number:03}", "text": "a", "then": then}
            answer = await nadia.post("/profile/chat", fields)
            assert (answer.status, answer.headers["Location"]) == (303, location)


# ------------------------------------------------------------------ what pages show


async def test_a_page_s_script_gets_what_was_said_since_and_nothing_before(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *PENDING) as nadia:
        for text in ("one", "two", "three"):
            await says(nadia, text)
        numbers = [
            int(n) for n in re.findall(r'data-number="(\d+)"', (await nadia.get("/profile/chat")).text)
        ]
        assert numbers == sorted(set(numbers))
        since = await nadia.get(f"/profile/chat/new?after={numbers[0]}")
        assert texts(since) == ["two", "three"]
        assert texts(await nadia.get(f"/profile/chat/new?after={numbers[-1]}")) == []
        assert (await nadia.get("/profile/chat/new?after=-1")).status == 400


async def test_an_answer_raises_the_person_s_number_until_the_chat_is_opened(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, *PENDING) as nadia,
        signed_in(house, *OFFICER) as wei,
    ):
        chat = f"/console/chats/{await id_of(house, *PENDING)}"

        async def unread() -> tuple[str, str]:
            return (await nadia.get("/chats/unread")).text, (await wei.get("/chats/unread")).text

        await says(nadia, "question")
        assert await unread() == ('{"unread": 0}', '{"unread": 1}')
        assert "1 unread" in (await wei.get("/console/chats")).words
        await wei.get(chat)
        assert await unread() == ('{"unread": 0}', '{"unread": 0}')
        await says(wei, "answer", path=chat)
        assert await unread() == ('{"unread": 1}', '{"unread": 0}')
        notices = "select count(*) from notices where kind = 'chat-answer' and read_at is null"
        assert await rows(house, notices) == [1]
        news = await nadia.get("/notices")
        assert "Wei Lin of the secretariat has written to you in your chat." in news.words
        assert news.text.split("<main", 1)[1].count('href="/profile/chat"') == 1
        await nadia.get("/profile/chat")
        assert await unread() == ('{"unread": 0}', '{"unread": 0}')
        assert await rows(house, notices) == [0]


async def test_every_time_an_officer_is_shown_a_person_s_words_it_is_recorded(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, *PENDING) as nadia,
        signed_in(house, *OFFICER) as wei,
    ):
        await says(nadia, "one")
        chat = f"/console/chats/{await id_of(house, *PENDING)}"
        entries = "select count(*) from event_log where act = 'chat-read'"
        await wei.get("/console/chats")
        assert await rows(house, entries) == [0]
        await wei.get(chat)
        await wei.get(chat)
        await wei.get(f"{chat}/new?after=0")
        assert await rows(house, entries) == [3]
        await nadia.get("/profile/chat")
        assert await rows(house, entries) == [3]


async def test_an_officer_has_no_chat_of_their_own(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, *OFFICER) as wei:
        page = await wei.get("/profile/chat")
        assert (page.status, page.headers["Location"]) == (303, "/console/chats")
        own = await id_of(house, *OFFICER)
        assert (await wei.get(f"/console/chats/{own}")).status == 404
        sent = {"id": "message-to-myself", "text": "hello", "then": "/"}
        assert (await wei.send("/profile/chat", sent)).status == 404
        assert (await wei.send(f"/console/chats/{own}", sent)).status == 404


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("see https://a.example/x.", 'see <a href="https://a.example/x"*>https://a.example/x</a>.'),
        ("(https://a.example/x_(y))", '(<a href="https://a.example/x_(y)"*>https://a.example/x_(y)</a>)'),
        (
            'https://a.example/"onclick="x',
            '<a href="https://a.example/"*>https://a.example/</a>&#34;onclick=&#34;x',
        ),
        (
            "https://a.example/?a=1&b=<i>",
            '<a href="https://a.example/?a=1&amp;b="*>https://a.example/?a=1&amp;b=</a>&lt;i&gt;',
        ),
        ("https://", "https://"),
        ("https://.", "https://."),
        ("xhttps://a.example", "xhttps://a.example"),
        ("ftp://a.example data:text/html,x", "ftp://a.example data:text/html,x"),
        (
            "https://a.example/\u202egpj.exe",
            '<a href="https://a.example/"*>https://a.example/</a>\u202egpj.exe',
        ),
        ("https://user:pw@", "https://user:pw@"),
        ("{0} %(x)s", "{0} %(x)s"),
    ],
)
def test_words_are_shown_as_they_are_and_addresses_lead_where_they_say(text: str, html: str) -> None:
    attributes = ' rel="noopener noreferrer nofollow" target="_blank" dir="ltr" class="breaks"'
    assert str(linked(text)) == html.replace("*", attributes)
