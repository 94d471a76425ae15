"""The page that lies in every package, opened from a disk, with no network: it says what was altered."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from playwright.async_api import expect

from revmod_live.portal.verify_page import verify_page
from tests.docs.package_vectors import VECTORS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser


async def test_it_checks_without_network_and_names_what_was_altered(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "verify.html"
    page_file.write_bytes(verify_page())
    cases = {case["name"]: case for case in json.loads(VECTORS.read_text(encoding="utf-8"))}
    context = await browser.new_context(offline=True, locale="en-GB")
    page = await context.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(page_file.as_uri())
    chosen, verdict = page.get_by_label("Sealed package (.zip)"), page.locator("#verdict")

    async def check(name: str) -> None:
        data = base64.b64decode(cases[name]["package"])
        await chosen.set_input_files({"name": "p.zip", "mimeType": "application/zip", "buffer": data})

    await check("as it was sealed")
    await expect(verdict).to_have_text("Everything is as it was sealed.")
    await check("altered: text/untoc.html")
    await expect(verdict).to_have_text("This is not what was sealed.")
    await expect(page.locator("#found li")).to_have_text(["text/untoc.html was altered."])
    await page.get_by_label("Language").select_option("ar")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(verdict).to_have_text("هذا ليس ما خُتم.")
    assert asked == [page_file.as_uri()]
    assert faults == []
    await context.close()
