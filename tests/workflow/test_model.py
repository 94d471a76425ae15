"""Random acts by random people on a list of observations, against a small model of the rule book.

Cordesia is not party to firearms, and Dalmora stands in its place there. No act may be allowed by one
and refused by the other; and after each, both agree on who holds what, whose vote counts, and whether
the step is sealed. The model knows nothing of digests, revisions or tables.
"""

from __future__ import annotations

import atexit
from contextlib import suppress
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from revmod_live.errors import Allowed, NotFound, Refused, RevmodError, Stale
from revmod_live.ids import ClaimId, SectionId
from revmod_live.workflow import commands, queries, rules
from revmod_live.workflow.model import Ended, Seen
from tests.deep import counts
from tests.workflow.world import PEOPLE, World, a_world

EXPIRY: Final = st.sampled_from([Ended.UNHEARD, Ended.IDLE, Ended.OFFLINE])
SECTIONS: Final = ("c/untoc/gaps", "c/tip/gaps", "c/fa/gaps")
WORDS: Final = ("one", "two", "three")
NAMES: Final = ("ann", "abe", "ben", "bas", "bea", "bob", "cleo", "cal", "dan", "dot", "sue", "eve")
STATE_OF: Final = {"a": "AVA", "b": "BOR", "c": "COR", "d": "DAL"}
FOCAL_POINTS: Final = ("ann", "ben", "bas", "cleo", "dan")
DRAFTERS: Final = {"AVA": "ann abe", "BOR": "ben bas bea", "COR": "cleo cal", "DAL": "dan dot"}
REVIEWS: Final = {"AVA": SECTIONS, "BOR": SECTIONS, "COR": SECTIONS[:2], "DAL": SECTIONS[2:]}

who_ever = st.sampled_from(NAMES)
a_drafter = st.sampled_from(["ann", "bea", "cal", "dot"])
# mostly one section, so that people meet
a_section = st.sampled_from([SECTIONS[0], *SECTIONS])


def state_of(who: str) -> str:
    return STATE_OF.get(who[0], "none")


class Model:
    """The rule book in a few lines."""

    def __init__(self) -> None:
        self.sealed = False
        self.text = dict.fromkeys(SECTIONS, "")
        self.behind: set[str] = set()
        self.held: dict[str, dict[str, bool]] = {key: {} for key in SECTIONS}
        self.expired: dict[tuple[str, str], bool] = {}
        self.live: set[str] = set()
        self.gone: set[tuple[str, str]] = set()

    def drafts(self, who: str, key: str) -> bool:
        return (
            not self.sealed
            and key in REVIEWS.get(state_of(who), ())
            and who in DRAFTERS[state_of(who)].split()
        )

    def others(self, who: str, key: str) -> dict[str, bool]:
        return {name: alone for name, alone in self.held[key].items() if name != who}

    def takes(self, who: str, key: str, *, alone: bool, join: bool) -> bool:
        others = self.others(who, key)
        asked = join or who in self.held[key] or not others
        if not self.drafts(who, key) or any(others.values()) or (alone and others) or not asked:
            return False
        self.held[key][who] = alone
        self.expired.pop((who, key), None)
        return True

    def resumes(self, who: str, key: str) -> bool:
        if not self.drafts(who, key):
            return False
        if who in self.held[key]:
            return True
        if (who, key) not in self.expired or any(self.held[key].values()):
            return False
        self.held[key][who] = self.expired.pop((who, key)) and not self.held[key]
        return True

    def releases(self, who: str, key: str, holder: str) -> bool:
        is_colleague = who in FOCAL_POINTS and state_of(who) == state_of(holder)
        if holder not in self.held[key] or not (who in (holder, "sue") or is_colleague):
            return False
        del self.held[key][holder]
        self.gone.add((holder, key))
        return True

    def expires(self, key: str, holder: str) -> None:
        self.expired[(holder, key)] = self.held[key].pop(holder)
        self.gone.add((holder, key))

    def types(self, who: str, key: str) -> bool:
        return self.drafts(who, key) and who in self.held[key]

    def moves(self, key: str, words: str) -> None:
        if self.text[key] != words:
            self.text[key] = words
            self.live = set()

    def screen(self, who: str) -> dict[str, str]:
        return {key: self.text[key] for key in REVIEWS[state_of(who)]}

    def votes(self, who: str, screen: dict[str, str]) -> bool:
        if self.sealed or state_of(who) in self.live or screen != self.screen(who):
            return False
        self.live.add(state_of(who))
        if self.live == set(REVIEWS):
            self.sealed = True
            self.held = {key: {} for key in SECTIONS}
        return True

    def withdraws(self, who: str) -> bool:
        if self.sealed or who not in FOCAL_POINTS or state_of(who) not in self.live:
            return False
        self.live.remove(state_of(who))
        return True


