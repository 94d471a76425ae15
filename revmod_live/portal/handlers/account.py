"""A person's own sessions and access tokens: seen, ended, made, revoked."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from revmod_live.accounts import people, second_factor, sessions, tokens
from revmod_live.errors import NotFound
from revmod_live.portal.answers import see_other
from revmod_live.portal.forms import new_token, posted, session_in
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES
from revmod_live.portal.visitors import visitor


async def show_account(request: web.Request) -> web.StreamResponse:
    """GET /account."""
    return await _account_page(request, made="")


async def _account_page(request: web.Request, *, made: str) -> web.Response:
    services, who = request.app[SERVICES], visitor(request)
    mine, at = who.actor.account, services.now
    account, has_factor, living, keys = await services.db.read(
        lambda tx: (
            people.account(tx, mine),
            second_factor.is_on(tx, mine),
            sessions.sessions_of(tx, mine, at),
            tokens.tokens_of(tx, mine, at),
        )
    )
    return request.app[PAGES].page(
        request,
        "account.html",
        account=account,
        has_factor=has_factor,
        sessions=living,
        tokens=keys,
        here=who.session,
        made=made,
    )


async def end_session(request: web.Request) -> web.StreamResponse:
    """POST /account/sessions/{id}/end: sign another browser of mine out."""
    services, mine, session = request.app[SERVICES], visitor(request).actor.account, session_in(request)
    if not await services.db.write(lambda tx: sessions.revoke_session(tx, mine, session, services.now)):
        raise NotFound("session")
    return see_other("/account#sessions")


async def make_token(request: web.Request) -> web.StreamResponse:
    """POST /account/tokens: the token is in this one answer and nowhere else."""
    services, mine = request.app[SERVICES], visitor(request).actor.account
    wanted, at = new_token(await posted(request)), services.now
    made = await services.db.write(
        lambda tx: tokens.make_token(
            tx,
            people.account(tx, mine),
            at,
            wanted.label,
            at + timedelta(days=wanted.days),
            make_id=services.make_id,
        )
    )
    return await _account_page(request, made=made)


async def revoke_token(request: web.Request) -> web.StreamResponse:
    """POST /account/tokens/{id}/revoke: what is connected with it is closed."""
    services, mine, token = request.app[SERVICES], visitor(request).actor.account, session_in(request)
    if not await services.db.write(lambda tx: tokens.revoke_token(tx, mine, token, services.now)):
        raise NotFound("token")
    return see_other("/account#tokens")
