"""Signing in and out, and choosing the language of the interface."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from revmod_live.accounts import people, sessions, signing_in
from revmod_live.errors import Refused
from revmod_live.portal import proving
from revmod_live.portal.answers import json, see_other, sign_in_page, wants_json
from revmod_live.portal.cookies import CODE, LANGUAGE, SESSION, YEAR_S
from revmod_live.portal.forms import Credentials, credentials, local_path, posted
from revmod_live.portal.keys import COOKIES
from revmod_live.portal.languages import OFFERED
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import VISITOR


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    """GET /sign-in. Whoever is signed in goes where they were going."""
    then = local_path(request.query.get("then", "/"))
    return see_other(then) if VISITOR in request else sign_in_page(request, then=then)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in, from its page or from a dialog over a page whose session has ended."""
    given = credentials(await posted(request))
    signed = await _sign_in(request, given)
    if isinstance(signed, signing_in.CodeNeeded):
        return _ask_for_code(request, given, signed)
    if isinstance(signed, Refused):
        if wants_json(request):
            raise signed
        return sign_in_page(request, then=given.then, problem=signed, email=given.email)
    response = (
        json({"ok": True, "csrf": signed.csrf, "account": signed.account.id})
        if wants_json(request)
        else see_other(given.then)
    )
    proving.begin_session(request, response, signed.account, signed.token)
    return response


def _ask_for_code(
    request: web.Request, given: Credentials, needed: signing_in.CodeNeeded
) -> web.StreamResponse:
    if wants_json(request):
        # the dialog over a page has no place for it
        raise Refused("code-needed")
    response = see_other(f"/sign-in/code?{urlencode({'then': given.then})}")
    max_age_s = int(signing_in.CODE_WITHIN.total_seconds())
    request.app[COOKIES].write(response, CODE, needed.token, max_age_s=max_age_s)
    return response


async def _sign_in(
    request: web.Request, given: Credentials
) -> signing_in.SignedIn | signing_in.CodeNeeded | Refused:
    services = request.app[SERVICES]
    tried = await proving.attempted(request, given.email, given.password)
    if isinstance(tried, Refused):
        return tried
    attempt, outcome = tried
    return await services.db.write(
        lambda tx: signing_in.finish(
            tx,
            attempt,
            outcome,
            at=services.now,
            device=proving.device(request),
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
