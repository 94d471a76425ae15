"""From the first letter to the home page, for each role, in two languages; and a profile that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.stage import Stage, a_stage
from tests.portal.people_acts import GOOD, account, link

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.person import Person

ROLES = (
    ("focal_point", "AVA", "Noor Sami"),
    ("expert", "BOR", "Lena Ortiz"),
    ("observer", "BOR", "Sami Blum"),
    ("representative", "DAL", "Rosa Klein"),
    ("secretariat", "", "Hana Weiss"),
)


async def is_invited(wei: Person, role: str, state: str, name: str, language: str) -> str:
    """The officer fills in the form; the address that the letter goes to."""
    email = f"newcomer-{role.replace('_', '-')}@ministry.example"
    await wei.goes("/console/invitations")
    form = wei.page.locator('form[action="/console/invitations"]')
    await form.locator("#reference").fill("NV/2026/17")
    await form.locator("#dated").fill("2026-03-02")
    await form.locator("#role").select_option(role)
    if state:
        await form.locator("#state").select_option(state)
    await form.locator("#name").fill(name)
    await form.locator("#email").fill(email)
    await form.locator("#language").select_option(language)
    await form.locator("button.primary").click()
    await expect(wei.page.locator("main")).to_contain_text(email)
    return email


async def chooses_a_password(stage: Stage, page: Page, email: str) -> None:
    """Open the letter's link and choose a password, looking at what is still missing."""
    await page.goto(stage.url + await link(stage.house, email))
    password = page.locator("#password")
    await password.press_sequentially("Kettle-RUD")
    digits = page.locator("[data-rule=few-digits]")
    await expect(digits).to_have_attribute("data-state", "unmet")
    await expect(digits.locator("[data-missing]")).to_contain_text("3")
    await expect(page.locator("[data-rule=few-upper]")).to_have_attribute("data-state", "met")
    await page.locator(".password-show").click()
    await expect(password).to_have_attribute("type", "text")
    await password.fill(GOOD)
    await expect(page.locator("[data-rule]:not([data-state=met])")).to_have_count(0)
    await page.locator("form:has(#password) button.primary").click()
    await page.wait_for_url("**/profile")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_from_the_letter_to_the_home_page(browser: Browser, tmp_path: Path, language: str) -> None:
    # one house for all of them: who came before is no longer in anybody's way
    async with a_stage(browser, tmp_path) as stage:
        wei = await stage.person("secretariat", None)
        for role, state, name in ROLES:
            email = await is_invited(wei, role, state, name, language)
            page = await (await stage.context(language=language)).new_page()
            await chooses_a_password(stage, page, email)
            await expect(page.locator("html")).to_have_attribute("lang", language)
            if role != "secretariat":
                await is_approved(stage, wei, page, email, name)
            await expect(page.locator("#status")).to_have_attribute("data-standing", "approved")
            await finds_the_reviews(stage, page, role)


async def finds_the_reviews(stage: Stage, page: Page, role: str) -> None:
    """The home page lists the reviews of one's State; what may be read there depends on the role."""
    await page.goto(stage.url)
    reviews = page.locator('main .card-title a[href^="/reviews/"]')
    await expect(reviews).to_have_count(len(stage.house.made.reviews))
    console = page.locator('.sidebar a[href="/console"]')
    await expect(console).to_have_count(1 if role == "secretariat" else 0)
    # while the State has a focal point its permanent representative reads no draft
    draft = await page.request.get(f"{stage.url}/reviews/{stage.house.review('c').code}/c/fa")
    assert draft.status == (403 if role == "representative" else 200), role


