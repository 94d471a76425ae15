"""What changed between two texts: blocks first, then words within a changed block.

Owns the comparison that people see before they vote, when a vote is refused, and in
the edit log. Pure, and bounded in work for texts of any shape: a hard case comes out
coarser, as a whole block changed. `web/src/docs/compare.ts` gives the same result.
Must not know how a change looks: that is `docs.render`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from revmod_live.docs.model import Block, Run, Section, block_text, tidy_runs, with_text
from revmod_live.docs.sequences import Budget, Pairs, align
from revmod_live.docs.words import is_word, split

_WORD_STEPS: Final = 400_000
_PAIR_STEPS: Final = 3_000_000
_CELL_STEPS: Final = 8
_ALIKE_PER_MILLE: Final = 500
_LOOK_AHEAD: Final = 4


class Change(StrEnum):
    """What became of a block, or of a piece within a changed block (there never CHANGED)."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a changed block: kept, inserted or deleted, with its marks."""

    change: Change
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block's fate. `old` is None if inserted, `new` if deleted; `pieces` if changed only.

    The pieces that are not deleted make up the new block, those not inserted the old.
    """

    change: Change
    old: Block | None
    new: Block | None
    pieces: tuple[Piece, ...] = ()

    @property
    def is_restyled(self) -> bool:
        """Whether the block's kind, direction or alignment changed (its text may have, too)."""
        if self.old is None or self.new is None:
            return False
        return _style(self.old) != _style(self.new)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field, by its name."""

    field: str
    blocks: tuple[BlockChange, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A change in plain words: the text around it as it was and as it is."""

    before: str
    after: str


def compare_blocks(old: Sequence[Block], new: Sequence[Block]) -> tuple[BlockChange, ...]:
    """What became of each block, in reading order; deleted ones before inserted ones.

    Without the deleted blocks and pieces the result reads as `new`, without the
    inserted ones as `old`, exactly. Never raises; work is bounded.
    """
    word_budget, pair_budget = Budget(_WORD_STEPS), Budget(_PAIR_STEPS)
    changes: list[BlockChange] = []
    i = j = 0
    for next_i, next_j in [*align(old, new, word_budget), (len(old), len(new))]:
        changes.extend(_gap(old[i:next_i], new[j:next_j], word_budget, pair_budget))
        if next_i < len(old):
            changes.append(BlockChange(Change.SAME, old[next_i], new[next_j]))
        i, j = next_i + 1, next_j + 1
    return tuple(changes)


def compare_sections(old: Section | None, new: Section) -> tuple[FieldChange, ...]:
    """What became of each field, in the order of `new`; fields that `new` lacks come last.

    old: None for a section that had no text yet.
    """
    before = old.fields if old is not None else {}
    names = [*new.fields, *(name for name in before if name not in new.fields)]
    return tuple(
        FieldChange(name, compare_blocks(before.get(name, ()), new.fields.get(name, ()))) for name in names
    )


def is_same(changes: Iterable[BlockChange | FieldChange]) -> bool:
    """Whether nothing changed at all."""
    return all(
        is_same(change.blocks) if isinstance(change, FieldChange) else change.change is Change.SAME
        for change in changes
    )


def excerpts(
    changes: Iterable[BlockChange], *, context_chars: int = 40, limit_chars: int = 400
) -> tuple[Excerpt, ...]:
    """A plain-text excerpt of each block that is not the same, in order.

    context_chars: how much unchanged text to keep on either side.
    limit_chars: most characters of `before` and of `after`; "…" stands for what is left out.
    """
    found = []
    for change in changes:
        if change.change is Change.SAME:
            continue
        before = block_text(change.old) if change.old is not None else ""
        after = block_text(change.new) if change.new is not None else ""
        same_start = same_end = 0
        if change.change is Change.CHANGED and change.pieces:
            same_start = _same_chars(change.pieces[0])
            same_end = _same_chars(change.pieces[-1]) if len(change.pieces) > 1 else 0
        start = max(0, same_start - context_chars)
        end = max(0, same_end - context_chars)
        found.append(
            Excerpt(
                _cut(before, start, end, limit_chars),
                _cut(after, start, end, limit_chars),
            )
        )
    return tuple(found)


def _gap(
    old: Sequence[Block], new: Sequence[Block], word_budget: Budget, pair_budget: Budget
) -> list[BlockChange]:
    changes: list[BlockChange] = []
    i = j = 0
    pairs = _alike(old, new, pair_budget) if old and new else []
    for next_i, next_j in [*pairs, (len(old), len(new))]:
        changes.extend(BlockChange(Change.DELETED, block, None) for block in old[i:next_i])
        changes.extend(BlockChange(Change.INSERTED, None, block) for block in new[j:next_j])
        if next_i < len(old):
            changes.append(_changed(old[next_i], new[next_j], word_budget))
        i, j = next_i + 1, next_j + 1
    return changes


