"""Late text: what came too late to be merged, shown to its author on any device, and dismissed."""

from __future__ import annotations

from aiohttp import web

from revmod_live.docs.canonical import parse_blocks
from revmod_live.docs.model import block_text
from revmod_live.errors import Malformed
from revmod_live.ids import SectionId
from revmod_live.portal.answers import json
from revmod_live.portal.forms import late_in, section_of_query
from revmod_live.portal.services import SERVICES
from revmod_live.portal.visitors import visitor
from revmod_live.sync.late import LateText


async def list_late(request: web.Request) -> web.StreamResponse:
    """GET /api/late?section=…: my late text of one section or of all, whatever I may read now."""
    services, mine = request.app[SERVICES], visitor(request).actor.account
    section: SectionId | None = section_of_query(request)
    found = await services.rooms.late_of(mine, section)
    return json({"items": [_item(late) for late in found]})


async def dismiss_late(request: web.Request) -> web.StreamResponse:
    """POST /api/late/{id}/dismiss: out of the drawer."""
    services, mine = request.app[SERVICES], visitor(request).actor.account
    await services.rooms.dismiss_late(mine, late_in(request))
    return json({"ok": True})


def _item(late: LateText) -> dict[str, object]:
    return {
        "id": late.id,
        "section": late.section,
        "code": late.code,
        "at": int(late.at.timestamp() * 1000),
        "before": late.before,
        "after": late.after,
        "text": _plain(late.after),
    }


def _plain(canonical: str) -> str:
    """The words alone; what cannot be read as blocks is given as it came: it is the author's own."""
    try:
        return "\n".join(block_text(block) for block in parse_blocks(canonical.encode()))
    except Malformed:
        return canonical
