"""Which votes count, and whether they are all there.

Pure. Validity is derived here from what was cast and what reset it, and stored nowhere
(promise 2; requirements 2.3, 1 and 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from revmod_live.ids import StateCode, StepLetter
from revmod_live.workflow.model import Ballot, Cast, Digests, LiveVote
from revmod_live.workflow.transitions import voters, votes_on


def is_standing(ballot: Ballot, *, n: int, reset_after: int) -> bool:
    """Whether nothing has ended this vote: not withdrawn, of this round, cast after the last reset.

    n: the step's round. reset_after: number of the newest vote that a reset has taken, 0 for none.
    A reset takes every vote of the step, of whatever instrument (D-12), and an old one never
    revives, whatever the text returns to (D-21).
    """
    return ballot.withdrawn_at is None and ballot.n == n and ballot.number > reset_after


def live(
    ballots: Iterable[Ballot], digests: Digests | None, *, n: int, reset_after: int
) -> tuple[LiveVote, ...]:
    """The votes that count: standing, and bound to the digests as they are now.

    digests: None while one is behind its text. No text can have changed under a standing vote
    without a reset beside it, so a standing vote is then judged by that alone.
    """
    return tuple(
        LiveVote(ballot.id, ballot.state, ballot.account, ballot.name, ballot.at, ballot.seen)
        for ballot in ballots
        if is_standing(ballot, n=n, reset_after=reset_after)
        and (digests is None or _is_current(ballot, digests))
    )


def _is_current(ballot: Ballot, digests: Digests) -> bool:
    if isinstance(ballot.seen, Mapping):
        return all(digests.instruments.get(i) == digest for i, digest in ballot.seen.items())
    return ballot.seen == digests.step


def is_complete(cast: Cast, letter: StepLetter, votes: Iterable[LiveVote]) -> bool:
    """Whether every State that must has a live vote on what it reviews (VOT-08)."""
    return not missing(cast, letter, votes)


def missing(cast: Cast, letter: StepLetter, votes: Iterable[LiveVote]) -> tuple[StateCode, ...]:
    """The States whose vote is still needed. One bound to less than the State reviews does not count."""
    there = {vote.state for vote in votes if _is_whole(cast, letter, vote)}
    return tuple(state for state in voters(cast, letter) if state not in there)


def _is_whole(cast: Cast, letter: StepLetter, vote: LiveVote) -> bool:
    instruments = votes_on(cast, letter, vote.state)
    if instruments is None:
        return not isinstance(vote.seen, Mapping)
    return isinstance(vote.seen, Mapping) and set(vote.seen) == set(instruments)
