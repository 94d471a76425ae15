"""Personal access tokens, for programs that act for a person: made, looked up, listed, revoked.

Shown once, stored as a digest, always with an end. A token gives what its owner's account gives, and
nothing once that is suspended. Knows nothing of HTTP.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import secret, store
from revmod_live.accounts.model import AccessToken, Account, Actor
from revmod_live.errors import Malformed
from revmod_live.events import SessionEnded
from revmod_live.ids import AccountId, MakeId, SessionId, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

PREFIX: Final = "rmt_"
"""So that a token is known for what it is wherever it turns up by mistake."""

LONGEST: Final = timedelta(days=366)
LABEL_LENGTH: Final = 100


def make_token(
    tx: WriteTx,
    account: Account,
    at: datetime,
    label: str,
    expires_at: datetime,
    *,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> str:
    """Make a token of `account` that ends at `expires_at`; the token itself, which is shown this once.

    Raises Malformed (place `label`, `expires_at`: in the future, at most a year away).
    """
    label = " ".join(label.split())
    if not 0 < len(label) <= LABEL_LENGTH:
        raise Malformed(f"a label has 1 to {LABEL_LENGTH} characters", place="label")
    if not at < expires_at <= at + LONGEST:
        raise Malformed("a token ends in the future, at most a year away", place="expires_at")
    plain = PREFIX + make_secret()
    token = AccessToken(SessionId(make_id()), account.actor, label, at, expires_at)
    store.add_token(tx, token, digest=secret.digest(plain))
    _record(tx, "token-made", token, at)
    return plain


def token(tx: ReadTx, plain: str, at: datetime) -> AccessToken | None:
    """The living token; None when it is unknown, over, or its owner is not active."""
    if not plain.startswith(PREFIX):
        return None
    for found in store.tokens(tx, digest=secret.digest(plain)):
        if at < found.expires_at and found.actor.active:
            return found
    return None


def token_actor(tx: ReadTx, plain: str, at: datetime) -> Actor | None:
    """Who acts with this token now; None as for `token`."""
    found = token(tx, plain, at)
    return None if found is None else found.actor


def tokens_of(tx: ReadTx, account: AccountId, at: datetime) -> tuple[AccessToken, ...]:
    """The living tokens of an account, newest first."""
    return tuple(one for one in store.tokens(tx, account=account) if at < one.expires_at)


def revoke_token(tx: WriteTx, account: AccountId, token_id: SessionId, at: datetime) -> bool:
    """End one token of the person's own; whether it was theirs and there. Announced as a session's end."""
    for found in store.tokens(tx, account=account):
        if found.id == token_id:
            _revoke(tx, found, at)
            return True
    return False


def revoke_all_tokens(tx: WriteTx, account: AccountId, at: datetime) -> int:
    """End every token of an account; how many. Each is announced and recorded."""
    found = store.tokens(tx, account=account)
    for one in found:
        _revoke(tx, one, at)
    return len(found)


def _revoke(tx: WriteTx, found: AccessToken, at: datetime) -> None:
    store.drop_token(tx, found.id)
    _record(tx, "token-revoked", found, at)
    tx.announce(SessionEnded(found.actor.account, found.id))


def _record(tx: WriteTx, act: str, found: AccessToken, at: datetime) -> None:
    tx.record(
        Entry(
            at=at,
            act=act,
            account=found.actor.account,
            state=found.actor.state,
            detail={"token": found.id, "label": found.label},
        )
    )
