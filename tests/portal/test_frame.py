"""What stands around every page: who is shown which way, and what is open to whoever is not approved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import revmod_live
from revmod_live.accounts import people
from revmod_live.accounts.model import Actor, Role
from revmod_live.ids import AccountId, StateCode
from revmod_live.portal import frame
from revmod_live.portal.help_texts import PAGES
from revmod_live.portal.route_table import Who
from revmod_live.portal.routes import ROUTES
from revmod_live.storage.database import WriteTx
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Page, a_browser, signed_in

TEMPLATES = Path(revmod_live.__file__).parent / "portal" / "templates"
SEVEN = ["Reviews", "Governmental experts", "Resources", "Guidelines", "Submissions", "Contact", "My profile"]
GET_PATHS = {route.path for route in ROUTES if route.method == "GET"}


def sidebar(page: Page) -> list[str]:
    """The places of the sidebar, in order."""
    nav = page.text.split('<nav class="sidebar"')[1].split("</nav>")[0]
    return [
        re.sub(r"<[^>]*>", "", link).strip() for link in re.findall(r"<a [^>]*>(.*?)</a>", nav, re.DOTALL)
    ]


async def suspend(house: TestHouse, role: str, state: str) -> None:
    """As the secretariat does it."""
    email = house.person(role, state).email
    services = house.services

    def command(tx: WriteTx) -> None:
        account = people.find_by_email(tx, email)
        assert account is not None
        people.set_active(tx, account.id, services.now, active=False)

    await services.db.write(command)


async def test_everybody_has_the_seven_places_and_the_secretariat_its_console(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for account in house.made.accounts:
            async with signed_in(house, account.role, account.state) as browser:
                home = await browser.get("/")
                expected = SEVEN if account.state else [*SEVEN, "Console"]
                assert sidebar(home) == expected, account
                assert "Log out" in home.words
                assert account.name in home.words


@pytest.mark.parametrize("role", list(Role))
def test_every_place_that_is_shown_is_a_page(role: Role) -> None:
    state = None if role is Role.SECRETARIAT else StateCode("BOR")
    for active in (True, False):
        actor = Actor(AccountId("x"), "X", state, role, active=active)
        for place in (*frame.sidebar(actor), *frame.own_menu(actor)):
            assert place.path in GET_PATHS
            route = next(r for r in ROUTES if r.method == "GET" and r.path == place.path)
            assert active or route.who is not Who.APPROVED
        assert frame.chat_path(actor) in GET_PATHS


async def test_whoever_is_not_approved_finds_what_is_their_own_and_is_told_why_the_rest_is_shut(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        await suspend(house, "expert", "BOR")
        home = await nadia.get("/")
        assert (home.status, home.headers["Location"]) == (303, frame.PROFILE)
        own = await nadia.get(frame.PROFILE)
        assert own.status == 200
        assert sidebar(own) == ["Contact", "My profile"]
        assert 'href="/notices"' not in own.text
        for path in ("/account", "/contact", "/help/account", "/profile/chat"):
            assert (await nadia.get(path)).status == 200, path
        shut = ("/reviews/2026-ava", "/reviews/2026-ava/b/untoc", "/notices", "/directory", "/resources",
                "/guidelines", "/submissions")  # fmt: skip
        for path in shut:
            page = await nadia.get(path)
            assert page.status == 403, path
            assert "Your profile is not approved at present" in page.words
            assert f'href="{frame.PROFILE}"' in page.text
            assert 'href="/contact"' in page.text
        assert (await nadia.send("/language", {"language": "fr", "then": "/account"})).status == 303
        assert (await nadia.send("/sign-out")).headers["Location"] == "/sign-in"


async def test_contact_and_help_are_open_before_one_has_signed_in(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as nobody:
        contact = await nobody.get("/contact")
        for address in ("unodc-revmod@un.org", "untoc.review@un.org"):
            assert f'href="mailto:{address}"' in contact.text or address in contact.words
        assert 'class="sidebar"' not in contact.text
        sign_in = await nobody.get("/sign-in")
        assert 'href="/help/sign-in"' in sign_in.text
        assert (await nobody.get("/help/sign-in")).status == 200


def test_every_page_has_help_of_its_own() -> None:
    found = {}
    for template in sorted(TEMPLATES.glob("*.html")):
        text = template.read_text(encoding="utf-8")
        if '{% extends "base.html" %}' in text:
            names = re.findall(r"\{% block help %\}([\w-]+)\{% endblock %\}", text)
            assert len(names) == 1, f"{template.name} does not name its help"
            found[template.name] = names[0]
    assert set(found.values()) <= set(PAGES)
    assert set(PAGES) <= set(found.values()), "help that no page leads to"


async def test_the_page_one_is_on_is_marked_for_everybody_in_the_sidebar(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        for path, marked in (
            ("/", 'href="/" aria-current="page"'),
            ("/reviews/2026-ava/b/untoc", 'href="/" aria-current="true"'),
            ("/submissions", 'href="/submissions" aria-current="page"'),
            ("/notices", 'href="/notices" aria-current="page"'),
        ):
            page = await bela.get(path)
            assert marked in page.text, path
            sides = page.text.split('<nav class="sidebar"')[1].split("</nav>")[0]
            assert sides.count("aria-current") == (path != "/notices")
