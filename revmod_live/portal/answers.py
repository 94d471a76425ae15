"""Answers that many handlers give: problems as pages or JSON, sign-in, going on elsewhere."""

from __future__ import annotations

from functools import partial
from json import dumps
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from revmod_live.errors import Refused, RevmodError
from revmod_live.portal import reasons
from revmod_live.portal.forms import local_path
from revmod_live.portal.statuses import code_of, status_of
from revmod_live.portal.templating import PAGES, language

if TYPE_CHECKING:
    from collections.abc import Mapping


_plain_json = partial(dumps, ensure_ascii=False)


def wants_json(request: web.BaseRequest) -> bool:
    """Whether a program asks, not a person looking at pages."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", "")


def is_programs(request: web.BaseRequest) -> bool:
    """Whether only programs ask there: sockets and the API."""
    return request.path == "/live" or request.path.startswith(("/yjs/", "/api/"))


def json(data: Mapping[str, object], *, status: int = 200) -> web.Response:
    """JSON for the page's script."""
    return web.json_response(dict(data), status=status, dumps=_plain_json)


def see_other(path: str) -> web.Response:
    """Go on to a page of ours after a form was carried out."""
    return web.Response(status=303, headers={"Location": path})


def problem_answer(request: web.Request, problem: RevmodError, *, status: int | None = None) -> web.Response:
    """`problem` in the reader's language, as JSON where that was asked for, else as a page."""
    words = language(request)
    status = status or status_of(problem)
    if wants_json(request) or is_programs(request):
        error: dict[str, object] = {"code": code_of(problem), "message": reasons.sentence(words, problem)}
        return json({"error": error}, status=status)
    return request.app[PAGES].page(
        request,
        "problem.html",
        status=status,
        title=reasons.title(words, problem),
        sentence=reasons.sentence(words, problem),
        code=code_of(problem),
    )


def sign_in_answer(request: web.Request) -> web.StreamResponse:
    """What a reader gets who must sign in first.

    A page is asked for again afterwards; a form that was sent is not: it says so, and what was in it
    is not carried out behind the reader's back.
    """
    if is_programs(request):
        return problem_answer(request, Refused("sign-in"))
    if request.method in ("GET", "HEAD"):
        here = local_path(request.rel_url.raw_path_qs)
        return see_other("/sign-in" if here == "/" else f"/sign-in?{urlencode({'then': here})}")
    return sign_in_page(request, then="/", problem=Refused("sign-in"))


def sign_in_page(
    request: web.Request, *, then: str, problem: RevmodError | None = None, email: str = ""
) -> web.Response:
    """The page to sign in on, with what went wrong the time before."""
    return request.app[PAGES].page(
        request,
        "sign_in.html",
        status=200 if problem is None else status_of(problem),
        then=then,
        email=email,
        problem="" if problem is None else reasons.sentence(language(request), problem),
    )
