"""What the secretariat reads of an open text is in the log: once a visit, for the focal points to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from revmod_live.events import LogGrew
from revmod_live.ids import InstrumentCode
from revmod_live.workflow import reads
from revmod_live.workflow.pages import LogEntry
from revmod_live.workflow.queries_drafting import edit_log
from tests.workflow.world import CODE, FA, PEOPLE, UNTOC, World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    world.announced.clear()
    yield world
    world.close()


def read(world: World, who: str, *instruments: InstrumentCode, step: str = "b") -> tuple[InstrumentCode, ...]:
    return world.write(
        lambda tx: reads.record_reads(tx, PEOPLE[who], world.step(step), instruments, at=world.at)
    )


def seen_by(world: World, who: str) -> list[LogEntry]:
    log = world.read(lambda tx: edit_log(tx, PEOPLE[who], CODE, "b", "untoc"))
    return [entry for entry in log.entries if entry.act == reads.ACT]


def test_a_read_of_the_secretariat_is_seen_in_the_log_by_the_focal_points(world: World) -> None:
    assert read(world, "sue", UNTOC) == (UNTOC,)
    (entry,) = seen_by(world, "ben")
    assert (entry.name, entry.state, dict(entry.detail)) == ("Sue", None, {"instrument": "untoc"})
    assert world.announced == [LogGrew(world.step("b"), reads.ACT)]


def test_a_flood_of_reads_is_one_visit(world: World) -> None:
    for _ in range(50):
        read(world, "sue", UNTOC, FA)
    assert sorted(str(entry.detail["instrument"]) for entry in seen_by(world, "ben")) == ["fa", "untoc"]


def test_a_visit_that_goes_on_is_recorded_every_half_hour(world: World) -> None:
    read(world, "sue", UNTOC)
    world.at += timedelta(minutes=29)
    assert read(world, "sue", UNTOC) == ()
    world.at += timedelta(minutes=2)
    assert read(world, "sue", UNTOC) == (UNTOC,)
    assert len(seen_by(world, "ben")) == 2


def test_what_others_read_is_nobodys_business(world: World) -> None:
    for who in ("ben", "bea", "bob", "cleo"):
        assert read(world, who, UNTOC) == ()
    assert seen_by(world, "ben") == []


def test_a_sealed_text_is_read_by_everybody_and_not_recorded(world: World) -> None:
    for who in ("ben", "cleo", "dan"):
        world.vote(who, "b")
    assert world.state("b") == "sealed"
    assert read(world, "sue", UNTOC) == ()
