"""Words that are composed before they are there, while others type and while votes are live."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.stage import a_stage

ART_5 = "b/untoc/art-5"


async def test_chinese_is_composed_while_another_types_in_the_same_paragraph(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR")
        lucia = await stage.person("expert", "COR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await lucia.opens(ART_5)
        await lucia.joins()
        await nadia.puts_caret(after="offence of its own")

        async with nadia.composing() as pinyin:
            await pinyin.shows("n", "ni", "nihao")
            await lucia.types("[meanwhile]", after="the group pursues.")
            await nadia.sees("[meanwhile]")
            await pinyin.shows("你好")
            await pinyin.commits("你好")

        for reader in (nadia, lucia):
            await reader.sees("offence of its own你好 (Penal Code")
            await reader.sees("the group pursues.[meanwhile]")
            await reader.sees_no("nihao")
        await nadia.save_line("saved")


async def test_arabic_is_composed_into_a_paragraph_of_its_own_direction(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        omar = await stage.person("expert", "DAL", language="ar")
        dalia = await stage.person("focal_point", "DAL")
        await omar.opens("b/fa/art-5")
        await dalia.opens("b/fa/art-5")
        await omar.takes()
        await omar.puts_caret()
        await omar.presses("Enter")
        async with omar.composing() as keyboard:
            await keyboard.shows("ا", "ال", "النص")
            await keyboard.commits("النص")
        await omar.types(" الجديد")

        await dalia.sees("النص الجديد")
        await omar.save_line("saved")
        block = dalia.field().get_by_text("النص الجديد")
        assert await block.evaluate("block => getComputedStyle(block).direction") == "rtl"
        assert await omar.page.evaluate("document.documentElement.dir") == "rtl"


async def test_a_word_begun_while_votes_are_live_is_finished_before_the_question(
    browser: Browser, tmp_path: Path
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR")
        await bela.votes("b")
        nadia = await stage.person("expert", "BOR")
        await nadia.opens(ART_5)
        await nadia.takes()
        await nadia.puts_caret(after="offence of its own")

        async with nadia.composing() as pinyin:
            await pinyin.shows("n", "ni", "nihao")
            await expect(nadia.dialog()).to_have_count(0)
            await pinyin.commits("你好")
        await nadia.confirms_reset()
        await nadia.sees("offence of its own你好 (Penal Code")

        async with nadia.composing() as pinyin:
            await pinyin.shows("s", "shi")
            await pinyin.commits("是")
        await nadia.sees("offence of its own你好是 (Penal Code")
        await nadia.save_line("saved")
        await bela.opens(ART_5)
        await bela.sees("offence of its own你好是 (Penal Code")
