"""Ranges of clocks, sets of them, and the delete set in which they are written.

Owns the arithmetic of (client, clock, length). Knows nothing of content or documents.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from revmod_live.sync import lib0


class Range(NamedTuple):
    """`length` clocks of `client` from `clock` on; text counts in UTF-16 units."""

    client: int
    clock: int
    length: int

    @property
    def end(self) -> int:
        """One past the last clock."""
        return self.clock + self.length


class RangeSet:
    """A growing set of clocks of many clients, kept as merged ranges."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}
        self.add_all(ranges)

    def add_all(self, ranges: Iterable[Range]) -> None:
        """Take `ranges` in."""
        for client, clock, length in ranges:
            starts = self._starts.setdefault(client, [])
            ends = self._ends.setdefault(client, [])
            # Whatever the new range touches becomes one with it.
            first, last = bisect_left(ends, clock), bisect_right(starts, clock + length)
            if first < last:
                starts[first:last] = [min(clock, starts[first])]
                ends[first:last] = [max(clock + length, ends[last - 1])]
            else:
                starts.insert(first, clock)
                ends.insert(first, clock + length)

    def holds(self, wanted: Range) -> bool:
        """Whether all of `wanted` is in."""
        starts = self._starts.get(wanted.client)
        if not starts:
            return False
        at = bisect_right(starts, wanted.clock) - 1
        return at >= 0 and wanted.end <= self._ends[wanted.client][at]

    def touches(self, other: Range) -> bool:
        """Whether any of `other` is in."""
        starts = self._starts.get(other.client)
        if not starts:
            return False
        at = bisect_left(starts, other.end) - 1
        return at >= 0 and self._ends[other.client][at] > other.clock

    def ranges(self) -> tuple[Range, ...]:
        """Everything in it, merged, ascending a client."""
        return tuple(
            Range(client, start, end - start)
            for client, starts in self._starts.items()
            for start, end in zip(starts, self._ends[client], strict=True)
        )

    def copy(self) -> RangeSet:
        """Another set with the same ranges."""
        twin = RangeSet()
        twin._starts = {client: starts.copy() for client, starts in self._starts.items()}
        twin._ends = {client: ends.copy() for client, ends in self._ends.items()}
        return twin


def delete_set(deletes: Iterable[Range]) -> bytes:
    """A delete set as it stands at the end of an update."""
    by_client: dict[int, list[Range]] = {}
    for deleted in RangeSet(deletes).ranges():
        by_client.setdefault(deleted.client, []).append(deleted)
    parts = [lib0.uint(len(by_client))]
    for client, ranges in by_client.items():
        parts += (lib0.uint(client), lib0.uint(len(ranges)))
        for _, clock, length in ranges:
            parts += (lib0.uint(clock), lib0.uint(length))
    return b"".join(parts)
