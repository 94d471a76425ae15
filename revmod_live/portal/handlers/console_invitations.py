"""The console's invitations: a note verbale is recorded and its person invited, again, or no longer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from revmod_live.accounts import invitations, nominations, overviews
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.ids import NoteId
from revmod_live.portal.answers import see_other
from revmod_live.portal.forms import Fields, account_in, session_in
from revmod_live.portal.people_forms import nomination_form, posted_with_file, problems
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language, names_of
from revmod_live.portal.visitors import visitor
from revmod_live.storage.files import kind_of

if TYPE_CHECKING:
    from revmod_live.accounts.papers import Nomination
    from revmod_live.errors import RevmodError
    from revmod_live.ids import Digest

HERE = "/console/invitations"
MAX_SCAN_BYTES = 10 * 1024 * 1024
FIELDS = ("state", "role", "email", "name", "reference", "dated", "language")


async def show_invitations(request: web.Request) -> web.StreamResponse:
    """GET /console/invitations: who has not set a password yet, and the form for a note verbale."""
    return await _page(request)


async def invite(request: web.Request) -> web.StreamResponse:
    """POST /console/invitations: record what a note verbale says, and mail the invitation."""
    fields, scan = await posted_with_file(request, "scan")
    services, actor = request.app[SERVICES], visitor(request).actor
    try:
        named = await nomination_of(request, fields, scan)
        await services.db.write(
            lambda tx: invitations.invite(
                tx, named, services.now, by=actor, post=services.post, make_id=services.make_id
            )
        )
    except (Malformed, Refused) as problem:
        return await _page(request, typed=fields, problem=problem)
    return see_other(f"{HERE}#invited")


async def resend(request: web.Request) -> web.StreamResponse:
    """POST /console/invitations/{account}/resend: a new link; the old one is dead."""
    services, actor, account = request.app[SERVICES], visitor(request).actor, account_in(request)
    await services.db.write(
        lambda tx: invitations.resend(
            tx, account, services.now, by=actor, post=services.post, make_id=services.make_id
        )
    )
    return see_other(f"{HERE}#invited")


async def revoke(request: web.Request) -> web.StreamResponse:
    """POST /console/invitations/{account}/revoke: the link is dead."""
    services, actor, account = request.app[SERVICES], visitor(request).actor, account_in(request)
    await services.db.write(lambda tx: invitations.revoke(tx, account, services.now, by=actor))
    return see_other(f"{HERE}#invited")


async def show_scan(request: web.Request) -> web.StreamResponse:
    """GET /console/people/{account}/notes/{id}/scan: the picture of a note verbale, to be saved."""
    services, note_id = request.app[SERVICES], NoteId(session_in(request))
    account = account_in(request)
    notes = await services.db.read(lambda tx: nominations.notes_of(tx, account))
    digest = next((note.nomination.scan_sha256 for note in notes if note.id == note_id), None)
    if digest is None:
        raise NotFound("file")
    content = await asyncio.to_thread(services.files.get, digest)
    # by its own bytes, as when it came; never shown inside one of our pages
    kind, ending = kind_of(content) or ("application/octet-stream", "bin")
    return web.Response(
        body=content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="note-verbale-{note_id[:8]}.{ending}"'},
    )


async def nomination_of(request: web.Request, fields: Fields, scan: bytes) -> Nomination:
    """A note verbale out of a form, its scan kept. Raises Malformed (place: the field, or `scan`)."""
    # the file last: what is refused for another field keeps none
    states = {code for code, _name in names_of(request).states()}
    named = nomination_form(fields, states=states, scan=None)
    if not scan:
        return named
    return nomination_form(fields, states=states, scan=await _kept(request, scan))


async def _kept(request: web.Request, scan: bytes) -> Digest:
    if len(scan) > MAX_SCAN_BYTES or kind_of(scan) is None:
        raise Malformed("a PDF, PNG or JPEG file of at most 10 MB", place="scan")
    return await asyncio.to_thread(request.app[SERVICES].files.put, scan)


async def _page(
    request: web.Request, *, typed: Fields | None = None, problem: RevmodError | None = None
) -> web.Response:
    services, actor, names = request.app[SERVICES], visitor(request).actor, names_of(request)
    found = await services.db.read(lambda tx: overviews.invitations(tx, actor))
    return request.app[PAGES].page(
        request,
        "console_invitations.html",
        status=200 if problem is None else status_of(problem),
        invitations=found,
        at=services.now,
        fields=shown(typed),
        problems={} if problem is None else problems(language(request), problem),
        states=names.states(),
        roles=names.roles(),
    )


def shown(typed: Fields | None) -> Fields:
    """What the form of a note verbale shows: what was typed, or nothing yet."""
    return {name: (typed or {}).get(name, "") for name in FIELDS}
