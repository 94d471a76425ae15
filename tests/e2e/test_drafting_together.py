"""Two people in one section: their words merge, each sees the other, each takes back only their own."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import a_stage

ART_5 = "b/untoc/art-5"


async def test_two_people_type_into_one_paragraph_and_both_read_both(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR")
        await nadia.opens(ART_5)
        await lucia.opens(ART_5)
        await nadia.takes()
        await lucia.holders("Nadia Petrov")
        await lucia.joins()

        await nadia.types("[by Nadia]", after="offence of its own")
        await lucia.types("[by Lucia]", after="the group pursues.")

        for reader in (nadia, lucia):
            await reader.sees("offence of its own[by Nadia] (Penal Code")
            await reader.sees("the group pursues.[by Lucia]")
            await reader.save_line("saved")
        await expect(lucia.section.locator(".caret")).to_contain_text("Nadia Petrov")


async def test_undo_takes_back_my_words_and_leaves_those_of_the_other(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR")
        await nadia.opens(ART_5)
        await lucia.opens(ART_5)
        await nadia.takes()
        await lucia.joins()

        await nadia.puts_caret(after="offence of its own")
        await nadia.pastes("[mine]")
        await lucia.sees("[mine]")
        await lucia.types("[hers]", after="[mine]")
        await nadia.sees("[mine][hers]")
        await nadia.presses("Control+z")

        for reader in (nadia, lucia):
            await reader.sees("offence of its own[hers] (Penal Code")
            await reader.sees_no("[mine]")

        await nadia.presses("Control+Shift+z")
        await lucia.sees("[mine]")
