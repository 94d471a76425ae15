"""When somebody's standing changes: votes stay, sections are freed, and a representative may act or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from revmod_live.accounts.model import Standing
from revmod_live.accounts.store import focal_points, set_standing
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.events import CastChanged, ClaimsChanged
from revmod_live.ids import ClaimId, StateCode
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import event_log
from revmod_live.workflow import commands, queries, queries_stake, queries_votes, rules
from revmod_live.workflow.model import Place, StepState
from tests.workflow.world import AVA, CODE, EAS, PEOPLE, START, UNTOC, World, a_world, letter, said, suspend

KEY, TIP_5 = "b/untoc/art-5", "b/tip/art-5"
SUE, REX = PEOPLE["sue"], PEOPLE["rex"]


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    world.announced.clear()
    yield world
    world.close()


def suspended(world: World, who: str) -> None:
    suspend(world, who)
    world.write(lambda tx: commands.person_suspended(tx, PEOPLE[who].account, world.at, by=SUE.account))


def mandate(world: World, state: StateCode = AVA, reference: str = "NV 12/2026") -> bool:
    return world.write(
        lambda tx: commands.record_mandate(tx, SUE, CODE, state, reference=reference, at=world.at)
    )


def end(world: World, state: StateCode = AVA) -> bool:
    return world.write(lambda tx: commands.end_mandate(tx, SUE, CODE, state, at=world.at))


def acts(world: World) -> list[tuple[str, dict[str, object]]]:
    rows = world.read(lambda tx: tx.execute(event_log.select().order_by(event_log.c.id)).all())
    return [(row.act, row.detail) for row in rows if row.act.startswith("mandate")]


# ------------------------------------------------------------------ suspended: D-11


def test_the_sections_of_whoever_is_suspended_are_freed_logged_and_announced(world: World) -> None:
    world.take("bea", KEY)
    world.take("bea", TIP_5)
    world.take("cal", KEY, join=True)
    world.announced.clear()
    suspended(world, "bea")
    assert [claim.name for claim in world.read(queries.all_live_claims)] == ["Cal"]
    freed = [row for row in world.log("b") if row.act == "claim-ended"]
    assert [json.loads(row.detail)["name"] for row in freed] == ["Bea", "Bea"]
    assert ClaimsChanged(world.step("b"), world.section(KEY).id) in world.announced


def test_the_vote_of_whoever_is_suspended_stays(world: World) -> None:
    world.vote("ben", "b")
    suspended(world, "ben")
    assert world.live("b") == {"BOR"}
    world.vote("cleo", "b")
    assert world.vote("dan", "b")
    assert world.state("b") == "sealed"


def test_a_freed_section_does_not_come_back_with_the_approval(world: World) -> None:
    world.take("bea", KEY)
    suspended(world, "bea")
    world.write(lambda tx: set_standing(tx, PEOPLE["bea"].account, Standing.APPROVED, START))
    section = world.section(KEY).id
    with pytest.raises(Refused, match="claim"):
        world.write(lambda tx: commands.resume_claim(tx, PEOPLE["bea"], section, world.at))
    world.take("bea", KEY)


def test_what_is_at_stake_is_what_counts_and_is_held_now(world: World) -> None:
    world.take("ben", KEY)
    section = world.section(KEY).id
    world.write(lambda tx: commands.declare_offline(tx, PEOPLE["ben"], section, world.at))
    world.vote("ben", "b")
    stake = world.read(lambda tx: queries_stake.at_stake(tx, PEOPLE["ben"].account))
    assert [(vote.code, vote.under_review, vote.letter) for vote in stake.votes] == [(CODE, AVA, "b")]
    (claim,) = stake.claims
    assert (claim.key, claim.instrument, claim.offline is not None) == (KEY, UNTOC, True)


def test_a_vote_that_was_taken_back_or_has_sealed_is_not_at_stake(world: World) -> None:
    world.vote("ben", "b")
    world.edit("bea", KEY, "some words")
    assert world.read(lambda tx: queries_stake.at_stake(tx, PEOPLE["ben"].account)).votes == ()
    for who in ("ben", "cleo", "dan"):
        world.vote(who, "b")
    assert world.state("b") == "sealed"
    assert world.read(lambda tx: queries_stake.at_stake(tx, PEOPLE["ben"].account)) == queries_stake.AtStake(
        (), ()
    )


# ------------------------------------------------------------------ mandates: D-09


def test_a_mandate_is_recorded_once_with_its_note_and_announced(world: World) -> None:
    assert mandate(world)
    assert not mandate(world)
    assert acts(world) == [("mandate-recorded", {"state": "AVA", "reference": "NV 12/2026"})]
    review = world.read(lambda tx: queries.review_of(tx, CODE))
    assert world.announced == [CastChanged(review.id)]
    assert review.cast.mandates == {AVA}


def test_a_mandate_ends_and_nothing_that_was_done_with_it_goes(world: World) -> None:
    suspend(world, "ann")
    world.advance_to("c")
    mandate(world)
    rex = world.read(lambda tx: queries.step_facts(tx, world.step("c")))
    assert said(rules.may_vote_at_all(REX, rex)) == "yes"
    world.write(
        lambda tx: commands.cast_vote(tx, REX, world.step("c"), seen=world.asked("ann", "c"), at=world.at)
    )
    assert end(world)
    assert not end(world)
    assert world.live("c") == {"AVA"}
    facts = world.read(lambda tx: queries.step_facts(tx, world.step("c")))
    assert said(rules.may_vote_at_all(REX, facts)) == "role"
    assert [act for act, _ in acts(world)] == ["mandate-recorded", "mandate-ended"]


def test_a_mandate_has_no_effect_beside_an_approved_focal_point(world: World) -> None:
    mandate(world)
    cast = world.read(lambda tx: queries.review_of(tx, CODE)).cast
    assert rules.seat(REX, Place(cast, letter("a"), StepState.OPEN, UNTOC)) is rules.Seat.NOBODY


@pytest.mark.parametrize("who", ["ann", "rex", "bob", "eve"])
def test_nobody_but_the_secretariat_records_a_mandate(world: World, who: str) -> None:
    with pytest.raises(Refused, match="role"):
        world.write(
            lambda tx: commands.record_mandate(tx, PEOPLE[who], CODE, AVA, reference="NV", at=world.at)
        )


def test_a_suspended_officer_records_none(world: World) -> None:
    officer = replace(SUE, active=False)
    with pytest.raises(Refused, match="suspended"):
        world.write(lambda tx: commands.end_mandate(tx, officer, CODE, AVA, at=world.at))


@pytest.mark.parametrize("reference", ["", "  ", "x" * 201])
def test_a_mandate_names_its_note(world: World, reference: str) -> None:
    with pytest.raises(Malformed):
        mandate(world, reference=reference)
    assert acts(world) == []


def test_a_mandate_is_for_a_state_of_the_review(world: World) -> None:
    with pytest.raises(NotFound, match="state"):
        mandate(world, EAS)
    with pytest.raises(NotFound, match="review"):
        world.write(lambda tx: commands.record_mandate(tx, SUE, "no-such", AVA, reference="NV", at=world.at))
    assert acts(world) == []


def test_the_vote_page_of_a_temporary_focal_point_is_a_focal_points(world: World) -> None:
    suspend(world, "ann")
    world.advance_to("c")
    mandate(world)
    page = world.read(lambda tx: queries_votes.vote_page(tx, REX, CODE, "c", at=world.at))
    assert said(page.vote) == "yes"
    assert page.asked == page.step_digest


# ------------------------------------------------------------------ one focal point at a time: D-08


def speaks_for(world: World, who: str) -> None:
    """Record that `who` is the focal point of their State now, in place of whoever was."""

    def command(tx: WriteTx) -> None:
        state = PEOPLE[who].state
        tx.execute(
            focal_points.update()
            .where(focal_points.c.state == state, focal_points.c.until.is_(None))
            .values(until=world.at)
        )
        tx.execute(focal_points.insert().values(state=state, account=PEOPLE[who].account, since=world.at))

    world.write(command)


def votes(world: World, reader: str) -> dict[str, tuple[str, bool]]:
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE[reader], CODE, "b", at=world.at))
    return {line.state: (line.vote.name, line.by_predecessor) for line in page.votes if line.vote}


def withdraw(world: World, who: str) -> None:
    world.write(lambda tx: commands.withdraw_vote(tx, PEOPLE[who], world.step("b"), world.at))


def test_an_alternate_does_everything_but_cast_and_withdraw_the_vote(world: World) -> None:
    speaks_for(world, "ben")
    facts = world.read(lambda tx: queries.step_facts(tx, world.step("b")))
    assert said(rules.may_vote_at_all(PEOPLE["ben"], facts)) == "yes"
    assert said(rules.may_vote_at_all(PEOPLE["bas"], facts)) == "alternate"
    with pytest.raises(Refused, match="alternate"):
        world.vote("bas", "b")
    world.vote("ben", "b")
    with pytest.raises(Refused, match="alternate"):
        withdraw(world, "bas")
    claim = world.take("bas", KEY)
    world.write(lambda tx: commands.release_section(tx, PEOPLE["bas"], ClaimId(claim), world.at))


def test_while_the_focal_point_is_suspended_an_alternate_speaks_for_the_state(world: World) -> None:
    speaks_for(world, "ben")
    suspended(world, "ben")
    world.vote("bas", "b")
    assert world.live("b") == {"BOR"}


def test_a_predecessors_vote_counts_and_is_shown_as_such_to_everybody(world: World) -> None:
    speaks_for(world, "ben")
    world.vote("ben", "b")
    assert votes(world, "cleo") == {"BOR": ("Ben", False)}
    speaks_for(world, "bas")
    assert world.live("b") == {"BOR"}
    for reader in ("bas", "cleo", "sue"):
        assert votes(world, reader) == {"BOR": ("Ben", True)}
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE["bas"], CODE, "b", at=world.at))
    assert page.mine is not None
    assert (page.mine.is_live, page.mine.by_predecessor, page.mine.name) == (True, True, "Ben")
    assert (said(page.vote), said(page.withdraw)) == ("voted", "yes")


def test_a_predecessors_vote_ends_when_the_successor_withdraws_it(world: World) -> None:
    speaks_for(world, "ben")
    world.vote("ben", "b")
    speaks_for(world, "bas")
    with pytest.raises(Refused, match="voted"):
        world.vote("bas", "b")
    withdraw(world, "bas")
    assert world.live("b") == set()
    world.vote("bas", "b")
    assert votes(world, "cleo") == {"BOR": ("Bas", False)}


def test_a_predecessors_vote_ends_when_the_text_changes(world: World) -> None:
    speaks_for(world, "ben")
    world.vote("ben", "b")
    speaks_for(world, "bas")
    world.edit("bea", KEY, "some words")
    assert world.live("b") == set()


def test_a_predecessors_vote_seals_with_the_others(world: World) -> None:
    speaks_for(world, "ben")
    world.vote("ben", "b")
    speaks_for(world, "bas")
    world.vote("cleo", "b")
    assert world.vote("dan", "b")
    assert world.state("b") == "sealed"


def test_the_vote_of_a_temporary_focal_point_is_a_predecessors_once_one_is_approved(world: World) -> None:
    suspend(world, "ann")
    world.advance_to("c")
    mandate(world)
    seen = world.asked("ann", "c")
    world.write(lambda tx: commands.cast_vote(tx, REX, world.step("c"), seen=seen, at=world.at))
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE["ben"], CODE, "c", at=world.at))
    assert [line.by_predecessor for line in page.votes if line.state == AVA] == [False]
    world.write(lambda tx: set_standing(tx, PEOPLE["ann"].account, Standing.APPROVED, START))
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE["ann"], CODE, "c", at=world.at))
    assert [line.by_predecessor for line in page.votes if line.state == AVA] == [True]
    assert said(page.withdraw) == "yes"
