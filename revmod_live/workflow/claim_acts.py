"""What every act on a claim needs: the section and its place, the record of it, and its end without a holder.

For `commands` and `standings`, which say when. Judges nothing.
"""

from __future__ import annotations

from datetime import datetime

from revmod_live.accounts.model import Actor
from revmod_live.errors import NotFound
from revmod_live.events import ClaimsChanged, LogGrew
from revmod_live.ids import AccountId, ClaimId, SectionId
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import queries, store
from revmod_live.workflow.model import Ended, Place, SectionFacts


def section_in_place(tx: WriteTx, section: SectionId) -> tuple[SectionFacts, Place]:
    """A section and what rights on it are judged on. Raises NotFound (`section`)."""
    found = queries.section_in_place(tx, section)
    if found is None:
        raise NotFound("section")
    return found


def record(
    tx: WriteTx, act: str, facts: SectionFacts, at: datetime, actor: Actor | None, **detail: object
) -> None:
    """Enter an act on a section's claims into the log, and announce it."""
    tx.record(
        Entry(
            at=at,
            act=act,
            account=actor.account if actor else None,
            state=actor.state if actor else None,
            review=facts.review,
            step=facts.step,
            section=facts.id,
            detail=detail,
        )
    )
    tx.announce(ClaimsChanged(facts.step, facts.id))
    tx.announce(LogGrew(facts.step, act, facts.id))


def end(
    tx: WriteTx, claim: ClaimId, how: Ended, at: datetime, *, act: str, by: AccountId | None = None
) -> bool:
    """End a live claim that its holder does not release, and record it; whether it was still live."""
    ended = next(iter(store.live_claims(tx, claim_id=claim)), None)
    if ended is None:
        return False
    facts, _ = section_in_place(tx, ended.section)
    store.end_claim(tx, claim, how=how, by=by, at=at)
    record(tx, act, facts, at, None, how=how.value, holder=ended.account, name=ended.name)
    return True
