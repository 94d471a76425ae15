"""The document around sections: a frame with its placeholders filled, and the drafters' text in its places.

Owns the order and the numbers of what is read, for the preview and the exports alike, and which of its
words a limit counts. Must not know where frames come from (`content`; handed in as values), nor fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from revmod_live.docs.model import Block, Run, Section
from revmod_live.docs.words import count, count_blocks

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_ROMAN: Final = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class Said(Protocol):
    """A text as a reader gets it."""

    @property
    def text(self) -> str:
        """Its words, with placeholders in braces."""
        ...

    @property
    def language(self) -> str:
        """The language it is in."""
        ...

    @property
    def instead(self) -> bool:
        """Whether it stands in for a text that is missing in the language asked for."""
        ...


class Words(Protocol):
    """A text in some languages."""

    def said(self, language: str) -> Said:
        """The text in that language, or marked as standing in for it."""
        ...


class Part(Protocol):
    """A part of a frame."""

    @property
    def kind(self) -> str:
        """`heading`, `paragraph`, `item` or `place`."""
        ...

    @property
    def text(self) -> Words | None:
        """Its fixed text."""
        ...

    @property
    def place(self) -> str | None:
        """`section.field`, or for each article the field alone, whose text follows it."""
        ...

    @property
    def each_article(self) -> bool:
        """Whether it is there for each article, together with its neighbours of that sort."""
        ...


class Frame(Protocol):
    """A document around sections."""

    @property
    def title(self) -> Words:
        """Its title."""
        ...

    @property
    def note(self) -> Words | None:
        """The footnote to the title."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """Its parts, in reading order."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What placeholders are filled with.

    step, instrument: as in the keys of sections. language: of the document. values: placeholder →
    words in that language. articles: number → title of those under review, in reading order.
    """

    step: str
    instrument: str
    language: str
    values: Mapping[str, str]
    articles: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Fixed text, filled.

    instead: it is not in the document's language. missing: the placeholders without a fact.
    """

    text: str
    language: str
    instead: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it is read. label: its number, such as `II.`, `5.`, `(a)`; empty for none.

    key, field: the section and field that `blocks`, the drafters' text, came from.
    """

    kind: str
    label: str
    fixed: Fixed | None
    key: str | None = None
    field: str | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole of it, in reading order."""

    title: Fixed
    note: Fixed | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Words by rule `wc/1`: of the fixed text, and of what was drafted."""

    fixed: int
    drafted: int

    @property
    def total(self) -> int:
        """What a limit is held against."""
        return self.fixed + self.drafted


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert of a State, who chose to be named or to be there by function alone (D-43)."""

    name: str
    function: str
    state: str
    is_named: bool


def document(frame: Frame, facts: Facts, sections: Mapping[str, Section]) -> Document:
    """The document of one instrument. sections: by key; one that is not there is as if it were empty.

    Never raises for a fact that is missing: its placeholder stands as `[name]`, and is listed.
    Blueprints for the list and the summary; requirements OBS-02, SUM-01.
    """
    counters = _Counters()
    pieces: list[Piece] = []
    for group in _groups(frame.parts):
        if group[0].each_article:
            for number, title in facts.articles.items():
                here = {**facts.values, "article": str(number), "article_title": title}
                counters.items = 0
                pieces += [_piece(part, facts, here, sections, counters, article=number) for part in group]
        else:
            pieces += [_piece(part, facts, facts.values, sections, counters, article=None) for part in group]
    note = None if frame.note is None else _fixed(frame.note, facts.language, facts.values)
    return Document(_fixed(frame.title, facts.language, facts.values), note, tuple(pieces))


def counted_words(frame: Frame, facts: Facts, sections: Mapping[str, Section]) -> Counted:
    """The words of a document that a limit counts: the drafters' text and the fixed text of its body.

    Neither title nor footnote nor the numbers of headings, paragraphs and items (D-16). For the limit
    over a review, add up the documents of its instruments.
    """
    pieces = document(frame, facts, sections).pieces
    return Counted(
        fixed=sum(count(piece.fixed.text) for piece in pieces if piece.fixed is not None),
        drafted=sum(count_blocks(piece.blocks) for piece in pieces),
    )


def fixed_block(fixed: Fixed) -> Block:
    """Fixed text as a block, with its own direction where it stands in for another language."""
    direction = ("rtl" if fixed.language == "ar" else "ltr") if fixed.instead else None
    return Block((Run(fixed.text),), dir=direction)


def expert_names(experts: Iterable[Expert]) -> tuple[str, ...]:
    """What each expert is called in a document: by name, or by function alone, each once (D-43)."""
    told = (f"{one.name if one.is_named else one.function} ({one.state})" for one in experts)
    return tuple(dict.fromkeys(told))


@dataclass(slots=True)
class _Counters:
    headings: int = 0
    paragraphs: int = 0
    items: int = 0

    def label(self, kind: str) -> str:
        """The next number of a kind: `II.`, `5.`, `(a)`. Paragraphs run on; items begin anew."""
        if kind == "heading":
            self.headings += 1
            self.items = 0
            return f"{_roman(self.headings)}."
        if kind == "paragraph":
            self.paragraphs += 1
            self.items = 0
            return f"{self.paragraphs}."
        if kind == "item":
            self.items += 1
            return f"({_letters(self.items)})"
        return ""


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Neighbours that are there for each article together, every other part by itself."""
    groups: list[list[Part]] = []
    for part in parts:
        if groups and part.each_article and groups[-1][0].each_article:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _piece(
    part: Part,
    facts: Facts,
    values: Mapping[str, str],
    sections: Mapping[str, Section],
    counters: _Counters,
    *,
    article: int | None,
) -> Piece:
    fixed = None if part.text is None else _fixed(part.text, facts.language, values)
    label = counters.label(part.kind)
    if part.place is None:
        return Piece(part.kind, label, fixed)
    name, _, field = part.place.rpartition(".") if article is None else (f"art-{article}", "", part.place)
    key = f"{facts.step}/{facts.instrument}/{name}"
    blocks = sections[key].fields.get(field, ()) if key in sections else ()
    return Piece(part.kind, label, fixed, key, field, blocks)


def _fixed(words: Words, language: str, values: Mapping[str, str]) -> Fixed:
    """One pass: what a State's name or an expert's holds in braces stays as it is."""
    said = words.said(language)
    missing: dict[str, None] = {}

    def fill(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        if value:
            return value
        missing[found[1]] = None
        return f"[{found[1]}]"

    text = _PLACEHOLDER.sub(fill, said.text)
    return Fixed(text, said.language, said.instead, tuple(missing))


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (number // value)
        number %= value
    return written


def _letters(number: int) -> str:
    """The letters of an item: a to z, then aa, ab."""
    written = ""
    while number:
        number, at = divmod(number - 1, 26)
        written = chr(ord("a") + at) + written
    return written
