"""Which happening is told to whom: one table, and the people that each line of it means.

Pure. A notice is a row for a person (letters by mail are made from the same rows later). The wording
is the portal's; here are codes. Must not know the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Final, assert_never

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Allowed
from revmod_live.ids import AccountId, StateCode
from revmod_live.workflow.model import Place, StepState
from revmod_live.workflow.rules import acts_as, may_read
from revmod_live.workflow.transitions import voters


class Told(StrEnum):
    """Whom a line of the table means."""

    OTHER_VOTERS = "focal points of the other States that vote in the step"
    VOTERS = "focal points of all States that vote in the step"
    VOTERS_THERE = "those of them who may read the instrument that was changed"
    VOTERS_ELSEWHERE = "those of them who may not, and whose State's vote was taken"
    READERS = "everybody of the review who may read something of the step now"
    HOLDER = "the person who held the section"
    PERSON = "the one person whom it concerns"
    OFFICERS = "every officer of the secretariat"


# What happens → who is told. VOT-06, VOT-07, STP-10, FBK-06; architecture, "Claims".
TOLD: Final = {
    "vote-cast": Told.OTHER_VOTERS,
    "vote-withdrawn": Told.OTHER_VOTERS,
    "votes-reset": Told.VOTERS_THERE,
    "votes-reset-elsewhere": Told.VOTERS_ELSEWHERE,
    "settings-agreed": Told.VOTERS,
    "step-sealed": Told.READERS,
    "step-opened": Told.READERS,
    "claim-released": Told.HOLDER,
    "chat-answer": Told.PERSON,
    "profile-waiting": Told.OFFICERS,
}


def recipients(
    kind: str,
    place: Place,
    people: Iterable[Actor],
    *,
    by: AccountId | None,
    state: StateCode | None = None,
    taken: Collection[StateCode] = (),
) -> tuple[AccountId, ...]:
    """Whom to tell of `kind`, out of the active people of the review's States.

    place: the step as a whole, as it is after the act; of a reset, the instrument that was changed.
    by: who did it, never told of it, but of a reset everyone is. state: the State that acted, for "the
    other States". taken: of a reset, the States whose votes were live.
    `HOLDER`, `PERSON` and `OFFICERS` are known to the command alone and give nobody here.
    """
    match TOLD[kind]:
        case Told.OTHER_VOTERS:
            return tuple(p.account for p in people if _votes(p, place) and p.state != state)
        case Told.VOTERS:
            return tuple(p.account for p in people if _votes(p, place))
        case Told.VOTERS_THERE:
            return tuple(p.account for p in people if _votes(p, place) and _reads(p, place))
        case Told.VOTERS_ELSEWHERE:
            mine = [p for p in people if p.state in taken]
            return tuple(p.account for p in mine if _votes(p, place) and not _reads(p, place))
        case Told.READERS:
            return tuple(p.account for p in people if p.account != by and _reads_some(p, place))
        case Told.HOLDER | Told.PERSON | Told.OFFICERS:
            return ()
        case unknown:
            assert_never(unknown)


def _votes(person: Actor, place: Place) -> bool:
    is_focal_point = acts_as(person, place.cast, place.letter) is Role.FOCAL_POINT
    return is_focal_point and person.state in voters(place.cast, place.letter)


def _reads(person: Actor, place: Place) -> bool:
    return isinstance(may_read(person, place), Allowed)


def _reads_some(person: Actor, place: Place) -> bool:
    if place.state is StepState.LOCKED:
        return False
    instruments = (None,) if place.letter == "0" else place.cast.instruments
    return any(_reads(person, Place(place.cast, place.letter, place.state, i)) for i in instruments)
