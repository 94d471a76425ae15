"""Signing in with address and password: count the try, check the password, start a session.

Three parts, because the middle one is slow on purpose and must hold neither the event loop nor a
transaction:

    attempt = await db.write(lambda tx: begin(tx, email, network=..., at=...))    Refused: too many
    outcome = await in_worker_thread(check, attempt, password)                    50 ms, 64 MiB
    signed  = await db.write(lambda tx: finish(tx, attempt, outcome, at=...))     Refused: wrong

The answer is the same, and takes as long, for an address that is unknown, has no password yet, or
came with a wrong one. Knows nothing of cookies or headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revmod_live.accounts import limits, passwords, secret, sessions, store
from revmod_live.accounts.model import Account
from revmod_live.accounts.people import normalised
from revmod_live.errors import Refused
from revmod_live.ids import MakeId, new_id
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry

WRONG = "wrong-credentials"
TOO_MANY = "too-many-tries"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was let in and counted. `encoded` is the hash to check against, maybe a decoy."""

    account: Account | None
    encoded: str
    address_sha256: str
    network: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the slow part found. `rehashed` is the hash at today's cost, where the stored one is older."""

    is_right: bool
    rehashed: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was started: its token for the cookie, its CSRF secret for forms."""

    account: Account
    token: str
    csrf: str


def begin(tx: WriteTx, email: str, *, network: str, at: datetime) -> Attempt | Refused:
    """Let a try in and count it, or refuse it with `too-many-tries` and `retry_s`.

    The try counts as failed until `finish` knows better, so tries made at the same time are counted
    too. A refused one is neither counted nor recorded: the log must not grow at a stranger's will.
    network: from `limits.network_of`.
    """
    address = secret.digest(normalised(email))
    since = at - limits.WINDOW
    store.forget_tries_before(tx, since)
    if (
        store.count_tries(tx, since=since, address=address, network=network) >= limits.PER_ADDRESS_AND_NETWORK
        or store.count_tries(tx, since=since, address=address) >= limits.PER_ADDRESS
        or store.count_tries(tx, since=since, network=network) >= limits.PER_NETWORK
    ):
        return Refused(TOO_MANY, retry_s=int(limits.WINDOW.total_seconds()))
    store.add_try(tx, address=address, network=network, at=at)
    account, encoded = store.account_by_email(tx, normalised(email)) or (None, None)
    return Attempt(account, encoded or passwords.DECOY, address, network)


def check(attempt: Attempt, password: str, cost: passwords.Cost = passwords.TODAY) -> Outcome:
    """Check the password. Slow on purpose: a worker thread's work, few at a time, outside any transaction."""
    is_right = passwords.matches(attempt.encoded, password) and attempt.account is not None
    if is_right and passwords.is_outdated(attempt.encoded, cost):
        return Outcome(is_right=True, rehashed=passwords.hashed(password, cost))
    return Outcome(is_right=is_right)


def finish(
    tx: WriteTx,
    attempt: Attempt,
    outcome: Outcome,
    *,
    at: datetime,
    device: str = "",
    replaces: str | None = None,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> SignedIn | Refused:
    """Start the session, or refuse with `wrong-credentials`. Returned, not raised: both are recorded.

    A password changed since `begin` refuses. device, replaces: see `sessions.start_session`.
    """
    account = attempt.account
    if account is not None:
        known = store.account_by_email(tx, account.email)
        account = known[0] if known is not None and known[1] == attempt.encoded else None
    if account is None or not outcome.is_right:
        tx.record(
            Entry(
                at=at,
                act="sign-in-refused",
                account=attempt.account.id if attempt.account else None,
                state=attempt.account.state if attempt.account else None,
                detail={"network": attempt.network},
            )
        )
        return Refused(WRONG)
    store.forget_tries(tx, address=attempt.address_sha256, network=attempt.network)
    if outcome.rehashed is not None:
        store.set_account(tx, account.id, password=outcome.rehashed)
    token, csrf = sessions.start_session(
        tx, account, at, device=device, replaces=replaces, make_id=make_id, make_secret=make_secret
    )
    return SignedIn(account, token, csrf)
