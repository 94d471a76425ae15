"""Accounts made, found and changed.

Knows nothing of sessions' tokens or of reviews. Passwords come in encoded (`passwords.hashed`, in a
worker thread), so that nothing slow runs in a transaction.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final

from revmod_live.accounts import nominations, sessions, store, tokens
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.events import AccountChanged
from revmod_live.ids import AccountId, MakeId, SessionId, StateCode, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

EMAIL_LENGTH: Final = 254
NAME_LENGTH: Final = 200

_EMAIL: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


def normalised(email: str) -> str:
    """An address as it is compared: composed, in lower case, no space around it."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def cleaned_email(email: str) -> str:
    """An address as it is stored. Raises Malformed (place `email`)."""
    address = normalised(email)
    if len(address) > EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise Malformed("not an e-mail address", place="email")
    return address


def cleaned_name(name: str) -> str:
    """A name as it is stored. Raises Malformed (place `name`)."""
    text = " ".join(name.split())
    if not 0 < len(text) <= NAME_LENGTH:
        raise Malformed(f"a name has 1 to {NAME_LENGTH} characters", place="name")
    return text


def must_fit(role: Role, state: StateCode | None) -> None:
    """Everybody but the secretariat acts for a State. Raises Malformed (place `state`)."""
    if (state is None) != (role is Role.SECRETARIAT):
        raise Malformed("everybody but the secretariat acts for a State", place="state")


def create_account(
    tx: WriteTx,
    *,
    email: str,
    name: str,
    role: Role,
    state: StateCode | None,
    at: datetime,
    password: str | None = None,
    standing: Standing = Standing.APPROVED,
    language: str = "en",
    by: AccountId | None = None,
    make_id: MakeId = new_id,
) -> Account:
    """Make an account and record it.

    password: encoded hash; None until the person chooses one, and no sign-in before that.
    standing: how far it has come already.
    by:       the officer who made it; None for the server itself.
    Raises Malformed (place `email`, `name`, `state`), Refused `email-taken`.
    Manual section 1 (ACC-01): there is no self-registration.
    """
    must_fit(role, state)
    account = Account(
        id=AccountId(make_id()),
        email=cleaned_email(email),
        name=cleaned_name(name),
        role=role,
        state=state,
        standing=standing,
        standing_at=at,
        reason="",
        language=language,
        created_at=at,
    )
    if store.account_by_email(tx, account.email) is not None:
        raise Refused("email-taken")
    store.add_account(tx, account, password=password)
    tx.record(
        Entry(
            at=at,
            act="account-created",
            account=by,
            detail={"of": account.id, "role": role.value, "state": state},
        )
    )
    nominations.seat(tx, account, at)
    return account


def find_by_email(tx: ReadTx, email: str) -> Account | None:
    """The account of an address, however it is written."""
    found = store.account_by_email(tx, normalised(email))
    return None if found is None else found[0]


def account(tx: ReadTx, account_id: AccountId) -> Account:
    """The account with this id. Raises NotFound."""
    found = store.account(tx, account_id)
    if found is None:
        raise NotFound("account")
    return found


def actor(tx: ReadTx, account_id: AccountId) -> Actor:
    """A person as rules see them, as of now. Raises NotFound."""
    return account(tx, account_id).actor


def everybody(tx: ReadTx) -> tuple[Account, ...]:
    """All accounts, by address."""
    return store.all_accounts(tx)


def set_active(
    tx: WriteTx, account_id: AccountId, at: datetime, *, active: bool, by: AccountId | None = None
) -> None:
    """Approve or suspend an account; announced, so that rights are judged anew at once. Raises NotFound.

    Sessions stay: the person still sees the own profile (PRO-06, PRO-08). Nothing happens where it
    is so already. Raises Refused (`account-disabled`): that is ended with `standings.enable`.
    """
    before = account(tx, account_id)
    if before.active == active:
        return
    if before.standing is Standing.DISABLED:
        raise Refused("account-disabled")
    store.set_standing(tx, account_id, Standing.APPROVED if active else Standing.SUSPENDED, at)
    act = "account-approved" if active else "account-suspended"
    nominations.seat(tx, account(tx, account_id), at)
    tx.record(Entry(at=at, act=act, account=by, detail={"of": account_id}))
    tx.announce(AccountChanged(account_id))


def set_role(
    tx: WriteTx,
    account_id: AccountId,
    at: datetime,
    *,
    role: Role,
    state: StateCode | None,
    by: AccountId | None = None,
) -> None:
    """Give an account another role or State; announced. Raises NotFound, Malformed (place `state`)."""
    must_fit(role, state)
    before = account(tx, account_id)
    store.set_account(tx, account_id, role=role.value, state=state)
    nominations.unseat(tx, before, at)
    nominations.seat(tx, account(tx, account_id), at)
    tx.record(
        Entry(
            at=at,
            act="account-role-changed",
            account=by,
            detail={
                "of": account_id,
                "before": [before.role.value, before.state],
                "after": [role.value, state],
            },
        )
    )
    tx.announce(AccountChanged(account_id))


def set_language(tx: WriteTx, account_id: AccountId, language: str) -> None:
    """Remember the language of the interface (ACC-05)."""
    store.set_account(tx, account_id, language=language)


def set_password(
    tx: WriteTx, account_id: AccountId, encoded: str, at: datetime, *, keep: SessionId | None = None
) -> None:
    """Store a new encoded hash; end all sessions but `keep` and every access token. Raises NotFound.

    Whoever changes a password may do so because somebody else knows it.
    """
    owner = account(tx, account_id)
    store.set_account(tx, account_id, password=encoded)
    tx.record(Entry(at=at, act="password-changed", account=account_id, state=owner.state))
    store.drop_pending(tx, account=account_id)
    sessions.end_all_sessions(tx, account_id, at, keep=keep)
    tokens.revoke_all_tokens(tx, account_id, at)
