"""Passwords: what makes one good enough, and argon2id around it.

Pure but for the salt. Knows nothing of accounts, tables or tries.

`hashed` and `matches` are plain functions that take some 50 ms of two cores and 64 MiB each on
purpose: call them in a worker thread, never on the event loop, and let few of them run at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from revmod_live.accounts.denied import LOOKALIKES, WORDS
from revmod_live.errors import ALLOWED, Allowed, Refused, must

MIN_LENGTH: Final = 12
MIN_OF_EACH: Final = 3
MIN_DIFFERENT: Final = 8
MAX_LENGTH: Final = 256
"""Longer ones are refused before any work is done on them."""

LEFT_OVER: Final = 4
"""Letters that must remain once every denied word is taken out."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs whoever makes it: passes, memory, lanes (RFC 9106, section 4)."""

    passes: int
    memory_kib: int
    lanes: int

    def hasher(self) -> PasswordHasher:
        """Argon2id at this cost, 16 bytes of salt, 32 of hash."""
        return PasswordHasher(self.passes, self.memory_kib, self.lanes, 32, 16, type=Type.ID)


TODAY: Final = Cost(passes=3, memory_kib=64 * 1024, lanes=4)
"""RFC 9106's second recommended choice, for machines that share their memory."""

DECOY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$U+y4qSP6EMkB2rzy3tC7IQ$bMgkkQQfPcNfmK2uxCRm8rhCzaT7ZTbuS6P6qHCOxGM"
)
"""The hash of a random password that nobody kept, at today's cost: what an unknown address is
checked against, so that the answer takes as long. Make a new one when the cost is raised."""


def _prepared(password: str) -> str:
    """One form for what different keyboards send for the same signs."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str, cost: Cost = TODAY) -> str:
    """The encoded argon2id hash to store. Slow; a worker thread's work."""
    return cost.hasher().hash(_prepared(password))


def chosen(password: str, *, about: Iterable[str] = (), cost: Cost = TODAY) -> str:
    """The hash of a password that somebody chose, if it is good enough. Slow; a worker thread's work.

    Raises Refused (`weak-password`); see `may_choose`.
    """
    must(may_choose(password, about=about))
    return hashed(password, cost)


def matches(encoded: str, password: str) -> bool:
    """Whether `password` is the one behind `encoded`. Slow; a worker thread's work.

    False, never an error, for a hash that cannot be read. Overlong input is False, at the price of a
    short one.
    """
    try:
        return PasswordHasher().verify(encoded, _prepared(password[: MAX_LENGTH + 1]))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(encoded: str, cost: Cost = TODAY) -> bool:
    """Whether `encoded` was made at another cost than `cost`: hash anew at the next sign-in."""
    try:
        return cost.hasher().check_needs_rehash(encoded)
    except InvalidHashError:
        return True


def may_choose(password: str, *, about: Iterable[str] = ()) -> Allowed | Refused:
    """Whether `password` is good enough.

    about: words about its owner (name, address), which do not count as chance either.
    Refused is `weak-password`, with `unmet`: the codes of every rule that it does not meet, in the
    order of the manual: `too-short`, `few-lower`, `few-upper`, `few-digits`, `few-special`, then
    our own `too-long`, `repetitive`, `well-known`.
    Manual section 1 (ACC-03); decision D-30.
    """
    codes = unmet(password, about=about)
    return Refused("weak-password", unmet=codes) if codes else ALLOWED


def unmet(password: str, *, about: Iterable[str] = ()) -> tuple[str, ...]:
    """Codes of the rules that `password` does not meet; see `may_choose`."""
    if len(password) > MAX_LENGTH:
        return ("too-long",)
    text = _prepared(password)
    own = {
        "repetitive": len(set(text)) >= MIN_DIFFERENT,
        "well-known": not _is_well_known(text, about),
    }
    return (
        *(code for code, more in lacking(password).items() if more),
        *(code for code, is_met in own.items() if not is_met),
    )


def lacking(password: str) -> dict[str, int]:
    """How many signs `password` still needs by each rule of the manual; 0 where it has enough.

    Manual section 1: "a password must contain". Of an over-long one nothing is asked.
    """
    text = _prepared(password[: MAX_LENGTH + 1])
    has = {
        "few-lower": sum(c.islower() for c in text),
        "few-upper": sum(c.isupper() for c in text),
        "few-digits": sum(c.isdecimal() for c in text),
        "few-special": sum(not c.isalnum() for c in text),
    }
    return {
        "too-short": max(0, MIN_LENGTH - len(text)),
        **{code: max(0, MIN_OF_EACH - n) for code, n in has.items()},
    }


def own_words(about: Iterable[str]) -> tuple[str, ...]:
    """The words about somebody that count as well known in a password of theirs, in lower case."""
    pieces = (piece for words in about for piece in re.split(r"[\W\d_]+", words.casefold()))
    return tuple(piece for piece in pieces if len(piece) >= MIN_OF_EACH)


def _is_well_known(text: str, about: Iterable[str]) -> bool:
    """Whether too little is left of its letters without the words that everybody tries."""
    words = longest_first({*WORDS, *own_words(about)})
    folded = text.casefold()
    return any(
        _left_over(letters, words) < min(LEFT_OVER, len(letters))
        for letters in (_letters(folded), _letters(folded.translate(LOOKALIKES)))
    )


def longest_first(words: Iterable[str]) -> list[str]:
    """In the order in which they are taken out of a password, in every browser and process the same."""
    return sorted(words, key=lambda word: (-len(word), word))


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def _left_over(letters: str, words: Iterable[str]) -> int:
    for word in words:
        letters = letters.replace(word, "")
    return len(letters)
