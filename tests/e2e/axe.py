"""axe-core on a page as it stands: every rule of WCAG 2.2 A and AA, and its advice on good practice.

No rule is switched off. `target-size` is off in axe itself, so it is switched on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.e2e.person import AXE

if TYPE_CHECKING:
    from playwright.async_api import Page

_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ALL: Final = {
    "runOnly": {"type": "tag", "values": _TAGS},
    "rules": {"target-size": {"enabled": True}},
}
_COLOURS: Final = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
_RUN: Final = """async ([options, within]) => {
  const asked = { ...options, resultTypes: ['violations'], preload: false };
  // a colour on its way from one to the other is neither
  for (const moving of document.getAnimations()) moving.finish();
  const { violations } = await axe.run(within ?? document, asked);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`));
}"""


async def violations(page: Page, *, within: str | None = None) -> list[str]:
    """What a checker finds on the page as it is, or within one part of it."""
    return await _run(page, _ALL, within)


async def unreadable_colours(page: Page) -> list[str]:
    """Text that stands out too little, and nothing else: for another scheme of colours."""
    return await _run(page, _COLOURS, None)


async def _run(page: Page, options: dict[str, Any], within: str | None) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(_RUN, [options, within])
    return found
