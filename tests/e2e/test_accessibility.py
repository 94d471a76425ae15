"""Every page in its several states, in English and Arabic: a checker finds nothing.

Each part of the walk is one house; each state is looked at once. Which pages a part looks at is held against
the addresses that its browsers really stood at, and all parts together against the table of routes.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from revmod_live.accounts.model import Role
from revmod_live.portal.route_table import Answers
from revmod_live.portal.routes import ROUTES
from tests.deep import is_deep
from tests.e2e.axe import unreadable_colours, violations
from tests.e2e.newcomers import PASSWORD, Newcomers
from tests.e2e.pages import addresses
from tests.e2e.person import Person
from tests.e2e.stage import Stage, a_stage

NARROW_PX: Final = 360
PAGE: Final = "/reviews/{code}/{step}/{instrument}"
VOTE: Final = "/reviews/{code}/{step}/vote"
NO_PAGES: Final = {
    "/profile/chat/new": "lines of a chat for the page's script",
    "/console/chats/{account}/new": "lines of a chat for the page's script",
    "/console/people/{account}/notes/{id}/scan": "a file, saved and not shown",
    f"{VOTE}/receipt": "a file, saved and not shown",
    "/reviews/{code}/{step}/package": "a file, saved and not shown",
    "/verify.html": "a file, saved and opened by itself",
}


def page_routes() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every route that answers GET with a page, and what its addresses look like, in the table's order."""
    for route in ROUTES:
        if route.method == "GET" and route.answers is Answers.PAGE:
            yield route.path, re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path))


@dataclass
class Walk:
    """What was seen on the way, and what the checker said of it."""

    stage: Stage
    language: str
    seen: set[str] = field(default_factory=set)
    found: dict[str, list[str]] = field(default_factory=dict)

    async def looks(
        self, who: Person | Page, name: str, path: str | None = None, *, within: str | None = None
    ) -> None:
        """Look at the page as it stands or, first, at an address; at all of it or within one part."""
        page = who.page if isinstance(who, Person) else who
        if path is not None:
            await page.goto(self.stage.url + path)
        here = urlsplit(page.url).path
        self.seen |= {route for route, shape in page_routes() if shape.fullmatch(here)}
        self._note(name, await violations(page, within=within))

    async def looks_in_the_dark(self, who: Person | Page, name: str) -> None:
        """Look at the page's colours as they are for whoever asks for dark ones."""
        page = who.page if isinstance(who, Person) else who
        await page.emulate_media(color_scheme="dark")
        self._note(f"{name}, dark", await unreadable_colours(page))
        await page.emulate_media(color_scheme="light")

    def _note(self, name: str, problems: list[str]) -> None:
        assert name not in self.found, f"{name} was looked at twice"
        self.found[name] = problems

    async def stranger(self) -> Page:
        """A browser that nobody is signed in with."""
        return await (await self.stage.context(language=self.language)).new_page()


