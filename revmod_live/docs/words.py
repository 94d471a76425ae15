"""Words: counting by rule `wc/1`, and splitting into pieces for comparison.

Owns the rule of requirements 4.4. The tables are written out, not asked of a
library, so that the server and every browser count alike whatever version of
Unicode they were built with; `web/src/docs/words.ts` has the same ones, and
`tests/vectors/words.json` holds both to the same results. Must not know limits:
what may be how long is a rule of the workflow.
"""

import re
from collections.abc import Iterable
from typing import Final

from revmod_live.docs.model import Block, Section, block_text

RULE: Final = "wc/1"

# Scripts Han, Hiragana and Katakana of Unicode 17; the two planes for Han whole.
_CJK = (
    "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\u32d0-\u32fe"
    "\u3300-\u3357\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\uff66-\uff6f"
    "\uff71-\uff9d\U00016fe2-\U00016fe3\U00016ff0-\U00016ff6\U0001aff0-\U0001aff3"
    "\U0001aff5-\U0001affb\U0001affd-\U0001affe\U0001b000-\U0001b128\U0001b132"
    "\U0001b150-\U0001b152\U0001b155\U0001b164-\U0001b168\U0001f200\U00020000-\U0003fffd"
)
# White_Space; not `\s`, which has U+001C to U+001F too.
_BLANK = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_EM_DASH = "\u2014"
# Format characters (Cf, U+00AD among them) and the tatweel.
_DROPPED = (
    "\xad\u0600-\u0605\u061c\u0640\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f"
)
# What is taken off the ends of a stretch, so that a comma is compared by itself.
_POINTS = frozenset('.,;:!?()[]{}"«»“”„‘’…/·،؛؟۔。，；：！？、（）《》「」『』【】')

_dropped = re.compile(f"[{_DROPPED}]+")
_word_like = re.compile(f"[{_CJK}]|[^{_CJK}{_BLANK}{_EM_DASH}]+")
_letter_or_number = re.compile(r"[^\W_]")
_piece = re.compile(f"[{_CJK}]|[{_BLANK}]+|{_EM_DASH}|[^{_CJK}{_BLANK}{_EM_DASH}]+")
_cjk = re.compile(f"[{_CJK}]")
_separator = re.compile(f"[{_BLANK}{_EM_DASH}]")


def count(text: str) -> int:
    """How many words `text` has by rule `wc/1` (requirements 4.4).

    Chinese comes out in characters; the factor to words is a setting of the secretariat.
    """
    # 1. NFC; drop U+00AD, the tatweel and all format characters. NFC itself is left
    # out: it never changes the count (a test goes through all of Unicode), and it takes
    # minutes over a text of 256 KiB that is made of accents to that end.
    kept = _dropped.sub("", text)
    # 2. Split at white space and at U+2014. 3. A Han, Hiragana or Katakana character
    # counts 1; every other stretch that holds a letter or a number counts 1.
    return sum(
        1 for stretch in _word_like.findall(kept) if _cjk.match(stretch) or _letter_or_number.search(stretch)
    )


def count_blocks(blocks: Iterable[Block]) -> int:
    """Words of some blocks; a block's end is the end of a word."""
    return sum(count(block_text(block)) for block in blocks)


def count_section(section: Section) -> int:
    """Words of all fields of a section (requirements D-16 says what a limit counts)."""
    return sum(count_blocks(blocks) for blocks in section.fields.values())


def split(text: str) -> tuple[str, ...]:
    """The pieces that a comparison works on; joined, they are `text` again.

    Words as in `wc/1` (each Chinese or Japanese character by itself), white space and
    dashes as pieces of their own, and so the points at the ends of a word.
    """
    pieces: list[str] = []
    for stretch in _piece.findall(text):
        if stretch[0] not in _POINTS and stretch[-1] not in _POINTS:
            pieces.append(stretch)
            continue
        start, end = 0, len(stretch)
        while start < end and stretch[start] in _POINTS:
            start += 1
        while end > start and stretch[end - 1] in _POINTS:
            end -= 1
        pieces.extend(stretch[:start])
        if start < end:
            pieces.append(stretch[start:end])
        pieces.extend(stretch[end:])
    return tuple(pieces)


def is_separator(piece: str) -> bool:
    """Whether a piece made by `split` is white space or a dash, and so no word."""
    return _separator.match(piece) is not None


def is_word(piece: str) -> bool:
    """Whether a piece made by `split` is neither a separator nor a lone point."""
    return piece not in _POINTS and not is_separator(piece)
