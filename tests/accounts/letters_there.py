"""A post for tests of `accounts`: words that are the kind and its values, and letters that can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from cryptography.fernet import Fernet

from revmod_live.mail import store
from revmod_live.mail.model import Letter, Worded
from revmod_live.mail.post import PLACE, Post
from revmod_live.mail.vault import Vault
from tests.accounts.people_there import Place

SITE = "https://review.example"


def plain_words(kind: str, language: str, values: Mapping[str, object]) -> Worded:
    """The kind, the language, and each value on a line of its own."""
    return Worded(f"{kind} {language}", "".join(f"{name}: {value}\n" for name, value in values.items()))


POST = Post(plain_words, SITE, Vault(Fernet.generate_key()))


async def letters(place: Place) -> list[Letter]:
    """Every letter that was written, oldest first."""
    found = await place.db.read(partial(store.newest, at_most=1000))
    return sorted(found, key=lambda one: (one.made_at, one.kind))


async def kinds(place: Place) -> list[str]:
    """The kinds of the letters that were written."""
    return [one.kind for one in await letters(place)]


def secret_of(letter: Letter) -> str:
    """The secret of the link in a letter, as its reader gets it."""
    body = letter.body.replace(PLACE, POST.vault.open(letter.sealed))
    found = re.search(rf"link: {SITE}/[a-z-]+/(\S+)", body)
    assert found is not None, body
    return found[1]
