"""Without a mouse: open, take, draft, format, release, vote."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import a_stage


async def test_a_focal_point_drafts_and_votes_with_keys_alone(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.goes("/sign-in")
        await bela.goes(bela.review_at("b"))
        await bela.tabs_to("Organized Crime Convention")
        await bela.presses("Enter")
        await expect(bela.page.locator("rm-page")).to_be_visible()
        await bela.turns_to("art-5")

        await bela.tabs_to("Article 5", role="link")
        await bela.presses("Enter")
        await bela.tabs_to("Take section", within=bela.section)
        await bela.presses("Enter")
        await bela.can_write()
        await expect(bela.editor()).to_be_focused()

        await bela.presses("Control+End")
        await bela.page.keyboard.type(" Plain and ")
        await bela.presses("Alt+F10")
        await expect(bela.page.get_by_role("toolbar").locator(":focus")).to_have_count(1)
        await bela.arrows_to("Bold")
        await bela.presses("Enter", "Escape")
        await expect(bela.editor()).to_be_focused()
        await bela.page.keyboard.type("bold.")
        await expect(bela.editor().locator("strong")).to_have_text("bold.")
        await bela.save_line("saved")

        # the key that indents elsewhere leaves the editor here: nobody is caught in it
        await bela.presses("Tab")
        await expect(bela.editor()).not_to_be_focused()
        await bela.tabs_to("Release section", within=bela.section, back=True)
        await bela.presses("Enter")
        await bela.can_only_read()

        await bela.tabs_to("Vote to close", back=True)
        await bela.presses("Enter")
        await expect(bela.page.locator("form[data-vote]")).to_be_visible()
        await bela.tabs_to("Vote to close with this text")
        await bela.presses("Enter")
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")
