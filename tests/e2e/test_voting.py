"""Votes: on exactly the text that was shown, taken back by a change of it, and the seal."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import Stage, a_stage

ART_5 = "b/untoc/art-5"


async def everybody_votes(stage: Stage) -> None:
    for state in ("BOR", "COR", "DAL"):
        voter = await stage.person("focal_point", state)
        await voter.votes("b")
    await stage.people[-1].reads("Sealed")


async def test_an_edit_takes_the_votes_back_and_says_who_where_and_what(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        lucia = await stage.person("expert", "COR")
        await bela.votes("b")
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")

        await lucia.opens(ART_5)
        await expect(lucia.page.locator("[data-votes-live]")).to_be_visible()
        await lucia.takes()
        await lucia.puts_caret()
        await lucia.presses("Space")
        await lucia.confirms_reset()
        await lucia.types("One word more.")
        await lucia.save_line("saved")

        await bela.reads("The text has moved since you opened this page.")
        await bela.opens_votes("b")
        await expect(bela.vote_of("Borovia")).to_contain_text("not yet")
        await bela.reads("Lucía Serra", "Article 5", "that vote does not count any more")
        await expect(bela.page.locator("ins").filter(has_text="One word more.")).to_be_visible()
        await bela.casts()
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")


async def test_the_text_made_as_it_was_is_called_identical_and_still_needs_a_vote(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        lucia = await stage.person("expert", "COR")
        await bela.votes("b")
        await lucia.opens(ART_5)
        await lucia.takes()
        await lucia.puts_caret()
        await lucia.presses("x")
        await lucia.confirms_reset()
        await lucia.save_line("saved")
        await lucia.presses("Backspace")
        await lucia.save_line("saved")
        await lucia.releases()

        await bela.opens_votes("b")
        await expect(bela.vote_of("Borovia")).to_contain_text("not yet")
        await bela.reads("The text is identical to the one voted on then. A new vote is needed all the same.")
        await bela.casts()
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")


async def test_a_vote_on_a_text_that_has_moved_is_refused_with_what_changed(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        nadia = await stage.person("expert", "BOR")
        await bela.opens_votes("b")
        await nadia.opens(ART_5)
        await nadia.takes()
        await nadia.types(" Moved meanwhile.")
        await nadia.save_line("saved")

        stage.expects("status of 409")
        await bela.casts()
        await bela.reads("Your vote was not cast", "What changed since the page that you voted on")
        await expect(bela.page.locator("ins").filter(has_text="Moved meanwhile.").first).to_be_visible()
        await bela.page.get_by_role("button", name="Vote on the new text").click()
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")


async def test_a_vote_can_be_withdrawn(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.votes("b")
        await bela.page.get_by_role("button", name="Withdraw the vote of Borovia").click()
        await expect(bela.vote_of("Borovia")).to_contain_text("not yet")


async def test_agreement_seals_the_text_under_the_hands_of_those_who_write(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await nadia.types(" Last words.")
        await nadia.save_line("saved")

        await everybody_votes(stage)

        await nadia.can_only_read()
        await expect(nadia.section).to_contain_text("This text is sealed: the step is closed.")
        await nadia.sees("Last words.")
        await nadia.page.reload()
        await expect(nadia.page.locator(".sealed")).to_be_visible()


async def test_what_arrives_after_the_seal_lies_in_the_drawer_on_every_device(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await nadia.loses_the_line()
        await nadia.types(" Written on a train.")
        await nadia.save_line("device")
        await everybody_votes(stage)

        await nadia.has_the_line_again()
        await nadia.can_only_read()
        await nadia.drawer(
            "The step was closed before this arrived.", "Written on a train.", "Kept on the server"
        )
        await nadia.sees_no("Written on a train.")

        elsewhere = await stage.person("expert", "BOR")
        await elsewhere.opens(ART_5)
        drawer = await elsewhere.drawer("Written on a train.")
        await drawer.get_by_role("button", name="Dismiss").click()
        await expect(drawer.locator("article")).to_have_count(0)
        await nadia.page.reload()
        await nadia.turns_to("art-5")
        await expect(nadia.section.locator("rm-drawer article")).to_have_count(0)


async def test_whoever_would_rather_not_take_the_votes_back_changes_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        lucia = await stage.person("expert", "COR")
        await bela.votes("b")
        await lucia.opens(ART_5)
        await lucia.takes()
        before = await lucia.text()
        await lucia.puts_caret()
        await lucia.presses("x")
        question = lucia.dialog()
        await expect(question).to_contain_text("Bela Horn (BOR)")
        await question.get_by_role("button", name="Cancel").click()
        await expect(question).to_have_count(0)
        assert await lucia.text() == before

        await bela.opens_votes("b")
        await expect(bela.vote_of("Borovia")).to_contain_text("voted to close")
