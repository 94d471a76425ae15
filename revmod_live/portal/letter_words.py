"""Every kind of letter → its words: the one table. Handed to `mail`, which knows no sentences.

Plain text, a paragraph a line, in the language of the reader; times are said in UTC. A name, a reason
and an address come from people: they are put in as they are, there is no markup they could break.
"""

# ruff: noqa: E501 -- a letter is read whole, and translated whole

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_date, format_time

from revmod_live.mail.model import Worded
from revmod_live.portal.languages import DEFAULT, Language, says

GREETING: Final = says("Dear %(name)s,")
CLOSING: Final = says("The secretariat of the review mechanism")

LETTERS: Final = {
    "invitation": (
        says("Invitation to the review platform"),
        says(
            "your State has named you to take part in the review mechanism of the Convention. Open this address and choose a password:\n\n%(link)s\n\nThe address can be used once, until %(until)s. After that, ask the secretariat for a new one.\n\nThen fill in your profile and submit it: the secretariat compares it with the note verbale and approves it, usually within two days. The platform itself is at %(site)s"
        ),
    ),
    "password-link": (
        says("A new password for the review platform"),
        says(
            "somebody, perhaps you, has asked for a new password for your account. Open this address and choose one:\n\n%(link)s\n\nThe address can be used once, until %(until)s. If it was not you, do nothing: your password stays as it is."
        ),
    ),
    "password-changed": (
        says("Your password was changed"),
        says(
            "the password of your account was changed on %(when)s. Whoever was signed in with the old one is signed out.\n\nIf it was not you, write to the secretariat at once. You sign in at %(link)s"
        ),
    ),
    "profile-approved": (
        says("Your profile is approved"),
        says(
            "the secretariat has approved your profile. You can now open the reviews in which your State takes part:\n\n%(link)s"
        ),
    ),
    "profile-refused": (
        says("Your profile was not approved"),
        says(
            "the secretariat has not approved your profile. It says:\n\n%(reason)s\n\nChange your profile, save it and submit it again:\n\n%(link)s"
        ),
    ),
    "address-changed": (
        says("Your e-mail address was changed"),
        says(
            "from now on you sign in to the review platform with the address %(email)s, and letters go there.\n\nIf you did not ask for this, write to the secretariat at once. The platform is at %(link)s"
        ),
    ),
    "second-factor-on": (
        says("The second factor is on"),
        says(
            "since %(when)s signing in to your account asks for a code of your app as well. Keep the recovery codes where only you can find them.\n\nIf it was not you, write to the secretariat at once. You sign in at %(link)s"
        ),
    ),
    "second-factor-off": (
        says("The second factor is off"),
        says(
            "since %(when)s signing in to your account asks for the password alone.\n\nIf it was not you, write to the secretariat at once. You sign in at %(link)s"
        ),
    ),
}


class LetterWords:
    """`mail.model.Words`, from the catalogues."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages: Final = languages

    def __call__(self, kind: str, language: str, values: Mapping[str, object]) -> Worded:
        """A letter in its reader's language, or in English when that is not offered. Raises KeyError."""
        subject, text = LETTERS[kind]
        spoken = self._languages.get(language, self._languages[DEFAULT])
        shown = {name: _shown(spoken, value) for name, value in values.items()}
        paragraphs = (
            spoken.text(GREETING, **{"name": "", **shown}),
            spoken.text(text, **shown),
            spoken.text(CLOSING),
        )
        return Worded(spoken.text(subject), "\n\n".join(paragraphs) + "\n")


def _shown(language: Language, value: object) -> str:
    if not isinstance(value, datetime):
        return str(value)
    at = value.astimezone(UTC)
    day = format_date(at, "long", locale=language.locale)
    return f"{day}, {format_time(at, 'HH:mm', locale=language.locale)} UTC"
