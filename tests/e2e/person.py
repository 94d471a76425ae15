"""Somebody in front of a tab, in the words that people use: opens, takes, types, sees, votes.

A person looks at one section at a time (`section`), the one last opened or turned to. Owns how the
pages are worked; must not know what a story is about.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.async_api import CDPSession, Error, Locator, Page, expect
from playwright.async_api import TimeoutError as TooLate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.app.demo import DemoAccount
    from tests.e2e.stage import Stage

# What a reader reads: the text of a field without other people's carets, which stand in between.
TEXT_OF: Final = """element => {
  const copy = element.cloneNode(true);
  for (const caret of copy.querySelectorAll('.caret')) caret.remove();
  return copy.textContent;
}"""
PUT_CARET: Final = """(editor, words) => {
  const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at >= 0) {
      getSelection().collapse(node, at + words.length);
      return;
    }
  }
  throw new Error(`not there: ${words}`);
}"""
PASTE: Final = """(editor, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
ON_DEVICE: Final = """async () => {
  const found = [];
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      for (const row of await done(db.transaction(store).objectStore(store).getAll())) {
        for (const value of Object.values(row)) {
          if (value instanceof Uint8Array) found.push(new TextDecoder().decode(value));
          else if (typeof value === 'string') found.push(value);
        }
      }
    }
    db.close();
  }
  return found.join('\\n');
}"""
AXE: Final = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RUN_AXE: Final = """async () => {
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  return (await axe.run(document, { runOnly, resultTypes: ['violations'] })).violations
    .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) }));
}"""
SHOWS: Final = """([element, text, wanted]) => {
  if (!element.isConnected) return false;
  const copy = element.cloneNode(true);
  for (const caret of copy.querySelectorAll('.caret')) caret.remove();
  return copy.textContent.includes(text) === wanted;
}"""


NAME_OF: Final = """element => element.ariaLabel ?? element.textContent.trim()"""


class InputMethod:
    """What an input method does to the text at the caret: shows what is being composed, then puts it in."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session

    async def shows(self, *stages: str) -> None:
        """The text under composition, one stage after another."""
        for text in stages:
            end = {"selectionStart": len(text), "selectionEnd": len(text)}
            await self._session.send("Input.imeSetComposition", {"text": text, **end})

    async def commits(self, text: str) -> None:
        """The composition ends with this text."""
        await self._session.send("Input.insertText", {"text": text})


class Person:
    """One tab of one person; `another_tab` makes a second one of the same browser."""

    def __init__(self, stage: Stage, page: Page, account: DemoAccount) -> None:
        self.stage = stage
        self.page = page
        self.account = account
        self.section = page.locator("rm-section").first

    async def another_tab(self) -> Person:
        """The same person, in a second tab of the same browser."""
        return Person(self.stage, await self.page.context.new_page(), self.account)

    # ------------------------------------------------------------ going

    def review_at(self, step: str) -> str:
        """The address of the first review that stands in `step`."""
        return f"/reviews/{self.stage.house.review(step).code}"

    async def goes(self, path: str) -> None:
        """Go to an address of the house; to where one is already: load it again."""
        here = self.page.url
        await self.page.goto(self.stage.url + path)
        if self.page.url == here:
            # only the fragment could have moved: the browser has asked nobody
            await self.page.reload()

    async def opens(self, key: str, *, standing: str | None = None) -> None:
        """Open the drafting page with this section and turn to it; `standing`: where the review stands."""
        step, instrument, name = key.split("/")
        await self.goes(f"{self.review_at(standing or step)}/{step}/{instrument}#section-{name}")
        await self.turns_to(name)

    async def turns_to(self, name: str) -> None:
        """Look at another section of this page."""
        self.section = self.page.locator(f"#section-{name}")
        await self.section.scroll_into_view_if_needed()

    async def opens_votes(self, step: str, *, standing: str | None = None) -> None:
        """Open the vote page of a step."""
        await self.goes(f"{self.review_at(standing or step)}/{step}/vote")

    async def logs_out(self) -> None:
        """By the person's own menu; a question may come before it is done."""
        menu = self.page.locator("details.own")
        if await menu.get_attribute("open") is None:
            await menu.locator("summary").click()
        await menu.get_by_role("button", name="Log out").click()

    # ------------------------------------------------------------ taking

    async def takes(self, *, alone: bool = False) -> None:
        """Take the section, and wait until one can write in it."""
        form = self.section.locator("form[data-take]")
        if alone:
            await form.get_by_role("checkbox").check()
        await form.get_by_role("button").click()
        await self.can_write()

    async def joins(self) -> None:
        """Take a section that somebody holds, answering the question."""
        await self.section.locator("form[data-take]").get_by_role("button").click()
        await self.dialog("Join this section?").get_by_role("button", name="Join anyway").click()
        await self.can_write()

    async def releases(self) -> None:
        """Release one's own claim."""
        await self.section.locator("form[data-release]:not([data-account])").get_by_role("button").click()
        await self.can_only_read()

    async def releases_for(self, name: str) -> None:
        """End somebody else's claim."""
        claim = self.section.locator("[data-claims] li").filter(has_text=name)
        await claim.locator("form[data-release]").get_by_role("button").click()
        await expect(claim).to_have_count(0)

    async def can_write(self) -> None:
        """The section is open to this person's typing."""
        await expect(self.section).to_have_attribute("data-mode", "write")
        await expect(self.editor()).to_be_visible()

    async def can_only_read(self) -> None:
        """The section has no editor for this person."""
        await expect(self.section).to_have_attribute("data-mode", "read")
        await expect(self.section.locator("[contenteditable=true]")).to_have_count(0)

    async def holders(self, *words: str) -> None:
        """The words on who drafts in the section, all of them."""
        for word in words:
            await expect(self.section.locator("[data-claims]")).to_contain_text(word)

    # ------------------------------------------------------------ writing

    def field(self, name: str | None = None) -> Locator:
        """The content of a field; the first one if none is named."""
        field = "[data-field]" if name is None else f'[data-field="{name}"]'
        return self.section.locator(f"{field} [data-content]").first

    def editor(self, name: str | None = None) -> Locator:
        """The editor of a field."""
        return self.field(name).locator("[contenteditable=true]")

    async def puts_caret(self, *, after: str | None = None, field: str | None = None) -> None:
        """Put the caret after some words, or at the end of the field."""
        editor = self.editor(field)
        await editor.focus()
        # for 20 ms after the focus the editor puts its own selection back: nobody is as fast as that
        await editor.evaluate("() => new Promise((done) => setTimeout(done, 40))")
        if after is None:
            await self.page.keyboard.press("Control+End")
        else:
            await editor.evaluate(PUT_CARET, after)

    async def types(self, text: str, *, after: str | None = None, field: str | None = None) -> None:
        """Type after some words, or at the end of the field."""
        await self.puts_caret(after=after, field=field)
        await self.page.keyboard.type(text)

    async def presses(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def pastes(self, text: str, *, field: str | None = None) -> None:
        """Paste plain text at the caret."""
        await self.editor(field).evaluate(PASTE, text)

    @asynccontextmanager
    async def composing(self) -> AsyncIterator[InputMethod]:
        """An input method at the caret."""
        session = await self.page.context.new_cdp_session(self.page)
        yield InputMethod(session)
        await session.detach()

    async def tabs_to(
        self, name: str, *, role: str | None = None, within: Locator | None = None, back: bool = False
    ) -> None:
        """Press Tab (or Shift+Tab) until the focus is on something with this name."""
        key = "Shift+Tab" if back else "Tab"
        for _ in range(200):
            await self.page.keyboard.press(key)
            focused = (within or self.page).locator(":focus")
            if await focused.count() == 0:
                continue
            if name in await focused.evaluate(NAME_OF) and role in {
                None,
                await focused.evaluate("e => e.localName === 'a' ? 'link' : 'button'"),
            }:
                return
        raise AssertionError(f"Tab never comes to {name}")

    async def arrows_to(self, name: str) -> None:
        """Go along the toolbar with the arrow until the focus is on the button with this name."""
        for _ in range(60):
            focused = self.page.locator(":focus")
            if name == await focused.evaluate(NAME_OF):
                return
            await self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"the arrow never comes to {name}")

    # ------------------------------------------------------------ seeing

    async def sees(self, text: str, *, field: str | None = None) -> None:
        """The words stand in the field, whoever's caret stands between them."""
        await self._shows(text, field=field, wanted=True)

    async def sees_no(self, text: str, *, field: str | None = None) -> None:
        """The words do not stand in the field, or no longer."""
        await self._shows(text, field=field, wanted=False)

    async def _shows(self, text: str, *, field: str | None, wanted: bool) -> None:
        place = await self.field(field).element_handle()
        try:
            await self.page.wait_for_function(SHOWS, arg=[place, text, wanted])
        except TooLate as late:
            shown = await self.text(field)
            raise AssertionError(f"{text!r} {'not ' if wanted else ''}in: {shown!r}") from late

    async def text(self, field: str | None = None) -> str:
        """All that stands in the field."""
        return str(await self.field(field).evaluate(TEXT_OF))

    async def reads(self, *words: str) -> None:
        """The page shows these words somewhere in its main part."""
        for word in words:
            await expect(self.page.locator("main")).to_contain_text(word)

    async def save_line(self, state: str) -> None:
        """The section's save line says this: saved, saving, device, refused or unsafe."""
        line = self.section.locator("[data-save-line]")
        await expect(line).to_have_attribute("data-state", state)
        if state == "saved":
            await expect(line).not_to_be_empty()

    async def is_as_wide_as(self, pixels: int) -> None:
        """Look at the page through a window of this width."""
        await self.page.set_viewport_size({"width": pixels, "height": 900})

    async def drawer(self, *words: str) -> Locator:
        """The drawer of the section, open, with these words in it."""
        drawer = self.section.locator("rm-drawer")
        for word in words:
            await expect(drawer).to_contain_text(word)
        return drawer

    def dialog(self, title: str | None = None) -> Locator:
        """The question that is open."""
        return self.page.get_by_role("dialog", name=title) if title else self.page.get_by_role("dialog")

    # ------------------------------------------------------------ voting

    async def votes(self, step: str, *, standing: str | None = None) -> None:
        """Vote to close a step, on what its vote page shows now."""
        await self.opens_votes(step, standing=standing)
        await self.casts()

    async def casts(self) -> None:
        """Send the vote form that is on the page."""
        await self.page.locator("form[data-vote]").last.get_by_role("button").click()

    async def confirms_reset(self) -> None:
        """Answer yes to the question whether an edit may take the votes back."""
        question = self.page.get_by_role("dialog", name="Your edit will reset")
        await question.get_by_role("button", name="Edit and reset").click()
        await expect(question).to_have_count(0)

    def vote_of(self, state: str) -> Locator:
        """The line of a State in the table of votes."""
        return self.page.locator("table.votes tr").filter(has_text=state)

    # ------------------------------------------------------------ through the network

    async def loses_the_line(self) -> None:
        """No network for this browser from now on."""
        self.stage.expects(r"ERR_INTERNET_DISCONNECTED|WebSocket connection")
        await self.page.context.set_offline(offline=True)

    async def has_the_line_again(self) -> None:
        """The network is back."""
        await self.page.context.set_offline(offline=False)

    async def reloads_in_vain(self) -> None:
        """Reload while nobody answers: the tab shows the browser's own error, and nothing else closes."""
        with suppress(Error):
            await self.page.reload()
        await expect(self.page.locator("rm-page")).to_have_count(0)

    async def crashes(self) -> None:
        """The tab's process dies, without a word to the page."""
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.page.once("crash", lambda _page: gone.set_result(None))
        with suppress(Error):
            await self.page.goto("chrome://crash", timeout=1)
        async with asyncio.timeout(10):
            await gone

    async def session_ends(self) -> None:
        """The server ends this person's session, as when its time is over."""
        await self.page.context.request.post(f"{self.stage.url}/sign-out", form={"csrf": await self._csrf()})

    async def _csrf(self) -> str:
        found = await self.page.locator('meta[name="csrf-token"]').get_attribute("content")
        return found or ""

    async def on_device(self) -> str:
        """Every text that lies in this browser's store, as far as its bytes can be read as letters."""
        return str(await self.page.evaluate(ON_DEVICE))

    async def axe(self) -> list[str]:
        """What an automatic checker of accessibility finds serious on the page as it is."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found: list[dict[str, Any]] = await self.page.evaluate(RUN_AXE)
        return [
            f"{one['id']}: {node['html'][:160]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]
