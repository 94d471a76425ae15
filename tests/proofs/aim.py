"""Two things at the same moment, aimed so that either comes first about as often."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
V = TypeVar("V")
E = TypeVar("E")

JITTER: Final = 0.2
LEARN: Final = 0.1


class Aim:
    """How long after the vote the edit is sent: learnt, so that both come first about as often.

    In parts of the time that a vote takes now, because the server casts it late in that time.
    """

    def __init__(self, seed: int) -> None:
        self._chance: Final = Random(seed)
        self._share = 0.8
        self._vote_s = 0.1

    def wait_s(self) -> float:
        """How much later the edit goes in the next race; negative: how much earlier."""
        return (self._share + self._chance.uniform(-JITTER, JITTER)) * self._vote_s

    def took(self, vote_s: float) -> None:
        """A vote took so long."""
        self._vote_s += (vote_s - self._vote_s) * 0.5

    def learn(self, *, is_sealed: bool) -> None:
        """Give the loser a little more time."""
        self._share += -LEARN if is_sealed else LEARN


async def at_once(
    vote: Coroutine[Any, Any, V], edit: Coroutine[Any, Any, E], *, wait_s: float
) -> tuple[V, E]:
    """Both at the same moment, the edit `wait_s` later."""

    async def later(ask: Coroutine[Any, Any, T], by_s: float) -> T:
        await asyncio.sleep(max(0.0, by_s))
        return await ask

    async with asyncio.TaskGroup() as group:
        voting = group.create_task(later(vote, -wait_s))
        editing = group.create_task(later(edit, wait_s))
    return voting.result(), editing.result()
