"""Who may do what: one table for what may be read, written and voted, and a few sentences beside it.

Pure. Every `may_*` answers `Allowed` or `Refused(because)`, for a person as they are now, before a
place as it is now. Must not know the database, sockets or pages. The codes in `because` are the
wire's words where the wire has them: `role`, `locked`, `frozen`, `claim`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import ALLOWED, Allowed, Refused
from revmod_live.ids import StateCode, StepLetter
from revmod_live.workflow.model import (
    EXPIRIES,
    Cast,
    Claim,
    Digests,
    LiveVote,
    PastClaim,
    Place,
    Seen,
    StepFacts,
    StepState,
)
from revmod_live.workflow.transitions import is_agreed_version_voted, votes_on

# Who sees and does what: requirements 1.2. R reads, W writes (B, C and D: when the section is taken),
# V votes, - is sent nothing at all. A locked step is shown to nobody. "In whose place": a drawn State
# that is not party to the instrument, so that another State reviews it in its place (D-12).
# PR: the permanent representative, while the State has no approved focal point, and only so long;
# +m: for whom the secretariat has recorded a mandate (D-09; PR ¶18).
RIGHTS: Final = """
            State under review             reviewing State                in whose  secre-  other
 step state FP    GE    OBS   PR    PR+m   FP    GE    OBS   PR    PR+m   place     tariat  States

 0    open  RWV   -     -     RWV   RWV    RWV   -     -     RWV   RWV    -         R       -

 a    open  RWV   RW    R     R     RWV    -     -     -     -     -      -         -       -
 a    sealed R    R     R     R     R      R     R     R     R     R      R         R       -

 b    open  -     -     -     -     -      RWV   RW    R     R     RWV    -         R       -
 b    sealed R    R     R     R     R      R     R     R     R     R      R         R       -

 c    open  RWV   RW    R     R     RWV    RWV   RW    R     R     RWV    -         R       -
 c    sealed R    R     R     R     R      R     R     R     R     R      R         R       -

 d    open  RWV   RW    R     R     RWV    RWV   RW    R     R     RWV    -         R       -
 d    sealed R    R     R     R     R      R     R     R     R     R      R         R       R
