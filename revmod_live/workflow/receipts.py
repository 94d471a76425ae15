"""Vote receipts, made in the transaction of the vote, and what goes into the package of a sealed step.

What a receipt and a package are made of is `docs.receipt` and `docs.export.package`; who may have them is
asked here, of the same rules as the pages that they come from. Must not know HTTP, HTML or sentences.
Digest.md, "What is bound by a vote"; N-01, N-02.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from revmod_live.accounts.model import Actor, Role
from revmod_live.docs import canonical, receipt
from revmod_live.docs.export.package import AgreedSettings, CountedVote, Sealed
from revmod_live.errors import Allowed, NotFound, must
from revmod_live.workflow import queries, receipts_store, rules, store
from revmod_live.workflow.model import Ballot, Place, Review, SectionFacts, Step, StepState
from revmod_live.workflow.queries_home import known_step

if TYPE_CHECKING:
    from datetime import datetime

    from revmod_live.docs.receipt import Signing, Vote
    from revmod_live.ids import InstrumentCode
    from revmod_live.storage.database import ReadTx, WriteTx


def sign_vote(tx: WriteTx, review: Review, step: Step, ballot: Ballot, signing: Signing) -> None:
    """Make and keep the receipt of a vote just cast."""
    receipts_store.add_receipt(tx, ballot.id, receipt.receipt(_vote(review, step, ballot), signing))


def receipt_of(tx: ReadTx, actor: Actor, code: str, letter: str) -> bytes:
    """The receipt of the newest vote of the State of `actor` in a step, whoever of the State cast it.

    Also of one that was withdrawn or taken back: it shows that the vote was cast, not that it counts.
    Raises NotFound (`review`, `step`; `receipt` when there is none), Refused as `may_see_vote`.
    """
    _, step = known_step(tx, actor, code, letter)
    _, place = queries.step_place(tx, step.id)
    must(rules.may_see_vote(actor, place))
    found = None if actor.state is None else receipts_store.last_receipt(tx, step.id, actor.state)
    if found is None:
        raise NotFound("receipt")
    return found


def sealed_step(tx: ReadTx, actor: Actor, code: str, letter: str) -> tuple[Review, Sealed]:
    """What `actor` may read of a sealed step: what its package is made of, the checking page apart.

    Only instruments that they may read are in it, and the settings only for whoever takes part in the
    review, or watches over it. Raises NotFound (`review`, `step`; `package` while the step is not sealed),
    Refused as `may_read`.
    """
    review, step = known_step(tx, actor, code, letter)
    whole = Place(review.cast, step.letter, step.state)
    readable = tuple(i for i in review.cast.instruments if _may_read(actor, whole, i))
    if not readable:
        for instrument in review.cast.instruments:
            must(rules.may_read(actor, replace(whole, instrument=instrument)))
    seal = receipts_store.last_seal(tx, step.id)
    if step.state is not StepState.SEALED or seal is None:
        raise NotFound("package")
    rows = [row for row in store.sections_of(tx, step.id) if row.instrument in readable]
    counted = [ballot for ballot in store.ballots(tx, step.id) if ballot.id in seal.votes]
    signed = receipts_store.receipts_of(tx, seal.votes)
    takes_part = actor.role is Role.SECRETARIAT or actor.state in review.cast.states
    return review, Sealed(
        review=review.code,
        phase=review.phase,
        step=step.letter,
        n=seal.n,
        at=seal.at,
        digest=seal.digest,
        instruments=readable,
        whole=len(readable) == len(review.cast.instruments),
        sections=_texts(tx, rows),
        votes=[CountedVote(_vote(review, step, one), signed.get(one.id)) for one in counted],
        settings=_settings(tx, review, seal.at) if takes_part else None,
    )


def _may_read(actor: Actor, whole: Place, instrument: InstrumentCode) -> bool:
    return isinstance(rules.may_read(actor, replace(whole, instrument=instrument)), Allowed)


def _vote(review: Review, step: Step, ballot: Ballot) -> Vote:
    of_all = partial(receipt.vote_of, review=review.code, phase=review.phase, step=step.letter)
    return of_all(state=ballot.state, account=ballot.account, seen=_plain(ballot), at=ballot.at, n=ballot.n)


def _plain(ballot: Ballot) -> str | Mapping[str, str]:
    if isinstance(ballot.seen, Mapping):
        return {str(instrument): str(digest) for instrument, digest in ballot.seen.items()}
    return str(ballot.seen)


def _texts(tx: ReadTx, rows: list[SectionFacts]) -> dict[str, bytes]:
    kept = store.texts_of(tx, (row.digest for row in rows))
    return {row.key: kept[row.digest] for row in rows}


def _settings(tx: ReadTx, review: Review, at: datetime) -> AgreedSettings | None:
    steps = store.steps_of(tx, review.id)
    seal = next((receipts_store.last_seal(tx, step.id, by=at) for step in steps if step.letter == "0"), None)
    lines = None if seal is None else store.text(tx, seal.digest)
    if seal is None or lines is None:
        return None
    settings = store.text(tx, canonical.settings_of(lines))
    return None if settings is None else AgreedSettings(settings, lines, seal.n)
