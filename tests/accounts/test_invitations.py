"""Invitations: a note verbale, one letter, one link that works once (ACC-01, ACC-02; D-31)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from revmod_live.accounts import invitations, links, nominations, people, secret, sessions, signing_in
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.papers import Nomination, Purpose
from revmod_live.errors import Malformed, Refused
from revmod_live.events import AccountChanged, LetterPosted
from revmod_live.ids import StateCode
from revmod_live.storage.database import WriteTx
from tests.accounts.letters_there import POST, letters, secret_of
from tests.accounts.people_there import NOON, Place

TEN_DAYS = timedelta(days=10)
MOMENT = timedelta(microseconds=1)
ENCODED = "$argon2id$ whatever was chosen"
COR = StateCode("COR")
CLEO = Nomination(
    COR, Role.EXPERT, "Cleo@example.org", "Cleo  Example", "NV 7/2026", date(2026, 5, 2), language="ar"
)


async def invite(place: Place, nomination: Nomination = CLEO, *, at: datetime = NOON) -> Account:
    return await place.db.write(
        lambda tx: invitations.invite(tx, nomination, at, by=place.olga.actor, post=POST)
    )


async def invited(place: Place) -> tuple[Account, str]:
    """Cleo, and the secret in her letter."""
    cleo = await invite(place)
    return cleo, secret_of((await letters(place))[-1])


async def accept(place: Place, plain: str, *, at: datetime = NOON) -> Account:
    return await place.db.write(lambda tx: invitations.accept(tx, plain, ENCODED, at))


async def why_not(place: Place, plain: str, *, at: datetime = NOON) -> str:
    with pytest.raises(Refused) as refused:
        await accept(place, plain, at=at)
    return refused.value.because


async def test_an_invitation_makes_an_account_that_can_do_nothing_and_keeps_the_note(place: Place) -> None:
    cleo = await invite(place)
    assert (cleo.standing, cleo.active, cleo.state) == (Standing.INVITED, False, COR)
    note = await place.db.read(lambda tx: nominations.note_of(tx, cleo.id))
    assert note is not None
    assert (note.nomination.reference, note.nomination.dated) == ("NV 7/2026", date(2026, 5, 2))
    assert note.recorded_by == place.olga.id
    assert await place.acts() == ["account-created", "note-recorded", "invited"]


async def test_one_letter_goes_to_the_person_in_their_language_with_the_link_and_its_end(
    place: Place,
) -> None:
    cleo, plain = await invited(place)
    (letter,) = await letters(place)
    assert (letter.recipient, letter.subject) == ("cleo@example.org", "invitation ar")
    assert f"until: {NOON + TEN_DAYS}" in letter.body
    assert LetterPosted(letter.id) in place.heard
    shown = await place.db.read(lambda tx: invitations.invited(tx, plain, NOON))
    assert shown == cleo


async def test_nothing_that_is_stored_opens_the_account(place: Place) -> None:
    _, plain = await invited(place)
    stored = await place.everything_stored()
    assert plain not in stored
    assert secret.digest(plain) in stored


async def test_a_link_is_32_random_bytes_never_twice_the_same(place: Place) -> None:
    made = {
        await place.db.write(lambda tx: links.make_link(tx, place.ann.id, Purpose.INVITATION, NOON))
        for _ in range(50)
    }
    assert len(made) == 50
    assert {len(one) for one in made} == {43}


async def test_the_link_sets_the_password_and_the_person_is_new_not_approved(place: Place) -> None:
    cleo, plain = await invited(place)
    after = await accept(place, plain)
    assert (after.id, after.standing, after.active) == (cleo.id, Standing.NEW, False)
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "cleo@example.org", network="x", at=NOON))
    assert isinstance(attempt, signing_in.Attempt)
    assert attempt.encoded == ENCODED
    assert AccountChanged(cleo.id) in place.heard


async def test_an_officer_of_the_secretariat_may_work_at_once(place: Place) -> None:
    await invite(place, replace(CLEO, role=Role.SECRETARIAT, state=None))
    assert (await accept(place, secret_of((await letters(place))[-1]))).active


async def test_looking_at_a_link_any_number_of_times_does_not_use_it(place: Place) -> None:
    _, plain = await invited(place)
    for _ in range(3):
        await place.db.read(lambda tx: invitations.invited(tx, plain, NOON))
    await accept(place, plain)


async def test_a_link_works_once(place: Place) -> None:
    _, plain = await invited(place)
    await accept(place, plain)
    assert await why_not(place, plain) == "link-used"


async def test_of_a_thousand_uses_at_the_same_moment_one_succeeds(place: Place) -> None:
    cleo, plain = await invited(place)
    outcomes: list[str] = []

    async def one(number: int) -> None:
        try:
            await place.db.write(lambda tx: invitations.accept(tx, plain, f"hash {number}", NOON))
        except Refused as refused:
            outcomes.append(refused.because)
        else:
            outcomes.append(f"hash {number}")

    async with asyncio.TaskGroup() as group:
        for number in range(1000):
            group.create_task(one(number))
    (winner,) = [outcome for outcome in outcomes if outcome != "link-used"]
    assert len(outcomes) == 1000
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, cleo.email, network="x", at=NOON))
    assert isinstance(attempt, signing_in.Attempt)
    assert attempt.encoded == winner
    assert (await place.acts()).count("invitation-accepted") == 1


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        pytest.param(timedelta(0), "", id="at once"),
        pytest.param(TEN_DAYS - MOMENT, "", id="a moment before ten days are over"),
        pytest.param(TEN_DAYS, "link-expired", id="when ten days are over"),
        pytest.param(TEN_DAYS * 40, "link-expired", id="a year later"),
    ],
)
async def test_a_link_is_good_for_ten_days(place: Place, after: timedelta, outcome: str) -> None:
    _, plain = await invited(place)
    if outcome:
        assert await why_not(place, plain, at=NOON + after) == outcome
    else:
        await accept(place, plain, at=NOON + after)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda plain: plain[:-1] + ("A" if plain[-1] != "A" else "B"), id="another last letter"),
        pytest.param(lambda plain: plain[:-1], id="cut off"),
        pytest.param(lambda plain: plain + "A", id="longer"),
        pytest.param(str.swapcase, id="other case"),
        pytest.param(secret.digest, id="its own digest"),
        pytest.param(lambda _: "", id="none"),
        pytest.param(lambda _: "%' or 1=1 --", id="no link at all"),
    ],
)
async def test_a_link_that_was_tampered_with_is_nobody_s(place: Place, change: object) -> None:
    _, plain = await invited(place)
    assert callable(change)
    assert await why_not(place, change(plain)) == "link-unknown"
    await accept(place, plain)


async def test_an_invitation_is_no_link_for_a_forgotten_password(place: Place) -> None:
    _, plain = await invited(place)
    with pytest.raises(Refused) as refused:
        await place.db.read(lambda tx: links.look_at(tx, Purpose.PASSWORD, plain, NOON))
    assert refused.value.because == "link-unknown"


async def test_sent_again_the_new_link_works_and_the_old_one_is_dead(place: Place) -> None:
    cleo, old = await invited(place)
    later = NOON + timedelta(days=20)
    await place.db.write(lambda tx: invitations.resend(tx, cleo.id, later, by=place.olga.actor, post=POST))
    new = secret_of((await letters(place))[-1])
    assert await why_not(place, old, at=later) == "link-ended"
    assert (await accept(place, new, at=later + TEN_DAYS - MOMENT)).standing is Standing.NEW


async def test_revoked_the_link_is_dead_until_another_is_sent(place: Place) -> None:
    cleo, plain = await invited(place)

    def revoke(tx: WriteTx) -> bool:
        return invitations.revoke(tx, cleo.id, NOON, by=place.olga.actor)

    assert await place.db.write(revoke)
    assert not await place.db.write(revoke)
    assert await why_not(place, plain) == "link-ended"
    assert (await place.acts())[-1] == "invitation-revoked"


async def test_whoever_has_a_password_is_not_invited_again(place: Place) -> None:
    cleo, plain = await invited(place)
    await accept(place, plain)
    for command in (
        lambda tx: invitations.resend(tx, cleo.id, NOON, by=place.olga.actor, post=POST),
        lambda tx: invitations.revoke(tx, cleo.id, NOON, by=place.olga.actor),
    ):
        with pytest.raises(Refused) as refused:
            await place.db.write(command)
        assert refused.value.because == "not-invited"


@pytest.mark.parametrize(
    ("nomination", "where"),
    [
        pytest.param(replace(CLEO, email="nobody"), "email", id="no address"),
        pytest.param(replace(CLEO, name=" "), "name", id="no name"),
        pytest.param(replace(CLEO, state=None), "state", id="no State"),
        pytest.param(replace(CLEO, reference="  "), "reference", id="no reference"),
        pytest.param(replace(CLEO, reference="x" * 201), "reference", id="an endless reference"),
        pytest.param(replace(CLEO, dated=date(2026, 5, 6)), "dated", id="the day after tomorrow"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_place_and_nothing_is_left_of_it(
    place: Place, nomination: Nomination, where: str
) -> None:
    before = await place.everything_stored()
    with pytest.raises(Malformed) as problem:
        await invite(place, nomination)
    assert problem.value.place == where
    assert await place.everything_stored() == before
    assert place.heard == []


async def test_an_address_is_invited_once(place: Place) -> None:
    await invite(place)
    with pytest.raises(Refused) as refused:
        await invite(place, replace(CLEO, email=" CLEO@EXAMPLE.org"))
    assert refused.value.because == "email-taken"
    assert len(await letters(place)) == 1


@pytest.mark.parametrize(
    ("role", "active", "because"),
    [
        *(pytest.param(role, True, "role", id=role) for role in Role if role is not Role.SECRETARIAT),
        pytest.param(Role.SECRETARIAT, False, "suspended", id="suspended officer"),
    ],
)
async def test_only_the_secretariat_invites(place: Place, role: Role, active: bool, because: str) -> None:
    state = None if role is Role.SECRETARIAT else COR
    by = Actor(place.olga.id, "X", state, role, active=active)
    with pytest.raises(Refused) as refused:
        await place.db.write(lambda tx: invitations.invite(tx, CLEO, NOON, by=by, post=POST))
    assert refused.value.because == because
    assert await place.db.read(lambda tx: people.find_by_email(tx, CLEO.email)) is None


async def test_a_link_starts_no_session(place: Place) -> None:
    cleo, plain = await invited(place)
    await accept(place, plain)
    assert await place.db.read(lambda tx: sessions.sessions_of(tx, cleo.id, NOON)) == ()
