"""A forgotten password: the same answer for everybody, one link for an hour, everything old ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from revmod_live.accounts import forgotten, limits, people, sessions, signing_in, standings, tokens
from revmod_live.errors import Refused
from revmod_live.events import SessionEnded
from revmod_live.storage.database import WriteTx
from tests.accounts.letters_there import POST, kinds, letters, secret_of
from tests.accounts.people_there import NOON, Place

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
HOME = "192.0.2.7"


async def ask(
    place: Place, email: str = "ann@example.org", *, network: str = HOME, at: datetime = NOON
) -> Refused | None:
    return await place.db.write(lambda tx: forgotten.ask(tx, email, at, network=network, post=POST))


async def asked(place: Place, *, at: datetime = NOON) -> str:
    """The secret in Ann's letter."""
    assert await ask(place, at=at) is None
    return secret_of((await letters(place))[-1])


async def set_anew(place: Place, plain: str, *, at: datetime = NOON) -> None:
    await place.db.write(lambda tx: forgotten.set_anew(tx, plain, "new hash", at, post=POST))


async def why_not(place: Place, plain: str, *, at: datetime = NOON) -> str:
    with pytest.raises(Refused) as refused:
        await set_anew(place, plain, at=at)
    return refused.value.because


@pytest.mark.parametrize(
    ("email", "written"),
    [
        pytest.param(" ANN@example.org", ["password-link"], id="known"),
        pytest.param("nobody@example.org", [], id="unknown"),
        pytest.param("", [], id="empty"),
    ],
)
async def test_the_answer_is_the_same_for_everybody(place: Place, email: str, written: list[str]) -> None:
    assert await ask(place, email) is None
    assert await kinds(place) == written


async def test_the_link_is_stored_as_a_digest_only(place: Place) -> None:
    assert await asked(place) not in await place.everything_stored()


async def test_using_it_sets_the_password_and_ends_every_session_and_token(place: Place) -> None:
    def sign_in(tx: WriteTx) -> str:
        tokens.make_token(tx, place.ann, NOON, "laptop", NOON + tokens.LONGEST)
        return sessions.start_session(tx, place.ann, NOON)[0]

    session = await place.db.write(sign_in)
    plain = await asked(place)
    await set_anew(place, plain)
    assert await place.db.read(lambda tx: sessions.session(tx, session, NOON)) is None
    assert await place.db.read(lambda tx: tokens.tokens_of(tx, place.ann.id, NOON)) == ()
    assert len([e for e in place.heard if isinstance(e, SessionEnded)]) == 2
    assert sorted(await kinds(place)) == ["password-changed", "password-link"]


@pytest.mark.parametrize(
    ("after", "because"),
    [
        pytest.param(HOUR - MOMENT, None, id="a moment before the hour is over"),
        pytest.param(HOUR, "link-expired", id="when the hour is over"),
    ],
)
async def test_it_is_good_for_an_hour(place: Place, after: timedelta, because: str | None) -> None:
    plain = await asked(place)
    if because is None:
        await set_anew(place, plain, at=NOON + after)
    else:
        assert await why_not(place, plain, at=NOON + after) == because


async def test_it_works_once_and_a_newer_one_ends_it(place: Place) -> None:
    old = await asked(place)
    new = await asked(place, at=NOON + timedelta(seconds=1))
    assert await why_not(place, old) == "link-ended"
    await set_anew(place, new)
    assert await why_not(place, new) == "link-used"


async def test_one_mailbox_is_not_filled_and_nobody_sees_that_it_is_not(place: Place) -> None:
    answers = [await ask(place) for _ in range(forgotten.PER_ADDRESS + 2)]
    assert answers == [None] * len(answers)
    assert len(await kinds(place)) == forgotten.PER_ADDRESS


async def test_one_network_cannot_ask_without_end_and_the_refusal_tells_nothing(place: Place) -> None:
    def many(tx: WriteTx) -> list[Refused | None]:
        return [
            forgotten.ask(tx, f"{n}@example.org", NOON, network=HOME, post=POST)
            for n in range(limits.PER_NETWORK)
        ]

    assert set(await place.db.write(many)) == {None}
    for email in ("ann@example.org", "nobody@example.org"):
        refused = await ask(place, email)
        assert isinstance(refused, Refused)
        assert refused.because == "too-many-tries"
    assert await ask(place, network="198.51.100.1") is None


async def test_asking_for_a_link_uses_up_no_try_to_sign_in(place: Place) -> None:
    for _ in range(limits.PER_ADDRESS_AND_NETWORK + 1):
        await ask(place)
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=HOME, at=NOON))
    assert isinstance(attempt, signing_in.Attempt)


async def test_whoever_is_disabled_or_only_invited_gets_no_link(place: Place) -> None:
    plain = await asked(place)
    await place.db.write(lambda tx: standings.disable(tx, place.ann.id, "left", NOON, by=place.olga.actor))
    assert await why_not(place, plain) == "link-ended"
    before = await kinds(place)
    assert await ask(place) is None
    assert await kinds(place) == before
    assert (await place.db.read(lambda tx: people.account(tx, place.ann.id))).active is False
