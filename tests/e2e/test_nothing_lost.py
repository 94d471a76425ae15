"""What was typed outlives the line, the server, the page and the session, and arrives once."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.person import Person
from tests.e2e.stage import Stage, a_stage

ART_5 = "b/untoc/art-5"


async def one_drafter(stage: Stage) -> Person:
    nadia = await stage.person("expert", "BOR")
    await nadia.opens(ART_5)
    await nadia.takes()
    await nadia.types(" Before.")
    await nadia.save_line("saved")
    return nadia


async def stands_once(stage: Stage, words: str) -> None:
    """Somebody who has seen nothing of it yet reads the words, once."""
    reader = await stage.person("expert", "COR")
    await reader.opens(ART_5)
    await reader.sees(words)
    assert (await reader.text()).count(words) == 1


async def test_reloading_while_the_server_is_down_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        await stage.goes_down()
        await nadia.types(" Typed in the dark.")
        await nadia.save_line("device")
        await nadia.reloads_in_vain()

        await stage.opens()
        await nadia.opens(ART_5)
        await nadia.sees("Before. Typed in the dark.")
        await nadia.save_line("saved")
        await stands_once(stage, "Typed in the dark.")


async def test_text_of_a_tab_that_crashed_arrives_from_the_next_one(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        await stage.goes_down()
        await nadia.types(" Then the tab died.")
        await nadia.save_line("device")
        await nadia.crashes()

        await stage.opens()
        again = await nadia.another_tab()
        await again.opens(ART_5)
        await again.sees("Before. Then the tab died.")
        await stands_once(stage, "Then the tab died.")


async def test_two_tabs_at_one_section_both_keep_what_was_typed_in_them(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        left = await one_drafter(stage)
        right = await left.another_tab()
        await right.opens(ART_5)
        await right.can_write()
        await left.types("[left]", after="offence of its own")
        await right.sees("[left]")
        await right.types("[right]", after="[left]")
        await left.sees("[left][right]")

        await stage.goes_down()
        await left.types(" Left in the dark.")
        await right.types(" Right in the dark.")
        await left.save_line("device")
        await right.save_line("device")
        await left.reloads_in_vain()
        await right.crashes()

        await stage.opens()
        await left.opens(ART_5)
        await left.sees("Left in the dark.")
        await left.sees("Right in the dark.")
        await left.save_line("saved")
        await stands_once(stage, "Left in the dark.")
        await stands_once(stage, "Right in the dark.")


async def test_a_page_left_open_sends_by_itself_when_the_server_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        await stage.goes_down()
        await expect(nadia.page.locator("[data-touch]")).to_contain_text("No connection to the server.")
        await nadia.types(" Meanwhile.")
        await nadia.save_line("device")
        await stage.opens()
        await nadia.save_line("saved")
        await expect(nadia.page.locator("[data-touch]")).to_be_hidden()
        await stands_once(stage, "Before. Meanwhile.")


async def test_a_claim_that_expired_on_a_dropped_line_comes_back_with_its_text(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        lucia = await stage.person("expert", "COR")
        await lucia.opens(ART_5)
        await lucia.holders("Nadia Petrov")

        await nadia.loses_the_line()
        await nadia.types(" In a tunnel.")
        await nadia.save_line("device")
        stage.clock.forward(65)
        stage.clock.forward(100)
        await lucia.holders("Nobody is drafting here.")

        await nadia.has_the_line_again()
        await nadia.save_line("saved")
        await lucia.holders("Nadia Petrov")
        await lucia.sees("Before. In a tunnel.")


async def test_a_claim_lost_for_good_leaves_the_text_in_the_drawer_to_be_inserted_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        bela = await stage.person("focal_point", "BOR")
        await bela.opens(ART_5)
        await nadia.loses_the_line()
        await nadia.types("[late]", after="offence of its own")
        await nadia.save_line("device")
        await bela.releases_for("Nadia Petrov")

        await nadia.has_the_line_again()
        drawer = await nadia.drawer("You did not hold the section when this arrived.", "[late]")
        await nadia.sees_no("[late]")
        await nadia.save_line("refused")

        await nadia.takes()
        await drawer.get_by_role("button", name="Insert again").click()
        await bela.sees("offence of its own[late] (Penal Code")
        assert (await bela.text()).count("Avaland has made participation") == 1
        await drawer.get_by_role("button", name="Dismiss").click()
        await nadia.save_line("saved")


async def test_a_session_that_ends_in_mid_typing_is_renewed_in_place(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 401")
        nadia = await one_drafter(stage)
        await nadia.types(" Typed with")
        await nadia.session_ends()
        banner = nadia.page.locator("[data-touch]")
        await expect(banner).to_contain_text("Your session has ended.")
        await nadia.page.keyboard.type(" nobody signed in.")
        await nadia.sees("Typed with nobody signed in.")
        await banner.get_by_role("button", name="Sign in").click()
        question = nadia.dialog("Please sign in again")

        await question.get_by_label("E-mail address").fill(nadia.account.email)
        await question.get_by_label("Password").fill("not this one")
        await question.get_by_role("button", name="Sign in").click()
        await expect(question.get_by_role("alert")).not_to_be_empty()
        await question.get_by_label("Password").fill(nadia.account.password)
        await question.get_by_role("button", name="Sign in").click()

        await expect(question).to_have_count(0)
        await nadia.sees("Typed with nobody signed in.")
        await nadia.save_line("saved")
        await stands_once(stage, "Before. Typed with nobody signed in.")
        await nadia.releases()


async def test_a_paste_too_large_is_said_and_kept(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        await nadia.pastes("Too much of it. " * 16_000)
        said = nadia.dialog("This is too much to paste at once")
        await expect(said.get_by_role("textbox")).to_have_value(re.compile(r"^(Too much of it\. ){100}"))
        await said.get_by_role("button", name="Close").click()
        await nadia.drawer("It was too large.", "Too much of it.")
        await nadia.sees_no("Too much of it.")
        await nadia.page.reload()
        await nadia.turns_to("art-5")
        await nadia.drawer("It was too large.", "Too much of it.")


async def test_signing_out_wipes_the_device_after_a_warning(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await one_drafter(stage)
        await nadia.loses_the_line()
        await nadia.puts_caret()
        await nadia.pastes(" Never sent.")
        await nadia.save_line("device")
        assert "Never sent." in await nadia.on_device()

        await nadia.logs_out()
        warning = nadia.dialog("Some of your text is not on the server yet")
        await warning.get_by_role("button", name="Cancel").click()
        await nadia.sees("Never sent.")

        await nadia.logs_out()
        await warning.get_by_role("button", name="Delete and sign out").click()
        # the form goes, to nobody as yet: two journeys at once would end each other
        await expect(nadia.page.locator("rm-page")).to_have_count(0)
        await nadia.has_the_line_again()
        await nadia.goes("/sign-in")
        assert await nadia.on_device() == ""
