"""Taking a section, joining, releasing, expiring and coming back, as the database then has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from revmod_live.errors import NotFound, Refused
from revmod_live.events import ClaimsChanged, LogGrew, NoticeSent
from revmod_live.ids import ClaimId, SectionId
from revmod_live.workflow import commands, queries, store
from revmod_live.workflow.model import Claim, Ended
from tests.workflow.world import PEOPLE, World, a_world

KEY = "b/untoc/art-5"


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    world.announced.clear()
    yield world
    world.close()


def holders(world: World, key: str = KEY) -> list[str]:
    return [c.name for c in world.read(lambda tx: queries.live_claims(tx, world.section(key).id))]


def resume(world: World, who: str) -> Claim:
    section = world.section(KEY).id
    return world.write(lambda tx: commands.resume_claim(tx, PEOPLE[who], section, world.at))


def release(world: World, who: str, claim: str) -> None:
    world.write(lambda tx: commands.release_section(tx, PEOPLE[who], ClaimId(claim), world.at))


def expire(world: World, claim: str, how: Ended = Ended.UNHEARD) -> None:
    world.write(lambda tx: commands.expire_claim(tx, ClaimId(claim), how, world.at))


def test_a_section_is_taken_once_whatever_the_number_of_tabs(world: World) -> None:
    first = world.take("bea", KEY)
    assert world.take("bea", KEY) == first
    assert holders(world) == ["Bea"]
    assert [row.act for row in world.log("b")] == ["step-opened", "section-taken"]


def test_taking_is_announced_and_logged(world: World) -> None:
    world.take("bea", KEY)
    step, section = world.step("b"), world.section(KEY).id
    assert world.announced == [ClaimsChanged(step, section), LogGrew(step, "section-taken", section)]


def test_the_second_is_asked_before_joining(world: World) -> None:
    world.take("bea", KEY)
    with pytest.raises(Refused) as refusal:
        world.take("cal", KEY)
    assert refusal.value.because == "join-anyway"
    assert refusal.value.details["name"] == "Bea"
    world.take("cal", KEY, join=True)
    assert holders(world) == ["Bea", "Cal"]


def test_a_section_held_alone_is_a_lock(world: World) -> None:
    world.take("bea", KEY, alone=True)
    with pytest.raises(Refused, match="held-alone"):
        world.take("cal", KEY, join=True)


def test_taking_again_for_me_alone_makes_a_new_claim_of_the_old_one(world: World) -> None:
    first = world.take("bea", KEY)
    second = world.take("bea", KEY, alone=True)
    assert first != second
    assert holders(world) == ["Bea"]


def test_the_database_refuses_two_live_claims_of_one_person(world: World) -> None:
    world.take("bea", KEY)
    bea = PEOPLE["bea"]
    double = Claim(ClaimId("x"), world.section(KEY).id, bea.account, "Bea", bea.state, world.at, alone=False)
    with pytest.raises(IntegrityError):
        world.write(lambda tx: store.add_claim(tx, double))


def test_the_database_refuses_two_who_are_alone(world: World) -> None:
    world.take("bea", KEY, alone=True)
    cal = PEOPLE["cal"]
    double = Claim(ClaimId("x"), world.section(KEY).id, cal.account, "Cal", cal.state, world.at, alone=True)
    with pytest.raises(IntegrityError):
        world.write(lambda tx: store.add_claim(tx, double))


def test_a_colleague_focal_point_releases_and_the_holder_is_told(world: World) -> None:
    claim = world.take("bea", KEY)
    world.announced.clear()
    with pytest.raises(Refused, match="role"):
        release(world, "cleo", claim)
    release(world, "ben", claim)
    assert holders(world) == []
    told = [event for event in world.announced if isinstance(event, NoticeSent)]
    assert [(n.account, n.kind) for n in told] == [(PEOPLE["bea"].account, "claim-released")]
    with pytest.raises(Refused, match="claim"):
        resume(world, "bea")


def test_a_claim_that_is_over_cannot_be_released_again(world: World) -> None:
    claim = world.take("bea", KEY)
    release(world, "bea", claim)
    with pytest.raises(NotFound):
        release(world, "bea", claim)


def test_an_expired_claim_comes_back_with_its_holder(world: World) -> None:
    claim = world.take("bea", KEY)
    expire(world, claim)
    assert holders(world) == []
    assert resume(world, "bea").account == PEOPLE["bea"].account
    assert holders(world) == ["Bea"]
    assert [row.act for row in world.log("b")][1:] == ["section-taken", "claim-expired", "claim-resumed"]


def test_a_lock_that_expired_comes_back_shared_when_others_hold_the_section_now(world: World) -> None:
    expire(world, world.take("bea", KEY, alone=True))
    world.take("cal", KEY)
    assert not resume(world, "bea").alone
    assert holders(world) == ["Cal", "Bea"]


def test_a_claim_declared_offline_is_marked_until_its_holder_is_heard_again(world: World) -> None:
    world.take("bea", KEY)
    section = world.section(KEY).id
    declared = world.write(lambda tx: commands.declare_offline(tx, PEOPLE["bea"], section, world.at))
    assert declared.offline == world.at
    assert world.read(queries.all_live_claims)[0].offline is not None
    resume(world, "bea")
    assert world.read(queries.all_live_claims)[0].offline is None


def test_whoever_is_suspended_loses_every_claim_for_good(world: World) -> None:
    world.take("bea", KEY)
    world.take("bea", "b/tip/art-5")
    world.write(lambda tx: commands.person_suspended(tx, PEOPLE["bea"].account, world.at))
    assert world.read(queries.all_live_claims) == ()
    with pytest.raises(Refused, match="claim"):
        resume(world, "bea")


def test_a_claim_touches_no_vote(world: World) -> None:
    world.vote("ben", "b")
    claim = world.take("bea", KEY)
    expire(world, claim)
    resume(world, "bea")
    release(world, "bea", world.take("bea", KEY))
    assert world.live("b") == {"BOR"}


def test_an_unknown_section_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.write(
            lambda tx: commands.take_section(
                tx, PEOPLE["bea"], SectionId("nothing"), alone=False, join=False, at=world.at
            )
        )


def test_history_is_kept(world: World) -> None:
    expire(world, world.take("bea", KEY))
    release(world, "bea", resume(world, "bea").id)
    rows = world.read(
        lambda tx: tx.execute(text("select ended_how, ended_by from claims order by since")).all()
    )
    assert [tuple(row) for row in rows] == [("unheard", None), ("released", PEOPLE["bea"].account)]
