"""The one statement behind the directory: approved people, and of their profiles what they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, select, true

from revmod_live.accounts.model import Role
from revmod_live.accounts.store import accounts, profiles
from revmod_live.ids import AccountId, StateCode
from revmod_live.storage.database import ReadTx


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as the directory shows them (D-32). phone, expertise: empty where they are not shown."""

    account: AccountId
    name: str
    state: StateCode | None
    role: Role
    email: str
    phone: str
    expertise: str


_LISTED: Final = (
    select(
        accounts.c.id,
        accounts.c.name,
        accounts.c.state,
        accounts.c.role,
        accounts.c.email,
        # what was not ticked does not leave the database
        case((profiles.c.show_phone == true(), profiles.c.phone), else_="").label("phone"),
        case((profiles.c.show_expertise == true(), profiles.c.expertise), else_="").label("expertise"),
    )
    .outerjoin(profiles, profiles.c.account == accounts.c.id)
    .where(accounts.c.active == true())
)


def listed(tx: ReadTx, *, state: StateCode | None, role: Role | None) -> tuple[Listed, ...]:
    """Everybody approved, of one State and in one role where these are given, in no order."""
    query = _LISTED
    if state is not None:
        query = query.where(accounts.c.state == state)
    if role is not None:
        query = query.where(accounts.c.role == role.value)
    return tuple(
        Listed(
            AccountId(row.id),
            row.name,
            None if row.state is None else StateCode(row.state),
            Role(row.role),
            row.email,
            row.phone,
            row.expertise,
        )
        for row in tx.execute(query)
    )
