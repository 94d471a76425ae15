"""The page of submissions: what was sealed, in every review, as far as the reader may read it.

Asks the same rule as the pages it leads to. Reviews of others that have ended are among them: their
summaries are for every State (requirements 1.2; NAV-07, PUB-01). Must not know HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Allowed
from revmod_live.ids import InstrumentCode
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import rules, store, transitions
from revmod_live.workflow.model import Place, Review, Step, StepState
from revmod_live.workflow.pages import Submission, SubmittedReview

_NO_PAGE_YET = frozenset("0a")


def submissions(tx: ReadTx, actor: Actor) -> tuple[SubmittedReview, ...]:
    """The reviews with something submitted that `actor` may read, by code and phase."""
    reviews = store.reviews_of(tx, None)
    newest = {review.code: review.phase for review in reviews}
    found = []
    for review in reviews:
        steps = store.steps_of(tx, review.id)
        if isinstance(rules.may_know(actor, review.cast, ended=_has_ended(steps)), Allowed):
            documents = _documents(actor, review, steps, is_newest=newest[review.code] == review.phase)
            if documents:
                takes_part = actor.role is not Role.SECRETARIAT and actor.state in review.cast.states
                found.append(
                    SubmittedReview(
                        review.code, review.phase, review.cast.under_review, takes_part, documents
                    )
                )
    return tuple(found)


def _has_ended(steps: Sequence[Step]) -> bool:
    return any(s.letter == transitions.D and s.state is StepState.SEALED for s in steps)


def _documents(
    actor: Actor, review: Review, steps: Sequence[Step], *, is_newest: bool
) -> tuple[Submission, ...]:
    found = []
    for step in steps:
        if step.state is not StepState.SEALED or step.sealed_at is None:
            continue
        readable = _readable(actor, review, step)
        if readable:
            # an address names a review by its code alone, and means the newest phase
            has_page = is_newest and step.letter not in _NO_PAGE_YET
            found.append(Submission(step.letter, step.sealed_at, readable, has_page, has_package=is_newest))
    return tuple(found)


def _readable(actor: Actor, review: Review, step: Step) -> tuple[InstrumentCode, ...]:
    return tuple(
        instrument
        for instrument in review.cast.instruments
        if isinstance(rules.may_read(actor, Place(review.cast, step.letter, step.state, instrument)), Allowed)
    )
