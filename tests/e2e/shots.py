"""Pictures of every page, in English and Arabic, wide and narrow, to be looked at by a person.

python -m tests.e2e.shots FOLDER
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.e2e.chromium import launched
from tests.e2e.pages import addresses
from tests.e2e.stage import Stage, a_stage

WIDTHS = {"wide": 1280, "narrow": 360}


async def _pages(stage: Stage, folder: Path, language: str) -> None:
    bela = await stage.person("focal_point", "BOR", language=language)
    for name, path in addresses(stage.house).items():
        await bela.goes(path)
        for size, pixels in WIDTHS.items():
            await bela.is_as_wide_as(pixels)
            await bela.page.screenshot(path=folder / f"{name}-{language}-{size}.png", full_page=True)
    stranger = await (await stage.context(language=language)).new_page()
    await stranger.goto(f"{stage.url}/sign-in")
    await stranger.screenshot(path=folder / f"sign-in-{language}.png")


async def _work(stage: Stage, folder: Path, language: str) -> None:
    bela = await stage.person("focal_point", "BOR", language=language)
    lucia = await stage.person("expert", "COR", language=language)
    await bela.opens("b/untoc/art-5")
    await lucia.opens("b/untoc/art-5")
    await lucia.takes()
    await lucia.types(" As Lucía sees it.")
    await bela.sees("As Lucía sees it.")
    await bela.section.locator("form[data-take] button").click()
    await bela.dialog().wait_for()
    await bela.page.screenshot(path=folder / f"work-join-{language}.png")
    await bela.page.locator("dialog button[value=join]").click()
    await bela.can_write()
    await bela.types(" And Bela.")
    await bela.pastes("Too much of it. " * 16_000)
    await bela.dialog().wait_for()
    await bela.page.screenshot(path=folder / f"work-paste-{language}.png")
    await bela.presses("Escape")
    await bela.section.locator("rm-drawer article").wait_for()
    await lucia.types(" More.")
    await bela.sees("More.")
    for size, pixels in WIDTHS.items():
        await bela.is_as_wide_as(pixels)
        await bela.section.scroll_into_view_if_needed()
        await bela.page.screenshot(path=folder / f"work-{language}-{size}.png")
        await bela.section.screenshot(path=folder / f"work-section-{language}-{size}.png")
    await bela.releases()
    await lucia.releases()
    await bela.is_as_wide_as(WIDTHS["wide"])
    await bela.votes("b")
    await bela.page.screenshot(path=folder / f"work-voted-{language}.png", full_page=True)


async def _all(folder: Path) -> None:
    async with async_playwright() as driver:
        browser = await launched(driver)
        for language in ("en", "ar"):
            async with a_stage(browser, Path(tempfile.mkdtemp(prefix="revmod-shots-"))) as stage:
                stage.expects("status of 404")
                await _pages(stage, folder, language)
                await _work(stage, folder, language)
        await browser.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(_all(Path(sys.argv[1])))
