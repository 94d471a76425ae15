"""On every page, in both directions of writing: accessible, and no wider than a small telephone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.e2e.pages import addresses
from tests.e2e.stage import a_stage

NARROW_PX = 360
OVERFLOW = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return right > clientWidth + 1 || left < -1;
    })
    .slice(0, 5)
    .map((element) => element.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_page_is_accessible_and_fits_a_narrow_screen(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 404")
        found: dict[str, list[str]] = {}
        bela = await stage.person("focal_point", "BOR", language=language)
        for name, path in addresses(stage.house).items():
            await bela.goes(path)
            found[name] = await bela.axe()
            await bela.is_as_wide_as(NARROW_PX)
            found[f"{name}, narrow"] = await bela.page.evaluate(OVERFLOW)
            await bela.is_as_wide_as(1280)
        stranger = await (await stage.context(language=language, width=NARROW_PX)).new_page()
        await stranger.goto(f"{stage.url}/sign-in")
        found["sign-in, narrow"] = await stranger.evaluate(OVERFLOW)
        assert not {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_page_at_work_is_accessible_too(browser: Browser, tmp_path: Path, language: str) -> None:
    """Editing, with somebody else's caret, a question open, a text in the drawer."""
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR", language=language)
        bela = await stage.person("focal_point", "BOR", language=language)
        await nadia.opens("b/untoc/art-5")
        await bela.opens("b/untoc/art-5")
        await bela.is_as_wide_as(NARROW_PX)
        await nadia.takes()
        await nadia.types(" Seen by a checker.")
        await bela.sees("Seen by a checker.")
        found = {"editing": await nadia.axe()}

        await bela.section.locator("form[data-take] button").click()
        await bela.page.locator("dialog").wait_for()
        found |= {"question": await bela.axe(), "question, narrow": await bela.page.evaluate(OVERFLOW)}
        await bela.page.locator("dialog button[value=join]").click()
        await bela.can_write()
        found["editing, narrow"] = await bela.page.evaluate(OVERFLOW)

        await nadia.pastes("Too much of it. " * 16_000)
        await nadia.page.locator("dialog").wait_for()
        found["paste"] = await nadia.axe()
        await nadia.presses("Escape")
        await nadia.section.locator("rm-drawer article").wait_for()
        found["drawer"] = await nadia.axe()
        await nadia.is_as_wide_as(NARROW_PX)
        found["drawer, narrow"] = await nadia.page.evaluate(OVERFLOW)
        assert not {name: problems for name, problems in found.items() if problems}
