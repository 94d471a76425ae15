"""Who gets past the gate: origins, forms, sessions and tokens, on every route there is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from revmod_live.accounts import people, tokens
from revmod_live.portal.cookies import SESSION
from revmod_live.portal.handlers import sockets
from revmod_live.portal.route_table import Answers, Route, Who
from revmod_live.portal.routes import ROUTES
from revmod_live.storage.database import WriteTx
from tests.houses import TestHouse, a_house
from tests.portal.browsing import a_browser, signed_in, start_session

UNSAFE = [route for route in ROUTES if route.method != "GET"]
HOSTILE = (
    "null",
    "http://evil.example",
    "https://{host}:{port}",
    "http://{host}",
    "http://{host}:{port}.evil.example",
    "http://{host}:1{port}",
    "http://{host}:{port}/",
    "http://{host}:{port}@evil.example",
    "http://user@{host}:{port}",
    "HTTP://{host}:{port}",
    " http://evil.example http://{host}:{port}",
    "file://",
    "",
)


def hostile(house: TestHouse) -> list[str]:
    host, port = house.url.removeprefix("http://").split(":")
    return [origin.format(host=host, port=port).strip() for origin in HOSTILE]


def path_of(route: Route) -> str:
    """A path that fits the route; nothing is at it."""
    an_id = "a" * 26
    return route.path.format(
        code="2026-ava",
        step="b",
        instrument="untoc",
        section=an_id,
        id=an_id,
        account=an_id,
        token=an_id,
        page="home",
    )


async def a_token(house: TestHouse, role: str, state: str) -> str:
    def make(tx: WriteTx) -> str:
        account = people.find_by_email(tx, house.person(role, state).email)
        assert account is not None
        at = house.services.now
        return tokens.make_token(tx, account, at, "a program", at + timedelta(days=1))

    return await house.services.db.write(make)


async def test_no_unsafe_route_is_asked_without_a_form_of_ours(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "secretariat", None) as wei,
    ):
        for route in UNSAFE:
            for fields in ({}, {"csrf": "0" * 64}, {"csrf": ""}):
                who = wei if route.who is Who.OFFICER else bela
                answer = await who.post(path_of(route), fields, Accept="application/json")
                assert (answer.status, '"form-expired"' in answer.text) == (403, True), (
                    f"{route.path} took {fields}: {answer.status} {answer.text}"
                )


async def test_a_form_from_elsewhere_is_not_carried_out_even_with_the_right_token(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "secretariat", None) as wei,
    ):
        csrf = {id(who): (await who.get("/help/home")).csrf for who in (bela, wei)}
        for origin in hostile(house):
            for route in UNSAFE:
                who = wei if route.who is Who.OFFICER else bela
                answer = await who.post(
                    path_of(route), {"csrf": csrf[id(who)]}, Origin=origin, Accept="application/json"
                )
                assert (answer.status, '"origin"' in answer.text) == (403, True), (route.path, origin)
        assert (await bela.get("/")).status == 200


async def test_a_browser_that_says_the_form_comes_from_another_site_is_believed(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        for site in ("cross-site", "same-site"):
            answer = await bela.send("/language", {"language": "ar"}, Sec_Fetch_Site=site)
            assert answer.status == 403
        assert (await bela.send("/language", {"language": "ar"}, Sec_Fetch_Site="same-origin")).status == 303


async def test_a_form_of_an_old_browser_without_an_origin_is_taken_by_its_token(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        bela.origin = None
        assert (await bela.send("/language", {"language": "ar"})).status == 303


async def test_another_person_s_token_is_no_token(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "COR") as carlos,
    ):
        csrf = (await carlos.get("/")).csrf
        assert (await bela.post("/language", {"csrf": csrf, "language": "ar"})).status == 403


async def test_whoever_is_not_signed_in_gets_no_further_than_the_table_says(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as nobody:
        for route in ROUTES:
            ask = nobody.get if route.method == "GET" else nobody.send
            answer = await ask(path_of(route))
            if route.who is Who.ANYONE:
                # of a link that nobody was mailed: 404
                assert answer.status in (200, 303, 401, 404 if "{token}" in route.path else 200), route.path
            elif route.method == "GET" and route.answers is Answers.PAGE:
                assert answer.status == 303, route.path
                assert answer.headers["Location"].startswith("/sign-in"), route.path
            else:
                assert answer.status == 401, (route.path, answer.status)


async def test_a_token_opens_the_api_and_the_sockets_and_never_a_page(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as program:
        bearer = f"Bearer {await a_token(house, 'expert', 'BOR')}"
        section = house.section("b", "b/untoc/art-5")
        for route in ROUTES:
            if route.who is Who.SIGNED_IN_OR_TOKEN:
                continue
            ask = program.get if route.method == "GET" else program.post
            answer = await ask(path_of(route), Authorization=bearer)
            assert answer.status in (303, 401, 403) or route.who is Who.ANYONE, route.path
        answer = await program.get(f"/api/section/{section}/text", Authorization=bearer)
        assert answer.status == 200
        assert "Section 212" in answer.text
        in_query = await program.get(f"/api/section/{section}/text?token={bearer.removeprefix('Bearer ')}")
        assert in_query.status == 401


async def test_where_a_token_is_given_no_cookie_is_read(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        answer = await bela.get("/api/late", Authorization="Bearer rmt_nonsense")
        assert (answer.status, '"token"' in answer.text) == (401, True)
        assert (await bela.get("/api/late", Authorization="Basic abc")).status == 401
        assert (await bela.get("/api/late")).status == 200


async def test_a_program_s_unsafe_request_needs_no_form_because_no_cookie_is_read(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as program:
        bearer = f"Bearer {await a_token(house, 'expert', 'BOR')}"
        answer = await program.post("/api/late/none/dismiss", Authorization=bearer)
        assert answer.status == 404


async def test_a_program_takes_and_releases_a_section_by_its_token(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as program:
        here = f"/api/sections/{house.section('b', 'b/untoc/art-5')}"
        reader = f"Bearer {await a_token(house, 'observer', 'BOR')}"
        assert (await program.post(f"{here}/take", Authorization=reader)).status == 403
        drafter = f"Bearer {await a_token(house, 'expert', 'BOR')}"
        for act in ("take", "release", "release"):
            answer = await program.post(f"{here}/{act}", Authorization=drafter)
            assert (answer.status, answer.text) == (200, '{"ok": true}'), act


async def upgrade(house: TestHouse, path: str, headers: dict[str, str]) -> int:
    """The status that a socket's handshake is answered with; 101 when it is up."""
    async with ClientSession() as http:
        try:
            async with http.ws_connect(house.url + path, headers=headers, protocols=("revmod.1",)):
                return 101
        except WSServerHandshakeError as refused:
            return refused.status


