"""What a review has from its first moment follows from the phase and from who is under review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from revmod_live.errors import Malformed
from revmod_live.workflow import queries, store
from revmod_live.workflow.founding import create_review
from revmod_live.workflow.model import Reviewer
from tests.workflow.world import ALL, BOR, CAST, FA, SOM, START, TIP, UNTOC, World, a_world, content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from revmod_live.ids import InstrumentCode, ReviewId
    from revmod_live.storage.database import WriteTx
    from revmod_live.workflow.model import Cast


@pytest.fixture
def world() -> Iterator[World]:
    made = a_world()
    yield made
    made.close()


def cast(*instruments: InstrumentCode, uncac_party: bool = True) -> Cast:
    reviewers = (Reviewer(BOR, frozenset(instruments)),)
    return replace(CAST, instruments=instruments, reviewers=reviewers, uncac_party=uncac_party)


def founded(world: World, of: Cast, *, phase: int = 1) -> dict[str, list[str]]:
    """The sections of a new review, by step."""

    def make(tx: WriteTx) -> ReviewId:
        return create_review(tx, content=content(), code="2026-new", phase=phase, cast=of, at=START)

    review = world.write(make)
    return world.read(
        lambda tx: {
            step.letter: [one.key for one in queries.sections_of(tx, step.id)]
            for step in store.steps_of(tx, review)
        }
    )


@pytest.mark.parametrize(("uncac_party", "asked"), [(True, False), (False, True)])
def test_articles_8_and_9_are_reviewed_only_of_a_state_outside_the_convention_against_corruption(
    world: World, *, uncac_party: bool, asked: bool
) -> None:
    sections = founded(world, cast(UNTOC, TIP, uncac_party=uncac_party))
    for step in "abd":
        for number in (8, 9):
            assert (f"{step}/untoc/art-{number}" in sections[step]) is asked
        assert f"{step}/untoc/art-10" in sections[step]


def test_a_phase_without_articles_of_an_instrument_is_founded_without_it(world: World) -> None:
    with pytest.raises(Malformed, match="no articles in this phase"):
        founded(world, cast(*ALL), phase=3)
    sections = founded(world, cast(UNTOC, TIP, SOM), phase=3)
    assert sections["a"][0] == "a/untoc/art-7"
    assert not any(FA in key.split("/") for keys in sections.values() for key in keys)
