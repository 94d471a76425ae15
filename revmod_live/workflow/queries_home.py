"""Page models of the home page and of a review as a whole.

Gives frozen `pages`; every decision comes from `rules`. Must not know HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.docs import canonical
from revmod_live.errors import Allowed, NotFound, Refused
from revmod_live.ids import StateCode, StepLetter
from revmod_live.storage.database import ReadTx
from revmod_live.workflow import queries, rules, store, transitions
from revmod_live.workflow.deadlines import Due, due
from revmod_live.workflow.model import Capacity, Place, Review, Step, StepFacts, StepState
from revmod_live.workflow.pages import (
    HomePage,
    InstrumentLine,
    ReviewCard,
    ReviewPage,
    StepCard,
    VoteLine,
)

NOTICES_SHOWN: Final = 20


NO_LIMITS: Final[Mapping[StepLetter, int]] = {}


def home(
    tx: ReadTx, actor: Actor, *, at: datetime, default_days: Mapping[StepLetter, int] = NO_LIMITS
) -> HomePage:
    """The reviews that the actor's State takes part in; all of them for the secretariat (NAV-01).

    default_days: how long a step takes where no day was agreed for it (D-28).
    Nothing for whoever is suspended or not yet approved (PRO-08).
    """
    if not actor.active:
        return HomePage((), ())
    everything = actor.role is Role.SECRETARIAT
    rows = store.reviews_of(tx, None if everything else actor.state)
    return HomePage(
        tuple(_card(tx, review, actor.state, at, default_days) for review in rows),
        store.notices_to(tx, actor.account, limit=NOTICES_SHOWN),
    )


def _card(
    tx: ReadTx,
    review: Review,
    state: StateCode | None,
    at: datetime,
    default_days: Mapping[StepLetter, int],
) -> ReviewCard:
    steps = store.steps_of(tx, review.id)
    reached = [s for s in steps if s.state is not StepState.LOCKED][-1]
    cast = review.cast
    return ReviewCard(
        code=review.code,
        phase=review.phase,
        under_review=cast.under_review,
        capacity=_capacity(review, state),
        instruments=cast.instruments_of(state),
        all_instruments=cast.instruments,
        reached=reached.letter,
        reached_state=reached.state,
        reached_at=reached.sealed_at or reached.opened_at,
        due=due(reached, agreed=agreed_days(tx, steps), default_days=default_days, at=at),
    )


def agreed_days(tx: ReadTx, steps: Iterable[Step]) -> Mapping[str, date]:
    """The deadlines in force, by letter: of the last version of step 0 that was agreed; none before it."""
    zero = next(s for s in steps if s.letter == transitions.ZERO)
    lines = None if zero.digest is None else store.text(tx, zero.digest)
    if lines is None:
        return {}
    kept = store.text(tx, canonical.settings_of(lines))
    return {} if kept is None else canonical.parse_settings(kept)[1]


def _capacity(review: Review, state: StateCode | None) -> Capacity | None:
    if state == review.cast.under_review:
        return Capacity.UNDER_REVIEW
    return Capacity.REVIEWER if state in review.cast.states else None


def known_review(tx: ReadTx, actor: Actor, code: str) -> tuple[Review, tuple[Step, ...]]:
    """The review with this code and its steps.

    Raises NotFound (`review`) when there is none, and just so when `actor` may not know of it.
    """
    review = queries.review_of(tx, code)
    steps = store.steps_of(tx, review.id)
    ended = any(s.letter == transitions.D and s.state is StepState.SEALED for s in steps)
    if isinstance(rules.may_know(actor, review.cast, ended=ended), Refused):
        raise NotFound("review")
    return review, steps


def known_step(tx: ReadTx, actor: Actor, code: str, letter: str) -> tuple[Review, Step]:
    """A step of a review that `actor` may know of. Raises NotFound (`review`, `step`)."""
    review, steps = known_review(tx, actor, code)
    found = next((s for s in steps if s.letter == letter), None)
    if found is None:
        raise NotFound("step")
    return review, found


def review_page(
    tx: ReadTx, actor: Actor, code: str, *, at: datetime, default_days: Mapping[StepLetter, int] = NO_LIMITS
) -> ReviewPage:
    """A review with its steps, and what the actor may do in each. Raises NotFound (`review`).

    default_days: as in `home`. The days are for who takes part (requirements 1.2, below the table).
    """
    review, steps = known_review(tx, actor, code)
    takes_part = actor.role is Role.SECRETARIAT or actor.state in review.cast.states
    days = agreed_days(tx, steps)
    cards = []
    for step in steps:
        clock = due(step, agreed=days, default_days=default_days, at=at) if takes_part else None
        cards.append(_step_card(tx, actor, review, step, clock))
    return ReviewPage(review.code, review.phase, review.cast, tuple(cards))


def _step_card(tx: ReadTx, actor: Actor, review: Review, step: Step, clock: Due | None) -> StepCard:
    whole = Place(review.cast, step.letter, step.state)
    see_vote = rules.may_see_vote(actor, whole)
    facts = queries.step_facts(tx, step.id)
    return StepCard(
        letter=step.letter,
        state=step.state,
        opened_at=step.opened_at,
        sealed_at=step.sealed_at,
        seal=step.digest if isinstance(see_vote, Allowed) else None,
        instruments=_instruments(tx, actor, whole, step),
        votes=vote_lines(tx, facts) if isinstance(see_vote, Allowed) else (),
        see_vote=see_vote,
        vote=rules.may_vote_at_all(actor, facts),
        due=clock,
    )


def _instruments(tx: ReadTx, actor: Actor, whole: Place, step: Step) -> tuple[InstrumentLine, ...]:
    lines = []
    pages = store.pages_of(tx, step.id)
    for instrument in whole.cast.instruments:
        if instrument not in pages:
            continue
        place = Place(whole.cast, whole.letter, whole.state, instrument)
        read = rules.may_read(actor, place)
        page = pages[instrument] if isinstance(read, Allowed) else None
        lines.append(InstrumentLine(instrument, page, read, rules.may_draft(actor, place)))
    return tuple(lines)


def vote_lines(tx: ReadTx, facts: StepFacts) -> tuple[VoteLine, ...]:
    """Every State whose vote is needed, in the order of the cast, with its live vote."""
    place = facts.place
    live = {vote.state: vote for vote in facts.live}
    people = store.people_of(tx, live) if live and place.state is StepState.OPEN else ()
    return tuple(
        VoteLine(
            state,
            transitions.votes_on(place.cast, place.letter, state),
            live.get(state),
            by_predecessor=state in live and rules.is_by_predecessor(live[state], people, place),
        )
        for state in transitions.voters(place.cast, place.letter)
    )
