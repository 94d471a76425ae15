"""What a stranger tries: a link used many times at once, old cookies, other sites, a planted session."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from aiohttp import WSServerHandshakeError
from yarl import URL

from revmod_live.portal.cookies import SESSION
from revmod_live.portal.handlers.sockets import SUBPROTOCOL
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Browser, a_browser, signed_in
from tests.portal.people_acts import GOOD, NOTE, account, invite, link
from tests.portal.test_gate import hostile

if TYPE_CHECKING:
    from pathlib import Path

USES = 1000
AT_ONCE = 50


def session_of(browser: Browser) -> str:
    return next(cookie.value for cookie in browser.http.cookie_jar if cookie.key == SESSION)


@pytest.mark.timeout(600)
async def test_of_a_thousand_uses_of_a_link_at_the_same_time_one_succeeds(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        a_browser(house) as crowd,
    ):
        await invite(wei)
        address = await link(house, NOTE["email"])
        csrf = (await crowd.get(address)).csrf
        gate = asyncio.Semaphore(AT_ONCE)
        form = {
            name: cookie.value
            for name, cookie in crowd.http.cookie_jar.filter_cookies(URL(house.url)).items()
        }

        async def use(n: int) -> int:
            # nothing shared between the tries but what a page of this site gave
            async with (
                gate,
                crowd.http.post(
                    house.url + address,
                    data={"csrf": csrf, "password": f"{GOOD}{n}"},
                    headers={"Origin": house.url, "Cookie": "; ".join(f"{k}={v}" for k, v in form.items())},
                    allow_redirects=False,
                ) as answer,
            ):
                await answer.read()
                return answer.status

        crowd.http.cookie_jar.clear()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(use(n)) for n in range(USES)]
        statuses = [task.result() for task in tasks]
        won = [n for n, status in enumerate(statuses) if status == 303]
        assert len(won) == 1, Counter(statuses)
        # a form of before the winner's sign-in is another reader's: refused as such, or the link is used
        assert set(statuses) <= {303, 410, 403}, Counter(statuses)
        crowd.http.cookie_jar.clear()
        right = {"email": NOTE["email"], "password": f"{GOOD}{won[0]}"}
        assert (await crowd.send("/sign-in", right)).status == 303


@pytest.mark.parametrize("end", ["sign-out", "disable"])
async def test_an_old_cookie_opens_nothing(tmp_path: Path, end: str) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "expert", "BOR") as nadia,
        signed_in(house, "secretariat", None) as wei,
    ):
        old = session_of(nadia)
        assert (await nadia.get("/")).status == 200
        if end == "sign-out":
            await nadia.send("/sign-out")
        else:
            who = (await account(house, house.person("expert", "BOR").email)).id
            await wei.send(f"/console/people/{who}/disable", {"reason": "x"})
        nadia.http.cookie_jar.update_cookies({SESSION: old}, URL(house.url))
        for path in ("/", "/profile", "/account", "/directory"):
            assert (await nadia.get(path)).headers["Location"].startswith("/sign-in"), path
        assert (await nadia.get("/api/late", Accept="application/json")).status == 401
        with pytest.raises(WSServerHandshakeError) as refused:
            await knock(house, nadia, house.url)
        assert refused.value.status == 401


async def knock(house: TestHouse, browser: Browser, origin: str) -> None:
    async with browser.http.ws_connect(f"{house.url}/live", origin=origin, protocols=[SUBPROTOCOL]) as socket:
        await socket.close()


async def test_no_other_site_opens_a_socket_or_sends_a_form_of_people(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        a_browser(house) as mira,
    ):
        await invite(wei)
        address = await link(house, NOTE["email"])
        who = (await account(house, house.person("expert", "BOR").email)).id
        csrf, theirs = (await wei.get("/console")).csrf, (await mira.get(address)).csrf
        await knock(house, wei, house.url)
        for origin in hostile(house):
            with pytest.raises(WSServerHandshakeError) as refused:
                await knock(house, wei, origin)
            assert refused.value.status == 403, origin
            for path in (f"/console/people/{who}/disable", "/console/invitations", "/profile",
                         "/account/password", "/account/second-factor/begin"):  # fmt: skip
                answer = await wei.post(path, {"csrf": csrf, "reason": "x"}, Origin=origin)
                assert answer.status == 403, (path, origin)
            answer = await mira.post(address, {"csrf": theirs, "password": GOOD}, Origin=origin)
            assert answer.status == 403, origin
        assert (await account(house, house.person("expert", "BOR").email)).active
        assert (await mira.send(address, {"password": GOOD})).status == 303


async def test_nobody_goes_on_in_a_session_that_was_set_beforehand(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        signed_in(house, "expert", "BOR") as thief,
        a_browser(house) as mira,
    ):
        await invite(wei)
        planted = session_of(thief)
        mira.http.cookie_jar.update_cookies({SESSION: planted}, URL(house.url))
        address = await link(house, NOTE["email"])
        assert (await mira.send(address, {"password": GOOD})).status == 303
        assert session_of(mira) != planted
        assert "Mira Sol" in (await mira.get("/profile")).words
        # what was planted is ended, not shared
        assert (await thief.get("/")).status == 303


@pytest.mark.parametrize(
    "trick",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "javascript:x",
        "///e.example",
    ],
)
async def test_no_form_leads_to_another_site(tmp_path: Path, trick: str) -> None:
    async with (
        a_house(tmp_path) as house,
        a_browser(house) as browser,
        signed_in(house, "expert", "BOR") as nadia,
    ):
        who = house.person("expert", "COR")
        fields = {"email": who.email, "password": who.password, "then": trick}
        assert (await browser.send("/sign-in", fields)).headers["Location"] == "/"
        for path, fields in (
            ("/language", {"language": "fr", "then": trick}),
            ("/profile/chat", {"id": "0123456789", "text": "x", "then": trick}),
        ):
            answer = await nadia.send(path, fields)
            assert answer.headers["Location"].split("#")[0] == "/", path
        assert (await nadia.get(f"/sign-in?then={trick}")).headers["Location"] == "/"
        assert (await nadia.get(f"/sign-in/code?then={trick}")).headers["Location"] == "/"