async def test_a_socket_opens_for_a_session_from_exactly_our_origin(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        section = house.section("b", "b/untoc/art-5")
        cookie = {"Cookie": f"{SESSION}={await start_session(house, 'expert', 'BOR')}"}
        for path in ("/live", f"/yjs/{section}"):
            assert await upgrade(house, path, {**cookie, "Origin": house.url}) == 101
            assert await upgrade(house, path, cookie) == 403
            assert await upgrade(house, path, {"Origin": house.url}) == 401
            for origin in hostile(house):
                assert await upgrade(house, path, {**cookie, "Origin": origin}) == 403, origin


async def test_a_socket_opens_for_a_token_in_the_header_and_on_yjs_in_the_address(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        section = house.section("b", "b/untoc/art-5")
        token = await a_token(house, "expert", "BOR")
        cookie = f"{SESSION}={await start_session(house, 'expert', 'BOR')}"
        for path in ("/live", f"/yjs/{section}"):
            assert await upgrade(house, path, {"Authorization": f"Bearer {token}"}) == 101
            assert await upgrade(house, path, {"Authorization": "Bearer rmt_none"}) == 401
            both = {"Authorization": "Bearer rmt_none", "Cookie": cookie, "Origin": house.url}
            assert await upgrade(house, path, both) == 401
        assert await upgrade(house, f"/yjs/{section}?token={token}", {}) == 101
        assert await upgrade(house, f"/yjs/{section}?token=rmt_none", {"Cookie": cookie}) == 401
        assert await upgrade(house, f"/live?token={token}", {}) == 401


async def test_a_stock_client_whose_line_is_dead_is_found_out_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "YJS_HEARTBEAT_S", 0.2)
    async with a_house(tmp_path) as house, ClientSession() as http:
        section = house.section("b", "b/untoc/art-5")
        token = await a_token(house, "expert", "BOR")
        # autoping off: nothing answers the server's ping
        url = f"{house.url}/yjs/{section}?token={token}"
        async with http.ws_connect(url, autoping=False) as socket, asyncio.timeout(10):
            said = [message.type async for message in socket]
        assert WSMsgType.PING in said


async def test_tokens_and_passwords_are_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with a_house(tmp_path) as house:
        token = await a_token(house, "expert", "BOR")
        section = house.section("b", "b/untoc/art-5")
        assert await upgrade(house, f"/yjs/{section}?token={token}", {}) == 101
        assert await upgrade(house, f"/yjs/nothing?token={token}", {}) == 404
    assert token not in caplog.text


def test_every_handler_is_asked_by_one_row_of_the_table() -> None:
    handlers = [route.ask for route in ROUTES]
    assert len(handlers) == len(set(handlers))
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
