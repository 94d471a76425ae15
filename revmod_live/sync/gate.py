"""Every reason to refuse, in the words of the wire.

Pure: what a person may do with a section now, and what is wrong with an update before any native
code has seen it. Knows no socket, no document and no database (sync-protocol.md, "What the server
does with a Push", 1 to 3).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from revmod_live.errors import Allowed, Refused
from revmod_live.sync.frames import DeniedReason, Mode, RefuseCode, Why
from revmod_live.workflow import rules

if TYPE_CHECKING:
    from revmod_live.accounts.model import Actor
    from revmod_live.sync.facts import RoomFacts


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a Push is not taken. `counts`: shadow or schema refused it; three such close the connection."""

    code: RefuseCode
    detail: Mapping[str, object] = field(default_factory=dict)
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person may do with a section now.

    denied: why it is closed to them; then nothing else counts.
    sees_votes: whether the step's votes and digest are theirs to see, as on its pages.
    """

    mode: Mode
    why: Why
    denied: DeniedReason | None = None
    sees_votes: bool = False


def standing(actor: Actor, facts: RoomFacts) -> Standing:
    """How `actor` stands to the section of `facts`. Requirements 1.2; architecture, "Claims"."""
    reading = rules.may_read(actor, facts.place)
    if isinstance(reading, Refused):
        return Standing(Mode.READ, Why.ROLE, denied_reason(reading))
    mode, why = _mode(actor, facts)
    whole = replace(facts.place, instrument=None)
    return Standing(mode, why, sees_votes=isinstance(rules.may_see_vote(actor, whole), Allowed))


def _mode(actor: Actor, facts: RoomFacts) -> tuple[Mode, Why]:
    drafting = rules.may_draft(actor, facts.place)
    if isinstance(drafting, Refused):
        return Mode.READ, Why.FROZEN if drafting.because == "frozen" else Why.ROLE
    if facts.section.frozen:
        return Mode.READ, Why.FROZEN
    if isinstance(rules.may_push(actor, facts.place, facts.claims), Allowed):
        return Mode.WRITE, Why.OK
    return Mode.READ, Why.CLAIM


def needs_claim(standing: Standing, actor: Actor, facts: RoomFacts) -> bool:
    """Whether a Push of `actor` is to bring back an expired claim, or in A to take one first."""
    return standing.why is Why.CLAIM or (standing.mode is Mode.WRITE and not facts.holds(actor.account))


def denied_reason(refused: Refused) -> DeniedReason:
    """A rule's no as the wire says it: `locked`, or `role` for whatever else."""
    return DeniedReason.LOCKED if refused.because == "locked" else DeniedReason.ROLE


REFUSED_FOR: Final[Mapping[Why, RefuseCode]] = {
    Why.CLAIM: RefuseCode.CLAIM,
    Why.FROZEN: RefuseCode.FROZEN,
    Why.ROLE: RefuseCode.ROLE,
}
"""Why somebody only reads → the code of a Push that comes all the same."""


class Pace:
    """So many in so many seconds, and no more."""

    __slots__ = ("_at", "_most", "_within_s")

    def __init__(self, most: int, within_s: float) -> None:
        self._most = most
        self._within_s = within_s
        self._at: deque[float] = deque()

    def is_over(self, now_s: float) -> bool:
        """Count one more at `now_s` (monotonic); whether that is more than may be.

        One that is too many is not counted, so the pace recovers by itself.
        """
        at = self._at
        while at and now_s - at[0] >= self._within_s:
            at.popleft()
        if len(at) >= self._most:
            return True
        at.append(now_s)
        return False
