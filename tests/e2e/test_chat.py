"""The chat of a person with the secretariat: both sides, live, before approval, through a dead server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import Browser, Locator, Route, expect

from revmod_live.accounts import people
from tests.e2e.stage import Stage, a_stage

if TYPE_CHECKING:
    from tests.e2e.person import Person

WAITING = "Not sent yet"


async def suspend(stage: Stage, person: Person, *, active: bool = False) -> None:
    """The secretariat has not approved this person yet, or does so now."""
    services = stage.house.services

    def change(tx: object) -> None:
        found = people.find_by_email(tx, person.account.email)  # type: ignore[arg-type]
        assert found is not None
        people.set_active(tx, found.id, services.now, active=active)  # type: ignore[arg-type]

    await services.db.write(change)


def messages(person: Person) -> Locator:
    """What the server has of the chat, as this page shows it."""
    return person.page.locator(".chat-log .chat-message .chat-text")


async def says(person: Person, text: str) -> None:
    """Type into the box and press Enter."""
    box = person.page.get_by_label("Your message")
    await box.fill(text)
    await box.press("Enter")


async def test_somebody_not_approved_and_an_officer_talk_and_see_each_other_live(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await suspend(stage, nadia)
        wei = await stage.person("secretariat", None)
        await wei.goes("/console/chats")
        await wei.reads("Nobody has written to the secretariat yet.")

        await nadia.goes("/profile/chat")
        await says(nadia, "When will I be approved?")
        await expect(messages(nadia)).to_have_text(["When will I be approved?"])
        await expect(nadia.page.get_by_label("Your message")).to_have_value("")

        # the list of the officer has come to know it by itself
        await wei.reads("Nadia Petrov", "1 unread")
        await wei.page.get_by_role("link", name="Nadia Petrov").click()
        await expect(messages(wei)).to_have_text(["When will I be approved?"])
        await says(wei, "Tomorrow.\nغدًا.")
        await expect(messages(nadia)).to_have_text(["When will I be approved?", "Tomorrow.\nغدًا."])
        await says(nadia, "Thank you.")
        await expect(messages(wei).last).to_have_text("Thank you.")

        await wei.goes("/console/chats")
        await wei.reads("Nadia Petrov")
        await expect(wei.page.get_by_text("1 unread")).to_have_count(0)


async def test_what_is_said_while_the_server_is_down_arrives_once_through_a_reload(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await suspend(stage, nadia)
        wei = await stage.person("secretariat", None)
        await nadia.goes("/profile/chat")
        await says(nadia, "Before.")
        await expect(messages(nadia)).to_have_text(["Before."])
        await wei.goes("/console/chats")
        await wei.page.get_by_role("link", name="Nadia Petrov").click()

        await stage.goes_down()
        await says(nadia, "In the dark.")
        await expect(nadia.page.locator("[data-waiting]")).to_contain_text(WAITING)
        await nadia.page.get_by_label("Your message").fill("Half a sent")
        await expect(messages(nadia)).to_have_text(["Before."])

        await stage.opens()
        # the page may have sent it by itself already, or the reload does
        await nadia.goes("/profile/chat")
        await expect(messages(nadia)).to_have_text(["Before.", "In the dark."])
        await expect(nadia.page.locator("[data-waiting] li")).to_have_count(0)
        await expect(nadia.page.get_by_label("Your message")).to_have_value("Half a sent")
        await expect(messages(wei)).to_have_text(["Before.", "In the dark."])
        await nadia.goes("/profile/chat")
        await expect(messages(nadia)).to_have_text(["Before.", "In the dark."])


async def test_a_message_whose_answer_was_lost_is_there_once(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
        nadia = await stage.person("expert", "BOR")
        await nadia.goes("/profile/chat")
        lost: list[int] = []

        async def lose_the_answer(route: Route) -> None:
            answer = await route.fetch()
            lost.append(answer.status)
            await route.abort()

        await nadia.page.route("**/profile/chat", lose_the_answer, times=1)
        await says(nadia, "Only once.")
        await expect(messages(nadia)).to_have_text(["Only once."])
        await expect(nadia.page.locator("[data-waiting] li")).to_have_count(0)
        assert lost == [200]
        await nadia.goes("/profile/chat")
        await expect(messages(nadia)).to_have_text(["Only once."])


async def test_what_was_refused_goes_back_into_the_box(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 400")
        nadia = await stage.person("expert", "BOR")
        await nadia.goes("/profile/chat")
        await says(nadia, "A bell \u0007 rings")
        refused = nadia.page.locator("[data-waiting] li")
        await expect(refused).to_contain_text("signs that cannot be shown")
        await refused.get_by_role("button", name="Back into the box").click()
        await expect(nadia.page.get_by_label("Your message")).to_have_value("A bell \u0007 rings")
        await expect(refused).to_have_count(0)

        await says(nadia, "x" * 4001)
        await expect(nadia.page.locator("#chat-problem")).to_contain_text("4,001")
        await expect(nadia.page.get_by_label("Your message")).to_have_value("x" * 4001)


async def test_signing_out_asks_first_about_a_message_on_this_device_and_takes_it_off(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await nadia.goes("/profile/chat")
        await nadia.page.get_by_label("Your message").fill("For nobody else on this machine")
        await nadia.page.locator("form[data-sign-out]").first.evaluate("form => form.requestSubmit()")
        await nadia.dialog().get_by_role("button", name="Delete and sign out").click()
        await expect(nadia.page.get_by_role("heading", level=1)).to_have_text("Sign in")
        assert await nadia.page.evaluate("Object.keys(localStorage).length") == 0


async def test_words_that_look_like_a_page_stay_words(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        wei = await stage.person("secretariat", None)
        await nadia.goes("/profile/chat")
        hostile = (
            "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">",
            'javascript:alert(1) https://example.org/"onmouseover="alert(1)',
            "</textarea></div></li><h1>Secretariat</h1>",
        )
        for text in hostile:
            await says(nadia, text)
            await expect(messages(nadia).last).to_have_text(text)
        await wei.goes("/console/chats")
        await wei.page.get_by_role("link", name="Nadia Petrov").click()
        await expect(messages(wei)).to_have_text(list(hostile))
        for page in (nadia.page, wei.page):
            assert await page.locator("rm-chat :is(script, img, h1, [onerror], [onmouseover])").count() == 0
            hrefs = await page.locator(".chat-text a").evaluate_all("all => all.map(a => a.href)")
            assert hrefs == ["https://example.org/"]
            assert "taken" not in await page.title()


async def test_the_chat_works_without_script_and_a_second_click_sends_nothing_twice(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 413")
        nadia = await stage.person("expert", "BOR", script=False)
        await nadia.goes("/profile/chat")
        await nadia.page.get_by_label("Your message").fill("By hand\nalone")
        await nadia.page.get_by_role("button", name="Send").dblclick()
        await expect(messages(nadia)).to_have_text(["By hand\nalone"])
        await nadia.page.get_by_label("Your message").fill("y" * 4001)
        await nadia.page.get_by_role("button", name="Send").click()
        await nadia.reads("too long")
        await expect(nadia.page.get_by_label("Your message")).to_have_value("y" * 4001)


async def test_the_chat_is_clean_to_a_checker_in_english_and_arabic(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        for language in ("en", "ar"):
            nadia = await stage.person("expert", "BOR", language=language)
            wei = await stage.person("secretariat", None, language=language)
            await nadia.goes("/profile/chat")
            await nadia.page.locator("textarea").fill("https://example.org مرحبا")
            await nadia.page.locator("textarea").press("Enter")
            await expect(nadia.page.locator(".chat-log .chat-message a").last).to_be_visible()
            assert await nadia.axe() == []
            await wei.goes("/console/chats")
            assert await wei.axe() == []
            await wei.page.get_by_role("link", name="Nadia Petrov").click()
            await expect(wei.page.locator(".chat-log .chat-message a").last).to_be_visible()
            assert await wei.axe() == []
