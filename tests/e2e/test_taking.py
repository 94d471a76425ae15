"""Who holds a section: taking, joining, alone, and everybody who may end it."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import a_stage

ART_5 = "b/untoc/art-5"


async def test_a_section_taken_for_oneself_alone_is_read_by_the_others(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR")
        await nadia.opens(ART_5)
        await lucia.opens(ART_5)
        await nadia.takes(alone=True)

        await lucia.holders("Nadia Petrov", "alone")
        await expect(lucia.section.locator("form[data-take] button")).to_be_disabled()
        await nadia.types(" Mine alone.")
        await lucia.sees("Mine alone.")

        await nadia.releases()
        await lucia.holders("Nobody is drafting here.")
        await lucia.takes()
        await lucia.types(" And now hers.")
        await nadia.sees("Mine alone. And now hers.")


async def test_the_question_before_joining_can_be_answered_with_no(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await lucia.opens(ART_5)
        await lucia.section.locator("form[data-take] button").click()

        question = lucia.dialog("Join this section?")
        await expect(question).to_contain_text("Nadia Petrov (BOR) is drafting here since")
        await lucia.presses("Escape")
        await expect(question).to_have_count(0)
        await lucia.can_only_read()


async def test_a_focal_point_and_the_secretariat_end_claims_of_others(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        bela = await stage.person("focal_point", "BOR")
        wei = await stage.person("secretariat", None)
        for person in (nadia, bela, wei):
            await person.opens(ART_5)

        await nadia.takes()
        await nadia.types(" Still being written.")
        await nadia.save_line("saved")
        await bela.releases_for("Nadia Petrov")
        await nadia.can_only_read()
        await expect(nadia.section).to_contain_text("You no longer hold this section.")
        await nadia.sees("Still being written.")

        await nadia.takes()
        await nadia.types(" Once more.")
        await nadia.save_line("saved")
        await wei.releases_for("Nadia Petrov")
        await nadia.can_only_read()
        await bela.sees("Still being written. Once more.")


async def test_nobody_releases_for_another_state(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        carlos = await stage.person("focal_point", "COR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await carlos.opens(ART_5)
        await carlos.holders("Nadia Petrov")
        await expect(carlos.section.locator("form[data-release][data-account]")).to_have_count(0)
