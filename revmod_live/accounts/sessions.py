"""Sessions of signed-in browsers: started, looked up, listed, ended.

The browser holds a random token in a cookie; the server holds its digest. Every session ends after
a while without activity and, whatever happens, some hours after it began. Knows nothing of cookies
or passwords. Functions of a transaction, each synchronous and quick.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import secret, store
from revmod_live.accounts.model import Account, Session
from revmod_live.events import SessionEnded
from revmod_live.ids import AccountId, MakeId, SessionId, StateCode, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

IDLE: Final = timedelta(hours=2)
"""Without a request or a living socket for so long, a session is over."""

LONGEST: Final = timedelta(hours=16)
"""A session is over then, whatever happens: a long working day."""

NOTE_EVERY: Final = timedelta(minutes=2)
"""Activity is stored no more often than this: a page view costs no write."""

STEP_UP_AFTER: Final = timedelta(hours=1)
"""A closing vote asks for the password again when it was last given longer ago than this."""

DEVICE_LENGTH: Final = 200


def start_session(
    tx: WriteTx,
    account: Account,
    at: datetime,
    *,
    device: str = "",
    replaces: str | None = None,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> tuple[str, str]:
    """Start a session of `account`; its token (for the cookie alone) and its CSRF secret (for forms).

    device:   what the browser calls itself; kept short, for the person's own list.
    replaces: the token that the browser came with, if any. It is ended: nobody goes on under a token
              that was set before signing in.
    """
    if replaces is not None:
        _end_by_token(tx, replaces, at, act="session-replaced")
    token = make_secret()
    session = Session(
        id=SessionId(make_id()),
        actor=account.actor,
        csrf="",
        created_at=at,
        seen_at=at,
        expires_at=at + LONGEST,
        authenticated_at=at,
        device=_printable(device),
    )
    store.add_session(tx, session, digest=secret.digest(token), ends_at=at + LONGEST)
    _record(tx, "signed-in", at, session.id, account=account.id, state=account.state)
    return token, secret.csrf(token)


def session(tx: ReadTx, token: str, at: datetime) -> Session | None:
    """The living session of a token, with the actor as the account is now; None if there is none.

    A suspended account keeps its session: its `actor.active` is False, and rules refuse it.
    """
    for found, ends_at in store.session_rows(tx, digest=secret.digest(token)):
        living = _with_end(found, ends_at)
        if at < living.expires_at:
            return replace(living, csrf=secret.csrf(token))
    return None


def sessions_of(tx: ReadTx, account: AccountId, at: datetime) -> tuple[Session, ...]:
    """The living sessions of an account, newest first, without their CSRF secrets."""
    every = (_with_end(found, ends_at) for found, ends_at in store.session_rows(tx, account=account))
    return tuple(one for one in every if at < one.expires_at)


def is_worth_noting(found: Session, at: datetime) -> bool:
    """Whether the activity at `at` should be stored with `note_activity`."""
    return at - found.seen_at >= NOTE_EVERY


def note_activity(tx: WriteTx, session_id: SessionId, at: datetime) -> None:
    """Store that the session was active: a request, or a socket that is alive."""
    store.set_session_seen(tx, session_id, at)


def needs_step_up(found: Session, at: datetime) -> bool:
    """Whether the password is to be asked for again before an act that binds a State."""
    return at - found.authenticated_at > STEP_UP_AFTER


def end_session(tx: WriteTx, token: str, at: datetime) -> bool:
    """Sign out the browser with this token; whether there was such a session. Announced."""
    return _end_by_token(tx, token, at, act="signed-out")


def revoke_session(tx: WriteTx, account: AccountId, session_id: SessionId, at: datetime) -> bool:
    """End one session out of the person's own list; whether it was theirs and there. Announced."""
    for found, _ in store.session_rows(tx, account=account):
        if found.id == session_id:
            _end(tx, found, at, act="session-revoked")
            return True
    return False


def end_all_sessions(tx: WriteTx, account: AccountId, at: datetime, *, keep: SessionId | None = None) -> int:
    """End every session of an account but `keep`; how many. Each is announced and recorded."""
    ended = [found for found, _ in store.session_rows(tx, account=account) if found.id != keep]
    for found in ended:
        _end(tx, found, at, act="session-revoked")
    return len(ended)


def end_expired(tx: WriteTx, at: datetime) -> int:
    """End what is over by time, so that sockets of such sessions and tokens close; how many.

    For the application to call every minute or so; looking up never returns them in any case.
    """
    sessions = store.spent_sessions(tx, at=at, seen_before=at - IDLE)
    tokens = store.spent_tokens(tx, at=at)
    for session_id, account in sessions:
        store.drop_session(tx, session_id)
        _record(tx, "session-expired", at, session_id, account=account, state=None)
        tx.announce(SessionEnded(account, session_id))
    for token_id, account in tokens:
        store.drop_token(tx, token_id)
        _record(tx, "token-expired", at, token_id, account=account, state=None)
        tx.announce(SessionEnded(account, token_id))
    return len(sessions) + len(tokens)


def _end_by_token(tx: WriteTx, token: str, at: datetime, *, act: str) -> bool:
    found = store.session_rows(tx, digest=secret.digest(token))
    for one, _ in found:
        _end(tx, one, at, act=act)
    return bool(found)


def _end(tx: WriteTx, found: Session, at: datetime, *, act: str) -> None:
    store.drop_session(tx, found.id)
    _record(tx, act, at, found.id, account=found.actor.account, state=found.actor.state)
    tx.announce(SessionEnded(found.actor.account, found.id))


def _record(
    tx: WriteTx, act: str, at: datetime, session_id: SessionId, *, account: AccountId, state: StateCode | None
) -> None:
    tx.record(Entry(at=at, act=act, account=account, state=state, detail={"session": session_id}))


def _with_end(found: Session, ends_at: datetime) -> Session:
    return replace(found, expires_at=min(ends_at, found.seen_at + IDLE))


def _printable(device: str) -> str:
    return "".join(c for c in device if unicodedata.category(c)[0] != "C")[:DEVICE_LENGTH]
