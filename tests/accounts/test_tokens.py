"""Personal access tokens: shown once, stored as a digest, always with an end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from revmod_live.accounts import people, sessions, tokens
from revmod_live.errors import Malformed
from revmod_live.events import SessionEnded
from tests.accounts.people_there import NOON, Place

TOMORROW = NOON + timedelta(days=1)


async def make(place: Place, label: str = "laptop", expires: datetime = TOMORROW) -> str:
    return await place.db.write(lambda tx: tokens.make_token(tx, place.ann, NOON, label, expires))


async def test_a_token_acts_for_its_owner_until_it_ends(place: Place) -> None:
    plain = await make(place)
    assert plain.startswith("rmt_")
    assert await place.db.read(lambda tx: tokens.token_actor(tx, plain, NOON)) == place.ann.actor
    assert await place.db.read(lambda tx: tokens.token_actor(tx, plain, TOMORROW)) is None
    assert await place.acts() == ["token-made"]


async def test_nothing_that_is_stored_is_a_token(place: Place) -> None:
    plain = await make(place)
    assert plain.removeprefix(tokens.PREFIX) not in await place.everything_stored()


async def test_what_is_not_a_token_is_nobody_s(place: Place) -> None:
    plain = await make(place)
    for other in ("", "rmt_", plain.removeprefix(tokens.PREFIX), plain + "x", plain.upper()):
        assert await place.db.read(lambda tx, o=other: tokens.token_actor(tx, o, NOON)) is None  # type: ignore[misc]


async def test_a_session_s_cookie_is_no_token_nor_the_other_way_round(place: Place) -> None:
    cookie, _ = await place.db.write(lambda tx: sessions.start_session(tx, place.ann, NOON))
    plain = await make(place)
    assert await place.db.read(lambda tx: tokens.token_actor(tx, cookie, NOON)) is None
    assert await place.db.read(lambda tx: sessions.session(tx, plain, NOON)) is None


async def test_a_suspended_person_s_token_gives_nothing(place: Place) -> None:
    plain = await make(place)
    await place.db.write(lambda tx: people.set_active(tx, place.ann.id, NOON, active=False))
    assert await place.db.read(lambda tx: tokens.token_actor(tx, plain, NOON)) is None


async def test_only_its_owner_revokes_a_token_and_that_is_announced(place: Place) -> None:
    plain = await make(place)
    (mine,) = await place.db.read(lambda tx: tokens.tokens_of(tx, place.ann.id, NOON))
    assert mine.label == "laptop"
    assert not await place.db.write(lambda tx: tokens.revoke_token(tx, place.olga.id, mine.id, NOON))
    assert await place.db.write(lambda tx: tokens.revoke_token(tx, place.ann.id, mine.id, NOON))
    assert not await place.db.write(lambda tx: tokens.revoke_token(tx, place.ann.id, mine.id, NOON))
    assert await place.db.read(lambda tx: tokens.token_actor(tx, plain, NOON)) is None
    assert place.heard == [SessionEnded(place.ann.id, mine.id)]
    assert await place.acts() == ["token-made", "token-revoked"]


async def test_a_token_that_is_over_is_swept_away_and_announced(place: Place) -> None:
    await make(place)
    assert await place.db.write(lambda tx: sessions.end_expired(tx, TOMORROW)) == 1
    assert len(place.heard) == 1
    assert await place.acts() == ["token-made", "token-expired"]


@pytest.mark.parametrize(
    ("label", "expires", "where"),
    [
        pytest.param(" ", TOMORROW, "label", id="no label"),
        pytest.param("x" * 101, TOMORROW, "label", id="an endless label"),
        pytest.param("x", NOON, "expires_at", id="over at once"),
        pytest.param("x", NOON + timedelta(days=400), "expires_at", id="more than a year"),
    ],
)
async def test_a_token_has_a_label_and_an_end(
    place: Place, label: str, expires: datetime, where: str
) -> None:
    with pytest.raises(Malformed) as problem:
        await make(place, label, expires)
    assert problem.value.place == where
