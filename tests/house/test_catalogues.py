"""No sentence reaches a reader untranslated: the catalogues have all that is said, and no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.house.sources import ROOT
from tools.catalogues import catalogue_files, extracted, read, titles

TRANSLATED = ("ar",)
ALL = ("en", "ar")
WEB = ROOT / "web" / "src"
PLURAL_FORMS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}


def test_english_and_arabic_are_there() -> None:
    assert set(ALL) <= set(catalogue_files())


@pytest.mark.parametrize("language", ALL)
def test_a_catalogue_has_every_sentence_that_is_said(language: str) -> None:
    catalogue = read(catalogue_files()[language], language)
    missing = {
        f"{s.place}:{s.line} {s.message}" for s in extracted() if catalogue.get(s.message, s.context) is None
    }
    assert missing == set(), "python tools/catalogues.py adds them"


@pytest.mark.parametrize("language", ALL)
def test_a_catalogue_has_no_sentence_that_nobody_says(language: str) -> None:
    said = {s.message if isinstance(s.message, str) else s.message[0] for s in extracted()} | titles()
    catalogue = read(catalogue_files()[language], language)
    ids = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id}
    assert ids - said == set(), "python tools/catalogues.py drops them"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_its_places_and_all_its_plural_forms(language: str) -> None:
    wrong = []
    catalogue = read(catalogue_files()[language], language)
    for message in catalogue:
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.fuzzy or not all(forms):
            wrong.append(f"not translated: {message.id}")
        # Babel's own: the named places of the sentence are those of its translation
        wrong += [f"{message.id}: {problem}" for problem in message.check(catalogue)]
    assert wrong == []


def browser(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((WEB / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def test_the_browser_s_sentences_are_the_same_in_every_language() -> None:
    assert set(browser("en")) == set(browser("ar"))


def test_every_sentence_of_the_browser_is_said_somewhere() -> None:
    scripts = "\n".join(p.read_text(encoding="utf-8") for p in sorted(WEB.rglob("*.ts")))
    quoted = set(re.findall(r"""["'`]([\w.-]+)["'`]""", scripts))
    stems = set(re.findall(r"`([\w.-]+[.-])\$\{", scripts))
    unused = {k for k in browser("en") if k not in quoted and not any(k.startswith(s) for s in stems)}
    assert unused == set()


@pytest.mark.parametrize("language", ALL)
def test_a_sentence_of_the_browser_has_all_plural_forms_and_the_places_of_the_english_one(
    language: str,
) -> None:
    wrong = []
    english = browser("en")
    for key, entry in browser(language).items():
        if isinstance(entry, dict) and set(entry) != PLURAL_FORMS[language]:
            wrong.append(f"{key}: plural forms {sorted(entry)}")
        # a form for one or two may leave the number out, so only the general one is compared
        if _places(entry) != _places(english[key]):
            wrong.append(f"{key}: other places than in English")
    assert wrong == []


def _places(entry: str | dict[str, str]) -> set[str]:
    text = entry if isinstance(entry, str) else entry.get("other", "")
    return set(re.findall(r"\{(\w+)\}", text))
