"""What no checker of markup sees: narrow and spaced-out text, a focus in sight, no motion."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from tests.e2e.newcomers import Newcomers
from tests.e2e.pages import addresses
from tests.e2e.person import Person
from tests.e2e.stage import Stage, a_stage

REFLOW_PX: Final = 320
"""1280 px at 400 % (WCAG 1.4.10)."""

WIDER: Final = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return right > clientWidth + 1 || left < -1;
    })
    .slice(0, 3)
    .map((element) => `wider: ${element.outerHTML.slice(0, 120)}`);
}"""
SPACE_OUT: Final = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT: Final = """() => [...document.querySelectorAll('body *')]
  .filter((element) => {
    const style = getComputedStyle(element);
    // hidden on purpose (a head of columns whose cells say it themselves), drawn, or scrolled;
    // `.who` is shortened and stands whole in its menu
    const left = '.visually-hidden, .site-tool-text, svg, thead, .who, [hidden], textarea';
    if (element.closest(left) !== null) return false;
    const cuts = (how) => how === 'hidden' || how === 'clip';
    if (!cuts(style.overflowX) && !cuts(style.overflowY)) return false;
    if (element.textContent.trim() === '' || element.clientHeight === 0) return false;
    return element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
  })
  .slice(0, 3)
  .map((element) => `cut: ${element.outerHTML.slice(0, 120)}`)"""
OBSCURED: Final = """async () => {
  const kinds = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const stops = [...document.querySelectorAll(kinds)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })
      && !element.disabled && element.tabIndex >= 0 && element.getBoundingClientRect().height > 0);
  const found = [];
  // backwards too: what comes into view from above may come to stand under what sticks there
  for (const element of [...stops, ...stops.reverse()]) {
    element.focus();
    if (document.activeElement !== element) continue;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [inset, low] = [Math.min(4, (right - left) / 4), Math.min(4, (bottom - top) / 4)];
    const points = [[left + inset, top + low], [right - inset, top + low], [left + inset, bottom - low],
      [right - inset, bottom - low], [(left + right) / 2, (top + bottom) / 2]];
    const seen = points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null
        && (element.contains(hit) || hit.contains(element) || hit.closest('label')?.control === element);
    });
    const skips = element.matches('.skip-link');
    if (!seen && !skips) found.push(`obscured: ${element.outerHTML.slice(0, 120)}`);
  }
  return found.slice(0, 3);
}"""
MOVING: Final = """() => [...document.querySelectorAll('*')]
  .filter((element) => {
    const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(element);
    const longest = Math.max(...`${transitionDuration},${animationDuration}`.split(',').map(parseFloat));
    return longest > 0.001 || scrollBehavior === 'smooth';
  })
  .slice(0, 3)
  .map((element) => element.outerHTML.slice(0, 120))"""


async def everywhere(stage: Stage, language: str) -> list[tuple[Person, str, str]]:
    """Who looks at which page, by a name."""
    newcomers = Newcomers(stage)
    bela = await stage.person("focal_point", "BOR", language=language)
    wei = await stage.person("secretariat", None, language=language)
    tara = await newcomers.arrived("Tara Quist", "tara@borovia.example")
    her = await newcomers.signed_in(tara, language=language)
    places = [(bela, name, path) for name, path in addresses(stage.house).items()]
    places += [
        (her, "profile", "/profile"),
        (her, "chat", "/profile/chat"),
        (her, "password", "/account/password"),
        (her, "second-factor", "/account/second-factor"),
        (wei, "console", "/console"),
        (wei, "console-people", "/console/people"),
        (wei, "console-person", f"/console/people/{tara}"),
        (wei, "console-invitations", "/console/invitations"),
        (wei, "console-letters", "/console/outbox"),
        (wei, "console-chats", "/console/chats"),
    ]
    return places


@pytest.mark.parametrize("language", ["en"])
async def test_at_320_pixels_and_with_spaced_out_text_nothing_is_cut_or_hangs_over(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    """WCAG 1.4.10 and 1.4.12; 2.4.11: what has the focus is never wholly under what sticks to the top."""
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 404")
        found: dict[str, list[str]] = {}
        titles: dict[str, str] = {}
        for who, name, path in await everywhere(stage, language):
            await who.is_as_wide_as(1280)
            await who.goes(path)
            titles[name] = await who.page.title()
            found[f"{name}, focus"] = await who.page.evaluate(OBSCURED)
            await who.is_as_wide_as(REFLOW_PX)
            found[f"{name}, 320 px"] = await who.page.evaluate(WIDER)
            found[f"{name}, focus at 320 px"] = await who.page.evaluate(OBSCURED)
            await who.page.evaluate(SPACE_OUT)
            found[f"{name}, spaced, 320 px"] = [
                *await who.page.evaluate(WIDER),
                *await who.page.evaluate(CUT),
            ]
            await who.is_as_wide_as(1280)
            found[f"{name}, spaced"] = [*await who.page.evaluate(WIDER), *await who.page.evaluate(CUT)]
        assert not {name: problems for name, problems in found.items() if problems}
        # each page says in its title which one it is (2.4.2); a directory found empty is the same page
        alike = [title for name, title in titles.items() if name != "directory-nobody"]
        assert sorted(alike) == sorted(set(alike))


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_while_somebody_writes_the_focus_is_seen_and_the_text_is_told_to_be_stored(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    async with a_stage(browser, tmp_path) as stage:
        nadia = await stage.person("expert", "BOR", language=language)
        await nadia.opens("b/untoc/art-5")
        await nadia.takes()
        await nadia.types(" Words.")
        await nadia.save_line("saved")
        line = nadia.section.locator("[data-save-line]")
        assert await line.get_attribute("role") == "status"
        assert await nadia.page.evaluate(OBSCURED) == []
        await nadia.is_as_wide_as(REFLOW_PX)
        assert await nadia.page.evaluate(OBSCURED) == []
        assert await nadia.page.evaluate(WIDER) == []
        await nadia.page.evaluate(SPACE_OUT)
        assert await nadia.page.evaluate(WIDER) == []


async def test_who_asks_for_no_motion_gets_none(browser: Browser, tmp_path: Path) -> None:
    async with a_stage(browser, tmp_path) as stage:
        stage.expects("status of 404")
        found: dict[str, list[str]] = {}
        for who, name, path in await everywhere(stage, "en"):
            await who.page.emulate_media(reduced_motion="reduce")
            await who.goes(path)
            found[name] = await who.page.evaluate(MOVING)
        assert not {name: problems for name, problems in found.items() if problems}


async def test_words_of_people_are_not_said_to_be_in_the_language_of_the_page(
    browser: Browser, tmp_path: Path
) -> None:
    """WCAG 3.1.2: a section may be in any of six languages; no voice reads it out as Arabic."""
    async with a_stage(browser, tmp_path) as stage:
        bela = await stage.person("focal_point", "BOR", language="ar")
        await bela.opens("b/untoc/art-5")
        content = bela.section.locator("[data-content]").first
        assert await content.get_attribute("lang") == ""
        await bela.takes()
        assert await content.get_attribute("lang") == ""
        assert await bela.page.locator("html").get_attribute("lang") == "ar"
        names = bela.page.locator("details.languages button")
        assert await names.evaluate_all("all => all.every((one) => one.lang === one.value)")
