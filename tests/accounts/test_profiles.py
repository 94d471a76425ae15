"""Profiles: saved, submitted, approved or refused; a change suspends (PRO-01 to PRO-11; D-10, D-32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from revmod_live.accounts import invitations, nominations, people, profiles, sessions, standings
from revmod_live.accounts.model import Account, Actor, Gender, Role, Standing
from revmod_live.accounts.papers import Nomination, Profile
from revmod_live.accounts.profiles import Difference, Outcome, SuspendOn
from revmod_live.errors import Malformed, Refused
from revmod_live.events import AccountChanged
from revmod_live.ids import StateCode
from revmod_live.storage.database import WriteTx
from tests.accounts.letters_there import POST, kinds, letters, secret_of
from tests.accounts.people_there import NOON, Place

COR = StateCode("COR")
CLEO = Nomination(COR, Role.EXPERT, "cleo@example.org", "Cleo Example", "NV 7/2026", date(2026, 5, 2))
HERS = Profile("Cleo Example", "cleo@example.org", Role.EXPERT, COR, phone="+1 23", expertise="trafficking")
ALL_FIELDS = tuple(Profile.__dataclass_fields__)


async def come(place: Place) -> Account:
    """Cleo, invited and with a password."""
    await place.db.write(lambda tx: invitations.invite(tx, CLEO, NOON, by=None, post=POST))
    plain = secret_of((await letters(place))[-1])
    return await place.db.write(lambda tx: invitations.accept(tx, plain, "hash", NOON))


async def save(
    place: Place, cleo: Account, profile: Profile = HERS, *, suspend_on: SuspendOn = "any"
) -> Outcome:
    return await place.db.write(lambda tx: profiles.save(tx, cleo.id, profile, NOON, suspend_on=suspend_on))


async def submit(place: Place, cleo: Account) -> None:
    await place.db.write(lambda tx: profiles.submit(tx, cleo.id, NOON))


async def approve(place: Place, cleo: Account, *, rev: int = 1, by: Actor | None = None) -> Account:
    by = by or place.olga.actor
    return await place.db.write(lambda tx: profiles.approve(tx, cleo.id, rev, NOON, by=by, post=POST))


async def refuse(place: Place, cleo: Account, reason: str, *, rev: int = 1) -> Account:
    return await place.db.write(
        lambda tx: profiles.refuse(tx, cleo.id, rev, reason, NOON, by=place.olga.actor, post=POST)
    )


async def approved(place: Place, profile: Profile = HERS) -> Account:
    cleo = await come(place)
    await save(place, cleo, profile)
    await submit(place, cleo)
    return await approve(place, cleo)


async def now(place: Place, who: Account) -> Account:
    return await place.db.read(lambda tx: people.account(tx, who.id))


async def test_from_the_first_save_to_the_approval(place: Place) -> None:
    cleo = await come(place)
    found = [cleo.standing]
    await save(place, cleo)
    found.append((await now(place, cleo)).standing)
    await submit(place, cleo)
    found.append((await now(place, cleo)).standing)
    await approve(place, cleo)
    found.append((await now(place, cleo)).standing)
    assert found == ["new", "saved", "submitted", "approved"]
    assert (await now(place, cleo)).active
    assert (await place.acts())[-3:] == ["profile-saved", "profile-submitted", "account-approved"]
    assert "profile-approved" in await kinds(place)


async def test_a_profile_that_was_not_saved_cannot_be_submitted(place: Place) -> None:
    cleo = await come(place)
    with pytest.raises(Refused) as refused:
        await submit(place, cleo)
    assert refused.value.because == "profile-not-saved"


async def test_what_is_with_the_secretariat_is_not_submitted_again(place: Place) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await submit(place, cleo)
    with pytest.raises(Refused) as refused:
        await submit(place, cleo)
    assert refused.value.because == "profile-with-secretariat"


async def test_changed_after_submitting_it_has_to_be_submitted_again(place: Place) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await submit(place, cleo)
    await save(place, cleo, replace(HERS, phone="+1 99"))
    assert (await now(place, cleo)).standing is Standing.SAVED
    with pytest.raises(Refused) as refused:
        await approve(place, cleo, rev=2)
    assert refused.value.because == "not-submitted"


async def test_nothing_is_approved_that_was_not_seen(place: Place) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await save(place, cleo, replace(HERS, role=Role.FOCAL_POINT))
    await submit(place, cleo)
    for decide in (approve(place, cleo, rev=1), refuse(place, cleo, "no", rev=1)):
        with pytest.raises(Refused) as refused:
            await decide
        assert refused.value.because == "profile-moved"
    assert not (await now(place, cleo)).active


async def test_the_secretariat_sees_where_it_differs_from_the_note_verbale(place: Place) -> None:
    cleo = await come(place)
    said = replace(HERS, name="CLEO  example", email="cleo@other.example", role=Role.FOCAL_POINT)
    await save(place, cleo, said)
    await submit(place, cleo)
    (page,) = await place.db.read(profiles.waiting)
    assert page.differences == (
        Difference("email", "cleo@other.example", "cleo@example.org"),
        Difference("role", "focal_point", "expert"),
    )


async def test_name_address_role_and_state_hold_from_the_approval_on(place: Place) -> None:
    cleo = await come(place)
    await save(
        place,
        cleo,
        replace(HERS, name="Cleo New", email="new@example.org", role=Role.OBSERVER, state=StateCode("DAL")),
    )
    await submit(place, cleo)
    before = await now(place, cleo)
    assert (before.name, before.email, before.role, before.state) == (
        "Cleo Example",
        "cleo@example.org",
        Role.EXPERT,
        COR,
    )
    after = await approve(place, cleo)
    assert (after.name, after.email, after.role, after.state) == (
        "Cleo New",
        "new@example.org",
        Role.OBSERVER,
        StateCode("DAL"),
    )
    told = {letter.kind: letter.recipient for letter in await letters(place)}
    assert told["address-changed"] == "cleo@example.org"
    assert told["profile-approved"] == "new@example.org"


async def test_a_refusal_carries_its_reason_and_the_way_back_is_open(place: Place) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await submit(place, cleo)
    after = await refuse(place, cleo, " The note names an observer. ")
    assert (after.standing, after.reason) == (Standing.REFUSED, "The note names an observer.")
    letter = next(one for one in await letters(place) if one.kind == "profile-refused")
    assert "reason: The note names an observer." in letter.body
    with pytest.raises(Refused) as refused:
        await submit(place, cleo)
    assert refused.value.because == "profile-not-saved"
    await save(place, cleo, replace(HERS, role=Role.OBSERVER))
    await submit(place, cleo)
    assert (await approve(place, cleo, rev=2)).reason == ""


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
async def test_a_refusal_without_a_reason_is_none(place: Place, reason: str) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await submit(place, cleo)
    with pytest.raises(Malformed) as problem:
        await refuse(place, cleo, reason)
    assert problem.value.place == "reason"
    assert (await now(place, cleo)).standing is Standing.SUBMITTED


async def test_only_the_secretariat_decides_and_nobody_on_their_own(place: Place) -> None:
    cleo = await come(place)
    await save(place, cleo)
    await submit(place, cleo)
    cases = {
        "role": place.ann.actor,
        "suspended": replace(place.olga.actor, active=False),
        "own-account": replace(place.olga.actor, account=cleo.id),
    }
    for because, by in cases.items():
        with pytest.raises(Refused) as refused:
            await approve(place, cleo, by=by)
        assert refused.value.because == because


CHANGES = {
    "name": "Cleo Other",
    "email": "other@example.org",
    "role": Role.OBSERVER,
    "state": StateCode("DAL"),
    "phone": "+9",
    "office_hours": "9-17",
    "location": "Capital",
    "working_language": "fr",
    "expertise": "money laundering",
    "gender": Gender.WOMAN,
    "show_phone": True,
    "show_expertise": True,
}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("suspend_on", ["any", "identity"])
async def test_which_changes_suspend(place: Place, field: str, suspend_on: SuspendOn) -> None:
    assert set(CHANGES) == set(ALL_FIELDS)
    cleo = await approved(place)
    changed = replace(HERS, **{field: CHANGES[field]})  # type: ignore[arg-type]  # of any field
    suspends = suspend_on == "any" or field in profiles.IDENTITY
    outcome = await save(place, cleo, changed, suspend_on=suspend_on)
    assert outcome == Outcome((field,), suspended=suspends)
    assert (await now(place, cleo)).active is not suspends
    assert (await now(place, cleo)).standing is (Standing.SUSPENDED if suspends else Standing.APPROVED)


async def test_saving_what_is_saved_already_suspends_nobody(place: Place) -> None:
    cleo = await approved(place)
    before = await place.everything_stored()
    assert await save(place, cleo, replace(HERS, phone=" +1  23 ")) == Outcome((), suspended=False)
    assert await place.everything_stored() == before


async def test_the_warning_names_what_would_change_and_changes_nothing(place: Place) -> None:
    cleo = await approved(place)
    before = await place.everything_stored()
    changed = await place.db.read(
        lambda tx: profiles.changes(tx, cleo.id, replace(HERS, phone="+9", name="X"))
    )
    assert changed == ("name", "phone")
    assert profiles.would_suspend(cleo, changed, suspend_on="any")
    assert not profiles.would_suspend(cleo, ("phone",), suspend_on="identity")
    assert await place.everything_stored() == before


async def test_suspended_a_person_stays_signed_in_and_rights_are_judged_anew(place: Place) -> None:
    cleo = await approved(place)
    token, _ = await place.db.write(lambda tx: sessions.start_session(tx, cleo, NOON))
    place.heard.clear()
    await save(place, cleo, replace(HERS, phone="+9"))
    assert place.heard == [AccountChanged(cleo.id)]
    session = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert session is not None
    assert not session.actor.active


async def test_approved_again_after_a_change(place: Place) -> None:
    cleo = await approved(place)
    await save(place, cleo, replace(HERS, phone="+9"))
    await submit(place, cleo)
    assert (await approve(place, cleo, rev=2)).active


async def test_suspended_by_the_secretariat_it_can_be_submitted_as_it_is(place: Place) -> None:
    cleo = await approved(place)
    await place.db.write(lambda tx: standings.suspend(tx, cleo.id, "to be asked", NOON, by=place.olga.actor))
    assert ((await now(place, cleo)).standing, (await now(place, cleo)).reason) == (
        "suspended",
        "to be asked",
    )
    await submit(place, cleo)
    assert (await approve(place, cleo)).active


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param({"name": " "}, "name", id="no name"),
        pytest.param({"email": "nobody"}, "email", id="no address"),
        pytest.param({"state": None}, "state", id="no State"),
        pytest.param({"role": Role.SECRETARIAT, "state": None}, "role", id="an officer by saying so"),
        pytest.param({"phone": "1" * 61}, "phone", id="an endless number"),
        pytest.param({"expertise": "x" * 2001}, "expertise", id="endless expertise"),
        pytest.param({"working_language": "tlh"}, "working_language", id="none of the six"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_place_and_loses_nothing(
    place: Place, change: dict[str, object], where: str
) -> None:
    cleo = await approved(place)
    before = await place.everything_stored()
    with pytest.raises(Malformed) as problem:
        await save(place, cleo, replace(HERS, **change))  # type: ignore[arg-type]  # of any field
    assert problem.value.place == where
    assert await place.everything_stored() == before


async def test_an_address_of_somebody_else_is_refused(place: Place) -> None:
    cleo = await come(place)
    with pytest.raises(Refused) as refused:
        await save(place, cleo, replace(HERS, email="ANN@example.org"))
    assert refused.value.because == "email-taken"


async def test_an_officer_s_change_suspends_nobody_there_might_be_no_other(place: Place) -> None:
    first = Profile("Olga", "olga@example.org", Role.SECRETARIAT, None)
    await place.db.write(lambda tx: profiles.save(tx, place.olga.id, first, NOON))
    outcome = await place.db.write(
        lambda tx: profiles.save(tx, place.olga.id, replace(first, name="Olga W"), NOON)
    )
    assert outcome == Outcome(("name",), suspended=False)
    assert ((await now(place, place.olga)).active, (await now(place, place.olga)).name) == (True, "Olga W")


async def test_an_approved_person_who_never_saved_one_keeps_the_approval_by_saying_what_is_known(
    place: Place,
) -> None:
    known = Profile("Ann Example", "ann@example.org", Role.FOCAL_POINT, StateCode("BOR"))
    outcome = await place.db.write(lambda tx: profiles.save(tx, place.ann.id, known, NOON))
    assert not outcome.suspended


async def test_the_share_of_women_is_counted_over_approved_focal_points_and_experts(place: Place) -> None:
    await approved(place, replace(HERS, gender=Gender.WOMAN))
    counted = await place.db.read(
        lambda tx: profiles.women_among(tx, frozenset({Role.FOCAL_POINT, Role.EXPERT}))
    )
    assert counted == {Gender.WOMAN: 1, Gender.MAN: 0, Gender.OTHER: 0, None: 1}


async def test_a_later_note_verbale_holds_and_the_earlier_is_kept(place: Place) -> None:
    cleo = await come(place)
    later = replace(CLEO, role=Role.FOCAL_POINT, reference="NV 8/2026")

    def record(tx: WriteTx) -> None:
        nominations.record_note(tx, cleo.id, later, NOON.replace(hour=13), by=place.olga.id)

    await place.db.write(record)
    found = await place.db.read(lambda tx: nominations.notes_of(tx, cleo.id))
    assert [note.nomination.reference for note in found] == ["NV 8/2026", "NV 7/2026"]
    assert (await place.db.read(lambda tx: profiles.page(tx, cleo.id))).differences == (
        Difference("role", "expert", "focal_point"),
    )
