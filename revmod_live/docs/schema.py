"""What a section may hold: one table of block attributes and marks, and the reader that enforces it.

Owns the allowed names and values (architecture.md, "What a section is") and the
step from loose values (attributes and pieces of text, as a CRDT or a parsed JSON
gives them) to tidy blocks. Must not know Yjs: a walker elsewhere takes the
document apart and hands the pieces in.

Schema changes only ever add (frontend findings, H1), and raise `SCHEMA`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from revmod_live.docs.model import Block, Run, tidy_runs
from revmod_live.errors import Malformed

SCHEMA: Final = 1
"""The number in the Open and Meta frames; a client with another one must reload."""

NODE: Final = "para"
"""The only node type; a field holds nothing else."""

KINDS: Final = frozenset({"h2", "h3", "h4", "ul1", "ul2", "ul3", "ul4", "ol1", "ol2", "ol3", "ol4", "quote"})
DIRS: Final = frozenset({"ltr", "rtl"})
ALIGNS: Final = frozenset({"start", "center", "end", "justify"})
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {"kind": KINDS, "dir": DIRS, "align": ALIGNS}
"""Attribute → the values it may have; null, the default of each, counts as absent."""

MARKS: Final = ("em", "link", "strong", "underline")
"""The marks, in the order of the canonical form."""

LINK: Final = "link"
HREF: Final = "href"
LINK_SCHEMES: Final = ("http", "https", "mailto")

MAX_TEXT_BYTES: Final = 256 * 1024
"""Most canonical bytes of a section (architecture.md); drafters are warned at half."""
MAX_STATE_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of a section's encoded state, deleted text included; warned at half."""

# ASCII only: with Unicode case folding "ſ" would count as "s".
_LINK = re.compile(rf"(?:{'|'.join(LINK_SCHEMES)}):", re.IGNORECASE | re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")
# What a DOCX cannot hold, or no person typed: the control characters but tab
# and line feed, and the two noncharacters that XML leaves out.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_CONTROL_IN_HREF = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


class OutsideSchema(Malformed):
    """Something that the schema does not have; `place` says where it stands.

    A section that holds it has no digest (digest.md, 6).
    """


def is_link(href: object) -> bool:
    """Whether `href` is a text whose scheme a link may have."""
    return isinstance(href, str) and _LINK.match(href) is not None


def read_block(
    attributes: Mapping[str, object],
    pieces: Iterable[tuple[str, Mapping[str, object] | None]],
    *,
    place: str,
    strict: bool = False,
) -> Block | None:
    """One block from its attributes and its pieces of text, each with its marks.

    None when the block has no text: such a block is no block (digest.md, 2).
    Neighbours with equal marks are joined; what is null is absent, whatever its name
    (digest.md, 5).
    place: where the block stands, for the error ("field text, block 3").
    strict: also refuse what the canonical form can hold and the gate does not let
    in: control characters other than tab and line feed (sync-protocol.md, step 5).
    Raises OutsideSchema, for an empty block too.
    """
    values = {
        name: _attribute(name, value, place=place) for name, value in attributes.items() if value is not None
    }
    runs = tidy_runs([_run(text, marks, place=place, strict=strict) for text, marks in pieces])
    if not runs:
        return None
    return Block(runs, kind=values.get("kind"), dir=values.get("dir"), align=values.get("align"))


def check_text(text: str, *, place: str, strict: bool = False) -> None:
    """Raise OutsideSchema unless a block may hold `text`."""
    if _SURROGATE.search(text):
        message = "text with half of a surrogate pair"
        raise OutsideSchema(message, place=place)
    if strict and (found := _CONTROL.search(text)):
        message = f"control character U+{ord(found.group()):04X}"
        raise OutsideSchema(message, place=place)


def _attribute(name: str, value: object, *, place: str) -> str:
    allowed = ATTRIBUTES.get(name)
    if allowed is None:
        message = f"unknown attribute {_shown(name)}"
        raise OutsideSchema(message, place=place)
    if not isinstance(value, str) or value not in allowed:
        message = f"unknown value {_shown(value)} of attribute {name}"
        raise OutsideSchema(message, place=place)
    return value


def _run(text: object, marks: Mapping[str, object] | None, *, place: str, strict: bool) -> Run:
    if not isinstance(text, str):
        message = "something that is not text within a block"
        raise OutsideSchema(message, place=place)
    check_text(text, place=place, strict=strict)
    if not marks:
        return Run(text)
    link: str | None = None
    flags: set[str] = set()
    for name, value in marks.items():
        if value is None:
            continue
        if name not in MARKS:
            message = f"unknown mark {_shown(name)}"
            raise OutsideSchema(message, place=place)
        if name == LINK:
            link = _link(value, place=place, strict=strict)
        elif isinstance(value, Mapping) and not value:
            flags.add(name)
        else:
            message = f"mark {name} with the value {_shown(value)}"
            raise OutsideSchema(message, place=place)
    return Run(
        text,
        em="em" in flags,
        strong="strong" in flags,
        underline="underline" in flags,
        link=link,
    )


def _link(value: object, *, place: str, strict: bool) -> str:
    if not isinstance(value, Mapping) or set(value) != {HREF}:
        message = f"link with the value {_shown(value)}"
        raise OutsideSchema(message, place=place)
    href = value[HREF]
    if not isinstance(href, str) or not is_link(href) or _SURROGATE.search(href):
        message = f"link to {_shown(href)}"
        raise OutsideSchema(message, place=place)
    if strict and _CONTROL_IN_HREF.search(href):
        message = "link with a control character"
        raise OutsideSchema(message, place=place)
    return href


def _shown(value: object) -> str:
    """A short, printable form of what was found, whatever it is."""
    return ascii(value)[:60]
