"""Whole journeys without a mouse: from signing in to logging out, from the letter to the approval."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.newcomers import Newcomers
from tests.e2e.person import Person
from tests.e2e.stage import Stage, a_stage

RING: Final = """element => {
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
}"""
PLACES: Final = """() => [...document.querySelectorAll('.site-header :is(a, summary)')]
  .filter((element) => element.checkVisibility() && element.closest('.menu-list') === null)
  .map((element) => element.getBoundingClientRect().x)"""


async def at_the_door(stage: Stage, role: str, state: str | None) -> Person:
    """Somebody in front of the sign-in page."""
    page = await (await stage.context()).new_page()
    await page.goto(f"{stage.url}/sign-in")
    return Person(stage, page, stage.house.person(role, state))


async def signs_in(person: Person) -> None:
    """The first field has the focus already."""
    await expect(person.page.locator("#email")).to_be_focused()
    await person.page.keyboard.type(person.account.email)
    await person.presses("Tab")
    await person.page.keyboard.type(person.account.password)
    await person.presses("Enter")
    await expect(person.page.locator("body[data-signed-in]")).to_be_visible()


async def fills(page: Page, field: str, text: str) -> None:
    """Press Tab until the field is reached, and write in it."""
    target = page.locator(field)
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await target.evaluate("element => element === document.activeElement"):
            await page.keyboard.press("Control+a")
            await page.keyboard.type(text)
            return
    raise AssertionError(f"Tab never comes to {field}")


async def takes_writes_and_releases(bela: Person) -> None:
    """The first section of the page, with shortcuts and a question in between."""
    bela.section = bela.page.locator("rm-section").first
    await bela.tabs_to("Take section", within=bela.section)
    assert await bela.page.locator(":focus").evaluate(RING)
    await bela.presses("Enter")
    await bela.can_write()
    await expect(bela.editor()).to_be_focused()
    await bela.presses("Control+End")
    await bela.page.keyboard.type(" Plain, ")
    await bela.presses("Control+b")
    await bela.page.keyboard.type("bold")
    await bela.presses("Control+b")
    await expect(bela.editor().locator("strong")).to_have_text("bold")

    # a question takes the focus, and gives it back to the text
    await bela.presses("Control+k")
    await expect(bela.dialog().locator(":focus")).to_have_count(1)
    await bela.presses("Escape")
    await expect(bela.dialog()).to_have_count(0)
    await expect(bela.editor()).to_be_focused()
    await bela.save_line("saved")
    await bela.presses("Tab")
    await bela.tabs_to("Release section", within=bela.section, back=True)
    await bela.presses("Enter")
    await bela.can_only_read()


async def test_from_signing_in_over_a_draft_and_a_vote_to_logging_out(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await at_the_door(stage, "focal_point", "BOR")
        await signs_in(bela)

        # the first stop leads past the frame, and into the page
        await bela.presses("Tab")
        skip = bela.page.locator(".skip-link")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await bela.presses("Enter")
        await expect(bela.page.locator("main")).to_be_focused()
        await bela.tabs_to("Avaland", role="link")
        assert await bela.page.locator(":focus").evaluate(RING)
        await bela.presses("Enter")
        await bela.tabs_to("Organized Crime Convention", role="link")
        await bela.presses("Enter")
        await expect(bela.page.locator("rm-page")).to_be_visible()

        await takes_writes_and_releases(bela)
        await bela.tabs_to("Vote to close", back=True)
        await bela.presses("Enter")
        await bela.tabs_to("Vote to close with this text")
        await bela.presses("Enter")
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")

        # a menu: open by Enter, closed by Escape, and the focus stays with what opened it
        await bela.tabs_to("User information:")
        menu = bela.page.locator("details.own")
        await bela.presses("Enter")
        await expect(menu).to_have_attribute("open", "")
        await bela.presses("Tab", "Escape")
        await expect(menu).not_to_have_attribute("open", "")
        await expect(menu.locator("summary")).to_be_focused()
        await bela.presses("Enter")
        await bela.tabs_to("Log out")
        await bela.presses("Enter")
        await expect(bela.page.locator("#email")).to_be_focused()


async def test_from_the_invitation_to_the_approval(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        link = await Newcomers(stage).invited("Ines Duarte", "ines@borovia.example")
        page = await (await stage.context()).new_page()
        await page.goto(f"{stage.url}/invitation/{link}")
        await fills(page, "#password", "Calm-Rivers.Meet.271-KEY")
        await page.keyboard.press("Enter")
        status = page.locator("#status")
        await expect(status).to_have_attribute("data-standing", "new")
        await fills(page, "#phone", "+1 555 0100")
        await page.keyboard.press("Enter")
        await expect(status).to_have_attribute("data-standing", "saved")
        ines = Person(stage, page, stage.house.person("expert", "BOR"))
        await ines.tabs_to("Submit for approval")
        await ines.presses("Enter")
        await expect(status).to_have_attribute("data-standing", "submitted")

        wei = await at_the_door(stage, "secretariat", None)
        await signs_in(wei)
        await wei.tabs_to("Console", role="link")
        await wei.presses("Enter")
        await wei.tabs_to("Ines Duarte", role="link")
        await wei.presses("Enter")
        await wei.tabs_to("Approve")
        await wei.presses("Enter")
        await expect(wei.page.locator("main .lede .badge")).to_have_text("Approved")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_tab_goes_along_the_frame_as_one_reads(browser: Browser, tmp_path: Path, language: str) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR", language=language)
        await bela.goes("/resources")
        places = await bela.page.evaluate(PLACES)
        assert len(places) > 3
        assert places == sorted(places, reverse=language == "ar")
        # the first of the page after the frame is the sidebar, at the side where reading begins
        sidebar = await bela.page.locator(".sidebar").bounding_box()
        main = await bela.page.locator("main").bounding_box()
        assert sidebar is not None
        assert main is not None
        assert (sidebar["x"] < main["x"]) == (language == "en")
