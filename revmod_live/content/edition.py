"""What the secretariat may bring in a file: phases, information on articles, questions, frames.

Owns the format and its checks. All mistakes of a file are found in one go, each with line and field.
Must not know where editions are kept, nor any review.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from revmod_live.content.places import Document, Faulty, Path, Problem, read_document
from revmod_live.content.words import LANGUAGES, Words
from revmod_live.ids import InstrumentCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")

FORMAT: Final = "revmod-content/1"
KINDS: Final = ("text", "yes-no", "reference")
"""What is asked for: a text; yes or no, and a text; where it is written (a law, a case, a link)."""

FRAMES: Final = ("observations", "summary")
PART_KINDS: Final = ("heading", "paragraph", "item", "place")
PLACEHOLDERS: Final = frozenset(
    {"state", "reviewers", "instrument", "articles", "cluster", "phase", "years", "experts", "languages"}
    | {"date", "article", "article_title"}
)
MOST_CHARACTERS: Final = 10_000
MOST_MONTHS: Final = 120
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase, the cluster that is reviewed in it (two numbers, D-03), and how long it is (PHS-05)."""

    number: int
    cluster: int
    months: int


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What the information button of an article opens (SAQ-02)."""

    instrument: InstrumentCode
    article: int
    info: Words


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question on an article. `id` names the field of its answer and is never given to another."""

    id: str
    instrument: InstrumentCode
    article: int
    kind: str
    text: Words
    is_sample: bool


