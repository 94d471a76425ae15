"""Sections and comparisons as HTML that is safe to put into a page.

Owns the shape of a section's text in HTML, for readers without script. Every text is
escaped; no attribute comes from a text but a checked `href`. Lists, flat in the
model, become nested `ul` and `ol`. Must not know sentences: words for people come in
as values. No inline style (the page's policy forbids it): alignment is data.

The editor's read mode (`web/src/editor/read.ts`) builds the same shape. For styles:
`data-align` on a block that has an alignment; the class `level` on a list item that
only carries a deeper list; the class `restyled` on a block whose form changed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final, assert_never

from revmod_live.docs.compare import BlockChange, Change
from revmod_live.docs.model import Block, Run
from revmod_live.docs.schema import ALIGNS, DIRS, is_link

_MAX_HEADING: Final = 6
_HEADINGS: Final = {"h2": 0, "h3": 1, "h4": 2}
# What an HTML document may not hold, and what its parser would change.
_NOT_HTML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def blocks_html(blocks: Iterable[Block], *, heading_level: int = 3) -> str:
    """The blocks as HTML: escaped, well-formed, `dir="auto"` where none is set.

    heading_level: what `h2` becomes, `h3` one deeper, and so on; never below `h6`.
    Never raises for blocks within the schema.
    """
    return _document([_Part(block, runs_html(block.runs)) for block in blocks], heading_level)


def changes_html(
    changes: Iterable[BlockChange],
    *,
    inserted: str,
    deleted: str,
    restyled: str = "",
    heading_level: int = 3,
) -> str:
    """A comparison as HTML with `ins` and `del`, whole texts included.

    inserted, deleted, restyled: words for those who do not see colour, put, visually
    hidden, at the start of each change; already in the reader's language, not escaped.
    A changed or restyled block has the form of the new one.
    """
    parts = []
    for change in changes:
        block = change.new if change.new is not None else change.old
        if block is None:
            continue
        match change.change:
            case Change.SAME:
                html = runs_html(block.runs)
            case Change.INSERTED:
                html = _edit("ins", inserted, block.runs)
            case Change.DELETED:
                html = _edit("del", deleted, block.runs)
            case Change.CHANGED:
                html = "".join(_pieces(change, inserted, deleted))
                if change.is_restyled:
                    html = _hidden(restyled) + html
            case unknown:
                assert_never(unknown)
        parts.append(_Part(block, html, restyled=change.is_restyled))
    return _document(parts, heading_level)


def runs_html(runs: Iterable[Run]) -> str:
    """Marked text without its block."""
    return "".join(_run_html(run) for run in runs)


class _Part:
    """One block on its way to HTML: its form, and its inside already made."""

    __slots__ = ("attributes", "html", "kind", "level", "list_tag")

    def __init__(self, block: Block, html: str, *, restyled: bool = False) -> None:
        self.html = html
        self.kind = block.kind
        self.list_tag = block.kind[:2] if block.kind and block.kind[:2] in {"ul", "ol"} else None
        self.level = int(block.kind[2:]) if block.kind and self.list_tag else 0
        direction = block.dir if block.dir in DIRS else "auto"
        self.attributes = f' dir="{direction}"'
        if block.align in ALIGNS:
            self.attributes += f' data-align="{block.align}"'
        if restyled:
            self.attributes += ' class="restyled"'


def _document(parts: Sequence[_Part], heading_level: int) -> str:
    html: list[str] = []
    for is_list, group in groupby(parts, key=lambda part: part.list_tag is not None):
        if is_list:
            html.extend(_lists(group))
        else:
            html.extend(_block(part, heading_level) for part in group)
    return "".join(html)


def _block(part: _Part, heading_level: int) -> str:
    if part.kind == "quote":
        return f"<blockquote{part.attributes}>{part.html}</blockquote>"
    tag = "p"
    if part.kind in _HEADINGS:
        tag = f"h{min(_MAX_HEADING, heading_level + _HEADINGS[part.kind])}"
    return f"<{tag}{part.attributes}>{part.html}</{tag}>"


def _lists(parts: Iterable[_Part]) -> Iterator[str]:
    """Nested lists from flat items; `stack` holds the tags of the lists that are open."""
    stack: list[str] = []
    for part in parts:
        tag = part.list_tag or "ul"
        while len(stack) > part.level:
            yield f"</li></{stack.pop()}>"
        if len(stack) == part.level:
            yield "</li>"
            if stack[-1] != tag:
                yield f"</{stack.pop()}>"
        while len(stack) < part.level - 1:
            yield f'<{tag}><li class="level">'
            stack.append(tag)
        if len(stack) < part.level:
            yield f"<{tag}>"
            stack.append(tag)
        yield f"<li{part.attributes}>{part.html}"
    while stack:
        yield f"</li></{stack.pop()}>"


def _pieces(change: BlockChange, inserted: str, deleted: str) -> Iterator[str]:
    for piece in change.pieces:
        match piece.change:
            case Change.INSERTED:
                yield _edit("ins", inserted, piece.runs)
            case Change.DELETED:
                yield _edit("del", deleted, piece.runs)
            case Change.SAME | Change.CHANGED:
                yield runs_html(piece.runs)


def _edit(tag: str, words: str, runs: Iterable[Run]) -> str:
    return f"<{tag}>{_hidden(words)}{runs_html(runs)}</{tag}>"


def _hidden(words: str) -> str:
    # A direction of its own keeps it out of the block's dir="auto".
    return f'<span class="visually-hidden" dir="auto">{escape(words)} </span>' if words else ""


def _run_html(run: Run) -> str:
    html = "<br>".join(escape(_NOT_HTML.sub("\ufffd", run.text)).split("\n"))
    if run.strong:
        html = f"<strong>{html}</strong>"
    if run.em:
        html = f"<em>{html}</em>"
    if run.underline:
        html = f"<u>{html}</u>"
    # Checked again: whoever builds a tree by hand cannot bring in a script.
    if run.link is not None and is_link(run.link):
        href = escape(_NOT_HTML.sub("", run.link))
        html = f'<a href="{href}" rel="noopener noreferrer nofollow">{html}</a>'
    return html
