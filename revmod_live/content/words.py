"""A text in up to six languages, and which of them a reader is given.

Owns the order in which a language stands in for a missing one. Must not know catalogues:
these texts are data that the secretariat brings, in as many languages as it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("ar", "en", "es", "fr", "ru", "zh")
"""The official languages of the United Nations."""

INSTEAD: Final = ("en", "fr", "es", "ru", "zh", "ar")
"""What is shown where a text is not there in the language asked for: the first of these that is."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text as a reader gets it. `instead`: it is not in the language asked for, and is to be marked so."""

    text: str
    language: str
    instead: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A text by language; at least one language is there."""

    by_language: Mapping[str, str]

    def said(self, language: str) -> Said:
        """The text in `language`, or marked as standing in for it (LNG-01)."""
        if language in self.by_language:
            return Said(self.by_language[language], language, instead=False)
        found = next(code for code in INSTEAD if code in self.by_language)
        return Said(self.by_language[found], found, instead=True)

    @property
    def missing(self) -> tuple[str, ...]:
        """The languages that the text is not in."""
        return tuple(code for code in LANGUAGES if code not in self.by_language)