@dataclass(frozen=True, slots=True)
class FramePart:
    """A part of a frame, in reading order.

    kind: one of PART_KINDS; `each_article`: it is there once for each article, with its neighbours of the
    same sort; `place`: `section.field` (or the field alone, for each article) whose text follows.
    """

    kind: str
    text: Words | None
    place: str | None
    each_article: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """A document around sections. `note` is a footnote to the title; neither is counted (D-16)."""

    name: str
    title: Words
    note: Words | None
    parts: tuple[FramePart, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What one file brings; a kind that it does not have is empty."""

    title: str
    phases: tuple[Phase, ...]
    articles: tuple[ArticleInfo, ...]
    questions: tuple[ArticleQuestion, ...]
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is held to. fields: the places of a frame's step, by the name of the frame."""

    clusters: frozenset[int]
    articles: frozenset[tuple[str, int]]
    fields: Mapping[str, frozenset[str]]
    article_fields: Mapping[str, frozenset[str]]
    taken: frozenset[str]


def read_edition(data: bytes, *, file: str, known: Known) -> Edition:
    """What the file brings. Raises Faulty with every mistake in it; then nothing of it is taken."""
    reader = _Reader(read_document(data, file=file), known)
    edition = reader.edition()
    if reader.problems:
        raise Faulty(reader.problems)
    return edition


class _Reader:
    """Goes through a document once. A value that is wrong is noted, and something harmless read instead."""

    def __init__(self, document: Document, known: Known) -> None:
        self.document = document
        self.known = known
        self.problems: list[Problem] = []

    def edition(self) -> Edition:
        values = self.document.values
        self.only(values, (), ("format", "title", "phase", "article", "question", "frame"))
        if values.get("format") != FORMAT:
            self.wrong(("format",), f'must be "{FORMAT}"')
        edition = Edition(
            self.line(values, (), "title"),
            self.rows("phase", self.phase),
            self.rows("article", self.article),
            self.rows("question", self.question),
            self.frames(),
        )
        self.once("phase", "number", [one.number for one in edition.phases])
        if edition.phases:
            self.once("phase", "cluster", [one.cluster for one in edition.phases])
            if {one.cluster for one in edition.phases} != self.known.clusters:
                self.wrong(("phase", 0), "each cluster has one phase: give them all")
        self.once("article", "number", [(one.instrument, one.article) for one in edition.articles])
        self.once("question", "id", [one.id for one in edition.questions])
        return edition

    def wrong(self, path: Path, said: str) -> None:
        field = ".".join(str(part + 1) if isinstance(part, int) else part[:80] for part in path)
        self.problems.append(Problem(self.document.file, self.document.line(path), field, said))

    def only(self, row: Mapping[str, object], path: Path, names: Iterable[str]) -> None:
        for name in row:
            if name not in names:
                self.wrong((*path, name), f"unknown; here may be {', '.join(names)}")

    def once(self, table: str, field: str, values: Sequence[object]) -> None:
        first: dict[object, int] = {}
        for at, value in enumerate(values):
            if value in first:
                line = self.document.line((table, first[value]))
                self.wrong((table, at, field), f"there already in line {line}: take one of them out")
            first.setdefault(value, at)

    def rows(self, name: str, read: Callable[[Mapping[str, object], Path], T]) -> tuple[T, ...]:
        return self.rows_in(self.document.values, (), name, read)

    def rows_in(
        self,
        table: Mapping[str, object],
        path: Path,
        name: str,
        read: Callable[[Mapping[str, object], Path], T],
    ) -> tuple[T, ...]:
        rows = table.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.wrong((*path, name), f"is a list of tables: write [[{name}]] above each")
            return ()
        return tuple(read(row, (*path, name, at)) for at, row in enumerate(rows))

    def phase(self, row: Mapping[str, object], path: Path) -> Phase:
        self.only(row, path, ("number", "cluster", "months"))
        count = len(self.known.clusters)
        return Phase(
            self.number(row, path, "number", most=count),
            self.number(row, path, "cluster", most=count),
            self.number(row, path, "months", most=MOST_MONTHS),
        )

    def article(self, row: Mapping[str, object], path: Path) -> ArticleInfo:
        self.only(row, path, ("instrument", "number", "info"))
        instrument, number = self.place_of(row, path, "number")
        return ArticleInfo(instrument, number, self.words(row, path, "info"))

    def question(self, row: Mapping[str, object], path: Path) -> ArticleQuestion:
        self.only(row, path, ("id", "instrument", "article", "kind", "sample", "text"))
        name = row.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            self.wrong((*path, "id"), "must be lower-case letters, digits and hyphens, at most 64")
        elif name in self.known.taken:
            self.wrong((*path, "id"), f"{name} names a field of another step: choose another")
        instrument, number = self.place_of(row, path, "article")
        if row.get("kind") not in KINDS:
            self.wrong((*path, "kind"), f"must be one of {', '.join(KINDS)}")
        if not isinstance(row.get("sample", False), bool):
            self.wrong((*path, "sample"), "must be true or false")
        return ArticleQuestion(
            str(name),
            instrument,
            number,
            str(row.get("kind")),
            self.words(row, path, "text"),
            is_sample=row.get("sample") is True,
        )

    def frames(self) -> tuple[Frame, ...]:
        tables = self.document.values.get("frame", {})
        if not isinstance(tables, dict):
            self.wrong(("frame",), "is a table: write [frame.observations] or [frame.summary]")
            return ()
        self.only(tables, ("frame",), FRAMES)
        found = []
        for name in FRAMES:
            frame = tables.get(name)
            if isinstance(frame, dict):
                found.append(self.frame(name, frame))
            elif name in tables:
                self.wrong(("frame", name), f"is a table: write [frame.{name}]")
        return tuple(found)

    def frame(self, name: str, row: Mapping[str, object]) -> Frame:
        path: Path = ("frame", name)
        self.only(row, path, ("title", "note", "part"))
        parts = self.rows_in(row, path, "part", lambda one, at: self.part(name, one, at))
        for group in (False, True):
            places = {part.place for part in parts if part.place and part.each_article is group}
            needed = (self.known.article_fields if group else self.known.fields)[name]
            if left := sorted(needed - places):
                self.wrong(
                    path, f"has no place for {', '.join(left)}: what is drafted there would not be seen"
                )
        self.once_in(
            path, [(part.place, part.each_article) if part.place else at for at, part in enumerate(parts)]
        )
        return Frame(
            name,
            self.words(row, path, "title", is_frame=True),
            self.words(row, path, "note", is_frame=True) if "note" in row else None,
            parts,
        )

    def once_in(self, path: Path, places: Sequence[object]) -> None:
        for at, place in enumerate(places):
            if place in places[:at]:
                self.wrong((*path, "part", at, "place"), "has its place further up already: take one out")

    def part(self, name: str, row: Mapping[str, object], path: Path) -> FramePart:
        self.only(row, path, ("kind", "text", "place", "each_article"))
        kind, place = row.get("kind"), row.get("place")
        each = row.get("each_article", False)
        if kind not in PART_KINDS:
            self.wrong((*path, "kind"), f"must be one of {', '.join(PART_KINDS)}")
        if not isinstance(each, bool):
            self.wrong((*path, "each_article"), "must be true or false")
        there = (self.known.article_fields if each is True else self.known.fields)[name]
        if (kind == "place" or "place" in row) and place not in there:
            choice = ", ".join(sorted(there)) or "none, but with each_article = true"
            self.wrong((*path, "place"), f"must be one of {choice}")
        text = None
        if kind != "place" or "text" in row:
            text = self.words(row, path, "text", is_frame=True, with_article=each is True)
        return FramePart(str(kind), text, place if isinstance(place, str) else None, each is True)

    def place_of(self, row: Mapping[str, object], path: Path, field: str) -> tuple[InstrumentCode, int]:
        code, number = row.get("instrument"), row.get(field)
        codes = sorted({one for one, _ in self.known.articles})
        if not isinstance(code, str) or code not in codes:
            self.wrong((*path, "instrument"), f"must be one of {', '.join(codes)}")
        elif type(number) is not int or (code, number) not in self.known.articles:
            numbers = ", ".join(str(one) for one in sorted(n for c, n in self.known.articles if c == code))
            self.wrong((*path, field), f"is no article under review of {code}; those are {numbers}")
        return InstrumentCode(str(code)), number if type(number) is int else 0

    def number(self, row: Mapping[str, object], path: Path, name: str, *, most: int) -> int:
        value = row.get(name)
        if type(value) is not int or not 1 <= value <= most:
            self.wrong((*path, name), f"must be a whole number from 1 to {most}")
            return 0
        return value

    def line(self, row: Mapping[str, object], path: Path, name: str) -> str:
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            self.wrong((*path, name), "is missing: write a text in quotes")
            return ""
        self.text((*path, name), value)
        return value

    def words(
        self,
        row: Mapping[str, object],
        path: Path,
        name: str,
        *,
        is_frame: bool = False,
        with_article: bool = False,
    ) -> Words:
        table = row.get(name)
        here: Path = (*path, name)
        if not isinstance(table, dict) or not table:
            self.wrong(here, f'is missing: write {name} = {{ en = "..." }}, in one language or more')
            return Words({"en": ""})
        self.only(table, here, LANGUAGES)
        for language in table:
            text = self.line(table, here, language)
            if is_frame:
                self.braces((*here, language), text, with_article=with_article)
        return Words({code: str(table[code]) for code in LANGUAGES if code in table} or {"en": ""})

    def text(self, path: Path, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            self.wrong(path, f"has {len(text)} characters, at most {MOST_CHARACTERS} are taken: shorten it")
        if found := _CONTROL.search(text):
            self.wrong(path, f"has the control character U+{ord(found[0]):04X}: take it out")

    def braces(self, path: Path, text: str, *, with_article: bool) -> None:
        allowed = PLACEHOLDERS if with_article else PLACEHOLDERS - {"article", "article_title"}
        for found in _BRACES.finditer(text):
            if found[1] not in allowed:
                choice = ", ".join(f"{{{one}}}" for one in sorted(allowed))
                self.wrong(path, f"{found[0][:80]} is no placeholder; there are {choice}")
