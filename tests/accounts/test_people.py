"""Accounts made, found and changed."""

from __future__ import annotations

import pytest

from revmod_live.accounts import passwords, people, sessions, tokens
from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.events import AccountChanged, SessionEnded
from revmod_live.ids import AccountId, StateCode
from revmod_live.storage.database import WriteTx
from tests.accounts.people_there import CHEAP, NOON, Place

BOR = StateCode("BOR")


def create(tx: WriteTx, *, email: str, name: str, role: Role, state: StateCode | None) -> None:
    people.create_account(tx, email=email, name=name, role=role, state=state, at=NOON)


async def test_an_account_is_found_by_its_address_however_that_is_written(place: Place) -> None:
    assert await place.db.read(lambda tx: people.find_by_email(tx, " ANN@example.ORG")) == place.ann
    assert await place.db.read(lambda tx: people.find_by_email(tx, "ann@example.com")) is None


async def test_an_actor_is_all_that_a_rule_may_know(place: Place) -> None:
    actor = await place.db.read(lambda tx: people.actor(tx, place.ann.id))
    assert actor == Actor(place.ann.id, "Ann Example", BOR, Role.FOCAL_POINT, active=True)
    with pytest.raises(NotFound):
        await place.db.read(lambda tx: people.actor(tx, AccountId("nobody")))


@pytest.mark.parametrize(
    ("email", "name", "role", "state", "where"),
    [
        pytest.param("nobody", "A", Role.EXPERT, BOR, "email", id="no address"),
        pytest.param("a b@c", "A", Role.EXPERT, BOR, "email", id="a space in it"),
        pytest.param("a@b@c", "A", Role.EXPERT, BOR, "email", id="two ats"),
        pytest.param("a@" + "b" * 300, "A", Role.EXPERT, BOR, "email", id="endless"),
        pytest.param("a@b", "  ", Role.EXPERT, BOR, "name", id="no name"),
        pytest.param("a@b", "A", Role.EXPERT, None, "state", id="an expert of no State"),
        pytest.param("a@b", "A", Role.SECRETARIAT, BOR, "state", id="a secretariat officer of a State"),
    ],
)
async def test_what_is_no_account_is_refused_with_its_place(
    place: Place, email: str, name: str, role: Role, state: StateCode | None, where: str
) -> None:
    with pytest.raises(Malformed) as problem:
        await place.db.write(lambda tx: create(tx, email=email, name=name, role=role, state=state))
    assert problem.value.place == where


async def test_an_address_belongs_to_one_account(place: Place) -> None:
    with pytest.raises(Refused) as problem:
        await place.db.write(
            lambda tx: create(tx, email="ANN@EXAMPLE.ORG", name="A", role=Role.EXPERT, state=BOR)
        )
    assert problem.value.because == "email-taken"


async def test_suspending_is_announced_once_and_recorded_with_who_did_it(place: Place) -> None:
    def suspend(tx: WriteTx) -> None:
        people.set_active(tx, place.ann.id, NOON, active=False, by=place.olga.id)

    await place.db.write(suspend)
    await place.db.write(suspend)
    assert place.heard == [AccountChanged(place.ann.id)]
    assert await place.acts() == ["account-suspended"]
    assert (await place.log())[-1].account == place.olga.id
    assert not (await place.db.read(lambda tx: people.actor(tx, place.ann.id))).active


async def test_a_new_role_is_announced_and_what_it_was_is_kept(place: Place) -> None:
    await place.db.write(
        lambda tx: people.set_role(tx, place.ann.id, NOON, role=Role.OBSERVER, state=BOR, by=place.olga.id)
    )
    assert place.heard == [AccountChanged(place.ann.id)]
    assert (await place.log())[-1].detail["before"] == ["focal_point", "BOR"]


async def test_a_new_password_ends_every_other_session_and_every_token(place: Place) -> None:
    encoded = passwords.hashed("another-TEA-kettle-915", CHEAP)

    def sign_in_twice(tx: WriteTx) -> str:
        tokens.make_token(tx, place.ann, NOON, "laptop", NOON + tokens.LONGEST)
        sessions.start_session(tx, place.ann, NOON)
        return sessions.start_session(tx, place.ann, NOON)[0]

    def change(tx: WriteTx, token: str) -> None:
        mine = sessions.session(tx, token, NOON)
        assert mine is not None
        people.set_password(tx, place.ann.id, encoded, NOON, keep=mine.id)

    kept = await place.db.write(sign_in_twice)
    await place.db.write(lambda tx: change(tx, kept))
    assert await place.db.read(lambda tx: sessions.session(tx, kept, NOON)) is not None
    assert len(await place.db.read(lambda tx: sessions.sessions_of(tx, place.ann.id, NOON))) == 1
    assert await place.db.read(lambda tx: tokens.tokens_of(tx, place.ann.id, NOON)) == ()
    assert len([e for e in place.heard if isinstance(e, SessionEnded)]) == 2
