"""The languages of the interface: which there are, which one a reader gets, and their catalogues.

Owns negotiation and translation. Knows nothing of requests: it is handed a cookie's value and a
header's. The language of the interface is not the language of a review.

The `.po` files are the only catalogues there are: they are compiled in memory when the program
starts, so a wheel needs no build step and can never carry a stale `.mo`. Where a catalogue lacks a
sentence, or some of its plural forms, the English one stands in: a reader is never shown nothing.
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT: Final = "en"

# code of the interface, in the order of the chooser: its own name, and the locale for dates.
# The six, in the order in which the United Nations list them: of the English alphabet.
OFFERED: Final = {
    "ar": ("العربية", "ar"),
    "zh": ("中文", "zh_Hans"),
    "en": ("English", "en_GB"),
    "fr": ("Français", "fr"),
    "ru": ("Русский", "ru"),
    "es": ("Español", "es"),
}


def says(message: str) -> str:
    """Mark a sentence for the catalogues without translating it yet: for tables of sentences."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the interface.

    code: BCP 47, for `<html lang>`. dir: `ltr` or `rtl`. own_name: its name in itself.
    """

    code: str
    dir: str
    own_name: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def text(self, message: str, **values: object) -> str:
        """The sentence in this language; `%(name)s` in it is filled from `values`."""
        translated = self.catalogue.gettext(message)
        return translated % values if values else translated

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence for `n` things in this language, its plural forms by CLDR; `%(n)s` is the number."""
        return self.catalogue.ngettext(one, many, n) % {"n": n, **values}


def load(read: Callable[[str], bytes] | None = None) -> Mapping[str, Language]:
    """Every language offered, by code, in the order of the chooser.

    read: the `.po` file of a code; for tests, others than the package's own.
    Raises ValueError (Babel's) for a catalogue that cannot be read.
    """
    read = read or _packaged
    return {code: _language(code, *named, read(code)) for code, named in OFFERED.items()}


def _packaged(code: str) -> bytes:
    return (
        resources.files("revmod_live.portal").joinpath(f"locale/{code}/LC_MESSAGES/messages.po").read_bytes()
    )


def _language(code: str, own_name: str, locale_code: str, po: bytes) -> Language:
    catalogue = read_po(io.BytesIO(po), locale=code, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    locale = Locale.parse(locale_code)
    return Language(
        code=code,
        dir=locale.text_direction,
        own_name=own_name,
        locale=locale,
        catalogue=gettext.GNUTranslations(compiled),
    )


def choose(*, cookie: str | None, accepted: str | None) -> str:
    """The code of the language a reader gets: what they chose, else what their browser asks for.

    accepted: the value of Accept-Language; nonsense in it is passed over.
    """
    if cookie in OFFERED:
        return cookie or DEFAULT
    for wanted in _by_weight(accepted or ""):
        code = wanted.split("-", 1)[0]
        if code in OFFERED:
            return code
    return DEFAULT


def _by_weight(accepted: str) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for item in accepted.split(",")[:20]:
        tag, _, parameter = item.strip().lower().partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            q = float(weight)
        except ValueError:
            continue
        if 0 < q <= 1:
            weighed.append((q, tag.strip()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]
