"""Signing in and out, and choosing the language of the interface."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from revmod_live.accounts import limits, people, sessions, signing_in
from revmod_live.errors import Refused
from revmod_live.portal.answers import json, see_other, sign_in_page, wants_json
from revmod_live.portal.cookies import FORM, LANGUAGE, SESSION, YEAR_S
from revmod_live.portal.forms import Credentials, credentials, local_path, posted
from revmod_live.portal.keys import COOKIES
from revmod_live.portal.languages import DEFAULT, OFFERED
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import VISITOR

HASHING: Final = web.AppKey("hashing", asyncio.Semaphore)
"""How many passwords are checked at once: each takes 64 MiB and a core. The others wait their turn."""


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """GET /sign-in. Whoever is signed in goes where they were going."""
    then = local_path(request.query.get("then", "/"))
    return see_other(then) if VISITOR in request else sign_in_page(request, then=then)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in, from its page or from a dialog over a page whose session has ended."""
    given = credentials(await posted(request))
    signed = await _sign_in(request, given)
    if isinstance(signed, signing_in.CodeNeeded):
        raise Refused("code-needed")
    if isinstance(signed, Refused):
        if wants_json(request):
            raise signed
        return sign_in_page(request, then=given.then, problem=signed, email=given.email)
    response = (
        json({"ok": True, "csrf": signed.csrf, "account": signed.account.id})
        if wants_json(request)
        else see_other(given.then)
    )
    jar = request.app[COOKIES]
    jar.write(response, SESSION, signed.token)
    jar.forget(response, FORM)
    # an account that never chose has the default: then the browser's own wish stands
    if jar.read(request, LANGUAGE) is None and signed.account.language in OFFERED.keys() - {DEFAULT}:
        jar.write(response, LANGUAGE, signed.account.language, max_age_s=YEAR_S)
    return response


async def _sign_in(
    request: web.Request, given: Credentials
) -> signing_in.SignedIn | signing_in.CodeNeeded | Refused:
    services, at = request.app[SERVICES], request.app[SERVICES].now
    # the peer of the connection, never a header: a stranger could write anything into one
    network = limits.network_of(request.remote)
    attempt = await services.db.write(lambda tx: signing_in.begin(tx, given.email, network=network, at=at))
    if isinstance(attempt, Refused):
        return attempt
    async with request.app[HASHING]:
        outcome = await asyncio.to_thread(signing_in.check, attempt, given.password)
    return await services.db.write(
        lambda tx: signing_in.finish(
            tx,
            attempt,
            outcome,
            at=services.now,
            device=request.headers.get("User-Agent", ""),
            replaces=request.app[COOKIES].read(request, SESSION),
            make_id=services.make_id,
        )
    )


async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out: end this session and with it its sockets; the page wipes what is on the device."""
    services, jar = request.app[SERVICES], request.app[COOKIES]
    token = jar.read(request, SESSION)
    if token is not None:
        await services.db.write(lambda tx: sessions.end_session(tx, token, services.now))
    response = json({"ok": True}) if wants_json(request) else see_other("/sign-in")
    jar.forget(response, SESSION)
    return response


async def check_session(request: web.Request) -> web.StreamResponse:
    """POST /session/check: 204 while signed in; the gate answers 401 otherwise."""
    assert VISITOR in request  # noqa: S101 -- the route table says so
    return web.Response(status=204)


async def choose_language(request: web.Request) -> web.StreamResponse:
    """POST /language: remember it on this device, and for the account of whoever is signed in."""
    fields = await posted(request)
    code, then = fields.get("language", ""), local_path(fields.get("then", "/"))
    response = json({"ok": True}) if wants_json(request) else see_other(then)
    if code not in OFFERED:
        return response
    request.app[COOKIES].write(response, LANGUAGE, code, max_age_s=YEAR_S)
    visitor = request.get(VISITOR)
    if visitor is not None:
        await request.app[SERVICES].db.write(lambda tx: people.set_language(tx, visitor.actor.account, code))
    return response
