"""Which items two sequences have in common, in bounded work.

Owns the alignment under `docs.compare` and must not know what the items are. The
same steps in the same order, and the same counting of work, are in
`web/src/docs/sequences.ts`, so that server and browser show one comparison; change
both. `tests/vectors/compare.json` holds both to the same results.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Final

Pairs = list[tuple[int, int]]
"""Positions (in the old, in the new sequence) of what stays, both strictly rising."""

_ATTEMPT_STEPS: Final = 60_000
_DEPTH: Final = 8


class Budget:
    """How much work may still be done; when it is spent, comparing gets coarser, not slower."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        """Allow about `steps` looks at an item."""
        self.left = steps

    def spend(self, steps: int) -> bool:
        """Take `steps` off and say True; or say False and take nothing, when fewer are left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def align(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> Pairs:
    """The positions of items that stay, as many as the work allowed can find.

    Exact (a longest common subsequence) while the budget lasts; then whole stretches
    between items that are unique on both sides are given up as changed. Never raises;
    linear work beyond the budget.
    """
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(item, len(numbers)) for item in old]
    b = [numbers.setdefault(item, len(numbers)) for item in new]
    pairs: Pairs = []
    # Gaps still to be looked at, left to right: the budget is spent in reading order.
    gaps = [(0, len(a), 0, len(b), 0)]
    while gaps:
        a0, a1, b0, b1, depth = gaps.pop()
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            pairs.append((a0, b0))
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            pairs.append((a1, b1))
        if a0 == a1 or b0 == b1:
            continue
        found = _shortest_script(a[a0:a1], b[b0:b1], budget)
        if found is not None:
            pairs.extend((a0 + i, b0 + j) for i, j in found)
            continue
        if depth == _DEPTH:
            continue
        anchors = [(a0 + i, b0 + j) for i, j in _unique_anchors(a[a0:a1], b[b0:b1])]
        if not anchors:
            continue
        pairs.extend(anchors)
        edges = [(a0 - 1, b0 - 1), *anchors, (a1, b1)]
        inner = [(i0 + 1, i1, j0 + 1, j1, depth + 1) for (i0, j0), (i1, j1) in pairwise(edges)]
        gaps.extend(reversed(inner))
    pairs.sort()
    return pairs


def _shortest_script(a: list[int], b: list[int], budget: Budget) -> Pairs | None:
    """Myers' greedy search for the fewest changes; None when it would take too many steps."""
    n, m = len(a), len(b)
    allowed = min(_ATTEMPT_STEPS, budget.left)
    steps = 0
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for d in range(n + m + 1):
        trace.append({})
        reached = trace[-1]
        for k in range(-d, d + 1, 2):
            if k == -d or (k != d and furthest[k - 1] < furthest[k + 1]):
                x = furthest[k + 1]
            else:
                x = furthest[k - 1] + 1
            start = x
            while x < n and x - k < m and a[x] == b[x - k]:
                x += 1
            steps += 1 + x - start
            reached[k] = x
            if x >= n and x - k >= m:
                budget.left -= steps
                return _walk_back(trace, n, m)
            if steps > allowed:
                budget.left -= allowed
                return None
        # Only the diagonals of this round: the next round's neighbours are all in it.
        furthest = reached
    return None  # not reached: n + m changes always suffice


def _walk_back(trace: list[dict[int, int]], n: int, m: int) -> Pairs:
    pairs: Pairs = []
    x, y = n, m
    for d in range(len(trace) - 1, 0, -1):
        before = trace[d - 1]
        k = x - y
        down = k == -d or (k != d and before[k - 1] < before[k + 1])
        previous_k = k + 1 if down else k - 1
        previous_x = before[previous_k]
        start = previous_x if down else previous_x + 1
        while x > start:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = previous_x, previous_x - previous_k
    while x > 0:
        x, y = x - 1, y - 1
        pairs.append((x, y))
    pairs.reverse()
    return pairs


def _unique_anchors(a: list[int], b: list[int]) -> Pairs:
    """Items that each side has once, as many as stand in the same order on both."""
    in_a, in_b = _unique_places(a), _unique_places(b)
    candidates = [(i, in_b[item]) for item, i in in_a.items() if item in in_b]
    candidates.sort()
    # The longest rising run of the new positions, by patience sorting.
    tops: list[int] = []
    top_at: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(candidates):
        pile = bisect_left(tops, j)
        before.append(top_at[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            top_at.append(at)
        else:
            tops[pile] = j
            top_at[pile] = at
    rising: Pairs = []
    at = top_at[-1] if top_at else -1
    while at >= 0:
        rising.append(candidates[at])
        at = before[at]
    rising.reverse()
    return rising


def _unique_places(items: list[int]) -> dict[int, int]:
    places: dict[int, int] = {}
    for at, item in enumerate(items):
        places[item] = -1 if item in places else at
    return {item: at for item, at in places.items() if at >= 0}