def _alike(old: Sequence[Block], new: Sequence[Block], budget: Budget) -> Pairs:
    """Which blocks are rewordings of which, in order, by the words they share."""
    old_words = [_bag(block) for block in old]
    new_words = [_bag(block) for block in new]
    old_total = sum(total for _, total in old_words)
    new_total = sum(total for _, total in new_words)
    n, m = len(old), len(new)
    if not budget.spend(_CELL_STEPS * n * m + m * old_total + n * new_total):
        return _alike_nearby(old_words, new_words)
    weights = [[_likeness(one, other) for other in new_words] for one in old_words]
    best = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        row, below, weight = best[i], best[i + 1], weights[i]
        for j in range(m - 1, -1, -1):
            value = max(below[j], row[j + 1])
            if weight[j] and weight[j] + below[j + 1] > value:
                value = weight[j] + below[j + 1]
            row[j] = value
    pairs: Pairs = []
    i = j = 0
    while i < n and j < m:
        if weights[i][j] and best[i][j] == weights[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


_Bag = tuple[Counter[str], int]


def _alike_nearby(old: Sequence[_Bag], new: Sequence[_Bag]) -> Pairs:
    """The same in linear work: each old block looks at the next few new ones."""
    pairs: Pairs = []
    j = 0
    for i, one in enumerate(old):
        best, best_at = 0, -1
        for at in range(j, min(j + _LOOK_AHEAD, len(new))):
            likeness = _likeness(one, new[at])
            if likeness > best:
                best, best_at = likeness, at
        if best_at >= 0:
            pairs.append((i, best_at))
            j = best_at + 1
    return pairs


def _bag(block: Block) -> _Bag:
    words = [piece for piece in split(block_text(block)) if is_word(piece)]
    return Counter(words), len(words)


def _likeness(one: _Bag, other: _Bag) -> int:
    """The share of words in common, per mille; 0 for less than `_ALIKE_PER_MILLE`."""
    few, many = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    total = one[1] + other[1]
    if total == 0 or 2000 * min(one[1], other[1]) < _ALIKE_PER_MILLE * total:
        return 0
    shared = sum(min(times, many[0].get(word, 0)) for word, times in few[0].items())
    per_mille = 2000 * shared // total
    return per_mille if per_mille >= _ALIKE_PER_MILLE else 0


_Hunk = tuple[list[Run], list[Run], list[Run]]


def _changed(old: Block, new: Block, budget: Budget) -> BlockChange:
    pieces: list[Piece] = []
    for deleted, inserted, same in _join_hunks(_hunks(_tokens(old), _tokens(new), budget)):
        for change, runs in (
            (Change.DELETED, deleted),
            (Change.INSERTED, inserted),
            (Change.SAME, same),
        ):
            if runs:
                pieces.append(Piece(change, tidy_runs(runs)))
    return BlockChange(Change.CHANGED, old, new, tuple(pieces))


def _tokens(block: Block) -> list[Run]:
    return [with_text(run, piece) for run in block.runs for piece in split(run.text)]


def _hunks(old: list[Run], new: list[Run], budget: Budget) -> list[_Hunk]:
    """Deleted, inserted, then kept tokens, again and again."""
    hunks: list[_Hunk] = []
    i = j = 0
    for next_i, next_j in align(old, new, budget):
        if next_i > i or next_j > j or not hunks:
            hunks.append((old[i:next_i], new[j:next_j], []))
        hunks[-1][2].append(old[next_i])
        i, j = next_i + 1, next_j + 1
    if i < len(old) or j < len(new):
        hunks.append((old[i:], new[j:], []))
    return hunks


def _join_hunks(hunks: list[_Hunk]) -> list[_Hunk]:
    """Replaced words with only blanks or points between them read better as one change."""
    joined: list[_Hunk] = []
    for deleted, inserted, same in hunks:
        if joined and deleted and inserted:
            last_deleted, last_inserted, between = joined[-1]
            if last_deleted and last_inserted and not any(is_word(run.text) for run in between):
                # Every hunk's lists are its own, so they may grow where they are.
                last_deleted += between + deleted
                last_inserted += between + inserted
                joined[-1] = (last_deleted, last_inserted, same)
                continue
        joined.append((deleted, inserted, same))
    return joined


def _style(block: Block) -> tuple[str | None, str | None, str | None]:
    return block.kind, block.dir, block.align


def _same_chars(piece: Piece) -> int:
    return sum(len(run.text) for run in piece.runs) if piece.change is Change.SAME else 0


def _cut(text: str, start: int, end: int, limit: int) -> str:
    stop = len(text) - end
    cut = text[start:stop]
    if len(cut) > limit:
        cut, end = cut[:limit], 1
    return ("…" if start else "") + cut + ("…" if end else "")
