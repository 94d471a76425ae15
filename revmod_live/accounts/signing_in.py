"""Signing in with address and password: count the try, check the password, start a session.

Three parts, because the middle one is slow on purpose and must hold neither the event loop nor a
transaction:

    attempt = await db.write(lambda tx: begin(tx, email, network=..., at=...))    Refused: too many
    outcome = await in_worker_thread(check, attempt, password)                    50 ms, 64 MiB
    signed  = await db.write(lambda tx: finish(tx, attempt, outcome, at=...))     Refused: wrong

Where a second factor is on, `finish` gives a token that may do nothing but bring the code:

    signed  = await db.write(lambda tx: give_code(tx, token, code, at=...))       Refused: wrong code

The same first two parts and `step_up` ask a signed-in person for the password again. The answer is
the same, and takes as long, for an address that is unknown, has no password yet, is disabled,
or came with a wrong one. Knows nothing of cookies or headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import limits, passwords, second_factor, secret, sessions, store
from revmod_live.accounts.model import Account, Session, Standing
from revmod_live.accounts.papers import Pending
from revmod_live.accounts.people import normalised
from revmod_live.errors import Refused
from revmod_live.ids import MakeId, SessionId, new_id
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry

WRONG = "wrong-credentials"
WRONG_CODE = "wrong-code"
TOO_MANY = "too-many-tries"
OVER = "sign-in-expired"

CODE_WITHIN: Final = timedelta(minutes=5)
"""How long after the password the code may come."""

CODES_EACH: Final = 5
"""Wrong codes after which the password is asked for again."""

CODES_PER_ACCOUNT: Final = 10
"""Wrong codes within `limits.WINDOW` from wherever: who gets here knows the password already."""


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


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right; `token` (for a cookie of its own) may bring the code, and nothing else."""

    token: str


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
    if account is not None and account.standing is Standing.DISABLED:
        account, encoded = None, None
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
) -> SignedIn | CodeNeeded | Refused:
    """Start the session, ask for the code, or refuse with `wrong-credentials`: returned, as it is recorded.

    A password changed, or an account disabled, since `begin` refuses. device, replaces: see
    `sessions.start_session`.
    """
    account = _proved(tx, attempt, outcome, at, act="sign-in-refused")
    if account is None:
        return Refused(WRONG)
    store.forget_tries(tx, address=attempt.address_sha256, network=attempt.network)
    if outcome.rehashed is not None:
        store.set_account(tx, account.id, password=outcome.rehashed)
    if second_factor.is_on(tx, account.id):
        waits = make_secret()
        pending = Pending(SessionId(make_id()), account.id, at, at + CODE_WITHIN, 0)
        store.drop_pending(tx, expired_at=at)
        store.add_pending(tx, pending, digest=secret.digest(waits))
        return CodeNeeded(waits)
    token, csrf = sessions.start_session(
        tx, account, at, device=device, replaces=replaces, make_id=make_id, make_secret=make_secret
    )
    return SignedIn(account, token, csrf)


def give_code(
    tx: WriteTx,
    waits: str,
    code: str,
    *,
    network: str,
    at: datetime,
    device: str = "",
    replaces: str | None = None,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> SignedIn | Refused:
    """Start the session with the code of the second factor, or a recovery code.

    waits: the token of `CodeNeeded`. Refused (returned, since a try is counted) is `wrong-code`;
    `too-many-tries`; `sign-in-expired`: begin again with the password.
    """
    pending = store.pending(tx, secret.digest(waits))
    if pending is None or at >= pending.expires_at or pending.tries >= CODES_EACH:
        return Refused(OVER)
    account = store.account(tx, pending.account)
    if account is None or account.standing is Standing.DISABLED:
        return Refused(OVER)
    since, key = at - limits.WINDOW, secret.digest(f"second factor {account.id}")
    if store.count_tries(tx, since=since, address=key) >= CODES_PER_ACCOUNT:
        return Refused(TOO_MANY, retry_s=int(limits.WINDOW.total_seconds()))
    if not second_factor.is_right(tx, account.id, code, at):
        store.add_try(tx, address=key, network=network, at=at)
        store.count_pending_try(tx, pending.id)
        _record_refused(tx, account, "code-refused", at, network=network)
        return Refused(WRONG_CODE)
    store.drop_pending(tx, pending_id=pending.id)
    token, csrf = sessions.start_session(
        tx, account, at, device=device, replaces=replaces, make_id=make_id, make_secret=make_secret
    )
    return SignedIn(account, token, csrf)


def step_up(
    tx: WriteTx, session: Session, attempt: Attempt, outcome: Outcome, *, at: datetime
) -> Refused | None:
    """Note in a session that the password was given again; Refused (returned) is `wrong-credentials`.

    attempt: from `begin` with the address of the session's own account; another's proves nothing here.
    """
    account = _proved(tx, attempt, outcome, at, act="step-up-refused")
    if account is None or account.id != session.actor.account:
        return Refused(WRONG)
    if not store.set_session_authenticated(tx, session.id, account.id, at):
        return Refused(WRONG)
    store.forget_tries(tx, address=attempt.address_sha256, network=attempt.network)
    tx.record(
        Entry(
            at=at, act="stepped-up", account=account.id, state=account.state, detail={"session": session.id}
        )
    )
    return None


def _proved(tx: WriteTx, attempt: Attempt, outcome: Outcome, at: datetime, *, act: str) -> Account | None:
    """The account as it is now, if the password was right and is the same still; a no is recorded."""
    if attempt.account is not None and outcome.is_right:
        known = store.account_by_email(tx, attempt.account.email)
        if (
            known is not None
            and known[0].id == attempt.account.id
            and known[1] == attempt.encoded
            and known[0].standing is not Standing.DISABLED
        ):
            return known[0]
    _record_refused(tx, attempt.account, act, at, network=attempt.network)
    return None


def _record_refused(tx: WriteTx, account: Account | None, act: str, at: datetime, *, network: str) -> None:
    tx.record(
        Entry(
            at=at,
            act=act,
            account=account.id if account else None,
            state=account.state if account else None,
            detail={"network": network},
        )
    )
