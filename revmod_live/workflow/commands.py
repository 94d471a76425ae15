"""The verbs: take, release, vote, withdraw, and what the journal says of text. One transaction each.

Each reads: guard, guard, act, save, record, announce. Refusals are raised (`Refused`, `Stale`,
`NotFound`) and leave nothing behind. Times and ids come in. Must not know text but by its digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from revmod_live.accounts.model import Actor
from revmod_live.docs.receipt import Signing
from revmod_live.errors import NotFound, Refused, Stale, must
from revmod_live.events import ClaimsChanged, LogGrew, VotesChanged
from revmod_live.ids import AccountId, ClaimId, Digest, MakeId, SectionId, StepId, VoteId, new_id
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.workflow import claim_acts, queries, receipts, rules, store
from revmod_live.workflow.claim_acts import record as _record
from revmod_live.workflow.claim_acts import section_in_place as _section
from revmod_live.workflow.closing import close_if_agreed, keep_lines, tell, tell_one
from revmod_live.workflow.founding import create_review as create_review  # noqa: PLC0414 -- a verb like the others, in a file of its own
from revmod_live.workflow.model import (
    EXPIRIES,
    Ballot,
    CastResult,
    Claim,
    Ended,
    Reset,
    Seen,
    Step,
    StepFacts,
)
from revmod_live.workflow.standings import end_mandate as end_mandate  # noqa: PLC0414 -- as above
from revmod_live.workflow.standings import person_suspended as person_suspended  # noqa: PLC0414 -- as above
from revmod_live.workflow.standings import record_mandate as record_mandate  # noqa: PLC0414 -- as above

# ------------------------------------------------------------------ claims


def take_section(
    tx: WriteTx,
    actor: Actor,
    section: SectionId,
    *,
    alone: bool,
    join: bool,
    at: datetime,
    make_id: MakeId = new_id,
) -> Claim:
    """Take a section, or join those who hold it; the live claim.

    Taking again what one holds changes nothing, but for `alone`, which it sets anew.
    Raises NotFound (`section`), Refused as `may_take`. Architecture, "Claims".
    """
    facts, place = _section(tx, section)
    held = store.live_claims(tx, section_id=section)
    must(rules.may_take(actor, place, held, alone=alone, join=join))
    mine = next((claim for claim in held if claim.account == actor.account), None)
    if mine is not None and mine.alone == alone:
        return _heard_again(tx, mine)
    if mine is not None:
        store.end_claim(tx, mine.id, how=Ended.RETAKEN, by=actor.account, at=at)
    claim = _add_claim(tx, actor, section, alone=alone, at=at, make_id=make_id)
    joined = [other.account for other in held if other.account != actor.account]
    _record(tx, "section-taken", facts, at, actor, alone=alone, joined=joined)
    return claim


def resume_claim(
    tx: WriteTx, actor: Actor, section: SectionId, at: datetime, *, make_id: MakeId = new_id
) -> Claim:
    """Bring an expired claim back to its holder, now that it is back; the live claim.

    One that is live is heard again. One that was for its holder alone comes back so only if nobody
    else holds the section now. Raises NotFound, Refused as `may_resume`. Architecture, "Claims".
    """
    facts, place = _section(tx, section)
    held = store.live_claims(tx, section_id=section)
    last = store.last_claim(tx, section, actor.account)
    must(rules.may_resume(actor, place, held, last=last))
    mine = next((claim for claim in held if claim.account == actor.account), None)
    if mine is not None:
        return _heard_again(tx, mine)
    alone = last is not None and last.alone and not held
    claim = _add_claim(tx, actor, section, alone=alone, at=at, make_id=make_id)
    _record(tx, "claim-resumed", facts, at, actor, alone=alone)
    return claim


def declare_offline(tx: WriteTx, actor: Actor, section: SectionId, at: datetime) -> Claim:
    """Say that one goes on without a connection: the claim is kept 24 h, and marked.

    Raises NotFound, Refused (`claim`) from whoever holds none. D-19.
    """
    facts, _ = _section(tx, section)
    mine = next(iter(store.live_claims(tx, section_id=section, account=actor.account)), None)
    if mine is None:
        raise Refused("claim")
    if mine.offline is not None:
        return mine
    store.set_offline(tx, mine.id, at)
    _record(tx, "claim-offline", facts, at, actor)
    return replace(mine, offline=at)


def hear_again(tx: WriteTx, actor: Actor, section: SectionId) -> bool:
    """Take back that one is offline, now that one has the section open; whether that was declared. D-19."""
    held = store.live_claims(tx, section_id=section, account=actor.account)
    mine = next((claim for claim in held if claim.offline is not None), None)
    return mine is not None and _heard_again(tx, mine).offline is None


def release_section(
    tx: WriteTx, actor: Actor, claim: ClaimId, at: datetime, *, make_id: MakeId = new_id
) -> None:
    """End a live claim: one's own, a colleague's, or as the secretariat any. Its holder is told.

    Raises NotFound (`claim`) when it is not live, Refused as `may_release`. Architecture, "Claims".
    """
    ended = next(iter(store.live_claims(tx, claim_id=claim)), None)
    if ended is None:
        raise NotFound("claim")
    facts, place = _section(tx, ended.section)
    must(rules.may_release(actor, place, ended))
    is_own = ended.account == actor.account
    how = Ended.RELEASED if is_own else Ended.RELEASED_BY_OTHER
    store.end_claim(tx, claim, how=how, by=actor.account, at=at)
    _record(tx, "section-released", facts, at, actor, holder=ended.account, name=ended.name)
    if not is_own:
        step = queries.step_row(tx, facts.step)
        detail = {"by": actor.name, "key": facts.key}
        tell_one(tx, "claim-released", ended.account, step, at=at, make_id=make_id, detail=detail)


def expire_claim(tx: WriteTx, claim: ClaimId, how: Ended, at: datetime) -> bool:
    """End a claim that has expired (`expiry.expired`); whether it was still live."""
    if how not in EXPIRIES:
        raise ValueError(how)
    return claim_acts.end(tx, claim, how, at, act="claim-expired")


def _add_claim(
    tx: WriteTx, actor: Actor, section: SectionId, *, alone: bool, at: datetime, make_id: MakeId
) -> Claim:
    claim = Claim(ClaimId(make_id()), section, actor.account, actor.name, actor.state, at, alone)
    store.add_claim(tx, claim)
    return claim


def _heard_again(tx: WriteTx, claim: Claim) -> Claim:
    if claim.offline is None:
        return claim
    store.set_offline(tx, claim.id, None)
    facts, _ = _section(tx, claim.section)
    tx.announce(ClaimsChanged(facts.step, claim.section))
    return replace(claim, offline=None)


# ------------------------------------------------------------------ votes


def keep_shown(tx: WriteTx, step: StepId) -> None:
    """Keep what the step's digests stand for now: called before a vote page shows them.

    So a vote that comes back too late can be answered with what moved (`what_moved`).
    """
    keep_lines(tx, step)


def cast_vote(
    tx: WriteTx,
    actor: Actor,
    step: StepId,
    *,
    seen: Seen,
    at: datetime,
    make_id: MakeId = new_id,
    signing: Signing | None = None,
) -> CastResult:
    """Cast the State's vote on what was seen; seal the step if it was the last one missing.

    signing: what signs the receipt, which is kept with the vote (N-01); without it there is none.
    Raises NotFound (`step`), Stale while a section's digest is behind its text (bring texts up to
    date and ask again), Refused as `may_vote`. Architecture, "Closing".
    """
    row = queries.step_row(tx, step)
    facts = queries.step_facts(tx, step)
    decision = rules.may_vote(actor, facts, seen=seen, at=at)
    if decision == Refused("moving"):
        raise Stale("a digest is behind its text")
    must(decision)
    assert actor.state is not None  # noqa: S101 -- a voter votes for a State
    vote = VoteId(make_id())
    keep_lines(tx, step)
    ballot = Ballot(vote, 0, step, actor.state, actor.account, actor.name, seen, at, row.round, None)
    store.add_vote(tx, ballot)
    if signing is not None:
        receipts.sign_vote(tx, queries.review_of_step(tx, step), row, ballot, signing)
    _record_vote(tx, "vote-cast", row, facts, actor, at=at, vote=vote, seen=seen)
    sealed = close_if_agreed(tx, step, at=at, make_id=make_id)
    if not sealed:
        detail = {"state": actor.state, "name": actor.name}
        tell(
            tx,
            "vote-cast",
            step,
            by=actor.account,
            at=at,
            make_id=make_id,
            state=actor.state,
            detail=detail,
        )
    return CastResult(vote, sealed)


def withdraw_vote(tx: WriteTx, actor: Actor, step: StepId, at: datetime, *, make_id: MakeId = new_id) -> None:
    """Withdraw the State's live vote, until the step closes. It never counts again.

    Raises NotFound (`step`), Refused as `may_withdraw`. Architecture, "Closing".
    """
    row = queries.step_row(tx, step)
    facts = queries.step_facts(tx, step)
    must(rules.may_withdraw(actor, facts))
    for vote in facts.live:
        if vote.state == actor.state:
            store.set_withdrawn(tx, vote.id, by=actor.account, at=at)
            _record_vote(tx, "vote-withdrawn", row, facts, actor, at=at, vote=vote.id, seen=vote.seen)
    detail = {"state": actor.state, "name": actor.name}
    tell(
        tx,
        "vote-withdrawn",
        step,
        by=actor.account,
        at=at,
        make_id=make_id,
        state=actor.state,
        detail=detail,
    )


def record_refused_vote(
    tx: WriteTx, actor: Actor, step: StepId, *, seen: Seen, because: str, at: datetime
) -> None:
    """Keep that a vote was refused (requirements 2.3, 6): its own transaction was rolled back."""
    row = queries.step_row(tx, step)
    facts = queries.step_facts(tx, step)
    tx.record(_vote_entry("vote-refused", row, facts, actor, at=at, seen=seen, because=because))
    tx.announce(LogGrew(step, "vote-refused"))


def _record_vote(
    tx: WriteTx,
    act: str,
    step: Step,
    facts: StepFacts,
    actor: Actor,
    *,
    at: datetime,
    vote: VoteId,
    seen: Seen,
) -> None:
    tx.record(_vote_entry(act, step, facts, actor, at=at, seen=seen, vote=vote))
    tx.announce(VotesChanged(step.id))
    tx.announce(LogGrew(step.id, act))


def _vote_entry(
    act: str,
    step: Step,
    facts: StepFacts,
    actor: Actor,
    *,
    at: datetime,
    seen: Seen,
    **detail: object,
) -> Entry:
    now = None if facts.digests is None else facts.digests.step
    return Entry(
        at=at,
        act=act,
        account=actor.account,
        state=actor.state,
        review=step.review,
        step=step.id,
        digest_before=None if isinstance(seen, Mapping) else seen,
        digest_after=now,
        detail={**detail, "digests": dict(seen)} if isinstance(seen, Mapping) else detail,
    )


# ------------------------------------------------------------------ text, as the journal says


def text_moved(
    tx: WriteTx,
    section: SectionId,
    *,
    by: AccountId,
    rev_from: int,
    rev: int,
    before: Digest,
    after: Digest,
    place: Mapping[str, object],
    at: datetime,
    make_id: MakeId = new_id,
) -> bool:
    """Reset every live vote of the step, because this section's text changed; whether there were any.

    In the journal's transaction, before `store_text` (which refuses to move a digest under live
    votes). by: whose edit; rev_from, rev: its first and last revision. before, after: the section's
    digests. place: where in the section, in values for a sentence (`{"field": ..., "block": ...}`).
    Who changed what is told to voters who may read that; the others only that their vote was taken.
    An edit that leaves the digest as it was resets nothing. VOT-07; D-12, D-21; requirements 2.3, 5.
    """
    if before == after or not store.votes_stand(tx, section):
        return False
    facts, _ = _section(tx, section)
    taken = [vote.state for vote in queries.live_votes(tx, facts.step)]
    newest = store.ballots(tx, facts.step)[-1].number
    store.add_reset(
        tx, make_id(), facts.step, Reset(at, by, section, before, after, place, after_vote=newest)
    )
    name = store.name_of(tx, by)
    state = store.state_of(tx, by)
    tx.record(
        Entry(
            at=at,
            act="votes-reset",
            account=by,
            state=state,
            review=facts.review,
            step=facts.step,
            section=section,
            rev_from=rev_from,
            rev_to=rev,
            digest_before=before,
            digest_after=after,
            detail={"place": dict(place), "states": taken},
        )
    )
    tx.announce(VotesChanged(facts.step, section))
    tx.announce(LogGrew(facts.step, "votes-reset", section))
    told = partial(tell, tx, step_id=facts.step, by=by, at=at, make_id=make_id, instrument=facts.instrument)
    detail = {"by": name, "state": state, "key": facts.key, "place": dict(place)}
    told(kind="votes-reset", detail=detail)
    told(kind="votes-reset-elsewhere", taken=taken)
    return True


def record_refused_push(tx: WriteTx, actor: Actor, section: SectionId, *, times: int, at: datetime) -> bool:
    """Keep that somebody without the right to write sent text, `times` since it was last entered.

    Whether it was kept: not where there is no such section, nor of somebody who drafts there. Nothing
    of what was sent is kept. Promise 4.
    """
    facts, place = queries.section_facts(tx, section), queries.place(tx, section)
    if facts is None or place is None or rules.may_draft(actor, place) != Refused("role"):
        return False
    tx.record(
        Entry(
            at=at,
            act="push-refused",
            account=actor.account,
            state=actor.state,
            review=facts.review,
            step=facts.step,
            section=section,
            detail={"because": "role", "times": times},
        )
    )
    tx.announce(LogGrew(facts.step, "push-refused", section))
    return True


def store_text(tx: WriteTx, section: SectionId, *, rev: int, text: bytes, digest: Digest) -> bool:
    """Keep a section's canonical bytes, and note their digest as that of revision `rev`.

    Whether it was noted: not when a newer one is there already, or the section is frozen.
    Raises NotFound (`section`), and Stale when it would move the digest under live votes: the
    reset must be recorded in the same transaction, before it (`text_moved`).
    """
    facts = queries.section_facts(tx, section)
    if facts is None:
        raise NotFound("section")
    if rev < facts.digest_rev or facts.frozen:
        return False
    if digest != facts.digest and store.votes_stand(tx, section):
        raise Stale("votes are live: the reset comes first")
    store.keep_text(tx, digest, text)
    return store.set_digest(tx, section, rev=rev, digest=digest)
