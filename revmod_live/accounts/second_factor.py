"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

A code is good for its own time step and the one on either side, for clocks that differ, and never
twice. Functions of a transaction; how often somebody may try is for `signing_in`. Decision D-30.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyotp
from pyotp.utils import strings_equal

from revmod_live.accounts import secret, store
from revmod_live.accounts.model import Account, Session
from revmod_live.accounts.papers import SecondFactor
from revmod_live.errors import Refused
from revmod_live.ids import AccountId
from revmod_live.mail.model import Recipient
from revmod_live.mail.post import Post
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

STEP_S: Final = 30
AROUND: Final = 1
"""Steps before and after the present one whose code is taken too."""

CODES: Final = 10
CODE_BYTES: Final = 10
"""80 random bits: nobody guesses one, so a fast digest of it is enough."""

FRESH: Final = timedelta(minutes=5)
"""How lately the password must have been given for the factor to be turned off."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the person's app is told, once: by a picture of `uri`, or by typing `secret`."""

    secret: str
    uri: str


def is_on(tx: ReadTx, account: AccountId) -> bool:
    """Whether signing in asks for a code."""
    factor = store.second_factor(tx, account)
    return factor is not None and factor.confirmed_at is not None


def must_enrol(tx: ReadTx, account: Account, *, required_for: Collection[str]) -> bool:
    """Whether this person's role requires a second factor that they have not turned on.

    required_for: codes of roles (setting `second_factor_for`).
    """
    return account.role.value in required_for and not is_on(tx, account.id)


def codes_left(tx: ReadTx, account: AccountId) -> int:
    """How many recovery codes were not used yet."""
    return store.recovery_codes_left(tx, account)


def enrol(
    tx: WriteTx,
    account: Account,
    at: datetime,
    *,
    issuer: str,
    make_secret: Callable[[], str] = pyotp.random_base32,
) -> Enrolment:
    """Begin to turn it on. It counts for nothing until `confirm`; beginning again makes a new secret.

    issuer: what the app lists it under. Raises Refused (`second-factor-on`).
    """
    if is_on(tx, account.id):
        raise Refused("second-factor-on")
    made = make_secret()
    store.put_second_factor(tx, account.id, SecondFactor(made, at, None, 0))
    return _told(account, made, issuer)


def begun(tx: ReadTx, account: Account, *, issuer: str) -> Enrolment | None:
    """What the app is told, again, while no code has confirmed it; None before `enrol` and once it is on."""
    factor = store.second_factor(tx, account.id)
    if factor is None or factor.confirmed_at is not None:
        return None
    return _told(account, factor.secret, issuer)


def _told(account: Account, made: str, issuer: str) -> Enrolment:
    return Enrolment(made, pyotp.TOTP(made).provisioning_uri(name=account.email, issuer_name=issuer))


def confirm(
    tx: WriteTx,
    account: Account,
    code: str,
    at: datetime,
    *,
    post: Post,
    make_codes: Callable[[], tuple[str, ...]] | None = None,
) -> tuple[str, ...]:
    """Turn it on with a first code; the recovery codes, which are shown this once.

    Raises Refused (`wrong-code`; `second-factor-on`; `second-factor-off`: not begun).
    """
    factor = store.second_factor(tx, account.id)
    if factor is None:
        raise Refused("second-factor-off")
    if factor.confirmed_at is not None:
        raise Refused("second-factor-on")
    step = _step_of(factor, code, at)
    if step is None:
        raise Refused("wrong-code")
    store.put_second_factor(tx, account.id, SecondFactor(factor.secret, factor.made_at, at, step))
    codes = (make_codes or new_codes)()
    store.put_recovery_codes(tx, account.id, [_code_digest(one) for one in codes])
    _tell(tx, account, "second-factor-on", at, post=post)
    return codes


def new_recovery_codes(tx: WriteTx, account: Account, session: Session, at: datetime) -> tuple[str, ...]:
    """New recovery codes in place of the old ones. Raises Refused (`step-up`, `second-factor-off`)."""
    if not is_on(tx, account.id):
        raise Refused("second-factor-off")
    _must_be_fresh(session, at)
    codes = new_codes()
    store.put_recovery_codes(tx, account.id, [_code_digest(one) for one in codes])
    tx.record(Entry(at=at, act="recovery-codes-made", account=account.id, state=account.state))
    return codes


def turn_off(
    tx: WriteTx,
    account: Account,
    session: Session,
    at: datetime,
    *,
    post: Post,
    required_for: Collection[str] = (),
) -> None:
    """Turn it off, with the password given a moment ago (`signing_in.step_up`).

    Raises Refused (`step-up`; `second-factor-required` for this role; `second-factor-off`).
    """
    if account.role.value in required_for:
        raise Refused("second-factor-required")
    if not is_on(tx, account.id):
        raise Refused("second-factor-off")
    _must_be_fresh(session, at)
    store.drop_second_factor(tx, account.id)
    _tell(tx, account, "second-factor-off", at, post=post)


def reset(tx: WriteTx, account: Account, at: datetime, *, by: AccountId | None, post: Post) -> None:
    """Take it away from somebody who lost both the device and the codes: the secretariat's act.

    Who they are was made sure of outside this program. Raises Refused (`second-factor-off`).
    """
    if not store.drop_second_factor(tx, account.id):
        raise Refused("second-factor-off")
    _tell(tx, account, "second-factor-off", at, post=post, by=by)


def is_right(tx: WriteTx, account: AccountId, code: str, at: datetime) -> bool:
    """Whether a code, or a recovery code, is right; it is used up by that.

    A code of the app is taken in its time step and the one before and after, and never again: neither
    that one nor an older one.
    """
    factor = store.second_factor(tx, account)
    if factor is None or factor.confirmed_at is None:
        return False
    step = _step_of(factor, code, at)
    if step is not None:
        return store.set_last_step(tx, account, step)
    return store.use_recovery_code(tx, account, _code_digest(code), at)


def new_codes() -> tuple[str, ...]:
    """Recovery codes: four groups of four letters and digits each, none that look alike."""
    made = (base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES))
    return tuple("-".join(one[i : i + 4] for i in range(0, 16, 4)) for one in made)


def _step_of(factor: SecondFactor, code: str, at: datetime) -> int | None:
    """The time step whose code this is, if it is one that may be used now."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdecimal()):
        return None
    totp = pyotp.TOTP(factor.secret)
    present = int(at.timestamp()) // STEP_S
    for step in range(present - AROUND, present + AROUND + 1):
        if strings_equal(given, totp.generate_otp(step)) and step > factor.last_step:
            return step
    return None


def _code_digest(code: str) -> str:
    """What is stored of a recovery code, however it is typed."""
    return secret.digest("".join(c for c in code.lower() if c.isalnum()))


def _must_be_fresh(session: Session, at: datetime) -> None:
    if at - session.authenticated_at > FRESH:
        raise Refused("step-up")


def _tell(
    tx: WriteTx, account: Account, act: str, at: datetime, *, post: Post, by: AccountId | None = None
) -> None:
    """Record it and tell the person by mail: it may not have been they."""
    tx.record(Entry(at=at, act=act, account=by or account.id, state=account.state, detail={"of": account.id}))
    to = Recipient(account.email, account.language, account.id)
    post.write(tx, act, to, at, path="/sign-in", name=account.name, when=at)
