"""What people write is shown as they wrote it and does nothing: pages made of hostile text and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
import pytest_asyncio

from revmod_live.sync import frames
from tests.hostile.corpus import Victim
from tests.hostile.ground import FIELD, Ground, held, signed_in
from tests.peer import Drafter, a_line
from tests.sync import yupdates as yu

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS: Final = (
    "<script>alert(1)</script>",
    "</p></template></title><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "{{ 7*7 }}{% raw %}${7*7}",
    "&lt;script&gt;&#60;b&#62;",
    "<!-- --!><iframe srcdoc='<script>alert(1)</script>'>",
    "\u202eevil\u2066 javascript:alert(1)",
)
LINKS: Final = (
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'><script>alert(1)</script>",
    "HTTPS://a.example/?q=<svg onload=alert(1)>",
    "mailto:a@b.example?body=%0d%0a<script>",
    "http://a.example/\u202e/x y",
)
NO_LINKS: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example",
    "/sign-out",
    "https\u003a//x\x00",
    "http\u017f://evil.example",
)
MARKS: Final = ("script", "onclick", "style", "__proto__", "constructor", '"><script>')
NAME: Final = '<img src=x onerror=alert(1)> "O\'Name" &amp; {{7*7}}'

# What our pages are made of; nothing that loads or runs, but our own assets in the head.
# fmt: off
HARMLESS: Final = frozenset((
    "html", "head", "meta", "title", "body", "header", "footer", "main", "nav", "section", "article",
    "aside", "div", "p", "span", "a", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5",
    "h6", "blockquote", "strong", "em", "u", "b", "i", "s", "small", "del", "ins", "mark", "time",
    "table", "thead", "tbody", "tr", "th", "td", "caption", "form", "label", "input", "button",
    "select", "option", "optgroup", "textarea", "fieldset", "legend", "output", "details", "summary",
    "br", "hr", "pre", "code", "abbr", "bdi", "bdo", "sup", "sub", "search", "hgroup", "noscript",
    "template", "dialog", "menu", "progress", "meter", "figure", "figcaption", "svg", "path", "circle",
    "rect", "line", "polyline", "g", "use",
))
# fmt: on
WITH_ADDRESS: Final = frozenset({"href", "src", "action", "formaction", "srcset", "data", "poster", "ping"})


@dataclass
class Page(HTMLParser):
    """A page taken apart: what would run or load, and the words of it."""

    url: str
    wrong: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_ours = tag in ("script", "link") and set(values) - {"nonce"} and self._is_own(values)
        is_element = "-" in tag and tag.startswith(("revmod-", "rm-"))
        if tag not in HARMLESS and not is_ours and not is_element:
            self.wrong.append(f"<{tag}> {values}")
        for name, value in values.items():
            if name.startswith("on") or name in ("style", "srcdoc", "is", "http-equiv"):
                self.wrong.append(f"{name}={value!r} in <{tag}>")
            if name in WITH_ADDRESS and not self._leads_somewhere_good(value):
                self.wrong.append(f"{name}={value!r} in <{tag}>")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"a comment: {data!r}")

    @staticmethod
    def _is_own(values: dict[str, str]) -> bool:
        return values.get("src", values.get("href", "")).startswith("/static/")

    @staticmethod
    def _leads_somewhere_good(address: str) -> bool:
        if address.startswith(("#", "?")) or (address.startswith("/") and not address.startswith("//")):
            return True
        return address == "" or address.lower().startswith(("https://", "http://", "mailto:"))


@dataclass
class Reader:
    """Somebody who looks at pages."""

    ground: Ground
    headers: dict[str, str]

    async def page(
        self, path: str, *, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, Page]:
        """A page, taken apart; its headers are looked at on the way."""
        method = "GET" if form is None else "POST"
        sent = self.headers | {"Origin": self.ground.server.url, "Accept-Language": "en"} | headers
        async with self.ground.http.request(
            method, self.ground.server.url + path, headers=sent, data=form, allow_redirects=False
        ) as answer:
            body = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "script-src 'self'" in policy
            assert "default-src 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            page = Page(path)
            if answer.content_type == "application/json":
                return answer.status, page
            page.feed(body)
            page.close()
            return answer.status, page


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(ground: Ground) -> AsyncIterator[Reader]:
    """A secretariat officer, after somebody with a hostile name has written hostile text."""
    email = ground.server.account("expert", "BOR")["email"]
    signed_in(ground.server.data, email, name=NAME)
    await ground.push(hostile_text())
    # letting the section go ends the run of edits, and so enters it into the log
    await ground.holding.aclose()
    await ground.hold()
    _, headers = signed_in(ground.server.data, ground.server.account("secretariat", None)["email"])
    yield Reader(ground, headers)


def hostile_text() -> list[bytes]:
    """Genuine updates: a block for each text, and one for each link."""
    client, clock, found = 7_300_001, 0, []
    for words in TEXTS:
        block = [
            yu.block(field_name=FIELD),
            yu.block_text(parent=(client, clock)),
            yu.text(words, parent=(client, clock + 1)),
        ]
        found.append(yu.update((client, clock, block)))
        clock += 2 + len(words)
    for href in LINKS:
        block = [
            yu.block(field_name=FIELD),
            yu.block_text(parent=(client, clock)),
            yu.mark("link", link(href), parent=(client, clock + 1)),
            yu.text("a link", origin=(client, clock + 2)),
            yu.mark("link", "null", origin=(client, clock + 8)),
        ]
        found.append(yu.update((client, clock, block)))
        clock += 10
    return found


def link(href: str) -> str:
    """The value of a link's mark."""
    escaped = href.replace("\\", "\\\\").replace('"', '\\"')
    return '{"href":"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped) + '"}'


