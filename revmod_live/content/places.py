"""A TOML file as it was brought: its values, and the line on which each of them begins.

Owns what may be wrong with a file before anyone asks what it means: too large, not UTF-8, not TOML.
`tomllib` gives values without lines, so the lines are found once more, in a text that it has accepted.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_BYTES: Final = 4 * 1024 * 1024
"""A file that is larger is no content: all questionnaires in six languages are a quarter of it."""

MOST_IN_LINE: Final = 20_000
"""Characters of a line: longer texts have several, and names without end would only cost time."""

MOST_LINES: Final = 50_000

Path = tuple[str | int, ...]
"""Where a value is: `("question", 0, "text", "en")`. Rows count from 0."""

_AT_LINE: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_HEADER: Final = re.compile(r"\s*(\[\[?)([^\]]*)\]")
_KEY: Final = re.compile(
    r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_PART: Final = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")
_SKIPPED: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|#[^\n]*",
    re.DOTALL,
)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, and what it is and what to do about it. `field` is empty for the file itself."""

    file: str
    line: int
    field: str
    said: str

    def __str__(self) -> str:
        """`file:line: field: what`."""
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.field, self.said) if part)


class Faulty(Malformed):
    """A file that cannot be taken; all its mistakes, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Final = tuple(sorted(problems, key=lambda one: one.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds. `lines`: where each table and each key begins, from 1."""

    file: str
    values: Mapping[str, object]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a value; of what is missing, or within one line, that of what it is missing in."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(data: bytes, *, file: str) -> Document:
    """The values of a file in TOML. A byte order mark is skipped. Raises Faulty, with one mistake."""
    if len(data) > MOST_BYTES:
        raise _faulty(file, 1, f"has {len(data)} bytes, at most {MOST_BYTES} are taken: bring it in parts")
    text = _decoded(data, file)
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise _faulty(file, MOST_LINES, f"more than {MOST_LINES} lines: bring it in parts")
    for at, line in enumerate(lines, start=1):
        if len(line) > MOST_IN_LINE:
            raise _faulty(file, at, f"a line of more than {MOST_IN_LINE} characters: break it")
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise _faulty(file, 1, "tables within tables without end: nothing here goes so deep") from None
    except ValueError as error:
        place = _AT_LINE.search(str(error))
        number = int(place[1]) if place and place[1] else len(lines)
        raise _faulty(file, number, f"not TOML: {_AT_LINE.sub('', str(error))}") from None
    return Document(file, values, _lines(_SKIPPED.sub(_blanked, text)))


def _decoded(data: bytes, file: str) -> str:
    if data.startswith(_UTF16):
        raise _faulty(file, 1, "is in UTF-16: save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _faulty(file, line, "is not in UTF-8: save it as UTF-8") from None
    return text.replace("\r\n", "\n")


def _faulty(file: str, line: int, said: str) -> Faulty:
    return Faulty([Problem(file, line, "", said)])


def _blanked(found: re.Match[str]) -> str:
    """Texts and comments hide brackets and signs; a key in quotes keeps its letters."""
    text = found[0]
    if text.startswith("#"):
        return ""
    if "\n" not in text and re.fullmatch(r"""["'][\w-]{0,40}["']""", text):
        return text
    return text[0] + "\n" * text.count("\n") + text[-1]


def _lines(bare: str) -> dict[Path, int]:
    """The lines of tables and keys. `bare`: sound TOML without what stands in its texts."""
    found: dict[Path, int] = {}
    rows: dict[Path, int] = {}
    here: Path = ()
    depth = 0
    for number, line in enumerate(bare.split("\n"), start=1):
        if depth == 0 and (header := _HEADER.match(line)):
            here = _numbered(_parts(header[2]), rows, is_row=header[1] == "[[")
            found.setdefault(here, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            path = (*here, *_parts(key[1]))
            for length in range(len(here) + 1, len(path) + 1):
                found.setdefault(path[:length], number)
        depth += sum(line.count(sign) for sign in "[{") - sum(line.count(sign) for sign in "]}")
    return found


def _numbered(parts: Path, rows: dict[Path, int], *, is_row: bool) -> Path:
    """The path of a header, with the number of each list's newest row; a new one where it opens a row."""
    path: Path = ()
    for at, part in enumerate(parts):
        path = (*path, part)
        if is_row and at == len(parts) - 1:
            rows[path] = rows.get(path, -1) + 1
        if path in rows:
            path = (*path, rows[path])
    return path


def _parts(dotted: str) -> Path:
    return tuple(
        next(part for part in found if part) if any(found) else "" for found in _PART.findall(dotted)
    )
