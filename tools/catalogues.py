"""Brings the gettext catalogues up to date with the sentences in the pages and the code.

`python tools/catalogues.py` adds what is new with an empty translation, and drops what nobody says any
more; with codes after it (`fr es`) in these catalogues alone. A test holds the catalogues to what
`extracted` and `titles` find. Knows nothing of the browser's own sentences.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2 import TemplateSyntaxError

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "revmod_live"
PORTAL = PACKAGE / "portal"
LOCALES = PORTAL / "locale"

KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "says": None,
    "text": None,
    "plural": (1, 2),
}
"""What a sentence for people is an argument of; for `ngettext` and `plural`, the first two."""

HEADER = (
    "# Sentences of the pages and the command line. `python tools/catalogues.py` brings this file up to date."
)

UNSAID = (
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)

TEMPLATE_OPTIONS = {"extensions": "jinja2.ext.loopcontrols", "trimmed": "true", "silent": "false"}


@dataclass(frozen=True)
class Said:
    """One sentence: its id (two for a plural), where it is said, and what is noted for translators."""

    message: str | tuple[str, ...]
    context: str | None
    place: str
    line: int
    comments: tuple[str, ...]


def catalogue_files() -> dict[str, Path]:
    """The catalogues, by language: of all languages offered, whether the file is there yet or not."""
    from revmod_live.portal.languages import OFFERED  # noqa: PLC0415 -- the rest works without the package

    return {language: LOCALES / language / "LC_MESSAGES" / "messages.po" for language in OFFERED}


def extracted() -> Iterator[Said]:
    """Every sentence that the portal, the app and the command line say."""
    python = [*PORTAL.rglob("*.py"), *(PACKAGE / "app").rglob("*.py"), PACKAGE / "__main__.py"]
    for path in sorted(p for p in python if p.is_file()):
        yield from _said(path, "python", {})
    for path in sorted((PORTAL / "templates").rglob("*")):
        if path.is_file():
            yield from _said(path, "jinja2.ext.babel_extract", TEMPLATE_OPTIONS)


def _said(path: Path, method: str, options: dict[str, str]) -> Iterator[Said]:
    found = extract(
        method,
        io.BytesIO(path.read_bytes()),
        keywords=KEYWORDS,
        comment_tags=("translators:",),
        options=options,
    )
    place = path.relative_to(ROOT).as_posix()
    try:
        sentences = list(found)
    except TemplateSyntaxError as error:
        raise SystemExit(f"{place}:{error.lineno}: {error.message}") from error
    for line, message, comments, context in sentences:
        if message and not isinstance(message, str):
            yield Said(tuple(message), context, place, line, tuple(comments))
        elif message:
            yield Said(message, context, place, line, tuple(comments))


def read(path: Path, language: str) -> Catalog:
    """The catalogue in `path`; an empty one where there is no file yet."""
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _updated(path: Path, language: str, data: frozenset[str]) -> tuple[Catalog, int]:
    old = read(path, language)
    new = Catalog(locale=language, project="revmod-live", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for said in extracted():
        # A place without its line, so that a catalogue does not change with every edit of a page
        known = old.get(said.message, said.context)
        new.add(
            said.message,
            known.string if known else None,
            locations=[(said.place, 0)],
            user_comments=said.comments,
            context=said.context,
        )
    for title in data:
        if title not in new:
            known = old.get(title)
            new.add(title, known.string if known else None)
    return new, sum(1 for message in new if message.id and not is_translated(message))


def is_translated(message: Message) -> bool:
    """Whether the translation, and each of its plural forms, is there."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return all(forms)


def titles() -> frozenset[str]:
    """Sentences that are data of `content`, not words in a page: every catalogue has them too."""
    from revmod_live.content.load import load  # noqa: PLC0415 -- the rest works without the package

    content = load()
    articles = {
        article.title
        for cluster in content.clusters
        for several in cluster.articles.values()
        for article in several
    }
    questions = {question.text for question in content.questions}
    return frozenset(articles | questions | content.library.sentences)


def _without_dates(po: str) -> str:
    """The header says nothing that changes with every run."""
    return re.sub(rf'^"(?:{"|".join(UNSAID)}): .*\n', "", po, flags=re.MULTILINE)


def main() -> int:
    """Rewrite the catalogues; say how much is not translated."""
    wanted = sys.argv[1:] or list(catalogue_files())
    for language in wanted:
        path = catalogue_files()[language]
        catalogue, missing = _updated(path, language, titles())
        written = io.BytesIO()
        write_po(written, catalogue, width=0, sort_output=True, omit_header=False, include_lineno=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_without_dates(written.getvalue().decode()), encoding="utf-8")
        print(f"{language}: {len(catalogue)} sentences, {missing} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
