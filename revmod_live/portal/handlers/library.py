"""Pages of what everybody may look up: resources, guidelines, contact, and what was submitted."""

from __future__ import annotations

from aiohttp import web

from revmod_live.portal.services import SERVICES
from revmod_live.portal.templating import PAGES
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import queries_submissions


async def show_resources(request: web.Request) -> web.StreamResponse:
    """GET /resources: publications and tools."""
    return request.app[PAGES].page(
        request, "resources.html", resources=request.app[SERVICES].content.library.resources
    )


async def show_guidelines(request: web.Request) -> web.StreamResponse:
    """GET /guidelines: how to answer, review and write."""
    return request.app[PAGES].page(
        request, "guidelines.html", guidelines=request.app[SERVICES].content.library.guidelines
    )


async def show_contact(request: web.Request) -> web.StreamResponse:
    """GET /contact: both ways to get help, also for who cannot sign in."""
    return request.app[PAGES].page(
        request, "contact.html", contacts=request.app[SERVICES].content.library.contacts
    )


async def show_submissions(request: web.Request) -> web.StreamResponse:
    """GET /submissions: what was sealed, as far as I may read it."""
    services, actor = request.app[SERVICES], visitor(request).actor
    reviews = await services.db.read(lambda tx: queries_submissions.submissions(tx, actor))
    return request.app[PAGES].page(request, "submissions.html", reviews=reviews)