"""
# Sealed answers (A) reach other States parties when the secretariat releases them (D-24), and the
# list (C) reaches them as a conference room paper: neither through these pages.


class Seat(StrEnum):
    """The columns of the table, in order, and one for whoever has no column."""

    UNDER_REVIEW_FP = "sur-fp"
    UNDER_REVIEW_GE = "sur-ge"
    UNDER_REVIEW_OBS = "sur-obs"
    UNDER_REVIEW_PR = "sur-pr"
    UNDER_REVIEW_MANDATED = "sur-pr-mandated"
    REVIEWER_FP = "rs-fp"
    REVIEWER_GE = "rs-ge"
    REVIEWER_OBS = "rs-obs"
    REVIEWER_PR = "rs-pr"
    REVIEWER_MANDATED = "rs-pr-mandated"
    IN_WHOSE_PLACE = "in-whose-place"
    SECRETARIAT = "secretariat"
    OTHER_STATE = "other"
    NOBODY = "nobody"


_COLUMNS: Final = tuple(Seat)[:-1]
_TAKING_PART: Final = frozenset(_COLUMNS) - {Seat.OTHER_STATE}
_OF_STATE_UNDER_REVIEW: Final = {
    Role.FOCAL_POINT: Seat.UNDER_REVIEW_FP,
    Role.EXPERT: Seat.UNDER_REVIEW_GE,
    Role.OBSERVER: Seat.UNDER_REVIEW_OBS,
    Role.REPRESENTATIVE: Seat.UNDER_REVIEW_PR,
}
_OF_REVIEWING_STATE: Final = {
    Role.FOCAL_POINT: Seat.REVIEWER_FP,
    Role.EXPERT: Seat.REVIEWER_GE,
    Role.OBSERVER: Seat.REVIEWER_OBS,
    Role.REPRESENTATIVE: Seat.REVIEWER_PR,
}
_WITH_MANDATE: Final = {
    Seat.UNDER_REVIEW_PR: Seat.UNDER_REVIEW_MANDATED,
    Seat.REVIEWER_PR: Seat.REVIEWER_MANDATED,
}


def _read_aloud(table: str) -> Mapping[tuple[str, StepState, Seat], frozenset[str]]:
    rows = (line.split() for line in table.splitlines() if line[1:2] in set("0abcd") and line[2:3] == " ")
    return {
        (letter, StepState(state), seat): frozenset(rights.strip("-"))
        for letter, state, *cells in rows
        for seat, rights in zip(_COLUMNS, cells, strict=True)
    }


_RIGHTS: Final = _read_aloud(RIGHTS)


def rights_of(seat: Seat, letter: StepLetter, state: StepState) -> frozenset[str]:
    """What the table says: a set of `R`, `W`, `V`; empty for who has no column and for a locked step."""
    return _RIGHTS.get((letter, state, seat), frozenset())


# ------------------------------------------------------------------ who somebody is here


def acts_as(actor: Actor, cast: Cast, letter: StepLetter) -> Role | None:
    """The role that `actor` plays in a step of this review; None for none.

    A permanent representative plays the part that its column of the table gives it: a focal point's
    where it votes, an observer's elsewhere; none at all while the State has an approved focal point
    (requirements, top; D-09; PR ¶18).
    """
    if actor.role is not Role.REPRESENTATIVE:
        return actor.role
    if actor.state not in cast.without_focal_point:
        return None
    columns = _OF_REVIEWING_STATE, _OF_STATE_UNDER_REVIEW
    seats = {_mandated(actor, cast, of[actor.role]) for of in columns}
    votes = any("V" in rights_of(one, letter, StepState.OPEN) for one in seats)
    return Role.FOCAL_POINT if votes else Role.OBSERVER


def _mandated(actor: Actor, cast: Cast, column: Seat) -> Seat:
    return _WITH_MANDATE.get(column, column) if actor.state in cast.mandates else column


def seat(actor: Actor, place: Place) -> Seat:
    """The column of the table that `actor` stands in, before this place.

    Whoever is suspended or not yet approved has none (PRO-05, PRO-08), nor has the representative of
    a State that has an approved focal point. An additional reviewer stands in the reviewers' columns
    for the instruments it was drawn for, and for others as any other State.
    """
    if not actor.active:
        return Seat.NOBODY
    if actor.role is Role.SECRETARIAT:
        return Seat.SECRETARIAT
    if acts_as(actor, place.cast, place.letter) is None or actor.state is None:
        return Seat.NOBODY
    if actor.state == place.cast.under_review:
        return _mandated(actor, place.cast, _OF_STATE_UNDER_REVIEW[actor.role])
    reviewer = place.cast.reviewer(actor.state)
    if reviewer is None:
        return Seat.OTHER_STATE
    if place.instrument is None or place.instrument in reviewer.instruments:
        return _mandated(actor, place.cast, _OF_REVIEWING_STATE[actor.role])
    return Seat.OTHER_STATE if reviewer.in_place_of else Seat.IN_WHOSE_PLACE


def _has(right: str, actor: Actor, place: Place) -> bool:
    return right in rights_of(seat(actor, place), place.letter, place.state)


def _would_have(right: str, actor: Actor, place: Place, *states: StepState) -> bool:
    return any(right in rights_of(seat(actor, place), place.letter, state) for state in states)


# ------------------------------------------------------------------ reading


def may_know(actor: Actor, cast: Cast, *, ended: bool = False) -> Allowed | Refused:
    """Whether `actor` may know that this review is there: who takes part, and the secretariat.

    ended: its step D is sealed, and so its summaries may be read by every State (requirements 1.2).
    Refused: `suspended`, `role`. PRO-08; promise 3.
    """
    if not actor.active:
        return Refused("suspended")
    if actor.role is Role.SECRETARIAT or actor.state in cast.states or ended:
        return ALLOWED
    return Refused("role")


def may_read(actor: Actor, place: Place) -> Allowed | Refused:
    """Whether the text of this place may be sent to `actor`.

    Refused: `locked` when the step is not open to this reader yet, `role` when it never will be.
    Requirements 1.2.
    """
    if _has("R", actor, place):
        return ALLOWED
    is_later = place.state is not StepState.SEALED
    if is_later and _would_have("R", actor, place, StepState.OPEN, StepState.SEALED):
        return Refused("locked")
    return Refused("role")


def may_open_page(actor: Actor, place: Place) -> Allowed | Refused:
    """Whether `actor` may be present on the page of this instrument: who may read it all.

    Refused: as `may_read`. sync-protocol.md, "Names".
    """
    return may_read(actor, place)


def may_see_log(actor: Actor, place: Place) -> Allowed | Refused:
    """Whether `actor` may see who changed what: whoever may read the step *while it is open*.

    The log shows earlier drafts, so sealing opens it to nobody: the State under review reads the
    sealed feedback and not how it was written, as with the chats (requirements 1.2; TRL-06, DIS-02).
    Refused: `locked` or `role`.
    """
    if place.state is StepState.LOCKED:
        return may_read(actor, place)
    in_it = seat(actor, place) in _TAKING_PART and _would_have("R", actor, place, StepState.OPEN)
    return ALLOWED if in_it else Refused("role")


# ------------------------------------------------------------------ drafting and claims


def may_draft(actor: Actor, place: Place) -> Allowed | Refused:
    """Whether `actor` may write here, once the section is taken.

    Refused: `frozen` for drafters of a sealed step, `locked` for drafters of one not yet open,
    `role` for everybody else. Requirements 1.2; STP-08.
    """
    if _has("W", actor, place):
        return ALLOWED
    if _would_have("W", actor, place, StepState.OPEN):
        return Refused("frozen" if place.state is StepState.SEALED else "locked")
    return Refused("role")


def may_push(actor: Actor, place: Place, claims: Iterable[Claim]) -> Allowed | Refused:
    """Whether text of `actor` is taken into this section now: a drafter, with a claim.

    In A the first Push takes the claim by itself, unless somebody else holds the section alone.
    Refused: as `may_draft`; `claim`. Architecture, "Claims"; TRL-01.
    """
    decision = may_draft(actor, place)
    if isinstance(decision, Refused):
        return decision
    held = tuple(claims)
    if any(claim.account == actor.account for claim in held):
        return ALLOWED
    if place.letter == "a" and not any(claim.alone for claim in held):
        return ALLOWED
    return Refused("claim")


def may_take(
    actor: Actor, place: Place, claims: Sequence[Claim], *, alone: bool, join: bool
) -> Allowed | Refused:
    """Whether `actor` may take this section.

    claims: the live ones on it. alone: for me alone. join: knowing that others hold it.
    Refused: as `may_draft`; `held-alone` when somebody else holds it for themselves alone;
    `held` when it is wanted alone and others hold it; `join-anyway` when others hold it and the
    question was not asked yet; each with `name`, `state` and `since` of the first holder.
    Architecture, "Claims"; TRL-01, TRL-03; D-19.
    """
    decision = may_draft(actor, place)
    if isinstance(decision, Refused):
        return decision
    others = [claim for claim in claims if claim.account != actor.account]
    if not others:
        return ALLOWED
    is_mine = len(others) < len(claims)
    if any(claim.alone for claim in others):
        return _held("held-alone", others)
    if alone:
        return _held("held", others)
    return ALLOWED if join or is_mine else _held("join-anyway", others)


def may_resume(
    actor: Actor, place: Place, claims: Sequence[Claim], *, last: PastClaim | None
) -> Allowed | Refused:
    """Whether the claim that `actor` had on this section comes back.

    last: how the last one ended, None if it is live or there was none. One that expired comes back
    unless somebody else holds the section alone now; one that was released does not.
    Refused: as `may_draft`; `held-alone`; `claim`. Architecture, "Claims".
    """
    decision = may_draft(actor, place)
    if isinstance(decision, Refused):
        return decision
    if any(claim.account == actor.account for claim in claims):
        return ALLOWED
    if last is None or last.ended_how not in EXPIRIES:
        return Refused("claim")
    alone = [claim for claim in claims if claim.alone]
    return _held("held-alone", alone) if alone else ALLOWED


def may_release(actor: Actor, place: Place, claim: Claim) -> Allowed | Refused:
    """Whether `actor` may end this claim: one's own; a colleague's as focal point; the secretariat any.

    Refused: `suspended`, `role`. Architecture, "Claims"; TRL-04.
    """
    if claim.account == actor.account:
        return ALLOWED
    if not actor.active:
        return Refused("suspended")
    whose = releases(actor, place.cast, place.letter)
    return ALLOWED if whose in {EVERYBODY, claim.state} and whose is not None else Refused("role")


EVERYBODY: Final = StateCode("*")


def releases(actor: Actor, cast: Cast, letter: StepLetter) -> StateCode | None:
    """Whose claims `actor` may end besides their own: those of a State, of EVERYBODY, or nobody's.

    Architecture, "Claims"; TRL-04.
    """
    if not actor.active:
        return None
    if actor.role is Role.SECRETARIAT:
        return EVERYBODY
    return actor.state if acts_as(actor, cast, letter) is Role.FOCAL_POINT else None


def _held(because: str, claims: Sequence[Claim]) -> Refused:
    first = min(claims, key=lambda claim: (claim.since, claim.id))
    return Refused(because, name=first.name, state=first.state, since=first.since)


# ------------------------------------------------------------------ votes


def _is_voter(actor: Actor, place: Place) -> bool:
    return _would_have("V", actor, place, StepState.OPEN)


def speaks(actor: Actor, place: Place) -> bool:
    """Whether it is `actor` who casts the vote of their State in this step.

    A State has one focal point at a time (`Cast.focal_points`); its other focal points are alternates and
    do everything but this. While none is recorded, or the one who is has been suspended, every approved
    focal point of the State may: it has one vote all the same. D-08.
    """
    if not actor.active or actor.state is None or not _is_voter(actor, place):
        return False
    return place.cast.focal_points.get(actor.state, actor.account) == actor.account


def is_by_predecessor(vote: LiveVote, people: Iterable[Actor], place: Place) -> bool:
    """Whether somebody else speaks for the State by now than who cast its vote.

    Such a vote counts until the successor withdraws it or the text changes (D-08). people: active, of
    the review's States.
    """
    speakers = {person.account for person in people if person.state == vote.state and speaks(person, place)}
    return bool(speakers) and vote.account not in speakers


def may_see_vote(actor: Actor, place: Place) -> Allowed | Refused:
    """Whether `actor` may open the vote page of a step: who may read something of it as it is drafted.

    place: of the step as a whole. Refused: `locked`, `role`. VOT-06; requirements 1.2.
    """
    return may_see_log(actor, place)


def may_vote(actor: Actor, facts: StepFacts, *, seen: Seen, at: datetime) -> Allowed | Refused:
    """Whether `actor` may cast a vote on this step now.

    seen: what the voter was shown: the step's digest, or for a State that reviews only some
    instruments those of each of them.
    at: aware, UTC.
    Refused: `suspended`, `role`, `locked`, `frozen`; `alternate` for a focal point beside the one who
    speaks for the State; `moving` while a digest is behind its text; `agreed` (step 0: this version is
    in force already); `voted` (the State's vote counts already); `too-long` with `words` and `limit`
    (D-16); `moved` with `now`, the digests as they are.
    Manual 3.1 and 3.3 to 3.5, "Vote to close"; requirements 1.3; D-08, D-12, D-21.
    """
    del at  # a deadline never closes anything by itself
    decision = may_vote_at_all(actor, facts)
    if isinstance(decision, Refused):
        return decision
    assert facts.digests is not None  # noqa: S101 -- else it was refused as moving
    now = asked_of(actor, facts.place, facts.digests)
    return ALLOWED if _same(seen, now) else Refused("moved", now=now)


def may_vote_at_all(actor: Actor, facts: StepFacts) -> Allowed | Refused:
    """Whether `actor` may vote on the step as it is now, whatever was shown. Refused: see `may_vote`."""
    if not actor.active:
        return Refused("suspended")
    if not _is_voter(actor, facts.place):
        return Refused("role")
    if facts.place.state is not StepState.OPEN:
        return Refused("frozen" if facts.place.state is StepState.SEALED else "locked")
    if not speaks(actor, facts.place):
        return Refused("alternate")
    if facts.digests is None:
        return Refused("moving")
    if is_agreed_version_voted(facts):
        return Refused("agreed")
    if any(vote.state == actor.state for vote in facts.live):
        return Refused("voted")
    if facts.words is not None and facts.words_limit is not None and facts.words > facts.words_limit:
        return Refused("too-long", words=facts.words, limit=facts.words_limit)
    return ALLOWED


def asked_of(actor: Actor, place: Place, digests: Digests) -> Seen:
    """What the State of `actor` votes on in this step: the step's digest, or those of its instruments."""
    assert actor.state is not None  # noqa: S101 -- a voter votes for a State
    instruments = votes_on(place.cast, place.letter, actor.state)
    return digests.step if instruments is None else {i: digests.instruments[i] for i in instruments}


def _same(seen: Seen, now: Seen) -> bool:
    if isinstance(seen, Mapping) and isinstance(now, Mapping):
        return dict(seen) == dict(now)
    return seen == now


def may_withdraw(actor: Actor, facts: StepFacts) -> Allowed | Refused:
    """Whether `actor` may withdraw the State's live vote: who speaks for it, until the step closes.

    A successor may withdraw what a predecessor cast (D-08).
    Refused: `suspended`, `role`, `locked`, `frozen`, `alternate`, `no-vote`. Architecture, "Closing".
    """
    if not actor.active:
        return Refused("suspended")
    if not _is_voter(actor, facts.place):
        return Refused("role")
    if facts.place.state is not StepState.OPEN:
        return Refused("frozen" if facts.place.state is StepState.SEALED else "locked")
    if not speaks(actor, facts.place):
        return Refused("alternate")
    if not any(vote.state == actor.state for vote in facts.live):
        return Refused("no-vote")
    return ALLOWED
