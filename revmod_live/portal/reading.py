"""The sealed text as one plain HTML file an instrument, to be read without the platform.

Headings are in English for everybody: the file lies in the package, whose bytes are the same for all.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from revmod_live.docs.canonical import key_instrument, parse_section
from revmod_live.docs.render import blocks_html
from revmod_live.portal import languages
from revmod_live.portal.names import ONLY_FIELD, Names

if TYPE_CHECKING:
    from revmod_live.content.model import Content
    from revmod_live.docs.export.package import Sealed
    from revmod_live.workflow.model import Review

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = (
    "body{font:1rem/1.6 serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "[data-align=center]{text-align:center}[data-align=end]{text-align:end}"
    "[data-align=justify]{text-align:justify}.level{list-style:none}code{overflow-wrap:anywhere}"
)


def pages(content: Content, review: Review, sealed: Sealed) -> dict[str, bytes]:
    """The files, by their names in the package."""
    names = Names(languages.load()["en"], content)
    return {f"text/{one}.html": _page(names, review, sealed, one).encode() for one in sealed.instruments}


def _page(names: Names, review: Review, sealed: Sealed, instrument: str) -> str:
    title = names.titled(names.review(review.cast.under_review), names.step(sealed.step))
    body = "".join(
        _section(names, data) for key, data in sealed.sections.items() if key_instrument(key) == instrument
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(names.instrument_title(instrument))}</p>"
        f"<p>{escape(review.code)}, {sealed.phase}, <code>{escape(sealed.digest)}</code></p>"
        f"{body}</body></html>\n"
    )


def _section(names: Names, data: bytes) -> str:
    text = parse_section(data)
    parts = [f"<h2>{escape(names.section(text.key))}</h2>"]
    for name in names.content.fields(text.key):
        if name != ONLY_FIELD:
            parts.append(f"<h3>{escape(names.field(name))}</h3>")
        parts.append(f'<div lang="">{blocks_html(text.fields.get(name, ()), heading_level=4)}</div>')
    return f"<section>{''.join(parts)}</section>"
