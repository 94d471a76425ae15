"""The glossaries beside the catalogues: which words of the mechanism a sentence says, and how."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from tools.catalogues import LOCALES

PLACES: Final = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MARKS: Final = re.compile("[\u064b-\u0652\u0640]")
"""Arabic vowel signs and the stroke that lengthens a word: written or left out as one likes."""


@dataclass(frozen=True)
class Term:
    """A word in one language. `forms`: a sentence that says it holds one of these."""

    name: str
    forms: tuple[re.Pattern[str], ...]


@cache
def terms(language: str) -> dict[str, Term]:
    """The glossary of a language. Raises KeyError for an entry without its fields."""
    text = (LOCALES / language / "glossary.toml").read_text(encoding="utf-8")
    return {name: _term(name, entry) for name, entry in tomllib.loads(text).items()}


def _term(name: str, entry: dict[str, str | list[str]]) -> Term:
    forms = [rf"\b(?:{entry['said']})\b"] if "said" in entry else list(entry["holds"])
    assert entry.get("means" if "said" in entry else "say"), f"{name} has no word or no meaning"
    return Term(name, tuple(re.compile(form, re.IGNORECASE) for form in forms))


def said(english: str) -> set[str]:
    """The words of the glossary that an English sentence says; of two at one place the longer."""
    text = PLACES.sub("…", english)
    found = [
        (match.start(), match.end(), term.name)
        for term in terms("en").values()
        for form in term.forms
        for match in form.finditer(text)
    ]
    return {
        name
        for start, end, name in found
        if not any(s <= start and end <= e and e - s > end - start for s, e, _ in found)
    }


def unsaid(english: str, translation: str, language: str) -> set[str]:
    """The words that the sentence says in English and not in its translation."""
    text = MARKS.sub("", PLACES.sub("…", translation))
    glossary = terms(language)
    return {name for name in said(english) if not any(form.search(text) for form in glossary[name].forms)}
