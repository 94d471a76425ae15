"""What makes a password good enough, as the page says it: each rule, and how much is still missing.

The rules are `accounts.passwords`'; the page's script applies the same ones while somebody types, with
what `for_script` gives it (tests/vectors/passwords.json holds both to one answer).
"""

# ruff: noqa: E501 -- a sentence is read whole, and translated whole

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import passwords
from revmod_live.accounts.denied import LOOKALIKES, WORDS
from revmod_live.portal.languages import says

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.portal.languages import Language

RULES: Final = {
    "too-short": says("At least 12 characters"),
    "few-lower": says("At least three small letters"),
    "few-upper": says("At least three capital letters"),
    "few-digits": says("At least three digits"),
    "few-special": says("At least three other signs, such as ! ? # or a space"),
    "repetitive": says("At least eight different characters"),
    "well-known": says(
        "Nothing well known: no common word, no row of keys, no printed example, neither your name nor your address"
    ),
}
TOO_LONG: Final = says("This is too long: at most 256 characters.")
MAX_LENGTH: Final = passwords.MAX_LENGTH
NOT_THE_SAME: Final = says("The two passwords are not the same. Type both again.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on the page. state: `met`, `unmet`, or empty before anything was tried."""

    code: str
    text: str
    state: str
    missing: str


def rules(language: Language, tried: str | None, about: tuple[str, ...]) -> tuple[Rule, ...]:
    """Every rule, and of a password that was tried and refused, how it does by each."""
    if tried is None:
        return tuple(Rule(code, language.text(text), "", "") for code, text in RULES.items())
    unmet, lacking = passwords.unmet(tried, about=about), passwords.lacking(tried)
    return tuple(
        Rule(
            code,
            language.text(text),
            "unmet" if code in unmet else "met",
            _missing(language, code, lacking.get(code, 0)),
        )
        for code, text in RULES.items()
    )


def about(account: Account) -> tuple[str, ...]:
    """The words about somebody that are no chance in a password of theirs."""
    return (account.name, account.email)


def for_script(words_about: tuple[str, ...]) -> dict[str, object]:
    """What the page's script needs to apply the same rules."""
    return {
        "length": passwords.MIN_LENGTH,
        "each": passwords.MIN_OF_EACH,
        "different": passwords.MIN_DIFFERENT,
        "left": passwords.LEFT_OVER,
        "words": passwords.longest_first({*WORDS, *passwords.own_words(words_about)}),
        "lookalikes": {chr(sign): letter for sign, letter in LOOKALIKES.items()},
    }


def _missing(language: Language, code: str, n: int) -> str:
    if n == 0:
        return ""
    match code:
        case "too-short":
            return language.plural("%(n)s more character", "%(n)s more characters", n)
        case "few-lower":
            return language.plural("%(n)s more small letter", "%(n)s more small letters", n)
        case "few-upper":
            return language.plural("%(n)s more capital letter", "%(n)s more capital letters", n)
        case "few-digits":
            return language.plural("%(n)s more digit", "%(n)s more digits", n)
        case _:
            return language.plural("%(n)s more other sign", "%(n)s more other signs", n)