class Drafting(RuleBasedStateMachine):
    """One list of observations, from opening to seal."""

    world: World

    @initialize()
    def a_review_in_step_c(self) -> None:
        self.world = a_review_in_step_c()
        self.model = Model()
        self.ids = {key: self.world.section(key).id for key in SECTIONS}
        self.screens: list[tuple[str, Seen, dict[str, str]]] = []

    def teardown(self) -> None:
        with suppress(AttributeError):
            self.world.close()

    def section(self, key: str) -> SectionId:
        return self.ids[key]

    def agree(self, *, model: bool, act: object) -> None:
        """Do `act`; it must be allowed if and only if the model allowed it."""
        assert callable(act)
        refusal: RevmodError | None = None
        try:
            act()
        except (Refused, NotFound) as no:
            refusal = no
        assert (refusal is None) == model, refusal

    @rule(who=who_ever, key=a_section, alone=st.booleans(), join=st.booleans())
    def take(self, who: str, key: str, *, alone: bool, join: bool) -> None:
        model = self.model.takes(who, key, alone=alone, join=join)
        self.agree(model=model, act=lambda: self.world.take(who, key, alone=alone, join=join))

    @rule(who=a_drafter, key=a_section, alone=st.booleans())
    def take_knowing_that_others_hold_it(self, who: str, key: str, *, alone: bool) -> None:
        self.take(who, key, alone=alone, join=True)

    @precondition(lambda self: self.model.gone)
    @rule(data=st.data())
    def come_back(self, data: st.DataObject) -> None:
        self.resume(*data.draw(st.sampled_from(sorted(self.model.gone))))

    @precondition(lambda self: self.model.expired)
    @rule(data=st.data(), alone=st.booleans())
    def come_back_to_a_section_that_somebody_took(self, data: st.DataObject, *, alone: bool) -> None:
        who, key = data.draw(st.sampled_from(sorted(self.model.expired)))
        self.take("ann" if who != "ann" else "ben", key, alone=alone, join=True)
        self.resume(who, key)

    @rule(who=who_ever, key=a_section)
    def resume(self, who: str, key: str) -> None:
        def act() -> None:
            self.world.write(
                lambda tx: commands.resume_claim(tx, PEOPLE[who], self.section(key), self.world.at)
            )

        self.agree(model=self.model.resumes(who, key), act=act)

    def held(self) -> list[tuple[str, str]]:
        return [(who, key) for key, holders in self.model.held.items() for who in holders]

    def claim(self, who: str, key: str) -> ClaimId:
        claims = self.world.read(lambda tx: queries.live_claims(tx, self.ids[key]))
        return next(claim.id for claim in claims if claim.account == PEOPLE[who].account)

    @precondition(lambda self: self.held())
    @rule(who=who_ever, data=st.data())
    def release(self, who: str, data: st.DataObject) -> None:
        holder, key = data.draw(st.sampled_from(self.held()))
        claim = self.claim(holder, key)

        def act() -> None:
            self.world.write(lambda tx: commands.release_section(tx, PEOPLE[who], claim, self.world.at))

        self.agree(model=self.model.releases(who, key, holder), act=act)

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def release_and_try_to_come_back(self, data: st.DataObject) -> None:
        holder, key = data.draw(st.sampled_from(self.held()))
        claim = self.claim(holder, key)
        self.world.write(lambda tx: commands.release_section(tx, PEOPLE[holder], claim, self.world.at))
        assert self.model.releases(holder, key, holder)
        self.resume(holder, key)

    @precondition(lambda self: self.held())
    @rule(how=EXPIRY, data=st.data())
    def expire(self, how: Ended, data: st.DataObject) -> None:
        holder, key = data.draw(st.sampled_from(self.held()))
        claim = self.claim(holder, key)
        self.world.write(lambda tx: commands.expire_claim(tx, claim, how, self.world.at))
        self.model.expires(key, holder)

    def types(self, who: str, key: str, words: str | None, *, lazily: bool) -> None:
        claims = self.world.read(lambda tx: queries.live_claims(tx, self.section(key)))
        place = self.world.read(lambda tx: queries.place(tx, self.section(key)))
        assert place is not None
        may = isinstance(rules.may_push(PEOPLE[who], place, claims), Allowed)
        assert may == self.model.types(who, key)
        if not may:
            return
        assert self.world.edit(who, key, words, lazily=lazily)
        if lazily and not self.model.live:
            self.model.behind.add(key)
        else:
            self.model.behind.discard(key)
        if words is not None:
            self.model.moves(key, words)

    @rule(who=who_ever, key=a_section, words=st.sampled_from(WORDS), lazily=st.booleans())
    def edit(self, who: str, key: str, words: str, *, lazily: bool) -> None:
        self.types(who, key, words, lazily=lazily)

    @precondition(lambda self: self.held())
    @rule(data=st.data(), words=st.sampled_from(WORDS))
    def edit_by_a_holder(self, data: st.DataObject, words: str) -> None:
        self.types(*data.draw(st.sampled_from(self.held())), words, lazily=False)

    @precondition(lambda self: self.held())
    @rule(data=st.data())
    def edit_that_leaves_the_text_as_it_was(self, data: st.DataObject) -> None:
        self.types(*data.draw(st.sampled_from(self.held())), None, lazily=False)

    @precondition(lambda self: self.held() and self.model.live)
    @rule(data=st.data())
    def change_and_change_back(self, data: st.DataObject) -> None:
        who, key = data.draw(st.sampled_from(self.held()))
        before = self.model.text[key]
        for words in ("other", before):
            self.types(who, key, words, lazily=False)

    @precondition(lambda self: self.model.behind and not self.model.sealed)
    @rule()
    def bring_texts_up_to_date(self) -> None:
        self.world.bring_up_to_date("c")
        self.model.behind.clear()

    def look(self, who: str) -> tuple[str, Seen, dict[str, str]]:
        if self.model.behind:
            self.bring_texts_up_to_date()
        self.screens.append((who, self.world.asked(who, "c"), self.model.screen(who)))
        return self.screens[-1]

    def votes(self, who: str, seen: Seen, screen: dict[str, str]) -> None:
        if self.model.behind:
            try:
                self.world.vote(who, "c", seen)
            except Stale:
                return
            raise AssertionError("a vote was taken while a digest was behind its text")
        model = self.model.votes(who, screen)
        self.agree(model=model, act=lambda: self.world.vote(who, "c", seen))
        if self.model.sealed:
            # an update that was judged a moment ago comes to the journal now
            assert not any(self.world.edit("ben", key, "late") for key in SECTIONS)

    @rule(who=st.sampled_from(FOCAL_POINTS))
    def open_the_vote_page(self, who: str) -> None:
        self.look(who)

    @rule(who=st.sampled_from(FOCAL_POINTS))
    def vote_on_the_text_as_it_is(self, who: str) -> None:
        self.votes(*self.look(who))

    @precondition(lambda self: len(self.model.live) > 1)
    @rule()
    def everybody_who_has_not_voted_does(self) -> None:
        for who in ("ann", "ben", "cleo", "dan"):
            if state_of(who) not in self.model.live and not self.model.sealed:
                self.votes(*self.look(who))

    @precondition(lambda self: self.screens)
    @rule(data=st.data())
    def vote_on_some_screen(self, data: st.DataObject) -> None:
        self.votes(*data.draw(st.sampled_from(self.screens[-6:])))

    @rule(who=who_ever)
    def vote_without_a_right_to(self, who: str) -> None:
        if who in FOCAL_POINTS:
            return
        try:
            self.world.vote(who, "c", self.world.asked("ben", "c") if not self.model.behind else "0" * 64)  # type: ignore[arg-type]
        except RevmodError:
            return
        raise AssertionError("whoever is no focal point has voted")

    @rule(who=st.sampled_from((*FOCAL_POINTS, "bea", "sue")))
    def withdraw(self, who: str) -> None:
        def act() -> None:
            self.world.write(
                lambda tx: commands.withdraw_vote(tx, PEOPLE[who], self.world.step("c"), self.world.at)
            )

        self.agree(model=self.model.withdraws(who), act=act)

    @invariant()
    def both_agree_on_everything(self) -> None:
        if not hasattr(self, "model"):
            return
        step = self.world.step("c")
        claims, votes, state, behind, live = self.world.read(
            lambda tx: (
                queries.all_live_claims(tx),
                queries.live_votes(tx, step),
                queries.step_row(tx, step).state,
                queries.sections_behind(tx, step),
                queries.votes_are_live(tx, self.ids[SECTIONS[0]]),
            )
        )
        assert {(claim.section, claim.name.lower(), claim.alone) for claim in claims} == {
            (self.ids[key], who, alone)
            for key, holders in self.model.held.items()
            for who, alone in holders.items()
        }
        assert sorted(vote.state for vote in votes) == sorted(self.model.live)
        assert (state == "sealed") == self.model.sealed
        assert set(behind) == {self.ids[key] for key in self.model.behind}
        assert live == (bool(self.model.live) and not self.model.sealed)


_MADE: dict[str, World] = {}


def a_review_in_step_c() -> World:
    """A copy of a review whose steps before C are sealed."""
    if "c" not in _MADE:
        _MADE["c"] = a_world()
        atexit.register(_MADE["c"].close)
        _MADE["c"].advance_to("c")
    return _MADE["c"].copy()


TestDrafting = Drafting.TestCase
# the deep count takes a quarter of an hour
TestDrafting.pytestmark = [pytest.mark.timeout(3600)]  # type: ignore[attr-defined]
TestDrafting.settings = settings(
    max_examples=counts(15, 500),
    stateful_step_count=counts(40, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
