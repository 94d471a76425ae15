"""Recorded editing sessions as a history: lines, runs, and what each author had seen.

A *line* is one author's thread: a transaction goes on with a line of its author when it has seen
all of it, and begins another one when it has not (a branch). A *run* is a part of a line that nobody
came directly after but at its end, so that it can be typed in one breath. Knows no document and no wire.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER: Final = Path(__file__).parents[1] / "data" / "traces"

A_BREATH: Final = 200
"""Keystrokes of an author who is alone, in one run."""

Patch = tuple[int, int, str]
"""Position, how many are deleted there, what is inserted there; in code points."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one author typed in one breath.

    parents:     the runs that it came directly after.
    ancestors:   all that its author had seen, one bit a run.
    is_forked:   whether a new line begins after it.
    """

    number: int
    line: int
    agent: int
    keystrokes: tuple[tuple[Patch, ...], ...]
    parents: tuple[int, ...]
    ancestors: int
    is_forked: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """A recorded session, or its beginning."""

    runs: tuple[Run, ...]
    text_sha256: str | None

    @property
    def agents(self) -> int:
        """How many authors there are."""
        return len({run.agent for run in self.runs})


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a session is, and what its text is at the end and after its first transactions.

    None: branches are not merged there yet, and the order of what stands at one place may be any.
    """

    name: str
    whole_sha256: str
    beginning: int
    beginning_sha256: str | None


RECORDED: Final = {
    one.name: one
    for one in (
        Recorded(
            "automerge-paper",
            "a489e9022976c14e46627aea174d07797edcb3fd17df42605956d4cf01bf9039",
            beginning=3000,
            beginning_sha256="abd36341546a1fbeaabb3db64390d0730585e64356b7973a1294d6f203699cb7",
        ),
        Recorded(
            "friendsforever",
            "4720ec330c91e288c00b71cab318f7a1cdde689dfc401f269c353acfd6cb03f6",
            beginning=2000,
            beginning_sha256="48c7b23cfd25713804c118425fd645dab3483a75a3035a51f74dc24a22fe339a",
        ),
        Recorded(
            "node_nodecc",
            "c822bf881ad1fb04d1aec80575212131fb45ec33600f84f59e829526c6d8f5f1",
            beginning=80,
            beginning_sha256=None,
        ),
    )
}


@cache
def trace(name: str, *, is_whole: bool) -> Trace:
    """The session of this name, or its beginning."""
    recorded = RECORDED[name]
    txns = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))["txns"]
    if not is_whole:
        txns = txns[: recorded.beginning]
    runs = _runs(txns) if "parents" in txns[0] else _one_author(txns)
    return Trace(runs, recorded.whole_sha256 if is_whole else recorded.beginning_sha256)


def _one_author(txns: list[dict[str, Any]]) -> tuple[Run, ...]:
    """A session of one author: one line, in breaths."""
    starts = range(0, len(txns), A_BREATH)
    return tuple(
        Run(
            number=number,
            line=0,
            agent=0,
            keystrokes=tuple(_patches(txn) for txn in txns[start : start + A_BREATH]),
            parents=(number - 1,) if number else (),
            ancestors=(1 << number) - 1,
            is_forked=False,
        )
        for number, start in enumerate(starts)
    )


def _patches(txn: dict[str, Any]) -> tuple[Patch, ...]:
    return tuple((at, deleted, inserted) for at, deleted, inserted in txn["patches"])


def sha256(text: str) -> str:
    """A text's hash, as the tables have it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _runs(txns: list[dict[str, Any]]) -> tuple[Run, ...]:
    parents: list[list[int]] = [txn["parents"] for txn in txns]
    children: list[list[int]] = [[] for _ in txns]
    for number, above in enumerate(parents):
        for parent in above:
            children[parent].append(number)
    lines, begins = _lines([txn["agent"] for txn in txns], parents)
    run_of: list[int] = []
    members: list[list[int]] = []
    for number, above in enumerate(parents):
        previous = number - 1
        is_same_breath = (
            above == [previous] and lines[number] == lines[previous] and children[previous] == [number]
        )
        if not is_same_breath:
            members.append([])
        members[-1].append(number)
        run_of.append(len(members) - 1)
    made: list[Run] = []
    for number, own in enumerate(members):
        above = [run_of[parent] for parent in parents[own[0]]]
        made.append(
            Run(
                number=number,
                line=lines[own[0]],
                agent=txns[own[0]]["agent"],
                keystrokes=tuple(_patches(txns[txn]) for txn in own),
                parents=tuple(above),
                ancestors=_union(made[parent].ancestors | 1 << parent for parent in above),
                is_forked=any(child in begins for child in children[own[-1]]),
            )
        )
    return tuple(made)


def _lines(agents: list[int], parents: list[list[int]]) -> tuple[list[int], set[int]]:
    """Each transaction's line, and which transactions begin one."""
    lines: list[int] = []
    newest: list[int] = []
    of_agent: dict[int, list[int]] = {}
    ancestors: list[int] = []
    begins: set[int] = set()
    for number, (agent, above) in enumerate(zip(agents, parents, strict=True)):
        ancestors.append(_union(ancestors[parent] | 1 << parent for parent in above))
        own = [line for line in of_agent.get(agent, []) if ancestors[number] >> newest[line] & 1]
        if own:
            line = max(own, key=newest.__getitem__)
            newest[line] = number
        else:
            line = len(newest)
            newest.append(number)
            of_agent.setdefault(agent, []).append(line)
            begins.add(number)
        lines.append(line)
    return lines, begins


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)
