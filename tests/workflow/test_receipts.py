"""A receipt is signed in the vote's own transaction, and shows what the vote bound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from revmod_live.docs.export.package import Sealed
from revmod_live.docs.receipt import read_receipt
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.workflow import commands, receipts
from tests.docs.package_vectors import signing
from tests.workflow.world import CODE, PEOPLE, World, a_world

OURS = signing()


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    yield world
    world.close()


def vote(world: World, who: str) -> None:
    seen = world.asked(who, "b")
    world.write(
        lambda tx: commands.cast_vote(tx, PEOPLE[who], world.step("b"), seen=seen, at=world.at, signing=OURS)
    )


def receipt_of(world: World, who: str) -> bytes:
    return world.read(lambda tx: receipts.receipt_of(tx, PEOPLE[who], CODE, "b"))


def sealed_for(world: World, who: str) -> Sealed:
    return world.read(lambda tx: receipts.sealed_step(tx, PEOPLE[who], CODE, "b"))[1]


def test_every_person_of_the_state_may_have_its_receipt_and_nobody_of_another(world: World) -> None:
    vote(world, "ben")
    bound = read_receipt(receipt_of(world, "bea"), OURS.public)
    assert (bound["state"], bound["digest"], bound["n"]) == ("BOR", world.asked("ben", "b"), 1)
    assert bound["account"] == PEOPLE["ben"].account
    for who, because in (
        ("cleo", NotFound),
        ("ann", Refused),
        ("eve", (NotFound, Refused)),
        ("sue", NotFound),
    ):
        with pytest.raises(because):
            receipt_of(world, who)


def test_a_state_that_reviews_some_instruments_has_their_digests_in_its_receipt(world: World) -> None:
    vote(world, "dan")
    bound = read_receipt(receipt_of(world, "dan"), OURS.public)
    assert bound["digests"] == world.asked("dan", "b")
    assert "digest" not in bound


def test_a_vote_that_is_refused_leaves_no_receipt(world: World) -> None:
    with pytest.raises(Refused):
        vote(world, "bea")
    with pytest.raises(NotFound):
        receipt_of(world, "bea")


def test_a_receipt_with_any_letter_changed_is_none(world: World) -> None:
    vote(world, "ben")
    good = receipt_of(world, "ben")
    for at in range(0, len(good), 7):
        with pytest.raises(Malformed):
            read_receipt(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], OURS.public)


def test_after_sealing_each_has_a_package_of_what_they_may_read(world: World) -> None:
    with pytest.raises(NotFound):
        sealed_for(world, "ben")
    for who in ("ben", "cleo", "dan"):
        vote(world, who)
    found = {who: sealed_for(world, who) for who in ("ann", "ben", "dan", "sue")}
    assert found["ann"].whole
    assert found["dan"].instruments == ("fa",)
    assert {key.split("/")[1] for key in found["dan"].sections} == {"fa"}
    assert all(counted.receipt is not None for counted in found["ben"].votes)
    assert found["ben"].settings is not None
    with pytest.raises((NotFound, Refused)):
        sealed_for(world, "eve")