async def is_approved(stage: Stage, wei: Person, page: Page, email: str, name: str) -> None:
    """Save, talk with the secretariat, submit, and be approved."""
    status, form = page.locator("#status"), page.locator("form[data-profile]")
    await expect(status).to_have_attribute("data-standing", "new")
    await form.locator("#phone").fill("+1 555 0100")
    await form.locator("button[value=save]").click()
    await expect(status).to_have_attribute("data-standing", "saved")

    await page.locator("#chat-text").fill("When will I be approved?")
    await page.locator("#chat-text").press("Enter")
    await expect(page.locator(".chat-messages .chat-text")).to_contain_text("When will I be approved?")

    submit = form.locator("button[value=submit]")
    await form.locator("#location").fill("Room 5")
    await expect(submit).to_have_attribute("aria-disabled", "true")
    await form.locator("#location").fill("")
    await expect(submit).not_to_have_attribute("aria-disabled", "true")
    await submit.click()
    await expect(status).to_have_attribute("data-standing", "submitted")

    who = (await account(stage.house, email)).id
    await wei.goes("/console")
    await wei.reads(name, "1 chat holds something unread.")
    await wei.goes(f"/console/chats/{who}")
    await wei.page.get_by_label("Your message").fill("Today.")
    await wei.page.get_by_label("Your message").press("Enter")
    await expect(page.locator(".chat-messages .chat-text").last).to_contain_text("Today.")
    await wei.goes("/console")
    await wei.page.get_by_role("link", name=name).first.click()
    await wei.reads("The profile says what the note verbale says.")
    await wei.page.get_by_role("button", name="Approve", exact=True).click()
    await expect(wei.page.locator("main .badge").first).to_have_text("Approved")
    await page.reload()


async def test_a_changed_profile_suspends_after_a_warning_and_is_approved_again(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 403", "WebSocket")
        nadia, wei = await stage.person("expert", "BOR"), await stage.person("secretariat", None)
        await nadia.opens("b/untoc/art-5")
        await nadia.takes()
        await nadia.types(" Before the change.")
        await nadia.save_line("saved")
        profile = await nadia.another_tab()
        await profile.goes("/profile")
        await profile.page.locator("#phone").fill("+1 555")
        await profile.page.get_by_role("button", name="Save", exact=True).click()
        await profile.reads("Save and be suspended?", "Article 5", "There are none in this browser.")
        await profile.page.get_by_role("button", name="Back to the profile").click()
        await expect(profile.page.locator("#phone")).to_have_value("+1 555")
        await profile.page.get_by_role("button", name="Save", exact=True).click()
        await profile.page.get_by_role("button", name="Save and be suspended").click()
        status = profile.page.locator("#status")
        await expect(status).to_have_attribute("data-standing", "suspended")
        # the section that was held is free, and can be typed into no longer
        await nadia.can_only_read()
        await profile.goes("/reviews/2026-ava")
        await profile.reads("not approved at present")

        await profile.goes("/profile")
        await profile.page.get_by_role("button", name="Submit for approval").click()
        await expect(status).to_have_attribute("data-standing", "submitted")
        await wei.goes("/console")
        await wei.page.get_by_role("link", name="Nadia Petrov").first.click()
        await wei.page.get_by_role("button", name="Approve").click()
        await expect(wei.page.locator("main .badge").first).to_have_text("Approved")
        await nadia.opens("b/untoc/art-5")
        await nadia.takes()
        await nadia.sees("Before the change.")


async def test_a_second_factor_is_turned_on_and_its_codes_are_shown_once(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        await nadia.goes("/account/second-factor")
        await nadia.page.get_by_role("button", name="Begin").click()
        secret = await nadia.page.locator("code.digest").text_content()
        await expect(nadia.page.get_by_role("img", name="Picture with the secret")).to_be_visible()
        await nadia.page.get_by_label("Code").fill(pyotp.TOTP(secret or "").at(stage.clock.now()))
        await nadia.page.get_by_role("button", name="Turn it on").click()
        await expect(nadia.page.locator(".codes li")).to_have_count(10)
        assert await nadia.axe() == []
        await nadia.goes("/account/second-factor")
        await nadia.reads("The second factor is on.", "10 recovery codes are left.")
