"""The directory: who takes part, and how to reach them (NAV-04, PRO-07, D-32).

Approved people alone are in it and may read it. Every look is recorded, and so many are too many: it
is there to find a colleague, not to be carried off.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import directory_store
from revmod_live.accounts.directory_store import Listed
from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Refused
from revmod_live.ids import StateCode
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry, done_since

LOOKS_MOST: Final = 60
LOOKS_WITHIN: Final = timedelta(minutes=10)

READ: Final = "directory-read"


def look_up(
    tx: WriteTx,
    actor: Actor,
    *,
    words: str = "",
    state: StateCode | None = None,
    role: Role | None = None,
    at: datetime,
) -> tuple[Listed, ...]:
    """The people who are meant, by name; recorded with what was asked and how many were shown.

    words: each must be in the name or the address, or in the expertise where that is shown; accents
    and capital letters do not matter.
    Raises Refused: `suspended`; `too-many-looks` for more than LOOKS_MOST within LOOKS_WITHIN.
    """
    if not actor.active:
        raise Refused("suspended")
    if done_since(tx, actor.account, READ, at - LOOKS_WITHIN) >= LOOKS_MOST:
        raise Refused("too-many-looks")
    wanted = plain(words).split()
    found = [person for person in directory_store.listed(tx, state=state, role=role) if _has(person, wanted)]
    found.sort(key=lambda person: (plain(person.name), person.account))
    asked = {"words": words, "state": state, "role": None if role is None else role.value}
    tx.record(
        Entry(
            at=at,
            act=READ,
            account=actor.account,
            state=actor.state,
            detail={**asked, "shown": len(found)},
        )
    )
    return tuple(found)


def plain(text: str) -> str:
    """The text as it is searched and sorted: no accents, no capital letters."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold()


def _has(person: Listed, wanted: list[str]) -> bool:
    searched = plain(f"{person.name} {person.email} {person.expertise}")
    return all(word in searched for word in wanted)
