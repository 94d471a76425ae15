"""Signing in: counted before it is checked, the same answer for everybody who may not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from revmod_live.accounts import limits, passwords, people, sessions, signing_in, store
from revmod_live.accounts.signing_in import Attempt, CodeNeeded, SignedIn
from revmod_live.errors import Refused
from revmod_live.storage.database import WriteTx
from tests.accounts.people_there import ANNS, CHEAP, NOON, Place

HOME = "192.0.2.7"
WRONG = "wrong-WRONG-123-!"


async def try_it(
    place: Place, email: str, password: str, *, network: str = HOME, at: datetime = NOON
) -> SignedIn | CodeNeeded | Refused:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, email, network=network, at=at))
    if isinstance(attempt, Refused):
        return attempt
    outcome = signing_in.check(attempt, password, CHEAP)
    return await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=at))


async def guess(
    place: Place, *, times: int, network: str = HOME, email: str = "ann@example.org"
) -> list[str]:
    """Let `times` tries begin and finish wrong, without the price of the hash."""

    def one(tx: WriteTx) -> SignedIn | CodeNeeded | Refused:
        attempt = signing_in.begin(tx, email, network=network, at=NOON)
        if isinstance(attempt, Refused):
            return attempt
        return signing_in.finish(tx, attempt, signing_in.Outcome(is_right=False), at=NOON)

    answers = [await place.db.write(one) for _ in range(times)]
    return [answer.because for answer in answers if isinstance(answer, Refused)]


async def test_address_and_password_open_a_session(place: Place) -> None:
    signed = await try_it(place, "ANN@example.org", ANNS)
    assert isinstance(signed, SignedIn)
    assert signed.account == place.ann
    found = await place.db.read(lambda tx: sessions.session(tx, signed.token, NOON))
    assert found is not None
    assert found.csrf == signed.csrf
    assert await place.acts() == ["signed-in"]


@pytest.mark.parametrize(
    "email",
    [
        pytest.param("ann@example.org", id="known"),
        pytest.param("nobody@example.org", id="unknown"),
        pytest.param("olga@example.org", id="known, without a password yet"),
        pytest.param("", id="empty"),
        pytest.param("x" * 5000, id="endless"),
    ],
)
async def test_the_answer_is_the_same_whoever_is_meant(place: Place, email: str) -> None:
    assert await try_it(place, email, WRONG) == Refused("wrong-credentials")
    assert await place.acts() == ["sign-in-refused"]


async def test_an_unknown_address_is_checked_against_a_hash_of_today_s_cost(place: Place) -> None:
    for email in ("nobody@example.org", "olga@example.org"):
        attempt = await place.db.write(lambda tx, e=email: signing_in.begin(tx, e, network=HOME, at=NOON))  # type: ignore[misc]
        assert isinstance(attempt, Attempt)
        assert not passwords.is_outdated(attempt.encoded)


async def test_what_was_typed_as_an_address_is_not_kept(place: Place) -> None:
    await try_it(place, "my-OWN-password-123", WRONG)
    stored = (await place.everything_stored()).casefold()
    assert "my-own-password" not in stored


async def test_a_hash_at_an_old_cost_is_made_anew_at_sign_in(place: Place) -> None:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=HOME, at=NOON))
    assert isinstance(attempt, Attempt)
    outcome = signing_in.check(attempt, ANNS)
    await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=NOON))
    found = await place.db.read(lambda tx: store.account_by_email(tx, "ann@example.org"))
    assert found is not None
    assert found[1] is not None
    assert not passwords.is_outdated(found[1])
    assert passwords.matches(found[1], ANNS)


async def test_a_password_changed_meanwhile_is_not_overtaken_by_the_old_one(place: Place) -> None:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=HOME, at=NOON))
    assert isinstance(attempt, Attempt)
    outcome = signing_in.check(attempt, ANNS, CHEAP)
    new = passwords.hashed("another-TEA-kettle-915", CHEAP)
    await place.db.write(lambda tx: people.set_password(tx, place.ann.id, new, NOON))
    answer = await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=NOON))
    assert answer == Refused("wrong-credentials")


async def test_ten_wrong_tries_from_one_network_are_enough_for_a_while(place: Place) -> None:
    answers = await guess(place, times=limits.PER_ADDRESS_AND_NETWORK + 2)
    assert answers == ["wrong-credentials"] * limits.PER_ADDRESS_AND_NETWORK + ["too-many-tries"] * 2
    # the right password does not help now, so that guessing on tells nothing
    assert isinstance(await try_it(place, "ann@example.org", ANNS), Refused)
    # from elsewhere its owner still gets in
    assert isinstance(await try_it(place, "ann@example.org", ANNS, network="198.51.100.1"), SignedIn)
    later = NOON + limits.WINDOW + timedelta(seconds=1)
    assert isinstance(await try_it(place, "ann@example.org", ANNS, at=later), SignedIn)


async def test_an_unknown_address_is_limited_just_like_a_known_one(place: Place) -> None:
    answers = await guess(place, times=limits.PER_ADDRESS_AND_NETWORK + 1, email="nobody@example.org")
    assert answers[-1] == "too-many-tries"


async def test_refused_tries_are_not_recorded_so_the_log_does_not_grow_at_will(place: Place) -> None:
    await guess(place, times=limits.PER_ADDRESS_AND_NETWORK + 5)
    assert len(await place.acts()) == limits.PER_ADDRESS_AND_NETWORK


async def test_many_networks_together_may_guess_at_one_person_only_so_often(place: Place) -> None:
    answers: list[str] = []
    for number in range(limits.PER_ADDRESS + 1):
        answers += await guess(place, times=1, network=f"198.51.100.{number}")
    assert answers.count("wrong-credentials") == limits.PER_ADDRESS
    assert answers[-1] == "too-many-tries"


async def test_one_network_may_guess_at_many_people_only_so_often(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_NETWORK", 12)
    answers: list[str] = []
    for number in range(13):
        answers += await guess(place, times=1, email=f"p{number}@example.org")
    assert answers == ["wrong-credentials"] * 12 + ["too-many-tries"]


async def test_tries_that_began_together_are_counted_together(place: Place) -> None:
    begun = [
        await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=HOME, at=NOON))
        for _ in range(limits.PER_ADDRESS_AND_NETWORK + 1)
    ]
    assert [isinstance(one, Attempt) for one in begun] == [True] * limits.PER_ADDRESS_AND_NETWORK + [False]


async def test_getting_in_forgets_the_tries_before(place: Place) -> None:
    await guess(place, times=limits.PER_ADDRESS_AND_NETWORK - 1)
    assert isinstance(await try_it(place, "ann@example.org", ANNS), SignedIn)
    assert await guess(place, times=2) == ["wrong-credentials"] * 2


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        pytest.param("192.0.2.7", "192.0.2.7", id="IPv4: the address"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="IPv6: the /64"),
        pytest.param("::ffff:192.0.2.7", "192.0.2.7", id="IPv4 in IPv6"),
        pytest.param("fe80::1%eth0", "fe80::/64", id="with a zone"),
        pytest.param("", "local", id="a Unix socket"),
        pytest.param(None, "local", id="no peer"),
        pytest.param("not an address", "local", id="nonsense"),
    ],
)
def test_a_network_is_what_one_customer_holds(peer: str | None, network: str) -> None:
    assert limits.network_of(peer) == network
