"""The drafting page, its edit log, taking and releasing sections, and a section's text for the page."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from revmod_live.accounts.model import Actor
from revmod_live.docs.schema import SCHEMA
from revmod_live.errors import Allowed, NotFound, Refused
from revmod_live.ids import AccountId, ClaimId, SectionId
from revmod_live.portal import moving, reads, reasons, texts
from revmod_live.portal.answers import json, see_other, wants_json
from revmod_live.portal.forms import (
    claim_to_release,
    holder_to_release,
    instrument_in,
    number_in,
    posted,
    review_in,
    section_in,
    step_in,
    take,
)
from revmod_live.portal.services import SERVICES, Services
from revmod_live.portal.templating import PAGES, language, names_of
from revmod_live.portal.texts import FieldDiff
from revmod_live.portal.visitors import visitor
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import commands, queries, queries_drafting, rules
from revmod_live.workflow.pages import EditLog, SectionView

NEWEST: Final = 8
"""Entries beside the text."""

A_PAGE: Final = 25
"""Entries on a page of the log: for each run of typing the journal is read."""


async def show_drafting(request: web.Request) -> web.StreamResponse:
    """GET /reviews/{code}/{step}/{instrument}: all its sections, as text that a script makes an editor."""
    services, actor, words = request.app[SERVICES], visitor(request).actor, names_of(request)
    code, letter, instrument = review_in(request), step_in(request), instrument_in(request)
    page = await moving.drafting_page(services, actor, code, letter, instrument)
    await reads.noted(services, actor, page.step, [page.instrument])
    log = await _log(services, request, limit=NEWEST) if isinstance(page.see_log, Allowed) else None
    return request.app[PAGES].page(
        request,
        "drafting.html",
        page=page,
        texts={section.id: texts.fields(words, section.text) for section in page.sections},
        log=log,
        schema=SCHEMA,
        releases=rules.releases(actor, page.cast, page.letter) or "",
    )


async def show_log(request: web.Request) -> web.StreamResponse:
    """GET …/log: who changed what; `?fragment=1`: its newest entries alone, for the page's script."""
    services = request.app[SERVICES]
    if request.query.get("fragment"):
        log = await _log(services, request, limit=NEWEST)
        return request.app[PAGES].page(request, "log_fragment.html", log=log)
    before = number_in(request, "before")
    log = await _log(services, request, limit=A_PAGE, before=before)
    diffs = await _differences(services, request, log)
    return request.app[PAGES].page(request, "log.html", log=log, diffs=diffs, before=before)


async def _log(services: Services, request: web.Request, *, limit: int, before: int | None = None) -> EditLog:
    actor, code = visitor(request).actor, review_in(request)
    letter, instrument = step_in(request), instrument_in(request)

    def ask(tx: ReadTx) -> EditLog:
        return queries_drafting.edit_log(tx, actor, code, letter, instrument, before=before, limit=limit)

    log = await services.db.read(ask)
    # it shows earlier drafts
    await reads.noted(services, actor, log.step, [instrument])
    return log


async def _differences(
    services: Services, request: web.Request, log: EditLog
) -> dict[int, tuple[FieldDiff, ...]]:
    found = {}
    for entry in log.entries:
        if entry.section is None or entry.key is None or entry.rev_from is None or entry.rev_to is None:
            continue
        changed = await services.rooms.changes(
            entry.section, entry.rev_from, entry.rev_to, account=entry.account
        )
        found[entry.id] = texts.changes(names_of(request), entry.key, changed)
    return found


async def take_section(request: web.Request) -> web.StreamResponse:
    """POST /sections/{section}/take, from the button or from the page's script."""
    services, actor, section = request.app[SERVICES], visitor(request).actor, section_in(request)
    back = await services.db.read(lambda tx: _page_of(tx, actor, section))
    wanted = take(await posted(request))
    try:
        await services.db.write(
            lambda tx: commands.take_section(
                tx,
                actor,
                section,
                alone=wanted.alone,
                join=wanted.join,
                at=services.now,
                make_id=services.make_id,
            )
        )
    except Refused as problem:
        if problem.because != "join-anyway" or wants_json(request):
            raise
        return _ask_to_join(request, section, back, problem)
    return json({"ok": True}) if wants_json(request) else see_other(back)


def _ask_to_join(request: web.Request, section: SectionId, back: str, problem: Refused) -> web.Response:
    return request.app[PAGES].page(
        request,
        "join.html",
        status=409,
        section=section,
        back=back,
        sentence=reasons.sentence(language(request), problem),
    )


async def release_section(request: web.Request) -> web.StreamResponse:
    """POST /sections/{section}/release: my own claim, or one that the form names, itself or its holder."""
    services, actor, section = request.app[SERVICES], visitor(request).actor, section_in(request)
    back = await services.db.read(lambda tx: _page_of(tx, actor, section))
    fields = await posted(request)
    holder = holder_to_release(fields) or actor.account
    claim = claim_to_release(fields) or await services.db.read(lambda tx: _claim_of(tx, holder, section))
    if claim is not None:
        await services.db.write(
            lambda tx: commands.release_section(tx, actor, claim, services.now, make_id=services.make_id)
        )
    return json({"ok": True}) if wants_json(request) else see_other(back)


async def take_by_program(request: web.Request) -> web.StreamResponse:
    """POST /api/sections/{section}/take: the same for a program with a token, answered in JSON."""
    return await take_section(request)


async def release_by_program(request: web.Request) -> web.StreamResponse:
    """POST /api/sections/{section}/release: the same for a program with a token, answered in JSON."""
    return await release_section(request)


def _claim_of(tx: ReadTx, account: AccountId, section: SectionId) -> ClaimId | None:
    held = queries.live_claims(tx, section)
    return next((claim.id for claim in held if claim.account == account), None)


def _page_of(tx: ReadTx, actor: Actor, section: SectionId) -> str:
    """The address of a section on its page, for somebody who may read it. Raises as `section_page`."""
    queries_drafting.section_page(tx, actor, section)
    facts = queries.section_facts(tx, section)
    if facts is None:
        raise NotFound("section")
    return f"/reviews/{facts.review_code}/{facts.letter}/{facts.instrument}#section-{facts.name}"


async def section_text(request: web.Request) -> web.StreamResponse:
    """GET /api/section/{section}/text: what this person may read now."""
    services, actor, section = request.app[SERVICES], visitor(request).actor, section_in(request)

    async def ask() -> SectionView:
        return await services.db.read(lambda tx: queries_drafting.section_page(tx, actor, section))

    found = await ask()
    if found.digest_rev != found.rev:
        await services.rooms.bring_up_to_date([section])
        found = await ask()
    await reads.noted(services, actor, found.step, [found.instrument])
    return json(
        {
            "rev": found.digest_rev,
            "digest": found.digest,
            "epoch": found.epoch,
            "html": texts.plain_html(found.text),
        }
    )
