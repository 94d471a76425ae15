"""Votes, resets, withdrawals and the closing transaction, on a review with an additional reviewer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from revmod_live.docs import canonical
from revmod_live.errors import Refused, Stale
from revmod_live.events import NoticeSent, StepChanged, VotesChanged
from revmod_live.ids import StepId
from revmod_live.workflow import commands, queries, queries_votes, store
from tests.workflow.world import CODE, FA, PEOPLE, START, TIP, UNTOC, World, a_world, digest

UNTOC_5, FA_5 = "b/untoc/art-5", "b/fa/art-5"


@pytest.fixture
def world() -> Iterator[World]:
    world = a_world()
    world.advance_to("b")
    world.take("bea", UNTOC_5)
    world.announced.clear()
    yield world
    world.close()


def told(world: World, kind: str) -> set[str]:
    names = {actor.account: name for name, actor in PEOPLE.items()}
    return {names[e.account] for e in world.announced if isinstance(e, NoticeSent) and e.kind == kind}


def withdraw(world: World, who: str) -> None:
    world.write(lambda tx: commands.withdraw_vote(tx, PEOPLE[who], world.step("b"), world.at))


# ------------------------------------------------------------------ one vote a State, on what it reviews


def test_a_step_is_sealed_by_the_last_missing_vote(world: World) -> None:
    assert not world.vote("ben", "b")
    assert not world.vote("dan", "b")
    assert world.vote("cleo", "b")
    assert (world.state("b"), world.state("c"), world.state("d")) == ("sealed", "open", "locked")


def test_step_b_waits_for_answers_and_for_agreed_languages() -> None:
    world = a_world()
    world.vote("ann", "a")
    assert (world.state("a"), world.state("b")) == ("sealed", "locked")
    for who in ("ann", "ben", "cleo", "dan"):
        world.vote(who, "0")
    assert (world.state("0"), world.state("b")) == ("open", "open")
    with pytest.raises(Refused, match="agreed"):
        world.vote("ann", "0")
    world.close()


def test_a_state_has_one_vote_whoever_casts_it(world: World) -> None:
    world.vote("ben", "b")
    with pytest.raises(Refused, match="voted"):
        world.vote("bas", "b")
    assert world.live("b") == {"BOR"}


def test_the_digests_are_those_of_the_published_form(world: World) -> None:
    rows = world.read(lambda tx: queries.sections_of(tx, world.step("b")))
    pairs = [(row.key, row.digest) for row in rows]
    whole = canonical.step_lines(review=CODE, phase=1, step="b", sections=pairs)
    firearms = canonical.instrument_lines(review=CODE, phase=1, step="b", instrument="fa", sections=pairs)
    assert world.asked("ben", "b") == canonical.lines_digest(whole)
    assert world.asked("dan", "b") == {FA: canonical.lines_digest(firearms)}
    assert set(world.asked("cleo", "b")) == {UNTOC, TIP, "som"}


def test_a_vote_on_another_digest_is_refused_with_the_one_that_is(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        world.vote("ben", "b", digest("0"))
    assert refusal.value.because == "moved"
    assert refusal.value.details["now"] == world.asked("ben", "b")
    assert world.live("b") == set()


def test_a_vote_waits_until_digests_are_up_to_date(world: World) -> None:
    seen = world.asked("ben", "b")
    world.edit("bea", UNTOC_5, "some words", lazily=True)
    with pytest.raises(Stale):
        world.vote("ben", "b", seen)
    world.bring_up_to_date("b")
    with pytest.raises(Refused, match="moved"):
        world.vote("ben", "b", seen)
    world.vote("ben", "b")


# ------------------------------------------------------------------ resets


def test_a_change_resets_every_vote_of_the_step_whatever_its_instrument(world: World) -> None:
    world.vote("ben", "b")
    world.vote("dan", "b")
    world.announced.clear()
    world.edit("bea", UNTOC_5, "some words")
    assert world.live("b") == set()
    assert VotesChanged(world.step("b"), world.section(UNTOC_5).id) in world.announced
    assert told(world, "votes-reset") == {"ben", "bas", "cleo"}
    assert told(world, "votes-reset-elsewhere") == {"dan"}


def test_who_does_not_review_an_instrument_learns_of_a_reset_only_that_the_own_vote_is_gone(
    world: World,
) -> None:
    world.vote("ben", "b")
    world.vote("dan", "b")
    world.announced.clear()
    world.edit("bea", UNTOC_5, "some words")
    (notice,) = (e for e in world.announced if isinstance(e, NoticeSent) and "elsewhere" in e.kind)
    assert notice.detail == {"letter": "b"}
    (line, *_) = world.read(lambda tx: store.notices_to(tx, PEOPLE["dan"].account, limit=1))
    assert (line.kind, line.detail) == ("votes-reset-elsewhere", {"letter": "b"})
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE["dan"], CODE, "b", at=world.at))
    assert page.mine is not None
    assert (page.mine.reset, page.mine.reset_by, page.last_reset_by) == (None, None, None)


def test_who_does_not_review_an_instrument_and_has_not_voted_is_not_told_of_a_reset_there(
    world: World,
) -> None:
    world.vote("ben", "b")
    world.announced.clear()
    world.edit("bea", UNTOC_5, "some words")
    assert told(world, "votes-reset-elsewhere") == set()
    assert told(world, "votes-reset") == {"ben", "bas", "cleo"}


def test_who_reviews_in_the_place_of_another_is_told_where_its_own_instrument_was_changed(
    world: World,
) -> None:
    world.vote("cleo", "b")
    world.vote("dan", "b")
    world.announced.clear()
    world.edit("dot", "b/fa/art-5", "some words")
    assert told(world, "votes-reset") == {"ben", "bas", "dan"}
    assert told(world, "votes-reset-elsewhere") == {"cleo"}


def test_a_reset_says_who_and_where_and_what(world: World) -> None:
    before = world.section(UNTOC_5).digest
    world.vote("ben", "b")
    world.edit("bea", UNTOC_5, "some words")
    entry = next(row for row in world.log("b") if row.act == "votes-reset")
    after = world.section(UNTOC_5).digest
    assert (entry.account, entry.section) == (PEOPLE["bea"].account, world.section(UNTOC_5).id)
    assert (entry.digest_before, entry.digest_after) == (before, after)
    (reset,) = world.read(lambda tx: store.resets_of(tx, world.step("b")))
    assert (reset.by, reset.before, reset.after) == (PEOPLE["bea"].account, before, after)
    assert reset.place == {"field": "text", "block": 1}


def test_an_edit_that_leaves_the_digest_resets_nothing(world: World) -> None:
    world.vote("ben", "b")
    world.edit("bea", UNTOC_5, None)
    assert world.section(UNTOC_5).rev == 1
    assert world.live("b") == {"BOR"}


def test_a_vote_never_revives_when_the_text_returns(world: World) -> None:
    world.edit("bea", UNTOC_5, "first")
    world.vote("ben", "b")
    world.edit("bea", UNTOC_5, "second")
    world.edit("bea", UNTOC_5, "first")
    assert world.live("b") == set()
    page = world.read(lambda tx: queries_votes.vote_page(tx, PEOPLE["ben"], CODE, "b", at=world.at))
    assert page.mine is not None
    assert page.mine.is_same
    assert not page.mine.is_live
    assert page.mine.reset_by == "Bea"
    world.vote("ben", "b")
    assert world.live("b") == {"BOR"}


def test_a_withdrawn_vote_never_revives(world: World) -> None:
    world.vote("ben", "b")
    withdraw(world, "bas")
    assert world.live("b") == set()
    with pytest.raises(Refused, match="no-vote"):
        withdraw(world, "ben")
    assert told(world, "vote-withdrawn") == {"cleo", "dan"}


def test_no_digest_moves_under_live_votes_without_its_reset(world: World) -> None:
    world.vote("ben", "b")
    section = world.section(UNTOC_5)
    with pytest.raises(Stale):
        world.write(lambda tx: commands.store_text(tx, section.id, rev=0, text=b"{}", digest=digest("1")))
    assert world.live("b") == {"BOR"}


def test_the_journal_asks_in_its_own_words_whether_votes_are_live(world: World) -> None:
    section = world.section(UNTOC_5).id

    def both() -> tuple[bool, bool]:
        raw = world.read(
            lambda tx: tx.execute(
                text(store.STANDING_VOTES_SQL.replace("?", ":id")), {"id": section}
            ).scalar()
        )
        return bool(raw), world.read(lambda tx: queries.votes_are_live(tx, section))

    assert both() == (False, False)
    world.vote("ben", "b")
    assert both() == (True, True)
    withdraw(world, "ben")
    assert both() == (False, False)
    world.vote("ben", "b")
    world.edit("bea", UNTOC_5, "some words")
    assert both() == (False, False)
    world.advance_to("c")
    assert both() == (False, False)


# ------------------------------------------------------------------ the closing transaction


def test_sealing_freezes_ends_claims_and_tells(world: World) -> None:
    for who in ("ben", "dan", "cleo"):
        world.vote(who, "b")
    assert all(row.frozen for row in world.read(lambda tx: queries.sections_of(tx, world.step("b"))))
    assert world.read(queries.all_live_claims) == ()
    assert not world.edit("bea", UNTOC_5, "late words")
    review = world.read(lambda tx: queries.review_of(tx, CODE)).id
    changed = [event for event in world.announced if isinstance(event, StepChanged)]
    assert changed == [StepChanged(review, world.step("b")), StepChanged(review, world.step("c"))]
    assert told(world, "step-sealed") == set(PEOPLE) - {"eve", "sue", "rex"}
    assert told(world, "step-opened") == set(PEOPLE) - {"eve", "sue", "rex"}


def test_a_seal_names_its_votes_and_what_they_stand_for(world: World) -> None:
    for who in ("ben", "dan", "cleo"):
        world.vote(who, "b")
    row = world.read(
        lambda tx: tx.execute(text("select * from seals where step = :s"), {"s": world.step("b")}).one()
    )
    lines = world.read(lambda tx: store.text(tx, row.digest))
    assert lines is not None
    assert lines.startswith(f"revmod.step.1\n{CODE} 1 b\nsection b/fa/art-3 ".encode())
    votes = world.read(lambda tx: queries.live_votes(tx, world.step("b")))
    assert {vote.state for vote in votes} == {"BOR", "COR", "DAL"}
    assert all(vote.id in row.votes for vote in votes)


def test_a_sealed_step_takes_no_vote_and_no_withdrawal(world: World) -> None:
    for who in ("ben", "dan", "cleo"):
        world.vote(who, "b")
    with pytest.raises(Refused, match="frozen"):
        world.vote("ben", "b")
    with pytest.raises(Refused, match="frozen"):
        withdraw(world, "ben")


def test_summaries_over_the_limit_are_not_voted_on(world: World) -> None:
    world.advance_to("d")
    world.take("abe", "d/untoc/art-5")
    fields = 4
    world.edit("abe", "d/untoc/art-5", "word " * (1_500 // fields + 1))
    with pytest.raises(Refused) as refusal:
        world.vote("ann", "d")
    assert refusal.value.because == "too-long"
    world.edit("abe", "d/untoc/art-5", "word " * (1_500 // fields))
    world.vote("ann", "d")


# ------------------------------------------------------------------ what moved


def shown(world: World, who: str) -> tuple[StepId, object]:
    step = world.step("b")
    world.write(lambda tx: commands.keep_shown(tx, step))
    return step, world.asked(who, "b")


def test_what_moved_since_a_screen_was_shown(world: World) -> None:
    world.edit("bea", UNTOC_5, "first words")
    step, seen = shown(world, "ben")
    world.edit("bea", UNTOC_5, "other words")
    moved = world.read(lambda tx: queries_votes.what_moved(tx, step, seen, actor=PEOPLE["ben"]))  # type: ignore[arg-type]
    assert moved.is_known
    (pair,) = moved.pairs
    assert pair.key == UNTOC_5
    assert pair.old is not None
    assert pair.old.fields["measures"][0].runs[0].text == "first words"
    assert pair.new.fields["measures"][0].runs[0].text == "other words"


def test_what_moved_shows_nobody_what_they_may_not_read(world: World) -> None:
    step, seen = shown(world, "ben")
    world.edit("bea", UNTOC_5, "not for Dalmora")
    moved = world.read(lambda tx: queries_votes.what_moved(tx, step, seen, actor=PEOPLE["dan"]))  # type: ignore[arg-type]
    assert moved.pairs == ()


def test_a_digest_that_stands_for_no_screen_is_not_known(world: World) -> None:
    for seen in (digest("0"), world.section(UNTOC_5).digest):
        moved = world.read(
            lambda tx, seen=seen: queries_votes.what_moved(tx, world.step("b"), seen, actor=PEOPLE["ben"])  # type: ignore[misc]
        )
        assert not moved.is_known


def test_a_refused_vote_is_kept(world: World) -> None:
    world.write(
        lambda tx: commands.record_refused_vote(
            tx, PEOPLE["ben"], world.step("b"), seen=digest("0"), because="moved", at=START
        )
    )
    assert world.log("b")[-1].act == "vote-refused"