async def before_signing_in(walk: Walk) -> None:
    page, newcomers = await walk.stranger(), Newcomers(walk.stage)
    await walk.looks(page, "sign-in", "/sign-in")
    await walk.looks_in_the_dark(page, "sign-in")
    await page.locator("details.languages summary").click()
    await walk.looks(page, "languages")
    await page.keyboard.press("Escape")
    await page.locator("#email").fill("nobody@borovia.example")
    await page.locator("#password").fill("not this one")
    await page.locator("form.card button").click()
    await page.get_by_role("alert").wait_for()
    await walk.looks(page, "sign-in refused")
    await walk.looks(page, "forgotten", "/forgotten")
    await page.locator("#email").fill("nobody@borovia.example")
    await page.locator("form.card button").click()
    await page.get_by_role("status").first.wait_for()
    await walk.looks(page, "forgotten, sent")
    await walk.looks(page, "contact, signed out", "/contact")
    await walk.looks(page, "help, signed out", "/help/sign-in")
    await walk.looks(page, "a page that is not there", "/nowhere")

    link = await newcomers.invited("Ines Duarte", f"ines-{walk.language}@borovia.example")
    await walk.looks(page, "invitation", f"/invitation/{link}")
    await page.locator("#password").fill("short1")
    await walk.looks(page, "invitation, password typed")
    await walk.looks_in_the_dark(page, "invitation, password typed")
    await page.locator("form.card button.primary").click()
    await page.get_by_role("alert").wait_for()
    await walk.looks(page, "invitation, password refused")
    late = await newcomers.invited("Late Comer", f"late-{walk.language}@borovia.example", days_ago=11)
    await walk.looks(page, "invitation expired", f"/invitation/{late}")
    await walk.looks(page, "invitation unknown", "/invitation/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    forgetful = await newcomers.arrived("Forget Ful", f"forgetful-{walk.language}@borovia.example")
    await walk.looks(page, "new password", f"/new-password/{await newcomers.forgets(forgetful)}")
    await page.locator("#password").fill("Fresh-Waters.Run.593-BOR")
    await page.locator("form.card button.primary").click()
    await expect(page.locator("#password")).to_have_count(0)
    await walk.looks(page, "new password set")


async def people_on_their_way_in(walk: Walk) -> None:
    newcomers = Newcomers(walk.stage)
    tara = await newcomers.arrived("Tara Quist", f"tara-{walk.language}@borovia.example")
    her = await newcomers.signed_in(tara, language=walk.language)
    await walk.looks(her, "reviews closed to her", her.review_at("b"))
    await walk.looks(her, "profile new", "/profile")
    await her.page.locator("form[data-profile]").evaluate("form => { form.noValidate = true; }")
    await her.page.locator("#email").fill("no address")
    await her.page.locator("button[value=save]").click()
    await her.page.get_by_role("alert").first.wait_for()
    await walk.looks(her, "profile with an error beside the field")
    await newcomers.saves(tara, name="Tara A. Quist", phone="+1 555 0100")
    await walk.looks(her, "profile saved", "/profile")
    await newcomers.submits(tara)
    await walk.looks(her, "profile waiting", "/profile")
    await newcomers.is_refused(tara, "The note verbale says another name.")
    await walk.looks(her, "profile refused", "/profile")
    await walk.looks_in_the_dark(her, "profile refused")
    await newcomers.saves(tara, name="Tara Quist")
    await newcomers.submits(tara)
    await newcomers.is_approved(tara)
    await walk.looks(her, "home with her reviews", "/")
    await walk.looks(her, "profile approved", "/profile")
    await her.page.locator("#name").fill("Tara Quist-Lund")
    await her.page.locator("button[value=save]").click()
    await her.page.locator("button[value=confirm]").wait_for()
    await walk.looks(her, "profile, the warning before it suspends")
    mission = await newcomers.arrived(
        "Miss Ion", f"mission-{walk.language}@borovia.example", Role.REPRESENTATIVE
    )
    await newcomers.saves(mission)
    await newcomers.submits(mission)
    await newcomers.is_approved(mission)
    envoy = await newcomers.signed_in(mission, language=walk.language)
    await walk.looks(envoy, "home without a review", "/")
    await walk.looks(envoy, "notices, none", "/notices")
    await newcomers.is_suspended(tara, "Please call us.")
    await walk.looks(her, "profile suspended", "/profile")
    await her.is_as_wide_as(NARROW_PX)
    await walk.looks(her, "chat empty", "/profile/chat")
    await her.page.locator("#chat-text").fill("https://example.org مرحبا")
    await her.page.locator("#chat-text").press("Enter")
    await her.page.locator(".chat-log .chat-message a").wait_for()
    await walk.looks(her, "chat with a message")


async def every_place(walk: Walk) -> None:
    """What a focal point of a reviewing State finds; narrow, the menus of the frame."""
    bela = await walk.stage.person("focal_point", "BOR", language=walk.language)
    for name, path in addresses(walk.stage.house).items():
        await walk.looks(bela, name, path)
        await walk.looks_in_the_dark(bela, name)
    await walk.looks(bela, "directory, some", "/directory?state=AVA")
    await bela.goes("/notices")
    await walk.looks(bela, "notices unread")
    await bela.page.locator("form[action='/notices/read'] button").click()
    await expect(bela.page.locator("[data-unread]")).to_have_count(0)
    await walk.looks(bela, "notices all read", "/notices")
    await bela.is_as_wide_as(NARROW_PX)
    for menu in (".narrow-menu details", "details.languages", "details.own"):
        await bela.page.locator(f"{menu} > summary").click()
        await expect(bela.page.locator(f"{menu} .menu-list")).to_be_visible()
        # the page lies under it, and what is covered is no target
        await walk.looks(bela, f"narrow, {menu}", within=".site-header")


async def own_account(walk: Walk) -> None:
    newcomers = Newcomers(walk.stage)
    omar = await newcomers.arrived("Omar Lind", f"omar-{walk.language}@borovia.example")
    him = await newcomers.signed_in(omar, language=walk.language)
    await walk.looks(him, "account with one browser", "/account")
    await him.page.locator("#label").fill("A program")
    await him.page.locator("form[action='/account/tokens'] button").click()
    await him.page.get_by_role("status").first.wait_for()
    await walk.looks(him, "account, a token made")
    await walk.looks(him, "change the password", "/account/password")
    await him.page.locator("#current").fill("not this one")
    await him.page.locator("#password").fill("short1")
    await him.page.locator("form.card button.primary").click()
    await him.page.get_by_role("alert").wait_for()
    await walk.looks(him, "change the password, refused")
    await walk.looks(him, "second factor off", "/account/second-factor")
    await him.page.locator("form[action$='/begin'] button").click()
    await him.page.locator("#code").wait_for()
    await walk.looks(him, "second factor begun")
    await walk.looks_in_the_dark(him, "second factor begun")
    await him.page.locator("#code").fill("000000")
    await him.page.locator("form[action$='/confirm'] button").click()
    await him.page.get_by_role("alert").wait_for()
    await walk.looks(him, "second factor, wrong code")
    await newcomers.turns_second_factor_on(omar)
    await walk.looks(him, "second factor on", "/account/second-factor")
    await him.page.locator("#codes-password").fill(PASSWORD)
    await him.page.locator("form[action$='/codes'] button").click()
    await him.page.locator("ul.codes").wait_for()
    await walk.looks(him, "recovery codes")

    page = await walk.stranger()
    await page.goto(f"{walk.stage.url}/sign-in")
    await page.locator("#email").fill(him.account.email)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("form.card button").click()
    await page.locator("#code").wait_for()
    await walk.looks(page, "sign-in, the code")
    await page.locator("#code").fill("000000")
    await page.locator("form.card button").click()
    await page.get_by_role("alert").wait_for()
    await walk.looks(page, "sign-in, a wrong code")


async def drafting(walk: Walk) -> None:
    """Somebody drafts; somebody else reads, asks to join, pastes too much, has a text set aside."""
    olga = await walk.stage.person("observer", "BOR", language=walk.language)
    await walk.looks(olga, "drafting, reading only", f"{olga.review_at('b')}/b/untoc")
    await walk.looks(olga, "a step that is not open yet", f"{olga.review_at('b')}/d/untoc")
    nadia = await walk.stage.person("expert", "BOR", language=walk.language)
    bela = await walk.stage.person("focal_point", "BOR", language=walk.language)
    await nadia.opens("b/untoc/art-5")
    await bela.opens("b/untoc/art-5")
    await nadia.takes()
    await nadia.types(" Seen by a checker.")
    await bela.sees("Seen by a checker.")
    await nadia.save_line("saved")
    await walk.looks(nadia, "drafting, editor open")
    await walk.looks_in_the_dark(nadia, "drafting, editor open")
    await nadia.presses("Control+k")
    await nadia.page.locator("dialog").wait_for()
    await walk.looks(nadia, "drafting, a link asked for")
    await nadia.presses("Escape")
    await bela.section.locator("form[data-take] button").click()
    await bela.page.locator("dialog").wait_for()
    await walk.looks(bela, "drafting, asked whether to join")
    await walk.looks_in_the_dark(bela, "drafting, asked whether to join")
    await bela.page.locator("dialog button[value=join]").click()
    await bela.can_write()
    await walk.looks(bela, "drafting, two in one section")
    await nadia.pastes("Too much of it. " * 16_000)
    await nadia.page.locator("dialog").wait_for()
    await walk.looks(nadia, "drafting, too much pasted")
    await nadia.presses("Escape")
    await nadia.section.locator("rm-drawer article").wait_for()
    await walk.looks(nadia, "drafting, a text in the drawer")
    await walk.looks_in_the_dark(nadia, "drafting, a text in the drawer")
    await nadia.is_as_wide_as(NARROW_PX)
    await walk.looks(nadia, "drafting, narrow")
    await walk.looks(bela, "the log with entries", f"{bela.review_at('b')}/b/untoc/log")


async def voting(walk: Walk) -> None:
    """Votes that count, that were taken back, that are refused, that ask for the password again."""
    newcomers = Newcomers(walk.stage)
    carlos = await walk.stage.person("focal_point", "COR", language=walk.language)
    late = await newcomers.account("focal_point", "COR")
    evening = await newcomers.signed_in(late, language=walk.language, hours_ago=1.5)
    await evening.opens_votes("b")
    await carlos.opens_votes("b")
    await carlos.casts()
    await expect(carlos.page.locator("tr[data-vote=live]")).to_have_count(1)
    await walk.looks(carlos, "vote, one cast")
    await walk.looks_in_the_dark(carlos, "vote, one cast")

    nadia = await walk.stage.person("expert", "BOR", language=walk.language)
    await nadia.opens("b/untoc/art-6")
    await walk.looks(nadia, "drafting while votes are cast")
    await nadia.takes()
    await nadia.puts_caret()
    await nadia.page.keyboard.type(" M")
    await nadia.page.locator("dialog").wait_for()
    await walk.looks(nadia, "drafting, the question of the votes")
    await nadia.page.locator("dialog button[value]").last.click()
    await walk.looks(carlos, "vote, a vote to take back", f"{carlos.review_at('b')}/b/vote")

    await evening.casts()
    await evening.page.locator("#again-password").wait_for()
    await walk.looks(evening, "vote, the password again")
    await evening.page.locator("#again-password").fill("not this one")
    await evening.page.locator("form[data-vote] button").click()
    await evening.page.get_by_role("alert").wait_for()
    await walk.looks(evening, "vote, the password again and wrong")


async def the_secretariat(walk: Walk) -> None:
    newcomers = Newcomers(walk.stage)
    wei = await walk.stage.person("secretariat", None, language=walk.language)
    await walk.looks(wei, "home of the secretariat", "/")
    waiting = await newcomers.arrived("Waiting One", f"waiting-{walk.language}@borovia.example")
    await newcomers.saves(waiting, name="Another Name")
    await newcomers.submits(waiting)
    await walk.looks(wei, "console", "/console")
    await walk.looks_in_the_dark(wei, "console")
    await walk.looks(wei, "console, people", "/console/people")
    await walk.looks(wei, "console, nobody", "/console/people?q=nobody-at-all")
    await walk.looks(wei, "console, a profile to decide on", f"/console/people/{waiting}")
    for details in await wei.page.locator("main details").all():
        await details.evaluate("element => { element.open = true; }")
    await walk.looks(wei, "console, every form of a person open")
    await walk.looks_in_the_dark(wei, "console, every form of a person open")
    bela = await newcomers.account("focal_point", "BOR")
    await walk.looks(wei, "console, a focal point", f"/console/people/{bela}")
    await walk.looks(wei, "console, a replacement", f"/console/people/{bela}/replace")
    mission = await newcomers.arrived(
        "Rep Resent", f"rep-{walk.language}@borovia.example", Role.REPRESENTATIVE
    )
    await walk.looks(wei, "console, a representative", f"/console/people/{mission}")
    await walk.looks(wei, "console, invitations", "/console/invitations")
    await wei.page.locator("form.card").evaluate("form => { form.noValidate = true; }")
    await wei.page.locator("form.card .form-actions button").click()
    await wei.page.get_by_role("alert").wait_for()
    await walk.looks(wei, "console, nobody was invited")
    await walk.looks(wei, "console, no letters", "/console/outbox")
    await newcomers.invited("Ines Duarte", "ines@borovia.example")
    await walk.looks(wei, "console, letters", "/console/outbox")
    await wei.page.locator("main table a").first.click()
    await wei.page.locator(".letter").wait_for()
    await walk.looks(wei, "console, a letter")
    await walk.looks(wei, "console, chats, none", "/console/chats")
    her = await newcomers.signed_in(waiting, language=walk.language)
    await her.goes("/profile/chat")
    await her.page.locator("#chat-text").fill("When?")
    await her.page.locator("#chat-text").press("Enter")
    await wei.page.locator("rm-chat-list a").first.wait_for()
    await walk.looks(wei, "console, chats")
    await wei.page.locator("rm-chat-list a").first.click()
    await wei.page.locator(".chat-log .chat-message").first.wait_for()
    await walk.looks(wei, "console, a chat")
    await wei.is_as_wide_as(NARROW_PX)
    await walk.looks(wei, "console, narrow", "/console/people")


Part = Callable[[Walk], Awaitable[None]]
PARTS: Final[dict[Part, set[str]]] = {
    before_signing_in: {
        "/sign-in", "/forgotten", "/contact", "/help/{page}", "/invitation/{token}", "/new-password/{token}",
    },
    people_on_their_way_in: {"/", "/reviews/{code}", "/profile", "/profile/chat", "/notices"},
    every_place: {
        "/", "/reviews/{code}", PAGE, f"{PAGE}/log", VOTE, "/account", "/notices", "/directory",
        "/resources", "/guidelines", "/submissions", "/contact", "/help/{page}",
    },
    own_account: {"/account", "/account/password", "/account/second-factor", "/sign-in/code"},
    drafting: {PAGE, f"{PAGE}/log"},
    voting: {PAGE, VOTE},
    the_secretariat: {
        "/", "/console", "/console/people", "/console/people/{account}", "/console/invitations",
        "/console/people/{account}/replace", "/console/outbox", "/console/outbox/{id}",
        "/console/chats", "/console/chats/{account}",
    },
}  # fmt: skip
"""Each part of the walk, and the routes whose pages it looks at."""


async def test_no_page_is_left_out() -> None:
    routes = {route for route, _ in page_routes()}
    assert routes <= set.union(*PARTS.values()) | set(NO_PAGES)


LANGUAGES: Final = ("en", "ar")
WALKS: Final = [
    pytest.param(part, language, id=f"{part.__name__}-{language}")
    for number, part in enumerate(PARTS)
    for language in (LANGUAGES if is_deep() else LANGUAGES[number % 2 :][:1])
]
"""Every part in both languages; with the small counts in one of them, turn about."""


@pytest.mark.parametrize(("part", "language"), WALKS)
async def test_a_checker_finds_nothing(browser: Browser, tmp_path: Path, part: Part, language: str) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 4")
        walk = Walk(stage, language)
        await part(walk)
        assert not {name: problems for name, problems in walk.found.items() if problems}
        assert walk.seen >= PARTS[part]
