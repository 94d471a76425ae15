"""What somebody said in a chat → HTML: their words as they are, escaped, and addresses made into links.

Nothing else in a message means anything: no mark-up, no picture, no name for an address that would
hide where it leads.
"""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

# What may stand in an address; signs that turn the direction of text may not, for they could make it
# read as another one.
_ADDRESS: Final = re.compile(
    r"(?<![\w@])https?://[^\s<>\"'`\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)
_BEHIND: Final = ".,;:!?…»”’)]}،؛؟。，；：！？）】」"
"""What ends a sentence or a bracket around an address, and is no part of it."""
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_LINK: Final = Markup(
    '<a href="{0}" rel="noopener noreferrer nofollow" target="_blank" dir="ltr" class="breaks">{0}</a>'
)


def linked(text: str) -> Markup:
    """The text as HTML, its http and https addresses as links that show where they lead."""
    pieces, done = [], 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found[0])
        pieces.append(Markup.escape(text[done : found.start()]))
        pieces.append(_LINK.format(address) if _has_host(address) else Markup.escape(address))
        done = found.start() + len(address)
    return Markup("").join([*pieces, Markup.escape(text[done:])])


def _trimmed(address: str) -> str:
    """Without what belongs to the sentence around it; a closing bracket stays if it was opened within."""
    while address and address[-1] in _BEHIND:
        opening = _BRACKETS.get(address[-1])
        if opening is not None and address.count(opening) >= address.count(address[-1]):
            break
        address = address[:-1]
    return address


def _has_host(address: str) -> bool:
    return bool(re.match(r"https?://[^/?#@\s]*\w[^/?#@\s]*(?:[/?#]|$)", address))
