"""No sentence reaches a reader untranslated: the catalogues have all that is said, and no more."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from babel.messages.catalog import Message

from revmod_live.portal.languages import OFFERED
from tests.house.glossary import said, terms, unsaid
from tests.house.sources import ROOT
from tools.catalogues import LOCALES, catalogue_files, extracted, is_translated, read, titles

ALL = tuple(OFFERED)
TRANSLATED = tuple(code for code in ALL if code != "en")
WEB = ROOT / "web" / "src"
# French and Spanish have a form for millions besides; in digits it is written like the general one
PLURAL_FORMS = {
    "ar": {"zero", "one", "two", "few", "many", "other"},
    "zh": {"other"},
    "en": {"one", "other"},
    "fr": {"one", "other"},
    "ru": {"one", "few", "many", "other"},
    "es": {"one", "other"},
}


def messages(language: str) -> list[Message]:
    return [m for m in read(catalogue_files()[language], language) if m.id]


def english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def browser(language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((WEB / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def pairs(language: str) -> list[tuple[str, str]]:
    """Every sentence of server and browser with its translation; of plurals the general form."""
    found = [(_general(m.id), forms(m)[-1]) for m in messages(language) if is_translated(m)]
    theirs = browser(language)
    found += [
        (_general_of(entry), _general_of(theirs[key]))
        for key, entry in browser("en").items()
        if key in theirs
    ]
    return found


def _general(message_id: str | list[str] | tuple[str, ...]) -> str:
    return message_id if isinstance(message_id, str) else message_id[1]


def _general_of(entry: str | dict[str, str]) -> str:
    return entry if isinstance(entry, str) else entry.get("other", "")


def test_the_six_languages_of_the_united_nations_have_a_catalogue_and_nobody_else() -> None:
    assert {path.name for path in LOCALES.iterdir() if path.is_dir()} == set(ALL)
    assert {path.stem for path in (WEB / "i18n").glob("*.json")} == set(ALL)


@pytest.mark.parametrize("language", ALL)
def test_a_catalogue_has_every_sentence_that_is_said(language: str) -> None:
    catalogue = read(catalogue_files()[language], language)
    missing = {
        f"{s.place}:{s.line} {s.message}" for s in extracted() if catalogue.get(s.message, s.context) is None
    } | {title for title in titles() if catalogue.get(title) is None}
    assert missing == set(), "python tools/catalogues.py adds them"


@pytest.mark.parametrize("language", ALL)
def test_a_catalogue_has_no_sentence_that_nobody_says(language: str) -> None:
    spoken = {s.message if isinstance(s.message, str) else s.message[0] for s in extracted()} | titles()
    assert {english(m) for m in messages(language)} - spoken == set(), "python tools/catalogues.py drops them"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_with_all_its_plural_forms(language: str) -> None:
    assert [english(m) for m in messages(language) if m.fuzzy or not is_translated(m)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_sentence_and_no_other_blanks_at_its_ends(language: str) -> None:
    catalogue = read(catalogue_files()[language], language)
    wrong = []
    for message in (m for m in catalogue if m.id and is_translated(m)):
        # Babel's own: the named places of the sentence are those of its translation
        wrong += [f"{message.id}: {problem}" for problem in message.check(catalogue)]
        if _places(_general(message.id)) != _places(forms(message)[-1]):
            wrong.append(f"{message.id}: other places")
        blanks = _blanks(english(message))
        wrong += [f"{message.id}: blanks" for form in forms(message) if _blanks(form) != blanks]
    assert wrong == []


def _blanks(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_browser_has_the_same_sentences_in_every_language(language: str) -> None:
    assert set(browser("en")) - set(browser(language)) == set(), "not translated"
    assert set(browser(language)) - set(browser("en")) == set(), "nobody says them"


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
    source = browser("en")
    for key, entry in browser(language).items():
        if isinstance(entry, str) != isinstance(source.get(key), str):
            wrong.append(f"{key}: a number in one and not in the other")
        if isinstance(entry, dict) and set(entry) != PLURAL_FORMS[language]:
            wrong.append(f"{key}: plural forms {sorted(entry)}")
        # a form for one or two may leave the number out, so only the general one is compared
        if _places(_general_of(entry)) != _places(_general_of(source.get(key, ""))):
            wrong.append(f"{key}: other places than in English")
        several = [entry] if isinstance(entry, str) else list(entry.values())
        wrong += [f"{key}: empty or blank at an end" for form in several if not form or form != form.strip()]
    assert wrong == []


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}|%\((\w+)\)", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_glossary_has_the_words_of_the_english_one(language: str) -> None:
    assert set(terms(language)) == set(terms("en"))


def test_of_two_words_at_one_place_the_longer_one_counts() -> None:
    assert said("Vote to close") == {"vote-to-close"}
    assert said("%(step)s: take this section") == {"take", "section"}
    assert said("The State under review takes part in a review.") == {"state-under-review", "review"}


def test_a_translation_with_another_word_than_the_glossary_s_is_found() -> None:
    assert unsaid("Take section", "Réserver la rubrique", "fr") == {"take", "section"}
    assert unsaid("Take section", "Prendre la section", "fr") == set()
    assert unsaid("Sealed", "مَخْتومة", "ar") == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_words_of_the_mechanism_are_said_as_the_glossary_has_them(language: str) -> None:
    wrong = {
        sentence: (sorted(missing), translation)
        for sentence, translation in pairs(language)
        if (missing := unsaid(sentence, translation, language))
    }
    assert wrong == {}
