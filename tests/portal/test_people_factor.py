"""The second factor on the pages: turned on, asked for at sign-in, recovered from, required, turned off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyotp

from tests.houses import a_house
from tests.portal.browsing import a_browser, signed_in
from tests.rehearsal import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.portal.browsing import Browser, Page

HERE = "/account/second-factor"


def code(secret: str, clock: Watch) -> str:
    return pyotp.TOTP(secret).at(clock.now())


async def enrolled(person: Browser, clock: Watch) -> tuple[str, list[str]]:
    """Turn it on; its secret and the recovery codes."""
    assert (await person.send(f"{HERE}/begin")).status == 303
    page = await person.get(HERE)
    assert '<svg class="qr-code"' in page.text or "qr-code" in page.text
    secret = re.search(r'<code class="digest" dir="ltr">([A-Z2-7]+)</code>', page.text)
    assert secret is not None
    wrong = await person.send(f"{HERE}/confirm", {"code": "000000"})
    assert (wrong.status, secret[1] in wrong.text) == (401, True)
    done = await person.send(f"{HERE}/confirm", {"code": code(secret[1], clock)})
    codes = re.findall(r"<li><code>([a-z2-7-]+)</code></li>", done.text)
    assert len(codes) == 10
    later = (await person.get(HERE)).text
    assert not any(one in later for one in codes)
    return secret[1], codes


async def signs_in(browser: Browser, email: str, password: str) -> Page:
    return await browser.send("/sign-in", {"email": email, "password": password, "then": "/notices"})


async def test_signing_in_asks_for_the_code_before_anything_is_open(tmp_path: Path) -> None:
    clock = Watch()
    async with a_house(tmp_path, clock=clock) as house, signed_in(house, "expert", "BOR") as nadia:
        secret, codes = await enrolled(nadia, clock)
        who = house.person("expert", "BOR")
        clock.forward(60)
        async with a_browser(house) as train:
            first = await signs_in(train, who.email, who.password)
            assert first.headers["Location"] == "/sign-in/code?then=%2Fnotices"
            assert (await train.get("/")).status == 303
            assert (await train.get("/sign-in/code?then=/notices")).hidden("then") == "/notices"
            assert (await train.send("/sign-in/code", {"code": "000000"})).status == 401
            assert (await train.get("/")).status == 303
            right = code(secret, clock)
            signed = await train.send("/sign-in/code", {"code": right, "then": "/notices"})
            assert (signed.status, signed.headers["Location"]) == (303, "/notices")
            assert (await train.get("/")).status == 200
            async with a_browser(house) as thief:
                await signs_in(thief, who.email, who.password)
                assert (await thief.send("/sign-in/code", {"code": right})).status == 401
                elsewhere = {"code": codes[0], "then": "//evil.example"}
                assert (await thief.send("/sign-in/code", elsewhere)).headers["Location"] == "/"
        async with a_browser(house) as again:
            await signs_in(again, who.email, who.password)
            assert (await again.send("/sign-in/code", {"code": codes[0]})).status == 401
            clock.forward(360)
            late = await again.send("/sign-in/code", {"code": codes[1]})
            assert "time for the code is over" in late.words


async def test_it_is_turned_off_with_the_password_alone(tmp_path: Path) -> None:
    clock = Watch()
    async with a_house(tmp_path, clock=clock) as house, signed_in(house, "expert", "BOR") as nadia:
        await enrolled(nadia, clock)
        password = house.person("expert", "BOR").password
        for given in ({}, {"password": "no"}):
            refused = await nadia.send(f"{HERE}/off", given)
            assert refused.status in (401, 403)
            assert "is on." in (await nadia.get(HERE)).words
        assert (await nadia.send(f"{HERE}/codes", {"password": password})).text.count("<li><code>") == 10
        assert (await nadia.send(f"{HERE}/off", {"password": password})).status == 303
        assert "is on." not in (await nadia.get(HERE)).words


async def test_where_the_role_requires_it_nothing_is_open_before(tmp_path: Path) -> None:
    clock = Watch()
    async with (
        a_house(tmp_path, clock=clock, second_factor_for=("secretariat",)) as house,
        signed_in(house, "secretariat", None) as wei,
        signed_in(house, "expert", "BOR") as nadia,
    ):
        assert (await nadia.get("/")).status == 200
        for path in ("/", "/console", "/profile", "/reviews/2026-ava"):
            assert (await wei.get(path)).headers["Location"] == HERE
        assert (await wei.send("/account/tokens", {"label": "x", "days": "1"})).status == 403
        assert (await wei.get("/api/late", Accept="application/json")).status == 403
        assert (await wei.get("/contact")).status == 200
        await enrolled(wei, clock)
        assert (await wei.get("/console")).status == 200
        password = house.person("secretariat", None).password
        assert (await wei.send(f"{HERE}/off", {"password": password})).status == 403
