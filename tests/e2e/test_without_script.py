"""A browser without script: reading, taking, joining, releasing, voting, withdrawing."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import a_stage

ART_5 = "b/untoc/art-5"


async def test_reading_taking_releasing_and_voting_work_without_script(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR", script=False)
        await bela.opens(ART_5)
        await expect(bela.section).to_contain_text("an offence of its own")
        await bela.section.get_by_role("button", name="Take section").click()
        await bela.holders("You are drafting here since")
        await bela.section.get_by_role("button", name="Release section").click()
        await bela.holders("Nobody is drafting here.")

        stage.expects("status of 409")
        nadia = await stage.person("expert", "BOR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await nadia.types(" By script.")
        await nadia.save_line("saved")
        await bela.opens(ART_5)
        await expect(bela.section).to_contain_text("By script.")
        await bela.section.get_by_role("button", name="Take section").click()
        await bela.reads("Join anyway?", "Nadia Petrov")
        await bela.page.get_by_role("button", name="Join").click()
        await bela.holders("You are drafting here since", "Nadia Petrov")
        await bela.section.get_by_role("button", name="Release it for them").click()
        await nadia.can_only_read()

        await bela.page.get_by_role("link", name="Vote to close").click()
        await bela.casts()
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")
        await bela.page.get_by_role("button", name="Withdraw the vote of Borovia").click()
        await expect(bela.vote_of("Borovia")).to_contain_text("not yet")


async def test_signing_in_and_out_without_script(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 401")
        account = stage.house.person("expert", "COR")
        page = await (await stage.context(script=False)).new_page()
        await page.goto(f"{stage.url}{'/reviews/' + stage.house.review('b').code}")
        for password in ("wrong", account.password):
            await page.get_by_label("E-mail address").fill(account.email)
            await page.get_by_label("Password").fill(password)
            await page.get_by_role("main").get_by_role("button", name="Sign in").click()
            if password == "wrong":
                await expect(page.get_by_role("alert")).to_contain_text("You are not signed in")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Avaland")
        await page.locator("details.own summary").click()
        await page.get_by_role("button", name="Log out").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
