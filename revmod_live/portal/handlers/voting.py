"""The vote page of a step: shown, voted on, withdrawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from revmod_live.accounts.model import Actor
from revmod_live.errors import Allowed, Refused, Stale
from revmod_live.ids import InstrumentCode, StepId
from revmod_live.portal import moving, proving, reads, reasons, texts
from revmod_live.portal.answers import json, see_other, wants_json
from revmod_live.portal.forms import Fields, posted, review_in, seen_digest, step_in
from revmod_live.portal.names import Names
from revmod_live.portal.services import SERVICES, Services
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language, names_of
from revmod_live.portal.texts import FieldDiff
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import commands, queries_votes, store
from revmod_live.workflow.model import Seen
from revmod_live.workflow.pages import Moved, VotePage


@dataclass(frozen=True, slots=True)
class Pair:
    """A section that moved, and what changed in it."""

    instrument: InstrumentCode
    key: str
    fields: tuple[FieldDiff, ...]


@dataclass(frozen=True, slots=True)
class MovedView:
    """What moved between the page that was voted on and the text now."""

    is_known: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class RefusedView:
    """A vote that was not cast: why, and what moved if that is why."""

    sentence: str
    moved: MovedView | None


async def show_vote(request: web.Request) -> web.StreamResponse:
    """GET /reviews/{code}/{step}/vote: the whole text that my State votes on, and who has voted.

    For the page's script, as JSON: the digest alone, by which it sees that the text has moved; null
    while it is moving.
    """
    services, actor = request.app[SERVICES], visitor(request).actor
    try:
        page = await moving.vote_page(services, actor, review_in(request), step_in(request))
    except Stale:
        if wants_json(request):
            return json({"digest": None})
        raise
    return json({"digest": _shown(page)}) if wants_json(request) else await _page(request, page)


async def cast_vote(request: web.Request) -> web.StreamResponse:
    """POST /reviews/{code}/{step}/vote, with the digest that was on the screen.

    Another text by now: the vote is not cast, and the answer shows what changed and asks anew.
    """
    services, actor = request.app[SERVICES], visitor(request).actor
    code, letter = review_in(request), step_in(request)
    fields = await posted(request)
    seen = seen_digest(fields)
    page = await moving.vote_page(services, actor, code, letter)
    if isinstance(page.vote, Allowed):
        again = await proving.asked_again(request, fields)
        if again is not None:
            return _step_up(request, fields, again)
    try:
        await moving.cast_vote(services, actor, page.step, seen)
    except Refused as problem:
        return await _not_cast(request, page.step, seen, problem)
    return see_other(f"/reviews/{code}/{letter}/vote")


def _step_up(request: web.Request, fields: Fields, again: Refused) -> web.Response:
    """The password is asked for; the form goes on with the very same vote, by the digests in it."""
    problem = "" if again.because == "step-up" else reasons.sentence(language(request), again)
    return request.app[PAGES].page(
        request,
        "step_up.html",
        status=status_of(again),
        digests={name: value for name, value in fields.items() if name.split("-")[0] == "digest"},
        problem=problem,
    )


async def _not_cast(request: web.Request, step: StepId, seen: Seen, problem: Refused) -> web.Response:
    services, actor = request.app[SERVICES], visitor(request).actor
    await _record(services, actor, step, seen, problem)
    page = await moving.vote_page(services, actor, review_in(request), step_in(request))
    moved = None
    if problem.because == "moved":
        found = await services.db.read(lambda tx: queries_votes.what_moved(tx, step, seen, actor=actor))
        moved = _moved(names_of(request), found)
    refused = RefusedView(reasons.sentence(language(request), problem), moved)
    return await _page(request, page, refused=refused, status=status_of(problem))


async def _record(services: Services, actor: Actor, step: StepId, seen: Seen, problem: Refused) -> None:
    await services.db.write(
        lambda tx: commands.record_refused_vote(
            tx, actor, step, seen=seen, because=problem.because, at=services.now
        )
    )


async def withdraw_vote(request: web.Request) -> web.StreamResponse:
    """POST /reviews/{code}/{step}/vote/withdraw."""
    services, actor = request.app[SERVICES], visitor(request).actor
    code, letter = review_in(request), step_in(request)
    await services.db.write(
        lambda tx: commands.withdraw_vote(
            tx,
            actor,
            queries_votes.vote_page(tx, actor, code, letter, at=services.now).step,
            services.now,
            make_id=services.make_id,
        )
    )
    return see_other(f"/reviews/{code}/{letter}/vote")


def _shown(page: VotePage) -> str:
    """What stands for the text on this page: one digest, or those of several instruments joined."""
    seen = page.asked or page.step_digest or ""
    return "-".join(seen.values()) if isinstance(seen, Mapping) else seen


async def _live_page(services: Services, page: VotePage) -> str:
    """A page of this step that the reader may be present on: its socket brings the news."""
    pages = await services.db.read(lambda tx: store.pages_of(tx, page.step))
    readable = [section.instrument for section in page.sections]
    return next((pages[instrument] for instrument in readable if instrument in pages), "")


async def _page(
    request: web.Request, page: VotePage, *, refused: RefusedView | None = None, status: int = 200
) -> web.Response:
    actor, shown = visitor(request).actor, [section.instrument for section in page.sections]
    await reads.noted(request.app[SERVICES], actor, page.step, shown)
    words = names_of(request)
    mine = page.mine.moved if page.mine else Moved(is_known=True, pairs=())
    return request.app[PAGES].page(
        request,
        "vote.html",
        status=status,
        page=page,
        refused=refused,
        shown=_shown(page),
        live_page=await _live_page(request.app[SERVICES], page),
        keys={section.id: section.key for section in page.sections},
        texts={section.id: texts.fields(words, section.text) for section in page.sections},
        by_instrument=[
            (code, list(group)) for code, group in groupby(page.sections, key=lambda s: s.instrument)
        ],
        mine_pairs=_moved(words, mine).pairs,
    )


def _moved(words: Names, moved: Moved) -> MovedView:
    if not moved.is_known:
        return MovedView(is_known=False, pairs=())
    return MovedView(
        is_known=True,
        pairs=tuple(
            Pair(pair.instrument, pair.key, texts.difference(words, pair.old, pair.new))
            for pair in moved.pairs
        ),
    )