async def test_pages_with_hostile_text_run_nothing_and_show_it_as_it_is(reader: Reader) -> None:
    review = reader.ground.server.review("b")["code"]
    here = f"/reviews/{review}/b"
    run = "select count(*) from event_log where section = ? and act = 'text-edited' and rev_to >= ?"
    rev = (await reader.ground.text()).rev

    async def is_in_the_log() -> bool:
        return reader.ground.rows(run, reader.ground.section, rev) != [(0,)]

    await reader.ground.until(is_in_the_log)
    for path in (f"{here}/untoc", f"{here}/vote", f"{here}/untoc/log", f"{here}/untoc/log?fragment=1"):
        status, page = await reader.page(path)
        assert status == 200
        assert not page.wrong, page.wrong
        if "fragment" not in path:
            words = " ".join("".join(page.words).split())
            for text in TEXTS:
                assert " ".join(text.split()) in words, (path, text)


async def test_text_for_scripts_runs_nothing_either(reader: Reader) -> None:
    ground = reader.ground
    headers = {"Authorization": f"Bearer {ground.tokens['reader']}"}
    url = f"{ground.server.url}/api/section/{ground.section}/text"
    async with ground.http.get(url, headers=headers) as answer:
        html = (await answer.json())["html"]
    page = Page("text")
    for part in html.values() if isinstance(html, dict) else [html]:
        page.feed(str(part))
    page.close()
    assert not page.wrong
    assert TEXTS[0] in "".join(page.words)


async def test_a_hostile_name_is_a_name_wherever_it_is_shown(reader: Reader) -> None:
    ground = reader.ground
    review = ground.server.review("b")["code"]
    shown = []
    async with held(ground, "attacker", ground.section):
        for path in ("/", f"/reviews/{review}", f"/reviews/{review}/b/untoc", f"/reviews/{review}/b/vote"):
            _, page = await reader.page(path)
            assert not page.wrong, page.wrong
            shown.append(NAME in " ".join("".join(page.words).split()))
    assert any(shown)


@pytest.mark.parametrize("hostile", TEXTS[:5])
async def test_what_is_asked_for_comes_back_as_words_at_most(reader: Reader, hostile: str) -> None:
    coded = quote(hostile, safe="")
    for path in (
        f"/{coded}",
        f"/reviews/{coded}",
        f"/reviews/2026-ava/{coded}/untoc",
        f"/help/{coded}",
        f"/sign-in?then={coded}",
        f"/reviews/2026-ava/b/untoc/log?before={coded}",
    ):
        status, page = await reader.page(path)
        assert status < 500
        assert not page.wrong, page.wrong
    stranger = Reader(reader.ground, {})
    for path in (f"/sign-in?then={coded}", f"/reviews/{coded}"):
        status, page = await stranger.page(path)
        assert status < 500
        assert not page.wrong, page.wrong


@pytest.mark.parametrize("hostile", TEXTS[:4])
async def test_what_is_posted_comes_back_as_words_at_most(reader: Reader, hostile: str) -> None:
    for path, form in (
        ("/account/tokens", {"label": hostile[:90], "days": "1"}),
        ("/account/tokens", {"label": "x", "days": hostile}),
        ("/language", {"language": hostile, "then": f"//evil.example/{hostile}"}),
        (f"/sections/{reader.ground.section}/release", {"claim": hostile}),
        (f"/reviews/{reader.ground.server.review('b')['code']}/b/vote", {"digest": hostile}),
        ("/sign-in", {"email": f"{hostile}@x.example", "password": hostile, "then": "javascript:x"}),
    ):
        status, page = await reader.page(path, form=form, **{"User-Agent": hostile})
        assert status < 500
        assert not page.wrong, (path, page.wrong)
    status, page = await reader.page("/account")
    assert status == 200
    assert not page.wrong, page.wrong
    assert hostile[:90] in " ".join("".join(page.words).split()) or " " in hostile


@pytest.mark.parametrize("href", NO_LINKS)
async def test_a_link_that_is_none_is_not_let_in(ground: Ground, href: str) -> None:
    victim = await ground.victim()
    before = await ground.text()
    assert await _push_of_mark(ground, victim, "link", link(href)) in ("schema", "invalid")
    assert await ground.text() == before


@pytest.mark.parametrize("mark", MARKS)
async def test_a_mark_that_is_none_is_not_let_in(ground: Ground, mark: str) -> None:
    victim = await ground.victim()
    before = await ground.text()
    assert await _push_of_mark(ground, victim, mark, '{"a":"alert(1)"}') in ("schema", "invalid")
    assert await ground.text() == before


async def _push_of_mark(ground: Ground, victim: Victim, name: str, value: str) -> str:
    client, clock = victim.client, victim.clock
    update = yu.update(
        (
            client,
            clock,
            [yu.mark(name, value, parent=victim.text), yu.text("x", origin=(client, clock))],
        )
    )
    async with a_line(ground.http, ground.server.url, ground.tokens["attacker"]) as line:
        drafter = Drafter(ground.section, FIELD)
        await drafter.open(line)
        answer = await drafter.push(line, update, 1)
    return str(answer.code) if isinstance(answer, frames.Refuse) else "taken"
