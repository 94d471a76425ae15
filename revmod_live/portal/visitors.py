"""Who is asking: by session cookie on pages, by cookie or token on `/api/` and the sockets.

Never by both: where a token is given no cookie is read, and pages look at no token. Owns the
reading of credentials from a request; what they are worth is for `accounts` to say.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.accounts import second_factor, sessions, tokens
from revmod_live.accounts.model import Actor
from revmod_live.errors import Refused, Unavailable
from revmod_live.ids import SessionId
from revmod_live.workflow import queries_notices

if TYPE_CHECKING:
    from revmod_live.accounts.model import AccessToken, Session
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in.

    session: of the cookie, or the token's own id. csrf: what their forms carry; empty with a
    token, because no cookie is read and so nothing can be forged. unread: how many notices.
    must_enrol: their role asks for a second factor that they have not turned on yet.
    """

    actor: Actor
    session: SessionId
    csrf: str
    by_token: bool
    unread: int = 0
    must_enrol: bool = False


VISITOR: Final = web.RequestKey("visitor", Visitor)
FORM_SECRET: Final = web.RequestKey("form_secret", str)


def visitor(request: web.Request) -> Visitor:
    """Who is signed in, for handlers behind the gate; Refused("sign-in") if nobody is."""
    found: Visitor | None = request.get(VISITOR)
    if found is None:
        raise Refused("sign-in")
    return found


def form_token(secret: str) -> str:
    """What the forms of somebody not signed in carry, from the secret in their cookie."""
    return hashlib.sha256(b"revmod.form.1\n" + secret.encode()).hexdigest()


def new_form_secret() -> str:
    """A secret for somebody not signed in."""
    return secrets.token_urlsafe(24)


def csrf_of(request: web.BaseRequest) -> str:
    """What this reader's forms carry."""
    found: Visitor | None = request.get(VISITOR)
    if found is not None:
        return found.csrf
    return form_token(request[FORM_SECRET]) if FORM_SECRET in request else ""


def is_same(given: str, expected: str) -> bool:
    """Compare two secrets in a time that tells nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def bearer(request: web.BaseRequest, *, in_query: bool) -> str | None:
    """The personal access token of a request; `?token=` only where `in_query` (stock `/yjs` clients)."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return request.query.get("token") if in_query else None


async def by_token(services: Services, token: str) -> Visitor:
    """Whose token this is; Refused("token") for one that is unknown, expired or revoked."""
    at = services.now

    def look(tx: ReadTx) -> tuple[AccessToken, bool] | None:
        known = tokens.token(tx, token, at)
        return None if known is None else (known, _must_enrol(tx, services, known.actor))

    looked = await services.db.read(look)
    if looked is None:
        raise Refused("token")
    found, must_enrol = looked
    return Visitor(found.actor, found.id, csrf="", by_token=True, must_enrol=must_enrol)


async def by_cookie(services: Services, token: str, *, is_there: bool) -> Visitor | None:
    """Whose session this is, or None when it has ended; with how many notices wait for that person.

    is_there: somebody does something, which is noted now and then.
    """
    at = services.now

    def look(tx: ReadTx) -> tuple[Session, int, bool] | None:
        session = sessions.session(tx, token, at)
        if session is None:
            return None
        unread = queries_notices.unread(tx, session.actor.account)
        return session, unread, _must_enrol(tx, services, session.actor)

    looked = await services.db.read(look)
    if looked is None:
        return None
    found, unread, must_enrol = looked
    if is_there and sessions.is_worth_noting(found, at):
        await _note(services, found.id)
    return Visitor(
        actor=found.actor,
        session=found.id,
        csrf=found.csrf,
        by_token=False,
        unread=unread,
        must_enrol=must_enrol,
    )


def _must_enrol(tx: ReadTx, services: Services, actor: Actor) -> bool:
    required = services.settings.second_factor_for
    return actor.role.value in required and not second_factor.is_on(tx, actor.account)


async def _note(services: Services, session: SessionId) -> None:
    at = services.now
    # a full disk keeps nobody from reading
    with contextlib.suppress(Unavailable):
        await services.db.write(lambda tx: sessions.note_activity(tx, session, at))
