"""The second factor: enrolled with a code, asked for at sign-in, never the same code twice (D-30)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from revmod_live.accounts import passwords, people, second_factor, sessions, signing_in, standings
from revmod_live.accounts.model import Session
from revmod_live.accounts.signing_in import CodeNeeded, SignedIn
from revmod_live.errors import Refused
from revmod_live.storage.database import WriteTx
from tests.accounts.letters_there import POST, kinds
from tests.accounts.people_there import ANNS, CHEAP, NOON, Place

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME = "192.0.2.7"
STEP = timedelta(seconds=30)
LATER = NOON + 4 * STEP
"""When the code of the enrolment is long over."""


def code(at: datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


def wrong(at: datetime) -> str:
    """Six digits that are no code around this time."""
    right = {code(at + n * STEP) for n in range(-2, 3)}
    return next(f"{n:06}" for n in range(10) if f"{n:06}" not in right)


async def turn_on(place: Place) -> tuple[str, ...]:
    def on(tx: WriteTx) -> tuple[str, ...]:
        second_factor.enrol(tx, place.ann, NOON, issuer="Review", make_secret=lambda: SECRET)
        return second_factor.confirm(tx, place.ann, code(NOON), NOON, post=POST)

    return await place.db.write(on)


async def give_password(place: Place, *, at: datetime = LATER, network: str = HOME) -> object:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=network, at=at))
    assert isinstance(attempt, signing_in.Attempt)
    outcome = signing_in.check(attempt, ANNS, CHEAP)
    return await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=at))


async def waiting(place: Place, *, at: datetime = LATER) -> str:
    answer = await give_password(place, at=at)
    assert isinstance(answer, CodeNeeded)
    return answer.token


async def give(
    place: Place, token: str, given: str, *, at: datetime = LATER, network: str = HOME
) -> SignedIn | Refused:
    return await place.db.write(lambda tx: signing_in.give_code(tx, token, given, network=network, at=at))


async def session(place: Place, at: datetime) -> Session:
    def start(tx: WriteTx) -> Session:
        token, _ = sessions.start_session(tx, place.ann, at)
        found = sessions.session(tx, token, at)
        assert found is not None
        return found

    return await place.db.write(start)


# ------------------------------------------------------------------ turning it on and off


async def test_begun_it_counts_for_nothing_until_a_code_was_given(place: Place) -> None:
    made = await place.db.write(lambda tx: second_factor.enrol(tx, place.ann, NOON, issuer="Review"))
    assert made.uri.startswith("otpauth://totp/Review:ann%40example.org?")
    assert made.secret in made.uri
    assert isinstance(await give_password(place), SignedIn)
    with pytest.raises(Refused, match="wrong-code"):
        await place.db.write(lambda tx: second_factor.confirm(tx, place.ann, "000", NOON, post=POST))
    assert not await place.db.read(lambda tx: second_factor.is_on(tx, place.ann.id))


async def test_turned_on_it_gives_ten_codes_of_which_only_digests_are_stored(place: Place) -> None:
    codes = await turn_on(place)
    stored = await place.everything_stored()
    assert len(set(codes)) == 10
    assert not any(one in stored or one.replace("-", "") in stored for one in codes)
    assert await kinds(place) == ["second-factor-on"]
    assert await place.db.read(lambda tx: second_factor.codes_left(tx, place.ann.id)) == 10


async def test_it_is_turned_on_once(place: Place) -> None:
    await turn_on(place)
    with pytest.raises(Refused, match="second-factor-on"):
        await place.db.write(lambda tx: second_factor.enrol(tx, place.ann, NOON, issuer="Review"))
    with pytest.raises(Refused, match="second-factor-on"):
        await place.db.write(lambda tx: second_factor.confirm(tx, place.ann, code(LATER), LATER, post=POST))


async def test_it_is_turned_off_with_the_password_given_a_moment_ago_only(place: Place) -> None:
    await turn_on(place)
    mine = await session(place, NOON)
    late = NOON + second_factor.FRESH + timedelta(seconds=1)
    with pytest.raises(Refused, match="step-up"):
        await place.db.write(lambda tx: second_factor.turn_off(tx, place.ann, mine, late, post=POST))
    await place.db.write(
        lambda tx: second_factor.turn_off(tx, place.ann, mine, NOON + second_factor.FRESH, post=POST)
    )
    assert isinstance(await give_password(place), SignedIn)
    assert sorted(await kinds(place)) == ["second-factor-off", "second-factor-on"]


async def test_whose_role_requires_it_must_turn_it_on_and_cannot_turn_it_off(place: Place) -> None:
    required = ("focal_point",)

    async def must() -> bool:
        return await place.db.read(lambda tx: second_factor.must_enrol(tx, place.ann, required_for=required))

    assert await must()
    assert not await place.db.read(lambda tx: second_factor.must_enrol(tx, place.olga, required_for=required))
    await turn_on(place)
    assert not await must()
    mine = await session(place, NOON)
    with pytest.raises(Refused, match="second-factor-required"):
        await place.db.write(
            lambda tx: second_factor.turn_off(tx, place.ann, mine, NOON, post=POST, required_for=required)
        )


async def test_new_recovery_codes_end_the_old_ones(place: Place) -> None:
    old = await turn_on(place)
    mine = await session(place, LATER)
    new = await place.db.write(lambda tx: second_factor.new_recovery_codes(tx, place.ann, mine, LATER))
    assert await give(place, await waiting(place), old[0]) == Refused("wrong-code")
    assert isinstance(await give(place, await waiting(place), new[0]), SignedIn)


async def test_the_secretariat_takes_it_from_whoever_lost_everything(place: Place) -> None:
    await turn_on(place)
    await place.db.write(lambda tx: second_factor.reset(tx, place.ann, LATER, by=place.olga.id, post=POST))
    assert isinstance(await give_password(place), SignedIn)
    (entry,) = [row for row in await place.log() if row.act == "second-factor-off"]
    assert (entry.account, entry.detail) == (place.olga.id, {"of": place.ann.id})


# ------------------------------------------------------------------ signing in with it


async def test_the_password_alone_opens_nothing(place: Place) -> None:
    await turn_on(place)
    token = await waiting(place)
    assert await place.db.read(lambda tx: sessions.session(tx, token, LATER)) is None
    assert await place.db.read(lambda tx: sessions.sessions_of(tx, place.ann.id, LATER)) == ()
    assert token not in await place.everything_stored()


async def test_with_the_code_one_is_signed_in(place: Place) -> None:
    await turn_on(place)
    signed = await give(place, await waiting(place), code(LATER))
    assert isinstance(signed, SignedIn)
    found = await place.db.read(lambda tx: sessions.session(tx, signed.token, LATER))
    assert found is not None
    assert found.actor == place.ann.actor


@pytest.mark.parametrize(
    ("steps", "is_taken"),
    [
        pytest.param(-2, False, id="two steps old"),
        pytest.param(-1, True, id="the step before"),
        pytest.param(0, True, id="the present step"),
        pytest.param(1, True, id="the step to come"),
        pytest.param(2, False, id="two steps ahead"),
    ],
)
async def test_a_clock_may_be_one_step_off(place: Place, steps: int, is_taken: bool) -> None:
    await turn_on(place)
    signed = await give(place, await waiting(place), code(LATER + steps * STEP))
    assert isinstance(signed, SignedIn) is is_taken


async def test_no_code_is_taken_twice_nor_an_older_one_after_a_newer(place: Place) -> None:
    await turn_on(place)
    assert isinstance(await give(place, await waiting(place), code(LATER)), SignedIn)
    assert await give(place, await waiting(place), code(LATER)) == Refused("wrong-code")
    assert await give(place, await waiting(place), code(LATER - STEP)) == Refused("wrong-code")
    assert isinstance(await give(place, await waiting(place), code(LATER + STEP)), SignedIn)


async def test_the_code_that_turned_it_on_signs_nobody_in(place: Place) -> None:
    await turn_on(place)
    token = await waiting(place, at=NOON)
    assert await give(place, token, code(NOON), at=NOON) == Refused("wrong-code")


async def test_a_recovery_code_works_once_however_it_is_typed(place: Place) -> None:
    codes = await turn_on(place)
    typed = f" {codes[3].upper().replace('-', ' ')} "
    assert isinstance(await give(place, await waiting(place), typed), SignedIn)
    assert await give(place, await waiting(place), codes[3]) == Refused("wrong-code")
    assert await place.db.read(lambda tx: second_factor.codes_left(tx, place.ann.id)) == 9


@pytest.mark.parametrize("given", ["", "0", "abcdef", "١٢٣٤٥٦", "9" * 500, "' or 1=1 --"])
async def test_what_is_no_code_is_refused_as_a_wrong_one(place: Place, given: str) -> None:
    await turn_on(place)
    assert await give(place, await waiting(place), given) == Refused("wrong-code")


async def test_five_minutes_after_the_password_it_is_asked_for_again(place: Place) -> None:
    await turn_on(place)
    token = await waiting(place)
    late = LATER + signing_in.CODE_WITHIN
    assert await give(place, token, code(late), at=late) == Refused("sign-in-expired")
    in_time = late - timedelta(seconds=1)
    assert isinstance(await give(place, token, code(in_time), at=in_time), SignedIn)


async def test_the_waiting_sign_in_is_used_up_by_the_right_code(place: Place) -> None:
    codes = await turn_on(place)
    token = await waiting(place)
    await give(place, token, code(LATER))
    assert await give(place, token, codes[0]) == Refused("sign-in-expired")


async def test_five_wrong_codes_and_the_password_is_asked_for_again(place: Place) -> None:
    await turn_on(place)
    token = await waiting(place)
    for _ in range(signing_in.CODES_EACH):
        assert await give(place, token, wrong(LATER)) == Refused("wrong-code")
    assert await give(place, token, code(LATER)) == Refused("sign-in-expired")


async def test_who_knows_the_password_cannot_guess_on_from_elsewhere(place: Place) -> None:
    await turn_on(place)
    for n in range(signing_in.CODES_PER_ACCOUNT):
        token = await waiting(place)
        assert await give(place, token, wrong(LATER), network=f"198.51.100.{n}") == Refused("wrong-code")
    refused = await give(place, await waiting(place), code(LATER))
    assert isinstance(refused, Refused)
    assert refused.because == "too-many-tries"


async def test_an_unknown_token_is_answered_like_one_that_is_over(place: Place) -> None:
    await turn_on(place)
    assert await give(place, "nothing", code(LATER)) == Refused("sign-in-expired")


@pytest.mark.parametrize("happens", ["disabled", "another password"])
async def test_what_ends_access_ends_a_waiting_sign_in(place: Place, happens: str) -> None:
    await turn_on(place)
    token = await waiting(place)
    if happens == "disabled":
        await place.db.write(
            lambda tx: standings.disable(tx, place.ann.id, "left", LATER, by=place.olga.actor)
        )
    else:
        await place.db.write(lambda tx: people.set_password(tx, place.ann.id, "other", LATER))
    assert await give(place, token, code(LATER)) == Refused("sign-in-expired")


# ------------------------------------------------------------------ the password again (step-up)


async def step_up(place: Place, mine: Session, password: str, email: str, at: datetime) -> Refused | None:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, email, network=HOME, at=at))
    assert isinstance(attempt, signing_in.Attempt)
    outcome = signing_in.check(attempt, password, CHEAP)
    return await place.db.write(lambda tx: signing_in.step_up(tx, mine, attempt, outcome, at=at))


async def authenticated_at(place: Place, mine: Session) -> datetime:
    found = await place.db.read(lambda tx: sessions.sessions_of(tx, place.ann.id, NOON))
    return next(one.authenticated_at for one in found if one.id == mine.id)


async def test_an_hour_after_the_password_it_is_to_be_given_again(place: Place) -> None:
    mine = await session(place, NOON)
    hour = timedelta(hours=1)
    assert not sessions.needs_step_up(mine, NOON + hour)
    assert sessions.needs_step_up(mine, NOON + hour + timedelta(microseconds=1))
    later = NOON + 2 * hour - timedelta(minutes=1)
    assert await step_up(place, mine, ANNS, "ann@example.org", later) is None
    assert await authenticated_at(place, mine) == later
    assert (await place.acts())[-1] == "stepped-up"


async def test_a_wrong_password_steps_nobody_up_and_is_counted(place: Place) -> None:
    mine = await session(place, NOON)
    for _ in range(10):
        assert await step_up(place, mine, "wrong", "ann@example.org", NOON) == Refused("wrong-credentials")
    assert await authenticated_at(place, mine) == NOON
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network=HOME, at=NOON))
    assert isinstance(attempt, Refused)


async def test_another_s_password_proves_nothing(place: Place) -> None:
    mine = await session(place, NOON)

    encoded = passwords.hashed(ANNS, CHEAP)
    await place.db.write(lambda tx: people.set_password(tx, place.olga.id, encoded, NOON))
    later = NOON + timedelta(minutes=5)
    assert await step_up(place, mine, ANNS, "olga@example.org", later) == Refused("wrong-credentials")
    assert await authenticated_at(place, mine) == NOON
