"""Disabling is not suspending; one focal point a State, and a successor in one act (D-08, ACC-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from revmod_live.accounts import (
    invitations,
    nominations,
    people,
    profiles,
    sessions,
    signing_in,
    standings,
    store,
    tokens,
)
from revmod_live.accounts.model import Account, Role, Standing
from revmod_live.accounts.papers import FocalPoint, Nomination, Profile
from revmod_live.accounts.standings import Replaced
from revmod_live.errors import Malformed, Refused
from revmod_live.events import AccountChanged, SessionEnded
from revmod_live.ids import AccountId, StateCode
from revmod_live.storage.database import WriteTx
from tests.accounts.letters_there import POST, letters, secret_of
from tests.accounts.people_there import ANNS, CHEAP, NOON, Place

BOR = StateCode("BOR")
BEN = Nomination(BOR, Role.FOCAL_POINT, "ben@example.org", "Ben Example", "NV 9/2026", date(2026, 5, 3))


async def make(
    place: Place, name: str, role: Role, *, state: StateCode = BOR, standing: Standing = Standing.APPROVED
) -> Account:
    return await place.db.write(
        lambda tx: people.create_account(
            tx,
            email=f"{name}@example.org",
            name=name,
            role=role,
            state=state,
            at=NOON,
            standing=standing,
            password="hash",
        )
    )


async def disable(place: Place, who: Account, reason: str = "left") -> Account:
    return await place.db.write(lambda tx: standings.disable(tx, who.id, reason, NOON, by=place.olga.actor))


async def replace_ann(place: Place, nomination: Nomination = BEN) -> Replaced:
    return await place.db.write(
        lambda tx: standings.replace_focal_point(
            tx, place.ann.id, nomination, NOON, by=place.olga.actor, post=POST
        )
    )


async def focal_point(place: Place) -> AccountId | None:
    return await place.db.read(lambda tx: nominations.focal_point_of(tx, BOR))


async def now(place: Place, who: AccountId) -> Account:
    return await place.db.read(lambda tx: people.account(tx, who))


# ------------------------------------------------------------------ disabled


async def test_disabled_everything_ends_at_once_and_the_record_stays(place: Place) -> None:
    def come_in(tx: WriteTx) -> tuple[str, str]:
        made = tokens.make_token(tx, place.ann, NOON, "laptop", NOON + tokens.LONGEST)
        return sessions.start_session(tx, place.ann, NOON)[0], made

    session, token = await place.db.write(come_in)
    place.heard.clear()
    after = await disable(place, place.ann)
    assert (after.standing, after.reason, after.active) == (Standing.DISABLED, "left", False)
    assert await place.db.read(lambda tx: sessions.session(tx, session, NOON)) is None
    assert await place.db.read(lambda tx: tokens.token(tx, token, NOON)) is None
    assert SessionEnded(place.ann.id, None) in place.heard
    assert AccountChanged(place.ann.id) in place.heard
    assert (await now(place, place.ann.id)).name == "Ann Example"
    assert "account-disabled" in await place.acts()


async def test_disabled_nobody_signs_in_and_the_answer_is_that_for_an_unknown_address(place: Place) -> None:
    await disable(place, place.ann)
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network="x", at=NOON))
    assert isinstance(attempt, signing_in.Attempt)
    outcome = signing_in.check(attempt, ANNS, CHEAP)
    signed = await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=NOON))
    assert signed == Refused("wrong-credentials")


async def test_disabled_while_the_password_is_being_checked_nobody_comes_in(place: Place) -> None:
    attempt = await place.db.write(lambda tx: signing_in.begin(tx, "ann@example.org", network="x", at=NOON))
    assert isinstance(attempt, signing_in.Attempt)
    outcome = signing_in.check(attempt, ANNS, CHEAP)
    assert outcome.is_right
    await disable(place, place.ann)
    signed = await place.db.write(lambda tx: signing_in.finish(tx, attempt, outcome, at=NOON))
    assert signed == Refused("wrong-credentials")


async def test_disabled_an_invitation_is_dead(place: Place) -> None:
    ben = await place.db.write(lambda tx: invitations.invite(tx, BEN, NOON, by=None, post=POST))
    plain = secret_of((await letters(place))[-1])
    await disable(place, ben)
    with pytest.raises(Refused) as refused:
        await place.db.write(lambda tx: invitations.accept(tx, plain, "hash", NOON))
    assert refused.value.because == "link-ended"


async def test_disabled_a_person_saves_no_profile(place: Place) -> None:
    await disable(place, place.ann)
    with pytest.raises(Refused) as refused:
        await place.db.write(
            lambda tx: profiles.save(
                tx, place.ann.id, Profile("A", "ann@example.org", Role.FOCAL_POINT, BOR), NOON
            )
        )
    assert refused.value.because == "account-disabled"


async def test_enabled_again_a_person_is_to_be_approved_again(place: Place) -> None:
    await disable(place, place.ann)
    after = await place.db.write(lambda tx: standings.enable(tx, place.ann.id, NOON, by=place.olga.actor))
    assert (after.standing, after.active, after.reason) == (Standing.SUSPENDED, False, "")


async def test_what_is_so_already_is_refused(place: Place) -> None:
    by = place.olga.actor
    with pytest.raises(Refused, match="not-disabled"):
        await place.db.write(lambda tx: standings.enable(tx, place.ann.id, NOON, by=by))
    await disable(place, place.ann)
    with pytest.raises(Refused, match="account-disabled"):
        await disable(place, place.ann)
    with pytest.raises(Refused, match="not-approved"):
        await place.db.write(lambda tx: standings.suspend(tx, place.ann.id, "x", NOON, by=by))
    with pytest.raises(Refused, match="account-disabled"):
        await place.db.write(lambda tx: people.set_active(tx, place.ann.id, NOON, active=True))


async def test_nobody_disables_their_own_account_nor_without_a_reason(place: Place) -> None:
    with pytest.raises(Refused, match="own-account"):
        await disable(place, place.olga)
    with pytest.raises(Malformed, match="reason"):
        await disable(place, place.ann, " ")
    assert (await now(place, place.ann.id)).active


# ------------------------------------------------------------------ one focal point a State


async def test_the_first_approved_is_the_focal_point_and_the_second_an_alternate(place: Place) -> None:
    bea = await make(place, "bea", Role.FOCAL_POINT)
    assert bea.active
    assert await focal_point(place) == place.ann.id


async def test_the_database_itself_refuses_a_second_one(place: Place) -> None:
    bea = await make(place, "bea", Role.FOCAL_POINT)
    with pytest.raises(IntegrityError):
        await place.db.write(lambda tx: store.add_focal_point(tx, FocalPoint(BOR, bea.id, NOON, None)))


async def test_a_suspension_takes_nobody_s_place(place: Place) -> None:
    await make(place, "bea", Role.FOCAL_POINT)
    await place.db.write(lambda tx: people.set_active(tx, place.ann.id, NOON, active=False))
    assert await focal_point(place) == place.ann.id


@pytest.mark.parametrize("leaves", ["disabled", "another role", "another State"])
async def test_whoever_leaves_is_not_the_focal_point_and_no_alternate_becomes_it_silently(
    place: Place, leaves: str
) -> None:
    await make(place, "bea", Role.FOCAL_POINT)
    if leaves == "disabled":
        await disable(place, place.ann)
    else:
        role = Role.EXPERT if leaves == "another role" else Role.FOCAL_POINT
        state = BOR if leaves == "another role" else StateCode("DAL")
        await place.db.write(lambda tx: people.set_role(tx, place.ann.id, NOON, role=role, state=state))
    assert await focal_point(place) is None
    (term,) = await place.db.read(lambda tx: nominations.focal_points_of(tx, BOR))
    assert (term.account, term.until) == (place.ann.id, NOON)


async def test_the_secretariat_names_an_alternate_and_the_other_is_one_then(place: Place) -> None:
    bea = await make(place, "bea", Role.FOCAL_POINT)
    place.heard.clear()
    await place.db.write(lambda tx: standings.name_focal_point(tx, bea.id, NOON, by=place.olga.actor))
    assert await focal_point(place) == bea.id
    assert (await now(place, place.ann.id)).active
    assert place.heard == [AccountChanged(place.ann.id), AccountChanged(bea.id)]


async def test_only_an_approved_focal_point_is_named(place: Place) -> None:
    for who in (
        await make(place, "eve", Role.EXPERT),
        await make(place, "new", Role.FOCAL_POINT, standing=Standing.SUBMITTED),
    ):
        with pytest.raises(Refused, match="not-approved"):
            await place.db.write(
                partial(standings.name_focal_point, account_id=who.id, at=NOON, by=place.olga.actor)
            )
    assert await focal_point(place) == place.ann.id


# ------------------------------------------------------------------ replacement


async def test_a_new_successor_is_invited_and_the_leaver_s_access_ends_in_one_act(place: Place) -> None:
    replaced = await replace_ann(place)
    assert replaced.invited
    assert replaced.leaver.standing is Standing.DISABLED
    assert "NV 9/2026" in replaced.leaver.reason
    assert replaced.successor.standing is Standing.INVITED
    assert await focal_point(place) is None
    assert (await place.acts())[-1] == "focal-point-replaced"


async def test_the_successor_is_the_focal_point_once_approved(place: Place) -> None:
    ben = (await replace_ann(place)).successor
    plain = secret_of((await letters(place))[-1])

    def all_the_way(tx: WriteTx) -> None:
        invitations.accept(tx, plain, "hash", NOON)
        profiles.save(tx, ben.id, Profile("Ben", ben.email, Role.FOCAL_POINT, BOR), NOON)
        profiles.submit(tx, ben.id, NOON)
        profiles.approve(tx, ben.id, 1, NOON + timedelta(days=1), by=place.olga.actor, post=POST)

    await place.db.write(all_the_way)
    assert await focal_point(place) == ben.id
    terms = await place.db.read(lambda tx: nominations.focal_points_of(tx, BOR))
    assert [(term.account, term.until) for term in terms] == [(ben.id, None), (place.ann.id, NOON)]


async def test_an_expert_of_the_state_succeeds_at_once(place: Place) -> None:
    ben = await make(place, "ben", Role.EXPERT)
    place.heard.clear()
    replaced = await replace_ann(place)
    assert (replaced.invited, replaced.successor.id) == (False, ben.id)
    assert (replaced.successor.role, replaced.successor.active) == (Role.FOCAL_POINT, True)
    assert await focal_point(place) == ben.id
    assert AccountChanged(ben.id) in place.heard
    assert await letters(place) == []


@pytest.mark.parametrize(
    ("nomination", "error"),
    [
        pytest.param(replace(BEN, state=StateCode("DAL")), "state", id="of another State"),
        pytest.param(replace(BEN, role=Role.EXPERT), "role", id="as an expert"),
        pytest.param(replace(BEN, email="ann@example.org"), "email", id="the same person"),
        pytest.param(replace(BEN, email="olga@example.org"), "email-taken", id="an officer"),
        pytest.param(replace(BEN, email="nobody"), "email", id="no address"),
        pytest.param(replace(BEN, reference=""), "reference", id="no reference"),
    ],
)
async def test_a_replacement_that_cannot_be_leaves_everything_as_it_was(
    place: Place, nomination: Nomination, error: str
) -> None:
    before = await place.everything_stored()
    with pytest.raises((Malformed, Refused)) as problem:
        await replace_ann(place, nomination)
    assert getattr(problem.value, "place", None) == error or getattr(problem.value, "because", None) == error
    assert await place.everything_stored() == before


async def test_only_a_focal_point_is_replaced_as_one(place: Place) -> None:
    eve = await make(place, "eve", Role.EXPERT)
    with pytest.raises(Refused, match="not-focal-point"):
        await place.db.write(
            lambda tx: standings.replace_focal_point(tx, eve.id, BEN, NOON, by=place.olga.actor, post=POST)
        )
