"""Nobody receives what they may not see, and nobody does what they may not do.

One walk through one house (`walker`), then judged: the bytes that each person was sent, by the marks
in them, against the table written by hand (`table`); and what lies in the database afterwards.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import pytest
import uvloop

from revmod_live.sync import frames
from tests.rights import doors, table
from tests.rights.walker import Walk, a_walk, client_of, holder_of, shows_fragment
from tests.rights.world import STATES, Mark, Person, Spot, World, a_world

if TYPE_CHECKING:
    from collections.abc import Iterator

# The walk is in the fixture that the first test waits for.
pytestmark = pytest.mark.timeout(1800)

REFUSED = ("401", "403", "404")


@dataclass(frozen=True)
class Walked:
    """The house after the walk, closed."""

    world: World
    walk: Walk
    rows: dict[str, set[tuple[str, str]]]
    acts: list[tuple[str, str, str]]

    def visits(self) -> Iterator[tuple[Person, Spot, frozenset[str]]]:
        """Who came where, and what the table gives them there."""
        for person, spot in self.world.visits():
            yield person, spot, rights(person, spot)

    def came(self, person: Person, spot: Spot, door: str) -> str:
        """What came of it; "" when that door was not tried there."""
        found = self.walk.came.get((person.number, spot.number, door))
        return "" if found is None else found.what

    def wrong(self, door: str, expected: dict[str, str]) -> list[str]:
        """Where a door did not do what it should: `expected` by the first right in it that one has."""
        found = []
        for person, spot, has in self.visits():
            came = self.came(person, spot, door)
            if not came:
                continue
            word = next((expected[right] for right in expected if right in has or right == "-"), "")
            if came not in word.split("|"):
                found.append(f"{person.name} at {place(spot)}: {came}, not {word}")
        return found


def rights(person: Person, spot: Spot) -> frozenset[str]:
    """What the table gives this person on this text."""
    column = person.column(spot.troupe)
    if column is None:
        return frozenset()
    return table.on_text(column, spot.letter, spot.state, spot.instrument)


def on_vote(person: Person, spot: Spot) -> frozenset[str]:
    """What the table gives this person on the vote of this step."""
    column = person.column(spot.troupe)
    return frozenset() if column is None else table.on_vote(column, spot.letter, spot.state)


def place(spot: Spot) -> str:
    """Where that is."""
    return f"{spot.review}/{spot.letter}/{spot.instrument} ({spot.state})"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder = tmp_path_factory.mktemp("rights")

    async def go() -> tuple[World, Walk]:
        async with a_world(folder) as world:
            return world, await a_walk(world)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        world, walk = runner.run(go())
    with closing(sqlite3.connect(folder / "revmod.sqlite3")) as raw:
        rows = {
            name: {(str(a), str(b)) for a, b in raw.execute(query)}
            for name, query in {
                "journal": "select section, account from journal where rev > 2",
                "clients": "select section || client, account from client_ids where client < 1000000",
                "claims": "select section, account from claims",
                "votes": "select step, account from votes",
                "late": "select section, account from late_texts",
            }.items()
        }
        acts = list(raw.execute("select act, coalesce(account, ''), coalesce(step, '') from event_log"))
    return Walked(world, walk, rows, acts)


# ------------------------------------------------------------------ reading


def test_nobody_is_sent_a_byte_of_what_they_may_not_read(walked: Walked) -> None:
    spots = {spot.number: spot for spot in walked.world.spots}
    leaks = []
    for person in walked.world.people:
        for mark, came_by in person.heard.items():
            spot = spots[mark.spot]
            has = rights(person, spot)
            needed = {"t": "R", "p": "R", "c": "R", "o": "L", "l": "own"}[mark.kind]
            is_own = mark.person == person.number
            if needed not in has and not (is_own and mark.kind in "lp"):
                leaks.append(f"{person.name} got {mark.kind!r} of {place(spot)} by {sorted(came_by)}")
    assert not leaks


@pytest.mark.parametrize("door", ["page", "text", "sync", "yjs"])
def test_whoever_may_read_is_sent_the_text(walked: Walked, door: str) -> None:
    # else all the silence proved above would prove nothing
    for person, spot, has in walked.visits():
        if "R" in has:
            marks = walked.walk.came[person.number, spot.number, door].marks
            assert spot.mark("t") in marks, (person.name, place(spot))


def test_whoever_sees_the_log_sees_the_drafts_before(walked: Walked) -> None:
    for person, spot, has in walked.visits():
        if "L" in has and not shows_fragment(person, spot):
            doors = person.heard.get(spot.mark("o"), set())
            assert any(door.endswith("/log") for door in doors), (person.name, place(spot))


@pytest.mark.parametrize(
    ("door", "expected"),
    [
        ("page", {"R": "200", "-": "403|404"}),
        ("text", {"R": "200", "-": "403|404|401"}),
        ("log", {"L": "200", "-": "403|404"}),
        ("open-s", {"R": "opened", "-": "denied role|denied locked"}),
        ("open-p", {"R": "opened", "-": "denied role|denied locked"}),
        ("sync", {"R": "sync"}),
        ("meta", {"W": "read claim|write ok", "R": "read role|read frozen"}),
    ],
)
def test_each_door_opens_to_whom_the_table_says(walked: Walked, door: str, expected: dict[str, str]) -> None:
    assert not walked.wrong(door, expected)


def test_a_review_is_not_there_for_whoever_may_not_know_of_it(walked: Walked) -> None:
    def said(text: str, code: str) -> str:
        return text.replace(code, "no-such-review")

    for person in walked.world.people:
        for spot in walked.world.spots:
            path = f"/reviews/{spot.review}"
            in_it = person.account.state in spot.troupe.states or person.role == "sec"
            body = walked.walk.bodies.get((person.number, path))
            if body is None:
                continue
            if person.role not in ("off", "new") and (in_it or spot.review.endswith("-end")):
                assert body.startswith("200"), (person.name, path)
            else:
                nothing = walked.walk.bodies[person.number, "/reviews/no-such-review"]
                assert said(body, spot.review) == nothing, (person.name, path)


def test_home_names_no_review_of_others(walked: Walked) -> None:
    for person in walked.world.people:
        home = walked.walk.bodies[person.number, "/"]
        assert home.startswith("303" if person.role in ("off", "new") else "200"), person.name
        for spot in walked.world.spots:
            in_it = person.account.state in spot.troupe.states or person.role == "sec"
            if person.role in ("off", "new") or not in_it:
                assert f"/reviews/{spot.review}" not in home, (person.name, spot.review)


# ------------------------------------------------------------------ writing


def test_no_push_is_taken_without_a_claim(walked: Walked) -> None:
    # in A the first Push takes the claim by itself
    expected = {"W": "refused claim|acked", "-": "refused role|refused frozen"}
    assert not walked.wrong("push", expected)
    for person, spot, has in walked.visits():
        if "W" in has:
            found = walked.came(person, spot, "push"), walked.came(person, spot, "meta")
            wanted = ("acked", "write ok") if spot.letter == "a" else ("refused claim", "read claim")
            assert found == wanted, (person.name, place(spot))


def test_the_forged_push_of_an_observer_is_in_the_log(walked: Walked) -> None:
    logged = {(account, step) for act, account, step in walked.acts if act == "push-refused"}
    tried = {
        (str(person.account.id), str(spot.step))
        for person, spot, _ in walked.visits()
        if person.role == "obs" and walked.came(person, spot, "push") == "refused role"
    }
    assert tried
    assert tried <= logged


def test_every_read_of_an_open_text_by_the_secretariat_is_in_the_log(walked: Walked) -> None:
    officer = next(person for person in walked.world.people if person.role == "sec")
    read = {spot.step for person, spot, has in walked.visits() if person is officer and "L" in has}
    is_open = {spot.step for spot in walked.world.spots if spot.state in ("open", "voting")}
    logged = {(account, step) for act, account, step in walked.acts if act == "text-read"}
    assert {(str(officer.account.id), str(step)) for step in read & is_open} == logged


def test_a_section_is_taken_and_written_by_whom_the_table_says(walked: Walked) -> None:
    assert not walked.wrong("take", {"W": "200|303", "-": "401|403|404|409"})
    assert not walked.wrong("push-with-claim", {"W": "acked", "-": "nobody comes so far"})
    assert not walked.wrong("yjs", {"W": "stays", "-": "closed 4403|401"})


def test_late_text_is_kept_for_whoever_is_signed_in(walked: Walked) -> None:
    assert not walked.wrong("late", {"-": "acked"})
    handed_in = {(spot.section, person.account.id) for person, spot, _ in walked.visits()}
    assert walked.rows["late"] == handed_in


@pytest.mark.parametrize("rows", ["journal", "claims"])
def test_the_database_holds_the_acts_of_those_who_may_and_no_others(walked: Walked, rows: str) -> None:
    may = {(spot.section, person.account.id) for person, spot, has in walked.visits() if "W" in has}
    holders = {
        (spot.section, holder.account.id)
        for spot in walked.world.spots
        if (holder := holder_of(walked.world, spot)) is not None and rows == "claims"
    }
    assert walked.rows[rows] == may | holders


def test_what_a_stock_client_wrote_is_there_too(walked: Walked) -> None:
    may = {
        (f"{spot.section}{client_of(person, spot, stock=stock)}", str(person.account.id))
        for person, spot, has in walked.visits()
        if "W" in has
        for stock in (False, True)
    }
    assert walked.rows["clients"] == may


# ------------------------------------------------------------------ votes


def test_the_vote_page_opens_to_whom_the_table_says(walked: Walked) -> None:
    for person, spot, _ in walked.visits():
        came = walked.came(person, spot, "vote-page")
        if came:
            sees = "S" in on_vote(person, spot)
            assert came == "200" if sees else came in REFUSED, (person.name, place(spot), came)


def test_votes_are_cast_and_withdrawn_by_whom_the_table_says(walked: Walked) -> None:
    for person, spot, _ in walked.visits():
        vote, withdraw = walked.came(person, spot, "vote"), walked.came(person, spot, "withdraw")
        if not vote:
            continue
        where = (person.name, place(spot), vote, withdraw)
        if "V" not in on_vote(person, spot):
            assert vote in (*REFUSED, "409"), where
            assert withdraw in (*REFUSED, "409"), where
            continue
        # where the reviewing State's vote stands already, it is that one which is withdrawn
        is_there = spot.state == "voting" and person.account.state == spot.troupe.states[1]
        assert (vote, withdraw) == ("409" if is_there else "303", "303"), where


def test_the_database_holds_votes_of_voters_alone(walked: Walked) -> None:
    tried = [
        (str(spot.step), str(person.account.id), "V" in on_vote(person, spot))
        for person, spot, _ in walked.visits()
        if walked.came(person, spot, "vote")
    ]
    no_voters = {(step, account) for step, account, is_voter in tried if not is_voter}
    assert not walked.rows["votes"] & no_voters
    for person, spot, _ in walked.visits():
        if walked.came(person, spot, "vote") == "303":
            assert (spot.step, person.account.id) in walked.rows["votes"]


def test_a_refused_vote_of_somebody_on_the_vote_page_is_in_the_log(walked: Walked) -> None:
    # requirements 2.3, 6: keep every cast, reset, withdrawal and refusal for ever
    logged = {(account, step) for act, account, step in walked.acts if act == "vote-refused"}
    for person, spot, _ in walked.visits():
        if walked.came(person, spot, "vote") in ("403", "409") and "S" in on_vote(person, spot):
            assert (person.account.id, spot.step) in logged, (person.name, place(spot))


# ------------------------------------------------------------------ what belongs to others


def test_a_claim_is_released_by_its_holder_a_colleague_or_the_secretariat(walked: Walked) -> None:
    tried = 0
    for spot in walked.world.spots:
        holder = holder_of(walked.world, spot)
        if holder is None:
            continue
        holders = holder.column(spot.troupe)
        assert holders is not None
        for person in walked.world.walkers(spot.troupe):
            was = walked.walk.released.get((person.number, spot.number))
            if was is None:
                continue
            column = person.column(spot.troupe)
            # of the answers the secretariat sees progress alone, and so nobody's claim (D-22)
            sees = column != "sec" or "R" in rights(person, spot)
            may = person is holder or (column is not None and sees and table.may_release(column, holders))
            assert was == may, (person.name, holder.name, place(spot))
            tried += 1
    assert tried


def test_nobody_ends_sessions_tokens_or_late_text_of_others(walked: Walked) -> None:
    assert walked.walk.others
    assert set(walked.walk.others.values()) == {"404"}


# ------------------------------------------------------------------ the walk itself


def test_every_route_to_a_text_and_every_frame_was_tried(walked: Walked) -> None:
    # the other routes are knocked at in `test_doors`
    assert walked.walk.routes >= {(door.method, door.path) for door in doors.ROWS if door.is_walked}
    assert walked.walk.sent >= set(get_args(frames.ClientFrame))


def test_every_column_met_every_state_of_every_step(walked: Walked) -> None:
    met = {
        (person.column(spot.troupe), spot.letter, spot.state)
        for person, spot, _ in walked.visits()
        if spot.troupe.staffed
    }
    assert met == {
        (column, letter, state)
        for column in (*table.COLUMNS, None)
        for letter in "abcd"
        for state in (STATES if letter != "a" else ("open", "sealed"))
    }


def test_a_mark_is_found_in_what_holds_it() -> None:
    assert Mark("t", 3, 7).word() == "Zqt3q7z"
