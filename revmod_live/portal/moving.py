"""Showing and taking a vote while the text may move: bring up to date, ask again, give up kindly.

A section's row holds the digest of its newest stored text, which may be behind what is being typed.
Before a vote is shown or taken, the live server brings the texts up to date; while people type it
may be behind again by the time it is asked, so that is done a few times, and then the voter is told
that the text is moving.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from revmod_live.errors import Allowed, Stale
from revmod_live.workflow import commands, queries, queries_drafting, queries_votes

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.ids import InstrumentCode, StepId, StepLetter
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import WriteTx
    from revmod_live.workflow.model import CastResult, Digests, Seen
    from revmod_live.workflow.pages import DraftingPage, VotePage

TRIES: Final = 4


async def drafting_page(
    services: Services, actor: Actor, code: str, letter: StepLetter, instrument: InstrumentCode
) -> DraftingPage:
    """The drafting page with texts as new as they can be had at once; what is typed meanwhile is live there.

    Raises as the query does, before anything is brought up to date for somebody who may not ask.
    """

    async def ask() -> DraftingPage:
        return await services.db.read(
            lambda tx: queries_drafting.drafting_page(tx, actor, code, letter, instrument, at=services.now)
        )

    page = await ask()
    behind = [section.id for section in page.sections if section.digest_rev != section.rev]
    if not behind:
        return page
    await services.rooms.bring_up_to_date(behind)
    return await ask()


async def vote_page(services: Services, actor: Actor, code: str, letter: StepLetter) -> VotePage:
    """The vote page, its digests those of the very text it shows, and kept for a later comparison.

    Raises as the query does, and Stale while the text keeps moving.
    """
    for _ in range(TRIES):
        page = await services.db.read(
            lambda tx: queries_votes.vote_page(tx, actor, code, letter, at=services.now)
        )
        if not page.digests_ready:
            await _catch_up(services, page.step)
        elif not isinstance(page.vote, Allowed) or await _keep(services, page):
            return page
    raise Stale("the text moves faster than its digests")


async def cast_vote(services: Services, actor: Actor, step: StepId, seen: Seen) -> CastResult:
    """Cast a vote. Raises as the command does, and Stale only when the text keeps moving."""

    def command(tx: WriteTx) -> CastResult:
        return commands.cast_vote(
            tx,
            actor,
            step,
            seen=seen,
            at=services.now,
            make_id=services.make_id,
            signing=services.signing,
        )

    for _ in range(TRIES):
        try:
            return await services.db.write(command)
        except Stale:
            await _catch_up(services, step)
    raise Stale("the text moves faster than its digests")


async def _catch_up(services: Services, step: StepId) -> None:
    await services.rooms.bring_up_to_date(
        await services.db.read(lambda tx: queries.sections_behind(tx, step))
    )


async def _keep(services: Services, page: VotePage) -> bool:
    """Keep what is shown, in one transaction with the question whether it is still so."""

    def command(tx: WriteTx) -> Digests | None:
        commands.keep_shown(tx, page.step)
        return queries.step_digests(tx, page.step)

    now = await services.db.write(command)
    if now is None:
        return False
    if isinstance(page.asked, Mapping):
        return all(now.instruments[instrument] == digest for instrument, digest in page.asked.items())
    return now.step == page.asked
