"""What a room knows of the workflow: read in one transaction, replaced whole when it may have moved.

Owns the picture and how it is shown in Meta. Rights are judged on it by `gate`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from revmod_live.ids import AccountId, Digest, SectionId
from revmod_live.sync.frames import ClaimShown, StepShown, VoteShown
from revmod_live.workflow import queries

if TYPE_CHECKING:
    from revmod_live.storage.database import ReadTx
    from revmod_live.workflow.model import Claim, LiveVote, Place, SectionFacts


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A section, its place in the review, its claims and the live votes of its step."""

    section: SectionFacts
    place: Place
    claims: tuple[Claim, ...]
    votes: tuple[LiveVote, ...]
    step_digest: Digest | None

    def holds(self, account: AccountId) -> bool:
        """Whether this person has a live claim on the section."""
        return any(claim.account == account for claim in self.claims)

    def frozen(self) -> RoomFacts:
        """The same, but frozen: what the journal has just been told."""
        return replace(self, section=replace(self.section, frozen=True))

    def claims_shown(self) -> tuple[ClaimShown, ...]:
        """The claims as Meta shows them."""
        return tuple(
            ClaimShown(
                account=claim.account,
                name=claim.name,
                state=claim.state or "",
                since=rfc3339(claim.since),
                alone=claim.alone,
                offline=claim.offline is not None,
            )
            for claim in self.claims
        )

    def step_shown(self, *, with_votes: bool) -> StepShown:
        """The step as Meta shows it: only votes on the text as it is, and to some no votes at all."""
        if not with_votes:
            return StepShown(state=self.section.step_state)
        votes = tuple(
            VoteShown(state=vote.state, name=vote.name, at=rfc3339(vote.at), live=True) for vote in self.votes
        )
        return StepShown(state=self.section.step_state, votes=votes, digest=self.step_digest)


def read_facts(tx: ReadTx, section: SectionId) -> RoomFacts | None:
    """All that a room knows of the workflow; None when there is no such section."""
    found = queries.section_in_place(tx, section)
    if found is None:
        return None
    facts, place = found
    votes, digest = queries.votes_and_digest(tx, facts.step)
    return RoomFacts(
        section=facts,
        place=place,
        claims=queries.live_claims(tx, section),
        votes=votes,
        step_digest=digest,
    )


def rfc3339(at: datetime) -> str:
    """An aware UTC time as the wire writes it: seconds, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
