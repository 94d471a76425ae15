"""What changed between two texts: blocks, then words."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revmod_live.docs.compare import (
    BlockChange,
    Change,
    compare_blocks,
    compare_sections,
    excerpts,
    is_same,
)
from revmod_live.docs.model import Block, Run, Section, plain, tidy_runs
from revmod_live.docs.sequences import Budget, align
from tests.deep import counts
from tests.docs import compare_vectors
from tests.docs.trees import fields, vectors


def assert_reads_as(changes: tuple[BlockChange, ...], old: tuple[Block, ...], new: tuple[Block, ...]) -> None:
    assert tuple(change.old for change in changes if change.old is not None) == old
    assert tuple(change.new for change in changes if change.new is not None) == new
    for change in changes:
        if change.change is Change.SAME:
            assert change.old == change.new
        if change.change is Change.CHANGED:
            assert change.old is not None
            assert change.new is not None
            assert runs_without(change, Change.DELETED) == change.new.runs
            assert runs_without(change, Change.INSERTED) == change.old.runs


def runs_without(change: BlockChange, left_out: Change) -> tuple[Run, ...]:
    return tidy_runs(run for piece in change.pieces if piece.change is not left_out for run in piece.runs)


def test_the_shared_vectors_are_what_this_comparison_gives() -> None:
    assert vectors("compare.json") == compare_vectors.document()


@given(old=fields, new=fields)
@settings(max_examples=counts(150, 5000), deadline=None)
def test_a_comparison_reads_as_the_old_and_as_the_new_text(
    old: tuple[Block, ...], new: tuple[Block, ...]
) -> None:
    changes = compare_blocks(old, new)
    assert_reads_as(changes, old, new)
    assert is_same(changes) == (old == new)


@given(text=fields, data=st.data())
@settings(max_examples=counts(50, 1000), deadline=None)
def test_a_block_that_moved_in_between_leaves_its_neighbours_the_same(
    text: tuple[Block, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    new = (*text[:at], *plain("An unheard-of sentence"), *text[at:])
    changes = compare_blocks(text, new)
    inserted = [change for change in changes if change.change is Change.INSERTED]
    assert len(inserted) == 1
    assert len(changes) == len(new)


@given(
    old=st.lists(st.integers(0, 5), max_size=30),
    new=st.lists(st.integers(0, 5), max_size=30),
    steps=st.sampled_from([0, 5, 50, 100_000]),
)
@settings(max_examples=counts(200, 5000), deadline=None)
def test_aligned_items_are_equal_and_in_order_however_little_work_is_allowed(
    old: list[int], new: list[int], steps: int
) -> None:
    pairs = align(old, new, Budget(steps))
    assert all(old[i] == new[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    if steps == 100_000:
        assert len(pairs) == longest_common(old, new)


def longest_common(old: list[int], new: list[int]) -> int:
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, one in enumerate(old, start=1):
        for j, other in enumerate(new, start=1):
            best[i][j] = max(best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + (1 if one == other else 0))
    return best[-1][-1]


def test_a_change_of_form_alone_is_a_change() -> None:
    (change,) = compare_blocks(plain("Gaps"), (Block((Run("Gaps"),), kind="h2"),))
    assert change.change is Change.CHANGED
    assert change.is_restyled
    assert [piece.change for piece in change.pieces] == [Change.SAME]


def test_sections_are_compared_field_by_field_in_the_order_of_the_new_one() -> None:
    old = Section("d/fa/art-3", {"gaps": plain("a"), "gone": plain("b")})
    new = Section("d/fa/art-3", {"suggestions": (), "gaps": plain("a")})
    changes = compare_sections(old, new)
    assert [change.field for change in changes] == ["suggestions", "gaps", "gone"]
    assert [is_same(change.blocks) for change in changes] == [True, True, False]
    assert not is_same(changes)
    assert is_same(compare_sections(None, Section("d/fa/art-3", {"gaps": ()})))


def test_an_excerpt_shows_the_change_with_a_little_around_it() -> None:
    before = "Long ago, in a far country, the State adopted a law. " * 3
    old, new = plain("Same.", before + "It was good."), plain("Same.", before + "It was bad.", "New.")
    first, second = excerpts(compare_blocks(old, new), context_chars=10)
    assert first.before == "…w. It was good."
    assert first.after == "…w. It was bad."
    assert (second.before, second.after) == ("", "New.")
    (cut,) = excerpts(compare_blocks((), plain("x" * 1000)), limit_chars=10)
    assert cut.after == "x" * 10 + "…"


HARD = {
    "one block of few words": ("a b c " * 43_000, "b c a a " * 32_000),
    "points only": ("." * 262_000, "," * 262_000),
    "one Chinese block": ("".join(map(chr, range(0x4E00, 0x9E00))) * 4, "缔约国" * 29_000),
    "blanks of every length": (
        "x".join(" " * (n % 90) for n in range(5000)),
        "y".join(" " * (n % 89) for n in range(5000)),
    ),
}


@pytest.mark.parametrize(("old", "new"), HARD.values(), ids=HARD)
def test_hard_texts_of_the_largest_size_take_seconds_at_most(old: str, new: str) -> None:
    started = time.process_time()
    assert_reads_as(compare_blocks(plain(old), plain(new)), plain(old), plain(new))
    # A guard against quadratic work, which would take minutes; not a measurement.
    assert time.process_time() - started < 30


def test_very_many_blocks_take_seconds_at_most() -> None:
    old = plain(*(f"{n % 7} {n % 11} {n % 13}" for n in range(20_000)))
    new = plain(*(f"{n % 5} {n % 11} {n % 17}" for n in range(20_000)))
    started = time.process_time()
    assert_reads_as(compare_blocks(old, new), old, new)
    assert time.process_time() - started < 30
