"""Home, the overview of a review, and help."""

from __future__ import annotations

from aiohttp import web

from revmod_live.errors import NotFound
from revmod_live.portal import frame, help_texts
from revmod_live.portal.answers import see_other
from revmod_live.portal.forms import review_in
from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES, language
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import queries_home


async def show_home(request: web.Request) -> web.StreamResponse:
    """GET /: the reviews in which my State takes part, in both capacities; who is not approved goes home."""
    services, actor = request.app[SERVICES], visitor(request).actor
    if not actor.active:
        return see_other(frame.PROFILE)
    days = services.content.default_days
    home = await services.db.read(lambda tx: queries_home.home(tx, actor, at=services.now, default_days=days))
    return request.app[PAGES].page(request, "home.html", home=home)


async def show_review(request: web.Request) -> web.StreamResponse:
    """GET /reviews/{code}: its steps, where they stand, and what I may do in each."""
    services, actor, code = request.app[SERVICES], visitor(request).actor, review_in(request)
    days = services.content.default_days
    review = await services.db.read(
        lambda tx: queries_home.review_page(tx, actor, code, at=services.now, default_days=days)
    )
    statements = services.content.statements(review.cast.under_review)
    return request.app[PAGES].page(request, "review.html", review=review, statements=statements)


async def show_help(request: web.Request) -> web.StreamResponse:
    """GET /help/{page}."""
    name, words = request.match_info["page"], language(request)
    if name not in help_texts.PAGES:
        raise NotFound("page")
    others = [(other, title) for other, title in help_texts.titles(words) if other != name]
    return request.app[PAGES].page(request, "help.html", page=help_texts.page(words, name), others=others)
