"""What stands before and around every handler: language, errors, sign-in, CSRF.

Order, outermost first: `in_words` finds the reader's language and turns whatever goes wrong into a
page or JSON in it; `at_the_gate` finds out who asks and lets nobody in whom the route table does
not name. A handler behind it needs no try, no look at a cookie and no token check of its own.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.accounts.model import Role
from revmod_live.errors import Malformed, NotFound, Refused, RevmodError, Unavailable
from revmod_live.portal import languages, visitors
from revmod_live.portal.answers import problem_answer, see_other, sign_in_answer, wants_json
from revmod_live.portal.cookies import FORM, LANGUAGE, SESSION
from revmod_live.portal.forms import MAX_UPLOAD_BYTES
from revmod_live.portal.keys import ALLOWED, COOKIES, LANGUAGES
from revmod_live.portal.origins import is_foreign, is_ours
from revmod_live.portal.route_table import Answers, Route, Who
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import LANGUAGE as READER_LANGUAGE
from revmod_live.portal.visitors import FORM_SECRET, VISITOR, Visitor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler

    from revmod_live.portal.services import Services

log = logging.getLogger(__name__)

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_BY_STATUS: Final[Mapping[int, RevmodError]] = {
    404: NotFound("page"),
    405: Malformed("method"),
    413: Refused("size"),
}


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever goes wrong, in the reader's language, as a page or as JSON."""
    jar = request.app[COOKIES]
    code = languages.choose(
        cookie=jar.read(request, LANGUAGE), accepted=request.headers.get("Accept-Language")
    )
    request[READER_LANGUAGE] = request.app[LANGUAGES][code]
    response = await _answered(request, handler)
    _keep_form_secret(request, response)
    return response


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as problem:
        return _refused(request, problem)
    except RevmodError as problem:
        return problem_answer(request, problem)
    except web.HTTPException as answer:
        return _plain_http(request, answer)
    except Exception:
        # by the route's path, not the address: that of a mailed link is a secret
        log.exception("%s %s failed", request.method, _route_path(request))
        return problem_answer(request, Unavailable("fault"), status=500)


def _refused(request: web.Request, problem: Refused) -> web.StreamResponse:
    if problem.because == "sign-in" and not wants_json(request) and not _is_for_script(request):
        return sign_in_answer(request)
    if problem.because == "second-factor-first" and request.method == "GET" and not wants_json(request):
        return see_other("/account/second-factor")
    return problem_answer(request, problem)


def _is_for_script(request: web.Request) -> bool:
    route = request.app[ALLOWED].get(request.match_info.handler)
    return route is not None and route.answers is Answers.JSON


def _route_path(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "?" if resource is None else resource.canonical


def _plain_http(request: web.Request, answer: web.HTTPException) -> web.StreamResponse:
    if answer.status < HTTPStatus.BAD_REQUEST:
        raise answer
    problem = _BY_STATUS.get(answer.status, Malformed("request"))
    response = problem_answer(request, problem, status=answer.status)
    if "Allow" in answer.headers:
        response.headers["Allow"] = answer.headers["Allow"]
    return response


@web.middleware
async def at_the_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks, and let pass whom the route table names, with a form of theirs."""
    route = request.app[ALLOWED].get(request.match_info.handler)
    if route is None:  # static files, and what is no route at all: nobody is asked who they are
        await _identify(request, None)
        return await handler(request)
    await _identify(request, route)
    visitor = request.get(VISITOR)
    if visitor is None and route.who is not Who.ANYONE:
        raise Refused("sign-in")
    if visitor is not None:
        _check_standing(visitor, route)
    if route.answers is Answers.SOCKET:
        _check_socket(request, visitor)
    elif request.method not in SAFE:
        if route.uploads:
            request = request.clone(client_max_size=MAX_UPLOAD_BYTES)
        await _check_form(request, visitor, route)
    return await handler(request)


def _check_standing(visitor: Visitor, route: Route) -> None:
    if route.who in (Who.APPROVED, Who.OFFICER) and not visitor.actor.active:
        raise Refused("suspended")
    if route.who is Who.OFFICER and visitor.actor.role is not Role.SECRETARIAT:
        raise Refused("role")
    if visitor.must_enrol and not route.before_factor and route.who is not Who.ANYONE:
        raise Refused("second-factor-first")


async def _identify(request: web.Request, route: Route | None) -> None:
    services = request.app[SERVICES]
    if route is not None and route.who is Who.SIGNED_IN_OR_TOKEN:
        token = visitors.bearer(request, in_query=route.token_in_query)
        if token is not None:
            request[VISITOR] = await visitors.by_token(services, token)
            return
    if request.path.startswith("/static/"):
        return
    await _by_cookie(request, services, is_there=route is not None and not route.by_itself)


async def _by_cookie(request: web.Request, services: Services, *, is_there: bool) -> None:
    jar = request.app[COOKIES]
    session = jar.read(request, SESSION)
    if session is not None:
        found = await visitors.by_cookie(services, session, is_there=is_there)
        if found is not None:
            request[VISITOR] = found
    request[FORM_SECRET] = jar.read(request, FORM) or visitors.new_form_secret()


def _check_socket(request: web.Request, visitor: Visitor | None) -> None:
    """A browser's socket carries its cookie along from any page there is: the origin must be ours."""
    by_token = visitor is not None and visitor.by_token
    if not by_token and not is_ours(request, request.app[SERVICES].settings):
        raise Refused("origin")


async def _check_form(request: web.Request, visitor: Visitor | None, route: Route) -> None:
    """Every unsafe method: a form of ours, filled in by this reader, sent from a page of ours."""
    if visitor is not None and visitor.by_token:
        return
    settings = request.app[SERVICES].settings
    if is_foreign(request, settings):
        raise Refused("origin")
    header = request.headers.get("X-CSRF-Token")
    # A page whose session ended holds a token that means nothing now. That it could set this header
    # and comes from exactly our origin says as much as a token would: no other site's script may.
    if route.in_place and header is not None and is_ours(request, settings):
        return
    given = header if header is not None else await _csrf_field(request, route)
    if not visitors.is_same(given, visitors.csrf_of(request)):
        raise Refused("form-expired")


async def _csrf_field(request: web.Request, route: Route) -> str:
    if (request.content_length or 0) > request.client_max_size:
        raise Refused("size")
    is_upload = route.uploads and request.content_type == "multipart/form-data"
    if request.content_type != "application/x-www-form-urlencoded" and not is_upload:
        return ""
    value = (await request.post()).get("csrf", "")
    return value if isinstance(value, str) else ""


def _keep_form_secret(request: web.Request, response: web.StreamResponse) -> None:
    """Give a reader who is not signed in the cookie that their forms are bound to, once."""
    if FORM_SECRET not in request or VISITOR in request or response.prepared:
        return
    jar = request.app[COOKIES]
    if jar.read(request, FORM) != request[FORM_SECRET] and jar.name(FORM) not in response.cookies:
        jar.write(response, FORM, request[FORM_SECRET])
