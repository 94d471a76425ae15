"""Passwords asked for and set: the slow part, off the event loop and few at a time; and asking again.

Owns how a page asks for the password of whoever is signed in already ("step-up"). What a password is
worth is for `accounts` to say.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.accounts import limits, passwords, people, sessions, signing_in
from revmod_live.errors import Refused, must
from revmod_live.portal.cookies import FORM, LANGUAGE, SESSION, YEAR_S
from revmod_live.portal.keys import COOKIES
from revmod_live.portal.languages import DEFAULT, OFFERED
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from revmod_live.accounts.model import Account, Session
    from revmod_live.storage.database import ReadTx

HASHING: Final = web.AppKey("hashing", asyncio.Semaphore)
"""How many passwords are checked at once: each takes 64 MiB and a core. The others wait their turn."""

PASSWORD_LENGTH: Final = 1024
"""Over-long input is cut off: it cannot be right, and hashing it costs."""


def network(request: web.BaseRequest) -> str:
    """Where a try comes from: the peer of the connection, never a header, which a stranger could write."""
    return limits.network_of(request.remote)


def device(request: web.BaseRequest) -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")


async def chosen(
    request: web.Request,
    password: str,
    about: tuple[str, ...],
    *,
    look: Callable[[ReadTx], object] | None = None,
) -> str:
    """The hash of a password that somebody chose. Raises Refused (`weak-password`), and as `look`.

    about: their name and address. look: asked once more when it is this one's turn, so that a thousand
    uses of one link do not cost a thousand hashes.
    """
    must(passwords.may_choose(password, about=about))
    async with request.app[HASHING]:
        if look is not None:
            await request.app[SERVICES].db.read(look)
        return await asyncio.to_thread(passwords.hashed, password)


async def attempted(
    request: web.Request, email: str, password: str
) -> tuple[signing_in.Attempt, signing_in.Outcome] | Refused:
    """Count a try and check its password; Refused (`too-many-tries`) without checking any."""
    services, at = request.app[SERVICES], request.app[SERVICES].now
    begun = await services.db.write(lambda tx: signing_in.begin(tx, email, network=network(request), at=at))
    if isinstance(begun, Refused):
        return begun
    async with request.app[HASHING]:
        return begun, await asyncio.to_thread(signing_in.check, begun, password[:PASSWORD_LENGTH])


async def own_session(request: web.Request) -> Session:
    """The session of whoever asks, with when the password was last given. Refused (`sign-in`)."""
    services, token = request.app[SERVICES], request.app[COOKIES].read(request, SESSION)
    if token is None:
        raise Refused("sign-in")
    found = await services.db.read(lambda tx: sessions.session(tx, token, services.now))
    if found is None:
        raise Refused("sign-in")
    return found


async def stepped_up(request: web.Request, password: str) -> Refused | None:
    """Ask whoever is signed in for the password once more; None when it was right, and noted.

    Refused (returned, for the form to say) is `wrong-credentials` or `too-many-tries`.
    """
    services, mine = request.app[SERVICES], visitor(request).actor.account
    session = await own_session(request)
    account = await services.db.read(lambda tx: people.account(tx, mine))
    tried = await attempted(request, account.email, password)
    if isinstance(tried, Refused):
        return tried
    attempt, outcome = tried
    return await services.db.write(
        lambda tx: signing_in.step_up(tx, session, attempt, outcome, at=services.now)
    )


async def asked_again(request: web.Request, fields: Mapping[str, str]) -> Refused | None:
    """Before an act that binds a State: None when the password was given lately, or just now in `fields`.

    Refused (`step-up`) when it is to be asked for, or why what was given does not do. Decision D-30.
    """
    services = request.app[SERVICES]
    if not sessions.needs_step_up(await own_session(request), services.now):
        return None
    password = fields.get("password", "")
    return await stepped_up(request, password) if password else Refused("step-up")


def begin_session(request: web.Request, response: web.Response, account: Account, token: str) -> None:
    """Give the browser the cookie of a session that was started, and the person's own language."""
    jar = request.app[COOKIES]
    jar.write(response, SESSION, token)
    jar.forget(response, FORM)
    # an account that never chose has the default: then the browser's own wish stands
    if jar.read(request, LANGUAGE) is None and account.language in OFFERED.keys() - {DEFAULT}:
        jar.write(response, LANGUAGE, account.language, max_age_s=YEAR_S)


def account_of(tx: ReadTx, request: web.Request) -> Account:
    """The account of whoever asks, as it is now."""
    return people.account(tx, visitor(request).actor.account)
