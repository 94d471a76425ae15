"""Signing in and out with a form, and in place over a page whose session has ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from yarl import URL

from revmod_live.accounts import limits
from revmod_live.portal.cookies import FORM, SESSION
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Browser, Page, a_browser, signed_in

WRONG = {"en": "The address or the password is wrong.", "ar": "العنوان أو كلمة السر غير صحيح."}


async def try_to_sign_in(browser: Browser, email: str, password: str, then: str = "/") -> Page:
    return await browser.send("/sign-in", {"email": email, "password": password, "then": then})


async def right(browser: Browser, house: TestHouse, then: str = "/") -> Page:
    bela = house.person("focal_point", "BOR")
    return await try_to_sign_in(browser, bela.email, bela.password, then)


async def test_with_address_and_password_one_is_signed_in_and_goes_where_one_was_going(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as browser:
        asked = await browser.get("/reviews/2026-ava?x=1")
        assert asked.headers["Location"] == "/sign-in?then=%2Freviews%2F2026-ava%3Fx%3D1"
        form = await browser.get(asked.headers["Location"])
        assert form.hidden("then") == "/reviews/2026-ava?x=1"
        answer = await right(browser, house, form.hidden("then"))
        assert (answer.status, answer.headers["Location"]) == (303, "/reviews/2026-ava?x=1")
        assert (await browser.get("/reviews/2026-ava?x=1")).status == 200
        assert (await browser.get("/sign-in")).status == 303


async def test_afterwards_one_goes_to_no_other_site(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for trick in ("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""):
            async with a_browser(house) as browser:
                assert (await right(browser, house, trick)).headers["Location"] == "/"


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_wrong_password_says_so_alike_for_known_and_unknown_addresses(
    tmp_path: Path, language: str
) -> None:
    async with a_house(tmp_path) as house, a_browser(house, language=language) as browser:
        email = house.person("focal_point", "BOR").email
        known = await try_to_sign_in(browser, email, "not it")
        unknown = await try_to_sign_in(browser, "who@borovia.example", "not it")
        for answer in (known, unknown):
            assert answer.status == 401
            assert WRONG[language] in answer.text
            assert "not it" not in answer.text
        assert known.text.replace(email, "") == unknown.text.replace("who@borovia.example", "")
        assert (await browser.get("/")).status == 303


async def test_whoever_tries_too_often_waits_and_is_told_so(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as browser:
        email = house.person("focal_point", "BOR").email
        for _ in range(limits.PER_ADDRESS_AND_NETWORK):
            assert (await try_to_sign_in(browser, email, "not it")).status == 401
        for password in ("not it", house.person("focal_point", "BOR").password):
            answer = await try_to_sign_in(browser, email, password)
            assert answer.status == 429
            assert "Too many tries" in answer.text
        # a header that anybody can write makes nobody another network
        csrf = (await browser.get("/sign-in")).csrf
        fields = {"csrf": csrf, "email": email, "password": "not it"}
        assert (await browser.post("/sign-in", fields, X_Forwarded_For="203.0.113.9")).status == 429


async def test_the_cookies_are_out_of_scripts_reach_and_bound_to_this_host(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as browser:
        before = await browser.get("/sign-in")
        answer = await right(browser, house)
        session = next(c for c in answer.set_cookies if c.startswith(f"{SESSION}="))
        for cookie in (*before.set_cookies, session):
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Path=/" in cookie
            assert "Domain" not in cookie
        assert any(c.startswith(f'{FORM}=""') for c in answer.set_cookies)


async def test_a_session_that_was_there_before_signing_in_goes_with_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as browser:
        old = next(c.value for c in browser.http.cookie_jar if c.key == SESSION)
        await right(browser, house)
        new = next(c.value for c in browser.http.cookie_jar if c.key == SESSION)
        assert old != new
        browser.http.cookie_jar.update_cookies({SESSION: old}, URL(house.url))
        assert (await browser.get("/")).status == 303


async def test_a_page_whose_session_ended_signs_in_again_in_place(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as browser:
        bela = house.person("focal_point", "BOR")
        stale = (await browser.get("/")).csrf
        browser.http.cookie_jar.clear()
        script = {"Accept": "application/json", "X_CSRF_Token": stale}
        assert (await browser.post("/session/check", {}, **script)).status == 401
        wrong = await browser.post("/sign-in", {"email": bela.email, "password": "no"}, **script)
        assert (wrong.status, '"wrong-credentials"' in wrong.text) == (401, True)
        fields = {"email": bela.email, "password": bela.password}
        elsewhere = {**script, "Origin": "http://evil.example"}
        assert (await browser.post("/sign-in", fields, **elsewhere)).status == 403
        again = await browser.post("/sign-in", fields, **script)
        assert again.status == 200
        fresh = (await browser.get("/")).csrf
        assert f'"csrf": "{fresh}"' in again.text
        checked = await browser.post("/session/check", Accept="application/json", X_CSRF_Token=fresh)
        assert checked.status == 204


async def test_signing_out_ends_the_session_for_good(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as browser:
        token = next(c.value for c in browser.http.cookie_jar if c.key == SESSION)
        answer = await browser.send("/sign-out")
        assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")
        browser.http.cookie_jar.update_cookies({SESSION: token}, URL(house.url))
        assert (await browser.get("/")).status == 303


async def test_one_signs_another_browser_out_and_makes_and_revokes_tokens(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as desk,
        signed_in(house, "focal_point", "BOR") as train,
        signed_in(house, "focal_point", "COR") as carlos,
    ):
        account = await desk.get("/account")
        other = account.text.split("/account/sessions/")[1].split("/end")[0]
        assert (await carlos.send(f"/account/sessions/{other}/end")).status == 404
        assert (await train.get("/")).status == 200
        assert (await desk.send(f"/account/sessions/{other}/end")).status == 303
        assert (await train.get("/")).status == 303

        made = await desk.send("/account/tokens", {"label": "my <script>", "days": "7"})
        secret = made.text.split('<code class="digest" dir="ltr">')[1].split("<")[0]
        assert secret.startswith("rmt_")
        account = await desk.get("/account")
        assert "my &lt;script&gt;" in account.text
        assert secret not in account.text
        token = account.text.split("/account/tokens/")[1].split("/revoke")[0]
        assert (await carlos.send(f"/account/tokens/{token}/revoke")).status == 404
        assert (await desk.get("/api/late", Authorization=f"Bearer {secret}")).status == 200
        assert (await desk.send(f"/account/tokens/{token}/revoke")).status == 303
        assert (await desk.get("/api/late", Authorization=f"Bearer {secret}")).status == 401
        assert (await desk.send("/account/tokens", {"label": "x", "days": "9999"})).status == 400
        assert (await desk.send("/account/tokens", {"label": " ", "days": "1"})).status == 400
