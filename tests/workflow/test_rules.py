"""Every role, before every step in every state: the table of requirements 1.2, judged from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from revmod_live.accounts.model import Actor, Role
from revmod_live.ids import AccountId, ClaimId, InstrumentCode, SectionId, StateCode, VoteId
from revmod_live.workflow import expiry, rules
from revmod_live.workflow.model import (
    Cast,
    Claim,
    Digests,
    Ended,
    LiveVote,
    PastClaim,
    Place,
    StepFacts,
    StepState,
)
from revmod_live.workflow.transitions import STEPS, opening_state, opens, voters, votes_on
from tests.workflow.world import AVA, BOR, CAST, COR, DAL, FA, PEOPLE, START, TIP, UNTOC, digest, letter, said

LETTERS = "0abcd"
STATES = tuple(StepState)

# What each person may do with an instrument of a step. Firearms are reviewed by Borovia, and by
# Dalmora in Cordesia's place; the Convention by Borovia and Cordesia.
#   R reads   W drafts   L locked: will read when its time comes   F drafted here, now frozen   - nothing
FIREARMS = """
            ann abe amy   ben bea bob   cleo cal coy   dan dot dee   eve  sue
 0 open     RW  -   -     RW  -   -     RW   -   -     RW  -   -     -    R

 a locked   L   L   L     L   L   L     L    L   L     L   L   L     -    L
 a open     RW  RW  R     L   L   L     L    L   L     L   L   L     -    L
 a sealed   RF  RF  R     R   R   R     R    R   R     R   R   R     -    R

 b locked   L   L   L     L   L   L     L    L   L     L   L   L     -    L
 b open     L   L   L     RW  RW  R     L    L   L     RW  RW  R     -    R
 b sealed   R   R   R     RF  RF  R     R    R   R     RF  RF  R     -    R

 c locked   L   L   L     L   L   L     L    L   L     L   L   L     -    L
 c open     RW  RW  R     RW  RW  R     L    L   L     RW  RW  R     -    R
 c sealed   RF  RF  R     RF  RF  R     R    R   R     RF  RF  R     -    R

 d locked   L   L   L     L   L   L     L    L   L     L   L   L     L    L
 d open     RW  RW  R     RW  RW  R     L    L   L     RW  RW  R     L    R
 d sealed   RF  RF  R     RF  RF  R     R    R   R     RF  RF  R     R    R
"""
CONVENTION = """
            ann abe amy   ben bea bob   cleo cal coy   dan dot dee   eve  sue
 a locked   L   L   L     L   L   L     L    L   L     -   -   -     -    L
 a open     RW  RW  R     L   L   L     L    L   L     -   -   -     -    L
 a sealed   RF  RF  R     R   R   R     R    R   R     -   -   -     -    R

 b locked   L   L   L     L   L   L     L    L   L     -   -   -     -    L
 b open     L   L   L     RW  RW  R     RW   RW  R     -   -   -     -    R
 b sealed   R   R   R     RF  RF  R     RF   RF  R     -   -   -     -    R

 c locked   L   L   L     L   L   L     L    L   L     -   -   -     -    L
 c open     RW  RW  R     RW  RW  R     RW   RW  R     -   -   -     -    R
 c sealed   RF  RF  R     RF  RF  R     RF   RF  R     -   -   -     -    R

 d locked   L   L   L     L   L   L     L    L   L     L   L   L     L    L
 d open     RW  RW  R     RW  RW  R     RW   RW  R     L   L   L     L    R
 d sealed   RF  RF  R     RF  RF  R     RF   RF  R     R   R   R     R    R
