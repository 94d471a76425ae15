"""Passwords on the pages: an invitation's link, a forgotten one, a changed one; and what makes one good."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from revmod_live.accounts import passwords
from revmod_live.portal import password_rules
from revmod_live.portal.cookies import SESSION
from tests.houses import a_house
from tests.portal.browsing import a_browser, signed_in
from tests.portal.people_acts import GOOD, NOTE, account, invite, link, newest_letter
from tests.rehearsal import Watch

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/passwords.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["password"] or "nothing")
def test_the_server_and_the_browser_find_the_same_rules_unmet(case: dict[str, object]) -> None:
    assert list(passwords.unmet(str(case["password"]), about=VECTORS["about"])) == case["unmet"]


def test_the_browser_is_given_the_policy_that_the_server_applies() -> None:
    given = password_rules.for_script(tuple(VECTORS["about"]))
    assert json.loads(json.dumps(given)) == VECTORS["policy"]


async def test_an_invitation_is_looked_at_without_being_used_and_used_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        await invite(wei)
        address = await link(house, NOTE["email"])
        async with a_browser(house) as mira, a_browser(house) as other:
            await mira.get(address)
            page = await mira.get(address)
            assert page.status == 200
            assert "Mira Sol" in page.words
            assert "Avaland" in page.words
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert page.headers["Cache-Control"] == "no-store"

            weak = await mira.send(address, {"password": "Ab1!"})
            assert weak.status == 400
            for missing in ("8 more characters", "2 more small letters", "2 more capital letters",
                            "2 more digits", "2 more other signs"):  # fmt: skip
                assert missing in weak.words, missing
            assert "Ab1!" not in weak.text
            for known in ("PASSWORDpassword123!?!#", "MIRAsolAVALAND123!!!"):
                refused = await mira.send(address, {"password": known})
                assert refused.status == 400
                assert 'data-rule="well-known" data-state="unmet"' in refused.text
            twice = await mira.send(address, {"password": GOOD, "again": GOOD + "x"})
            assert (twice.status, "not the same" in twice.words) == (400, True)

            accepted = await mira.send(address, {"password": GOOD})
            assert (accepted.status, accepted.headers["Location"]) == (303, "/profile")
            assert (await mira.get("/profile")).status == 200
            for again in (await other.get(address), await other.send(address, {"password": GOOD})):
                assert again.status == 410
                assert "used already" in again.words
                assert SESSION not in " ".join(again.set_cookies)
        assert address.rpartition("/")[2] not in caplog.text


async def test_a_dead_link_says_what_to_do(tmp_path: Path) -> None:
    clock = Watch()
    async with (
        a_house(tmp_path, clock=clock) as house,
        signed_in(house, "secretariat", None) as wei,
        a_browser(house) as mira,
    ):
        await invite(wei)
        first, who = await link(house, NOTE["email"]), (await account(house, NOTE["email"])).id
        assert (await wei.send(f"/console/invitations/{who}/resend")).status == 303
        second = await link(house, NOTE["email"])
        assert first != second
        assert "newest letter" in (await mira.get(first)).words
        assert (await mira.get(second)).status == 200
        assert (await wei.send(f"/console/invitations/{who}/revoke")).status == 303
        assert (await mira.send(second, {"password": GOOD})).status == 410
        await wei.send(f"/console/invitations/{who}/resend")
        third = await link(house, NOTE["email"])
        clock.forward(864000)
        late = await mira.send(third, {"password": GOOD})
        assert (late.status, "time of this link is over" in late.words) == (410, True)
        assert (await mira.get("/invitation/none")).status == 404


async def test_a_forgotten_password_says_the_same_to_everybody_and_ends_every_session(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        a_browser(house) as stranger,
    ):
        email = house.person("focal_point", "BOR").email
        known = await stranger.send("/forgotten", {"email": email})
        unknown = await stranger.send("/forgotten", {"email": "nobody@borovia.example"})
        assert (known.status, unknown.status) == (200, 200)
        assert known.text == unknown.text
        address = await link(house, email)
        assert (await stranger.get(address)).status == 200
        assert (await stranger.send(address, {"password": "weak"})).status == 400
        assert (await bela.get("/")).status == 200
        done = await stranger.send(address, {"password": GOOD})
        assert (done.status, "Your password is set" in done.words) == (200, True)
        assert (await bela.get("/")).status == 303
        assert (await stranger.get("/")).status == 303
        assert (await stranger.send(address, {"password": GOOD})).status == 410
        signed = await stranger.send("/sign-in", {"email": email, "password": GOOD})
        assert (signed.status, signed.headers["Location"]) == (303, "/")
        assert (await newest_letter(house, email)).kind == "password-changed"


async def test_a_password_is_changed_with_the_present_one_and_other_browsers_are_signed_out(
    tmp_path: Path,
) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "expert", "BOR") as desk,
        signed_in(house, "expert", "BOR") as train,
    ):
        now = house.person("expert", "BOR").password
        wrong = await desk.send("/account/password", {"current": "no", "password": GOOD})
        assert (wrong.status, "password is wrong" in wrong.words) == (401, True)
        weak = await desk.send("/account/password", {"current": now, "password": "weak"})
        assert weak.status == 400
        assert (await train.get("/")).status == 200
        assert (await desk.send("/account/password", {"current": now, "password": GOOD})).status == 200
        assert (await desk.get("/")).status == 200
        assert (await train.get("/")).status == 303
