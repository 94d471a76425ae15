"""Page models of the drafting page and the edit log.

Text comes by its digest, from `texts`: whoever wants it newest brings texts up to date first. What
the actor may not read is not even asked for: `Refused` is raised instead of a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from revmod_live.accounts.model import Actor
from revmod_live.docs import words
from revmod_live.docs.model import Section
from revmod_live.errors import Allowed, NotFound, Refused, must
from revmod_live.ids import InstrumentCode, SectionId
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import queries, rules, store
from revmod_live.workflow.model import Claim, Place, Review, SectionFacts, Step
from revmod_live.workflow.pages import ClaimLine, Decision, DraftingPage, EditLog, SectionView
from revmod_live.workflow.queries_home import known_step, vote_lines


def _place(
    tx: ReadTx, actor: Actor, code: str, letter: str, instrument: str
) -> tuple[Review, Step, Place, InstrumentCode]:
    review, step = known_step(tx, actor, code, letter)
    pages = store.pages_of(tx, step.id)
    here = InstrumentCode(instrument)
    if here not in pages:
        raise NotFound("instrument")
    return review, step, Place(review.cast, step.letter, step.state, here), here


def drafting_page(
    tx: ReadTx, actor: Actor, code: str, letter: str, instrument: str, *, at: datetime
) -> DraftingPage:
    """All sections of an instrument in a step, with claims and what the actor may do.

    Raises NotFound (`review`, `step`, `instrument`), Refused as `may_read`.
    """
    del at
    review, step, place, here = _place(tx, actor, code, letter, instrument)
    must(rules.may_read(actor, place))
    facts = queries.step_facts(tx, step.id)
    see_vote = rules.may_see_vote(actor, facts.place)
    may_see = isinstance(see_vote, Allowed)
    rows = store.sections_of(tx, step.id, here)
    texts = queries.texts_of(tx, rows)
    claims = store.live_claims(tx, step_id=step.id)
    resets = store.resets_of(tx, step.id) if may_see else ()
    return DraftingPage(
        code=review.code,
        phase=review.phase,
        cast=review.cast,
        step=step.id,
        letter=step.letter,
        state=step.state,
        sealed_at=step.sealed_at,
        seal=step.digest if may_see else None,
        instrument=here,
        page=store.pages_of(tx, step.id)[here],
        sections=tuple(
            section_view(actor, place, row, texts[row.id], [c for c in claims if c.section == row.id])
            for row in rows
        ),
        votes=vote_lines(tx, facts) if may_see else (),
        draft=rules.may_draft(actor, place),
        see_log=rules.may_see_log(actor, place),
        see_vote=see_vote,
        vote=rules.may_vote_at_all(actor, facts),
        last_reset=resets[-1] if resets else None,
    )


def section_page(tx: ReadTx, actor: Actor, section: SectionId) -> SectionView:
    """One section as the drafting page shows it. Raises NotFound (`section`), Refused as `may_read`.

    NotFound as well for whoever may not know of the review.
    """
    facts, place = queries.section_facts(tx, section), queries.place(tx, section)
    if facts is None or place is None:
        raise NotFound("section")
    known_step(tx, actor, facts.review_code, facts.letter)
    must(rules.may_read(actor, place))
    text = queries.texts_of(tx, [facts])[section]
    return section_view(actor, place, facts, text, store.live_claims(tx, section_id=section))


def section_view(
    actor: Actor, place: Place, row: SectionFacts, text: Section, claims: Sequence[Claim]
) -> SectionView:
    """A section with every decision about it."""
    mode, why = mode_of(rules.may_push(actor, place, claims))
    return SectionView(
        id=row.id,
        step=row.step,
        instrument=row.instrument,
        key=row.key,
        name=row.name,
        epoch=row.epoch,
        rev=row.rev,
        digest=row.digest,
        digest_rev=row.digest_rev,
        text=text,
        words=words.count_section(text),
        claims=tuple(claim_line(actor, place, claim) for claim in claims),
        mine=next((claim for claim in claims if claim.account == actor.account), None),
        mode=mode,
        why=why,
        take=rules.may_take(actor, place, claims, alone=False, join=False),
        take_alone=rules.may_take(actor, place, claims, alone=True, join=False),
    )


def claim_line(actor: Actor, place: Place, claim: Claim) -> ClaimLine:
    """A claim and whether the actor may end it."""
    return ClaimLine(claim, claim.account == actor.account, rules.may_release(actor, place, claim))


def mode_of(push: Decision) -> tuple[str, str]:
    """`mode` and `why` of Meta for a decision of `may_push` (sync-protocol.md, Meta)."""
    if isinstance(push, Refused):
        return "read", "frozen" if push.because == "locked" else push.because
    return "write", "ok"


def edit_log(
    tx: ReadTx,
    actor: Actor,
    code: str,
    letter: str,
    instrument: str,
    *,
    before: int | None = None,
    limit: int = 50,
) -> EditLog:
    """Who changed what in an instrument of a step, newest first, `limit` entries a page.

    before: the `older` of the page before. Raises NotFound, Refused as `may_see_log`. TRL-06.
    """
    review, step, place, here = _place(tx, actor, code, letter, instrument)
    must(rules.may_see_log(actor, place))
    found = store.log_of(tx, step.id, here, before=before, limit=limit + 1)
    shown = found[:limit]
    return EditLog(
        code=review.code,
        phase=review.phase,
        cast=review.cast,
        step=step.id,
        letter=step.letter,
        state=step.state,
        instrument=here,
        entries=shown,
        older=shown[-1].id if len(found) > limit else None,
    )
