"""The language is changed in the middle of things, and nothing that was typed is lost."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from tests.e2e.stage import a_stage

ART_5 = "b/untoc/art-5"


async def chooses(page: Page, code: str) -> None:
    """Open the chooser and take a language, whatever the page's is."""
    await page.locator("details:has(form[action='/language']) > summary").click()
    await page.locator(f"form[action='/language'] button[value='{code}']").click()
    await expect(page.locator("html")).to_have_attribute("lang", code)


async def test_a_sign_in_that_is_half_typed_goes_on_in_another_language(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        page = await (await stage.context()).new_page()
        await page.goto(f"{stage.url}/sign-in?then=%2Faccount")
        await page.locator("main [name=email]").fill("bela@borovia.example")
        await page.locator("main [name=password]").fill("half a pass")
        for code in ("ar", "zh", "fr"):
            await chooses(page, code)
            await expect(page.locator("main [name=email]")).to_have_value("bela@borovia.example")
            # a password is typed again: it is kept nowhere, not even for a moment
            await expect(page.locator("main [name=password]")).to_have_value("")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir une session")
        assert await page.evaluate("sessionStorage.length") == 0
        await expect(page).to_have_url(f"{stage.url}/sign-in?then=%2Faccount")


async def test_whoever_is_drafting_changes_the_language_without_losing_a_word(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR", language="es")
        await nadia.opens(ART_5)
        await lucia.opens(ART_5)
        await nadia.takes()
        for code in ("es", "ru", "ar", "en"):
            await nadia.types(f"[{code}]")
            # at once: the server may not have it yet
            await chooses(nadia.page, code)
            await nadia.turns_to("art-5")
            await nadia.can_write()
        await nadia.sees("[es][ru][ar][en]")
        await lucia.sees("[es][ru][ar][en]")


async def test_the_chooser_works_without_script(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR", script=False)
        await bela.goes("/account")
        await chooses(bela.page, "es")
        await expect(bela.page).to_have_url(f"{stage.url}/account")
        await expect(bela.page.get_by_role("heading", level=1)).to_have_text("Cuenta y seguridad")