"""


def rows_of(table: str, instrument: InstrumentCode) -> list[tuple[str, str, InstrumentCode | None, str, str]]:
    head, *lines = [line.split() for line in table.splitlines() if line.strip()]
    return [
        (step, state, None if step == "0" else instrument, who, expected)
        for step, state, *cells in lines
        for who, expected in zip(head, cells, strict=True)
    ]


TABLE = rows_of(FIREARMS, FA) + rows_of(CONVENTION, UNTOC)


def a_place(step: str, state: str, instrument: str | None, cast: Cast = CAST) -> Place:
    here = None if instrument is None else InstrumentCode(instrument)
    return Place(cast, letter(step), StepState(state), here)


def found(actor: Actor, place: Place) -> str:
    read, draft = said(rules.may_read(actor, place)), said(rules.may_draft(actor, place))
    shown = {"yes": "R", "locked": "L", "role": ""}[read]
    return (shown + {"yes": "W", "frozen": "F", "locked": "", "role": ""}[draft]) or "-"


@pytest.mark.parametrize(("step", "state", "instrument", "who", "expected"), TABLE)
def test_who_reads_and_drafts_what(
    step: str, state: str, instrument: str | None, who: str, expected: str
) -> None:
    assert found(PEOPLE[who], a_place(step, state, instrument)) == expected


@pytest.mark.parametrize(("step", "state", "instrument", "who", "expected"), TABLE)
def test_whoever_is_suspended_does_nothing(
    step: str, state: str, instrument: str | None, who: str, expected: str
) -> None:
    del expected
    suspended = replace(PEOPLE[who], active=False)
    place = a_place(step, state, instrument)
    assert found(suspended, place) == "-"
    assert said(rules.may_take(suspended, place, [], alone=False, join=True)) != "yes"
    assert said(rules.may_see_log(suspended, place)) == "role"
    assert said(rules.may_know(suspended, CAST, ended=True)) == "suspended"
    assert said(rules.may_vote(suspended, facts(step, state), seen=digest("a"), at=START)) == "suspended"
    assert said(rules.may_withdraw(suspended, facts(step, state))) == "suspended"


@pytest.mark.parametrize(("step", "state", "instrument", "who", "expected"), TABLE)
def test_taking_is_for_drafters_of_an_open_step(
    step: str, state: str, instrument: str | None, who: str, expected: str
) -> None:
    answer = said(rules.may_take(PEOPLE[who], a_place(step, state, instrument), [], alone=False, join=False))
    assert (answer == "yes") == ("W" in expected)
    assert (answer == "frozen") == ("F" in expected)


@pytest.mark.parametrize(("step", "state", "instrument", "who", "expected"), TABLE)
def test_the_log_is_for_those_who_read_while_it_was_written(
    step: str, state: str, instrument: str | None, who: str, expected: str
) -> None:
    del expected
    answer = said(rules.may_see_log(PEOPLE[who], a_place(step, state, instrument)))
    reads_open = "R" in found(PEOPLE[who], a_place(step, "open", instrument))
    assert (answer == "yes") == (reads_open and state != "locked")


def test_the_state_under_review_reads_the_sealed_feedback_but_not_how_it_was_written() -> None:
    place = a_place("b", "sealed", UNTOC)
    assert said(rules.may_read(PEOPLE["ann"], place)) == "yes"
    assert said(rules.may_see_log(PEOPLE["ann"], place)) == "role"


def test_a_review_is_known_to_its_states_and_the_secretariat_and_to_all_once_it_has_ended() -> None:
    assert {who for who, actor in PEOPLE.items() if said(rules.may_know(actor, CAST)) == "yes"} == set(
        PEOPLE
    ) - {"eve"}
    assert said(rules.may_know(PEOPLE["eve"], CAST, ended=True)) == "yes"


# ------------------------------------------------------------------ the permanent representative


@pytest.mark.parametrize(
    ("without_focal_point", "mandate", "step", "expected"),
    [
        (False, False, "0", "-"),
        (False, True, "c", "-"),
        (True, False, "0", "RW"),
        (True, False, "c", "R"),
        (True, False, "b", "L"),
        (True, True, "a", "RW"),
        (True, True, "c", "RW"),
    ],
)
def test_a_permanent_representative_acts_only_while_there_is_no_focal_point(
    without_focal_point: bool, mandate: bool, step: str, expected: str
) -> None:
    cast = replace(
        CAST,
        without_focal_point=frozenset({AVA} if without_focal_point else ()),
        mandates=frozenset({AVA} if mandate else ()),
    )
    assert found(PEOPLE["rex"], a_place(step, "open", None if step == "0" else UNTOC, cast)) == expected


@pytest.mark.parametrize("part", ["sur", "rs"])
@pytest.mark.parametrize("step", LETTERS)
@pytest.mark.parametrize("state", STATES)
def test_the_representatives_columns_are_a_focal_points_in_step_0_and_by_mandate_else_an_observers(
    part: str, step: str, state: StepState
) -> None:
    # requirements, top: "step 0, nominations and notices as a focal point; steps A to D as that State's
    # observer, or as its focal point where the secretariat has recorded a mandate (D-09)"
    def column(name: str) -> frozenset[str]:
        return rules.rights_of(rules.Seat(f"{part}-{name}"), letter(step), state)

    assert column("pr-mandated") == column("fp")
    assert column("pr") == (column("fp") if step == "0" else column("obs"))


@pytest.mark.parametrize("mandate", [False, True])
@pytest.mark.parametrize("step", LETTERS)
@pytest.mark.parametrize("state", STATES)
def test_beside_an_approved_focal_point_the_representative_has_nothing(
    step: str, state: StepState, *, mandate: bool
) -> None:
    cast = replace(CAST, mandates=frozenset({AVA, BOR} if mandate else ()))
    for person in (PEOPLE["rex"], replace(PEOPLE["rex"], state=BOR)):
        place = a_place(step, state, None if step == "0" else UNTOC, cast)
        assert rules.seat(person, place) is rules.Seat.NOBODY
        assert rules.acts_as(person, cast, letter(step)) is None
        assert rules.releases(person, cast, letter(step)) is None
        assert found(person, place) == "-"


def test_a_permanent_representative_votes_in_c_by_mandate_only() -> None:
    cast = replace(CAST, without_focal_point=frozenset({AVA}))
    assert said(rules.may_vote_at_all(PEOPLE["rex"], facts("c", "open", cast=cast))) == "role"
    cast = replace(cast, mandates=frozenset({AVA}))
    assert said(rules.may_vote_at_all(PEOPLE["rex"], facts("c", "open", cast=cast))) == "yes"


# ------------------------------------------------------------------ votes


DIGESTS = Digests(
    digest("a"), {UNTOC: digest("1"), TIP: digest("2"), InstrumentCode("som"): digest("3"), FA: digest("4")}
)


def facts(step: str, state: str, *, cast: Cast = CAST, live: tuple[LiveVote, ...] = ()) -> StepFacts:
    return StepFacts(a_place(step, state, None, cast), DIGESTS, live)


VOTERS = {"0": "ann ben bas cleo dan", "a": "ann", "b": "ben bas cleo dan", "c": "ann ben bas cleo dan"}
VOTERS["d"] = VOTERS["c"]


@pytest.mark.parametrize("who", [*PEOPLE])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", LETTERS)
def test_focal_points_vote_in_the_open_step_of_their_part(step: str, state: StepState, who: str) -> None:
    decision = said(rules.may_vote_at_all(PEOPLE[who], facts(step, state)))
    if who not in VOTERS[step].split():
        assert decision == "role"
    else:
        assert decision == {"open": "yes", "locked": "locked", "sealed": "frozen"}[state]


def test_those_who_vote_by_the_table_of_rights_are_those_of_the_step_table() -> None:
    for step in map(letter, LETTERS):
        by_rights = {
            actor.state
            for actor in PEOPLE.values()
            if "V" in rules.rights_of(rules.seat(actor, a_place(step, "open", None)), step, StepState.OPEN)
        }
        assert by_rights == set(voters(CAST, step))


def test_a_state_votes_on_what_it_reviews() -> None:
    c = letter("c")
    assert votes_on(CAST, c, AVA) is None
    assert votes_on(CAST, c, BOR) is None
    assert votes_on(CAST, c, COR) == (UNTOC, TIP, "som")
    assert votes_on(CAST, c, DAL) == (FA,)
    assert votes_on(CAST, letter("0"), DAL) is None


def test_a_vote_is_refused_when_the_text_is_not_the_one_that_was_seen() -> None:
    ben, dan = PEOPLE["ben"], PEOPLE["dan"]
    c = facts("c", "open")
    assert said(rules.may_vote(ben, c, seen=digest("a"), at=START)) == "yes"
    assert said(rules.may_vote(ben, c, seen=digest("b"), at=START)) == "moved"
    assert said(rules.may_vote(dan, c, seen={FA: digest("4")}, at=START)) == "yes"
    assert said(rules.may_vote(dan, c, seen={FA: digest("b")}, at=START)) == "moved"
    assert said(rules.may_vote(dan, c, seen=digest("a"), at=START)) == "moved"
    assert said(rules.may_vote(dan, c, seen={FA: digest("4"), UNTOC: digest("1")}, at=START)) == "moved"


def test_a_state_has_one_vote() -> None:
    live = (LiveVote(VoteId("v"), BOR, PEOPLE["ben"].account, "Ben", START, digest("a")),)
    assert said(rules.may_vote_at_all(PEOPLE["bas"], facts("c", "open", live=live))) == "voted"
    assert said(rules.may_withdraw(PEOPLE["bas"], facts("c", "open", live=live))) == "yes"
    assert said(rules.may_withdraw(PEOPLE["ann"], facts("c", "open", live=live))) == "no-vote"
    assert said(rules.may_withdraw(PEOPLE["bas"], facts("c", "sealed", live=live))) == "frozen"


def test_summaries_that_are_too_long_are_not_voted_on() -> None:
    d = replace(facts("d", "open"), words=1_501, words_limit=1_500)
    assert said(rules.may_vote_at_all(PEOPLE["ann"], d)) == "too-long"
    assert said(rules.may_vote_at_all(PEOPLE["ann"], replace(d, words=1_500))) == "yes"


# ------------------------------------------------------------------ claims


def a_claim(who: str, *, alone: bool = False) -> Claim:
    actor = PEOPLE[who]
    return Claim(ClaimId(f"c-{who}"), SectionId("s"), actor.account, actor.name, actor.state, START, alone)


@pytest.mark.parametrize(
    ("held", "alone", "join", "expected"),
    [
        ([], False, False, "yes"),
        ([], True, False, "yes"),
        (["cal"], False, False, "join-anyway"),
        (["cal"], False, True, "yes"),
        (["cal"], True, True, "held"),
        (["cal!"], False, True, "held-alone"),
        (["cal!"], True, True, "held-alone"),
        (["bea"], True, False, "yes"),
        (["bea!"], False, False, "yes"),
        (["bea", "cal"], False, False, "yes"),
        (["bea", "cal"], True, False, "held"),
    ],
)
def test_taking_a_section_that_others_hold(held: list[str], alone: bool, join: bool, expected: str) -> None:
    claims = [a_claim(who.strip("!"), alone="!" in who) for who in held]
    answer = rules.may_take(PEOPLE["bea"], a_place("b", "open", UNTOC), claims, alone=alone, join=join)
    assert said(answer) == expected


@pytest.mark.parametrize(
    ("step", "held", "expected"),
    [
        ("b", [], "claim"),
        ("b", ["ben"], "claim"),
        ("b", ["bea", "cal"], "yes"),
        ("a", [], "yes"),
        ("a", ["ann"], "yes"),
        ("a", ["ann!"], "claim"),
    ],
)
def test_typing_needs_a_claim_but_in_a_the_first_push_takes_it(
    step: str, held: list[str], expected: str
) -> None:
    claims = [a_claim(who.strip("!"), alone="!" in who) for who in held]
    drafter = PEOPLE["bea" if step == "b" else "abe"]
    assert said(rules.may_push(drafter, a_place(step, "open", UNTOC), claims)) == expected


@pytest.mark.parametrize("who", [*PEOPLE])
@pytest.mark.parametrize("holder", ["abe", "bea", "cal"])
def test_a_claim_is_released_by_its_holder_a_colleague_focal_point_or_the_secretariat(
    holder: str, who: str
) -> None:
    actor, held = PEOPLE[who], a_claim(holder)
    is_colleague = actor.role is Role.FOCAL_POINT and actor.state == held.state
    answer = said(rules.may_release(actor, a_place("c", "open", UNTOC), held))
    assert (answer == "yes") == (who == holder or is_colleague or who == "sue")


@pytest.mark.parametrize("how", [*Ended])
def test_only_an_expired_claim_comes_back(how: Ended) -> None:
    last = PastClaim(ClaimId("c"), alone=False, ended_at=START, ended_how=how)
    place = a_place("b", "open", UNTOC)
    answer = said(rules.may_resume(PEOPLE["bea"], place, [], last=last))
    assert answer == ("yes" if how in {Ended.UNHEARD, Ended.IDLE, Ended.OFFLINE} else "claim")
    assert said(rules.may_resume(PEOPLE["bea"], place, [], last=None)) == "claim"


def test_an_expired_claim_does_not_come_back_to_a_frozen_or_locked_away_section() -> None:
    last = PastClaim(ClaimId("c"), alone=False, ended_at=START, ended_how=Ended.UNHEARD)
    open_, sealed = a_place("b", "open", UNTOC), a_place("b", "sealed", UNTOC)
    bea = PEOPLE["bea"]
    assert said(rules.may_resume(bea, open_, [a_claim("cal")], last=last)) == "yes"
    assert said(rules.may_resume(bea, open_, [a_claim("cal", alone=True)], last=last)) == "held-alone"
    assert said(rules.may_resume(bea, sealed, [], last=last)) == "frozen"


S, M, H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("what", "age", "heard_ago", "edited_ago", "restarted_ago", "expected"),
    [
        ("just taken", 0 * S, None, None, 9 * H, None),
        ("heard of 89 s ago", 10 * M, 89 * S, M, 9 * H, None),
        ("not heard of for 90 s", 10 * M, 90 * S, M, 9 * H, Ended.UNHEARD),
        ("never heard of since it was taken", 90 * S, None, None, 9 * H, Ended.UNHEARD),
        ("open, edited 29 min ago", H, 0 * S, 29 * M, 9 * H, None),
        ("open, no edit for 30 min", H, 0 * S, 30 * M, 9 * H, Ended.IDLE),
        ("open, never edited since it was taken", 30 * M, 0 * S, None, 9 * H, Ended.IDLE),
        ("the server came back 89 s ago", 5 * H, None, None, 89 * S, None),
        ("the server came back 90 s ago", 5 * H, None, None, 90 * S, Ended.UNHEARD),
        ("heard of after the server came back", 5 * H, 0 * S, None, 29 * M, None),
    ],
)
def test_a_claim_expires(
    what: str,
    age: timedelta,
    heard_ago: timedelta | None,
    edited_ago: timedelta | None,
    restarted_ago: timedelta,
    expected: Ended | None,
) -> None:
    del what
    claim = replace(a_claim("bea"), since=START - age)
    answer = expiry.expired(
        claim,
        None if heard_ago is None else START - heard_ago,
        None if edited_ago is None else START - edited_ago,
        START,
        START - restarted_ago,
    )
    assert answer == expected


@pytest.mark.parametrize(("hours", "expected"), [(23.9, None), (24, Ended.OFFLINE)])
def test_a_claim_declared_offline_is_kept_for_24_hours(hours: float, expected: Ended | None) -> None:
    claim = replace(a_claim("bea"), since=START - 48 * H, offline=START - hours * H)
    assert expiry.expired(claim, None, None, START, START - 99 * H) == expected


# ------------------------------------------------------------------ steps


def test_step_0_and_a_are_open_from_the_start_and_the_others_wait() -> None:
    assert {step: opening_state(letter(step)) for step in LETTERS} == {
        "0": "open",
        "a": "open",
        "b": "locked",
        "c": "locked",
        "d": "locked",
    }


@pytest.mark.parametrize(
    ("closed", "opening"),
    [("", "0a"), ("a", "0a"), ("0", "0a"), ("0a", "0ab"), ("0ab", "0abc"), ("0abc", "0abcd")],
)
def test_a_step_opens_when_those_before_it_have_closed(closed: str, opening: str) -> None:
    done = frozenset(map(letter, closed))
    assert "".join(step for step in STEPS if opens(step, done)) == opening


def test_an_unknown_state_has_no_part() -> None:
    nobody = Actor(AccountId("x"), "X", StateCode("XXX"), Role.FOCAL_POINT, active=True)
    assert said(rules.may_read(nobody, a_place("c", "open", UNTOC))) == "role"
