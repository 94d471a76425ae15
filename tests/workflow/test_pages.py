"""What each page is made of, for each kind of reader: judged by the values that reach the portal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from revmod_live.docs.model import plain
from revmod_live.errors import Allowed, NotFound, Refused
from revmod_live.ids import ClaimId
from revmod_live.workflow import commands
from revmod_live.workflow.model import Capacity
from revmod_live.workflow.pages import DraftingPage, EditLog, ReviewCard, ReviewPage, VotePage
from revmod_live.workflow.queries_drafting import drafting_page, edit_log, section_page
from revmod_live.workflow.queries_home import home, review_page
from revmod_live.workflow.queries_votes import vote_page
from tests.workflow.world import BOR, CODE, COR, DAL, FA, PEOPLE, START, World, a_world, said, suspend

UNTOC_5 = "b/untoc/art-5"


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    yield world
    world.close()


def drafting(world: World, who: str, instrument: str = "untoc", letter: str = "b") -> DraftingPage:
    return world.read(lambda tx: drafting_page(tx, PEOPLE[who], CODE, letter, instrument, at=START))


def voting(world: World, who: str, letter: str = "b") -> VotePage:
    return world.read(lambda tx: vote_page(tx, PEOPLE[who], CODE, letter, at=START))


def overview(world: World, who: str) -> ReviewPage:
    return world.read(lambda tx: review_page(tx, PEOPLE[who], CODE, at=world.at))


def log(world: World, who: str, instrument: str = "untoc", **paging: int) -> EditLog:
    return world.read(
        lambda tx: edit_log(
            tx,
            PEOPLE[who],
            CODE,
            "b",
            instrument,
            before=paging.get("before"),
            limit=paging.get("limit", 50),
        )
    )


# ------------------------------------------------------------------ home and review


def test_home_shows_the_part_that_ones_state_plays(world: World) -> None:
    def shown(who: str) -> tuple[ReviewCard, ...]:
        return world.read(lambda tx: home(tx, PEOPLE[who], at=START)).reviews

    cards = {who: shown(who) for who in PEOPLE}
    assert cards["ann"][0].capacity is Capacity.UNDER_REVIEW
    assert cards["dan"][0].capacity is Capacity.REVIEWER
    assert cards["dan"][0].instruments == (FA,)
    assert cards["sue"][0].capacity is None
    assert cards["eve"] == ()
    assert (cards["dot"][0].reached, cards["dot"][0].reached_state) == ("b", "open")


def test_home_is_empty_for_whoever_is_suspended(world: World) -> None:
    actor = suspend(world, "bea")
    page = world.read(lambda tx: home(tx, actor, at=START))
    assert (page.reviews, page.notices) == ((), ())


def test_notices_are_on_the_home_page_newest_first(world: World) -> None:
    notices = world.read(lambda tx: home(tx, PEOPLE["bea"], at=START)).notices
    assert {n.kind for n in notices} == {"step-sealed", "step-opened"}
    assert {(n.review_code, n.letter) for n in notices} == {(CODE, "a"), (CODE, "b")}


def test_a_review_that_is_nothing_to_somebody_is_not_found_like_one_that_is_not(world: World) -> None:
    with pytest.raises(NotFound) as hidden:
        overview(world, "eve")
    with pytest.raises(NotFound) as missing:
        world.read(lambda tx: review_page(tx, PEOPLE["eve"], "2026-xxx", at=world.at))
    assert hidden.value.what == missing.value.what
    for letter, instrument in (("b", "untoc"), ("x", "untoc"), ("b", "nothing")):
        with pytest.raises(NotFound):
            drafting(world, "eve", instrument, letter)


def test_a_review_page_names_no_page_that_the_reader_may_not_open(world: World) -> None:
    steps = {str(card.letter): card for card in overview(world, "ann").steps}
    assert [said(line.read) for line in steps["b"].instruments] == ["locked"] * 4
    assert all(line.page is None for line in steps["b"].instruments)
    assert steps["b"].votes == ()
    assert all(line.page is not None for line in steps["a"].instruments)
    of_dan = {str(card.letter): card for card in overview(world, "dan").steps}
    assert [said(line.read) for line in of_dan["b"].instruments] == ["role", "role", "role", "yes"]
    assert isinstance(of_dan["b"].vote, Allowed)


# ------------------------------------------------------------------ drafting


def test_a_drafting_page_has_every_section_with_its_text(world: World) -> None:
    world.take("bea", UNTOC_5)
    world.edit("bea", UNTOC_5, "Measures were taken.")
    page = drafting(world, "bea")
    assert [view.name for view in page.sections][:3] == ["art-2", "art-5", "art-6"]
    view = page.sections[1]
    assert view.text.fields["measures"] == plain("Measures were taken.")
    assert (view.words, view.rev, view.digest_rev, view.mode, view.why) == (12, 1, 1, "write", "ok")
    assert view.mine is not None
    assert page.sections[0].why == "claim"


def test_a_drafting_page_says_who_holds_a_section_and_who_may_end_that(world: World) -> None:
    world.take("bea", UNTOC_5)
    seen_by = {who: drafting(world, who).sections[1] for who in ("ben", "cal", "bob", "sue")}
    assert {who: said(view.take) for who, view in seen_by.items()} == {
        "ben": "join-anyway",
        "cal": "join-anyway",
        "bob": "role",
        "sue": "role",
    }
    assert said(seen_by["cal"].take_alone) == "held"
    assert {who: said(view.claims[0].release) for who, view in seen_by.items()} == {
        "ben": "yes",
        "cal": "role",
        "bob": "role",
        "sue": "yes",
    }


@pytest.mark.parametrize(
    ("who", "instrument", "because"),
    [("ann", "untoc", "locked"), ("cleo", "fa", "locked"), ("dan", "untoc", "role")],
)
def test_what_may_not_be_read_is_refused_and_not_sent(
    world: World, who: str, instrument: str, because: str
) -> None:
    with pytest.raises(Refused, match=because):
        drafting(world, who, instrument)
    section = world.section(f"b/{instrument}/art-5").id
    with pytest.raises(Refused, match=because):
        world.read(lambda tx: section_page(tx, PEOPLE[who], section))


def test_a_section_of_a_review_that_is_nothing_to_somebody_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.read(lambda tx: section_page(tx, PEOPLE["eve"], world.section(UNTOC_5).id))


def test_the_sealed_page_is_read_by_all_of_the_review_and_written_by_none(world: World) -> None:
    world.advance_to("c")
    for who in ("ann", "amy", "ben", "bob", "cal", "sue"):
        page = drafting(world, who)
        assert {view.mode for view in page.sections} == {"read"}
        assert (page.seal is not None) == (who not in {"ann", "amy"})
    assert drafting(world, "bea").sections[0].why == "frozen"


# ------------------------------------------------------------------ votes


def test_the_vote_page_asks_for_what_the_state_reviews(world: World) -> None:
    of_ben, of_dan, of_bob = (voting(world, who) for who in ("ben", "dan", "bob"))
    assert of_ben.asked == of_ben.step_digest
    assert set(of_dan.asked or ()) == {FA}
    assert {text.instrument for text in of_dan.sections} == {FA}
    assert len({text.instrument for text in of_ben.sections}) == 4
    assert said(of_bob.vote) == "role"
    assert [line.state for line in of_ben.votes] == [BOR, COR, DAL]


def test_the_vote_page_shows_holders_words_and_votes_so_far(world: World) -> None:
    world.take("bea", UNTOC_5)
    world.edit("bea", UNTOC_5, "Measures were taken.")
    world.vote("ben", "b")
    page = voting(world, "cleo")
    assert [(key, line.claim.name) for key, line in page.holders] == [(UNTOC_5, "Bea")]
    assert [line.vote.name if line.vote else None for line in page.votes] == ["Ben", None, None]
    total = page.words[-1]
    assert (total.instrument, total.words, total.limit, total.is_hard) == (None, 12, 10_500, False)
    assert page.mine is None
    assert voting(world, "dan").holders == ()


def test_the_vote_page_shows_what_moved_since_ones_last_vote(world: World) -> None:
    world.take("bea", UNTOC_5)
    world.vote("bas", "b")
    world.edit("bea", UNTOC_5, "New words.")
    mine = voting(world, "ben").mine
    assert mine is not None
    assert (mine.name, mine.cast_by_other, mine.is_live, mine.is_same) == ("Bas", True, False, False)
    assert [pair.key for pair in mine.moved.pairs] == [UNTOC_5]


def test_the_vote_page_says_that_the_text_is_moving(world: World) -> None:
    world.take("bea", UNTOC_5)
    world.edit("bea", UNTOC_5, "New words.", lazily=True)
    page = voting(world, "ben")
    assert (page.digests_ready, page.asked, said(page.vote)) == (False, None, "moving")


def test_the_state_under_review_has_no_vote_page_for_the_feedback(world: World) -> None:
    with pytest.raises(Refused, match="role"):
        voting(world, "ann")


# ------------------------------------------------------------------ the log


def test_the_log_of_an_instrument_has_its_acts_and_those_of_the_step(world: World) -> None:
    claim = world.take("bea", UNTOC_5)
    world.take("dot", "b/fa/art-5")
    world.vote("ben", "b")
    world.write(lambda tx: commands.release_section(tx, PEOPLE["ben"], ClaimId(claim), world.at))
    entries = log(world, "cal").entries
    assert [(e.act, e.name, e.key) for e in entries] == [
        ("section-released", "Ben", UNTOC_5),
        ("vote-cast", "Ben", None),
        ("section-taken", "Bea", UNTOC_5),
        ("step-opened", None, None),
    ]


def test_the_log_comes_in_pages(world: World) -> None:
    for _ in range(3):
        claim = world.take("bea", UNTOC_5)
        world.write(lambda tx, c=claim: commands.release_section(tx, PEOPLE["bea"], ClaimId(c), world.at))  # type: ignore[misc]
    first = log(world, "bea", limit=4)
    assert first.older is not None
    second = log(world, "bea", limit=4, before=first.older)
    assert second.older is None
    assert len({e.id for e in (*first.entries, *second.entries)}) == 7


def test_the_log_is_not_for_the_state_under_review_even_after_the_seal(world: World) -> None:
    world.advance_to("c")
    with pytest.raises(Refused, match="role"):
        log(world, "ann")
