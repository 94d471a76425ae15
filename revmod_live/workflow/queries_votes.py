"""Page model of the vote page, and what has moved between a digest that was seen and the text now.

A voter sees the whole text of what their State reviews and nothing of what it does not (D-12): the
same for the texts of old digests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from revmod_live.accounts.model import Actor
from revmod_live.docs import canonical
from revmod_live.errors import Allowed, must
from revmod_live.ids import Digest, InstrumentCode, StepId
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import queries, receipts_store, rules, store, transitions
from revmod_live.workflow.model import Ballot, Place, Reset, SectionFacts, Seen, StepFacts
from revmod_live.workflow.pages import Moved, MyVote, SectionText, TextPair, VoteLine, VotePage, WordCount
from revmod_live.workflow.queries_drafting import claim_line
from revmod_live.workflow.queries_home import known_step, vote_lines


def vote_page(tx: ReadTx, actor: Actor, code: str, letter: str, *, at: datetime) -> VotePage:
    """Everything a vote on this step is made of.

    Bring texts up to date and keep what is shown (`commands.keep_shown`) before.
    Raises NotFound (`review`, `step`), Refused as `may_see_vote`.
    """
    del at
    review, step = known_step(tx, actor, code, letter)
    facts = queries.step_facts(tx, step.id)
    must(rules.may_see_vote(actor, facts.place))
    rows = _readable(actor, facts.place, store.sections_of(tx, step.id))
    texts = queries.texts_of(tx, rows)
    keys = {row.id: row.key for row in rows}
    resets = store.resets_of(tx, step.id)
    lines = vote_lines(tx, facts)
    last_by = resets[-1].by if resets and resets[-1].section in keys else None
    return VotePage(
        code=review.code,
        phase=review.phase,
        cast=review.cast,
        step=step.id,
        letter=step.letter,
        state=step.state,
        sealed_at=step.sealed_at,
        seal=step.digest,
        digests_ready=facts.digests is not None,
        step_digest=None if facts.digests is None else facts.digests.step,
        asked=_asked(actor, facts),
        sections=tuple(SectionText(row.id, row.key, row.name, row.instrument, texts[row.id]) for row in rows),
        votes=lines,
        holders=tuple(
            (keys[claim.section], claim_line(actor, _at(facts.place, rows, claim.section), claim))
            for claim in store.live_claims(tx, step_id=step.id)
            if claim.section in keys
        ),
        words=_words(tx, facts.place, rows),
        mine=_my_vote(tx, actor, lines, step.id, [one for one in resets if one.section in keys]),
        last_reset=resets[-1] if resets else None,
        last_reset_by=None if last_by is None else store.name_of(tx, last_by),
        vote=rules.may_vote_at_all(actor, facts),
        withdraw=rules.may_withdraw(actor, facts),
    )


def _readable(actor: Actor, whole: Place, rows: Iterable[SectionFacts]) -> tuple[SectionFacts, ...]:
    return tuple(
        row
        for row in rows
        if isinstance(
            rules.may_read(actor, Place(whole.cast, whole.letter, whole.state, row.instrument)), Allowed
        )
    )


def _at(whole: Place, rows: Iterable[SectionFacts], section: str) -> Place:
    instrument = next(row.instrument for row in rows if row.id == section)
    return Place(whole.cast, whole.letter, whole.state, instrument)


def _asked(actor: Actor, facts: StepFacts) -> Seen | None:
    if facts.digests is None or actor.state not in transitions.voters(facts.place.cast, facts.place.letter):
        return None
    return rules.asked_of(actor, facts.place, facts.digests)


def _words(tx: ReadTx, whole: Place, rows: Sequence[SectionFacts]) -> tuple[WordCount, ...]:
    limit, is_hard = transitions.words_limit(whole.letter)
    counted = queries.words_of(tx, rows)
    lines = [WordCount(i, counted[i], None, is_hard=False) for i in whole.cast.instruments if i in counted]
    return (*lines, WordCount(None, sum(counted.values()), limit, is_hard=is_hard))


def _my_vote(
    tx: ReadTx, actor: Actor, lines: Iterable[VoteLine], step: StepId, resets: Sequence[Reset]
) -> MyVote | None:
    mine = [ballot for ballot in store.ballots(tx, step) if ballot.state == actor.state]
    if not mine:
        return None
    last = mine[-1]
    moved = what_moved(tx, step, last.seen, actor=actor)
    taken_by = _taken_by(last, resets)
    living = next((line for line in lines if line.vote is not None and line.vote.id == last.id), None)
    return MyVote(
        at=last.at,
        name=last.name,
        seen=last.seen,
        is_live=living is not None,
        is_withdrawn=last.withdrawn_at is not None,
        is_same=moved.is_known and not moved.pairs,
        cast_by_other=last.account != actor.account,
        by_predecessor=living is not None and living.by_predecessor,
        reset=taken_by,
        reset_by=None if taken_by is None else store.name_of(tx, taken_by.by),
        moved=moved,
        has_receipt=bool(receipts_store.receipts_of(tx, [last.id])),
    )


def _taken_by(ballot: Ballot, resets: Iterable[Reset]) -> Reset | None:
    return next((reset for reset in resets if reset.after_vote >= ballot.number), None)


def what_moved(tx: ReadTx, step: StepId, seen: Seen, *, actor: Actor) -> Moved:
    """The texts that `seen` stands for against those of now, the ones that differ, in reading order.

    For the refusal's diff and "since my last vote". `seen` comes from a form: whatever it says,
    only what `actor` may read is shown, and only if it stands for texts of this step.
    Raises NotFound (`step`).
    """
    _, whole = queries.step_place(tx, step)
    rows = _readable(actor, whole, store.sections_of(tx, step))
    if isinstance(seen, Mapping):
        rows = tuple(row for row in rows if row.instrument in seen)
    old = _section_digests(tx, seen.values() if isinstance(seen, Mapping) else (seen,), rows)
    if old is None:
        return Moved(is_known=False, pairs=_pairs(tx, rows, {}))
    pairs = _pairs(tx, [row for row in rows if old[row.key] != row.digest], old)
    return Moved(is_known=True, pairs=pairs)


def _section_digests(
    tx: ReadTx, digests: Iterable[Digest], rows: Sequence[SectionFacts]
) -> dict[str, Digest] | None:
    found: dict[str, Digest] = {}
    for digest in digests:
        text = (store.text(tx, digest) or b"").decode()
        head, *lines = [line.split(" ") for line in text.splitlines()[1:]] or [[""]]
        # another review has the same keys: its lines, posted by hand, show nothing here
        if any(head[:3] != [row.review_code, str(row.phase), row.letter] for row in rows):
            return None
        found.update((line[1], Digest(line[2])) for line in lines if line[0] == "section")
    return found if {row.key for row in rows} <= set(found) else None


def _pairs(tx: ReadTx, rows: Iterable[SectionFacts], old: Mapping[str, Digest]) -> tuple[TextPair, ...]:
    rows = tuple(rows)
    now = queries.texts_of(tx, rows)
    before = store.texts_of(tx, (old[row.key] for row in rows if row.key in old))
    pairs = []
    for row in rows:
        text = before.get(old[row.key]) if row.key in old else None
        was = None if text is None else canonical.parse_section(text)
        pairs.append(TextPair(row.id, row.key, InstrumentCode(row.instrument), was, now[row.id]))
    return tuple(pairs)
