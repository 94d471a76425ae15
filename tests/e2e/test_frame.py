"""The frame at work: the bell rings in every tab, menus open with keys and without script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.stage import a_stage

NARROW_PX = 360


async def badge(page: Page) -> int:
    """The number at the bell."""
    return int(await page.locator("[data-count]").get_attribute("data-count") or "")


async def test_a_vote_rings_in_all_tabs_of_the_others_and_reading_it_in_one_quiets_the_other(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.goes("/resources")
        drafting = await bela.another_tab()
        await drafting.opens("b/untoc/art-5")
        before = await badge(bela.page)

        carlos = await stage.person("focal_point", "COR")
        await carlos.opens_votes("b")
        await carlos.casts()
        for tab in (bela, drafting):
            await expect(tab.page.locator(f'[data-count="{before + 1}"]')).to_be_visible()

        await drafting.goes("/notices")
        newest = drafting.page.locator("rm-notices li").first
        await expect(newest).to_contain_text("Cordesia voted to close: Written feedback.")
        await newest.get_by_role("link").click()
        await expect(drafting.page).to_have_url(f"{stage.url}/reviews/{stage.house.review('b').code}/b/vote")
        await expect(bela.page.locator(f'[data-count="{before}"]')).to_be_visible()

        await bela.goes("/notices")
        await bela.page.get_by_role("button", name="Mark all as read").click()
        await expect(bela.page.get_by_text("Nothing new")).to_be_visible()
        await expect(drafting.page.locator("[data-count]")).to_be_hidden()


async def test_a_notice_that_came_while_the_line_was_down_is_counted_when_it_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.goes("/notices")
        before = await badge(bela.page)
        await bela.loses_the_line()
        carlos = await stage.person("focal_point", "COR")
        await carlos.opens_votes("b")
        await carlos.casts()
        await bela.has_the_line_again()
        await expect(bela.page.locator(f'[data-count="{before + 1}"]')).to_be_visible()
        await expect(bela.page.locator("rm-notices li").first).to_contain_text("Cordesia voted to close")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_place_is_reached_on_a_telephone_without_script(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR", language=language, script=False, width=NARROW_PX)
        await bela.goes("/")
        await expect(bela.page.locator("nav.sidebar")).to_be_hidden()
        for path in ("/directory", "/resources", "/guidelines", "/submissions", "/contact"):
            await bela.page.locator(".narrow-menu summary").click()
            await bela.page.locator(f'.narrow-menu a[href="{path}"]').click()
            await expect(bela.page).to_have_url(stage.url + path)
        await bela.page.locator(".bell").click()
        first = bela.page.locator("rm-notices li[data-unread]").first
        name = await first.get_attribute("id")
        await first.get_by_role("button").click()
        await expect(bela.page.locator(f"#{name}")).not_to_have_attribute("data-unread", "")
        await bela.page.locator("details.languages summary").click()
        await bela.page.get_by_role("button", name="Français").click()
        await expect(bela.page.locator("html")).to_have_attribute("lang", "fr")
        await bela.page.locator("details.own summary").click()
        await bela.page.locator("form[data-sign-out] button").click()
        await expect(bela.page).to_have_url(f"{stage.url}/sign-in")


async def test_menus_open_and_close_with_keys(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.goes("/guidelines")
        menu = bela.page.locator("details.own")
        await menu.locator("summary").focus()
        await bela.presses("Enter")
        await expect(menu.get_by_role("button", name="Log out")).to_be_visible()
        await bela.presses("Tab", "Escape")
        await expect(menu.get_by_role("button", name="Log out")).to_be_hidden()
        await expect(menu.locator("summary")).to_be_focused()
        await bela.presses("Enter")
        await bela.page.get_by_role("main").click()
        await expect(menu.get_by_role("button", name="Log out")).to_be_hidden()
