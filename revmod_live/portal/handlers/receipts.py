"""What is taken home: the receipt of a vote, the package of a sealed step, the page that checks it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from revmod_live.docs.export.package import package
from revmod_live.portal import reading, verify_page
from revmod_live.portal.forms import review_in, step_in
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import receipts


async def give_receipt(request: web.Request) -> web.StreamResponse:
    """GET /reviews/{code}/{step}/vote/receipt: the receipt of the newest vote of my State."""
    services, actor = request.app[SERVICES], visitor(request).actor
    code, letter = review_in(request), step_in(request)
    found = await services.db.read(lambda tx: receipts.receipt_of(tx, actor, code, letter))
    name = f"receipt-{code}-{letter}-{actor.state}.json".lower()
    return _to_be_saved(found, "application/json", name)


async def give_package(request: web.Request) -> web.StreamResponse:
    """GET /reviews/{code}/{step}/package: what I may read of a sealed step, to be kept."""
    services, actor = request.app[SERVICES], visitor(request).actor
    code, letter = review_in(request), step_in(request)
    review, sealed = await services.db.read(lambda tx: receipts.sealed_step(tx, actor, code, letter))

    def made() -> bytes:
        more = reading.pages(services.content, review, sealed) | {verify_page.NAME: verify_page.verify_page()}
        return package(replace(sealed, more=more), services.signing)

    part = "" if sealed.whole else "-" + "-".join(sealed.instruments)
    name = f"sealed-{code}-phase-{sealed.phase}-{letter}{part}.zip"
    return _to_be_saved(await asyncio.to_thread(made), "application/zip", name)


async def give_verify_page(request: web.Request) -> web.StreamResponse:
    """GET /verify.html: the checking page by itself, for packages that came from somebody else."""
    del request
    page = await asyncio.to_thread(verify_page.verify_page)
    return _to_be_saved(page, "text/html", verify_page.NAME)


def _to_be_saved(body: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=kind, headers=headers)
