"""Sessions: a random token in the browser, a digest here, an end in any case."""

from __future__ import annotations

from datetime import timedelta

from revmod_live.accounts import secret, sessions
from revmod_live.accounts.people import set_active
from revmod_live.events import SessionEnded
from revmod_live.ids import SessionId
from tests.accounts.people_there import NOON, Place

MOMENT = timedelta(seconds=1)


async def start(place: Place, *, replaces: str | None = None) -> tuple[str, str]:
    return await place.db.write(
        lambda tx: sessions.start_session(tx, place.ann, NOON, device="Browser\x00 9", replaces=replaces)
    )


async def test_a_session_knows_its_person_and_its_csrf_secret(place: Place) -> None:
    token, csrf = await start(place)
    found = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert found is not None
    assert (found.actor, found.csrf, found.device) == (place.ann.actor, csrf, "Browser 9")


async def test_nothing_that_is_stored_opens_a_session(place: Place) -> None:
    token, csrf = await start(place)
    stored = await place.everything_stored()
    assert token not in stored
    assert csrf not in stored
    assert secret.digest(token) in stored


async def test_a_token_that_was_never_given_out_is_nobody_s(place: Place) -> None:
    await start(place)
    assert await place.db.read(lambda tx: sessions.session(tx, secret.new_secret(), NOON)) is None


async def test_signing_in_ends_the_session_that_the_browser_came_with(place: Place) -> None:
    old, old_csrf = await start(place)
    new, new_csrf = await start(place, replaces=old)
    assert new != old
    assert new_csrf != old_csrf
    assert await place.db.read(lambda tx: sessions.session(tx, old, NOON)) is None
    assert await place.acts() == ["signed-in", "session-replaced", "signed-in"]


async def test_a_session_is_over_after_two_hours_of_silence(place: Place) -> None:
    token, _ = await start(place)
    end = NOON + sessions.IDLE
    assert await place.db.read(lambda tx: sessions.session(tx, token, end - MOMENT)) is not None
    assert await place.db.read(lambda tx: sessions.session(tx, token, end)) is None


async def test_activity_carries_a_session_on_but_not_beyond_its_longest_day(place: Place) -> None:
    token, _ = await start(place)
    at = NOON
    while at < NOON + sessions.LONGEST - timedelta(hours=1):
        found = await place.db.read(lambda tx, at=at: sessions.session(tx, token, at))  # type: ignore[misc]
        assert found is not None
        await place.db.write(lambda tx, i=found.id, at=at: sessions.note_activity(tx, i, at))  # type: ignore[misc]
        at += timedelta(hours=1)
    last = NOON + sessions.LONGEST
    assert await place.db.read(lambda tx: sessions.session(tx, token, last - MOMENT)) is not None
    assert await place.db.read(lambda tx: sessions.session(tx, token, last)) is None


async def test_activity_is_worth_a_write_only_every_two_minutes(place: Place) -> None:
    token, _ = await start(place)
    found = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert found is not None
    assert not sessions.is_worth_noting(found, NOON + sessions.NOTE_EVERY - MOMENT)
    assert sessions.is_worth_noting(found, NOON + sessions.NOTE_EVERY)


async def test_activity_heard_of_late_does_not_turn_time_back(place: Place) -> None:
    token, _ = await start(place)
    found = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert found is not None
    later = NOON + timedelta(hours=1)
    await place.db.write(lambda tx: sessions.note_activity(tx, found.id, later))
    await place.db.write(lambda tx: sessions.note_activity(tx, found.id, NOON))
    again = await place.db.read(lambda tx: sessions.session(tx, token, later))
    assert again is not None
    assert again.seen_at == later


async def test_signing_out_ends_the_session_and_is_announced(place: Place) -> None:
    token, _ = await start(place)
    found = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert found is not None
    assert await place.db.write(lambda tx: sessions.end_session(tx, token, NOON))
    assert not await place.db.write(lambda tx: sessions.end_session(tx, token, NOON))
    assert await place.db.read(lambda tx: sessions.session(tx, token, NOON)) is None
    assert place.heard == [SessionEnded(place.ann.id, found.id)]
    assert await place.acts() == ["signed-in", "signed-out"]


async def test_a_person_lists_and_ends_own_sessions_and_nobody_else_s(place: Place) -> None:
    token, _ = await start(place)
    await start(place)
    mine = await place.db.read(lambda tx: sessions.sessions_of(tx, place.ann.id, NOON))
    assert len(mine) == 2
    assert all(one.csrf == "" for one in mine)
    assert not await place.db.write(lambda tx: sessions.revoke_session(tx, place.olga.id, mine[0].id, NOON))
    assert not await place.db.write(
        lambda tx: sessions.revoke_session(tx, place.ann.id, SessionId("no"), NOON)
    )
    assert await place.db.read(lambda tx: sessions.session(tx, token, NOON)) is not None
    for one in mine:
        assert await place.db.write(lambda tx, i=one.id: sessions.revoke_session(tx, place.ann.id, i, NOON))  # type: ignore[misc]
    assert await place.db.read(lambda tx: sessions.session(tx, token, NOON)) is None


async def test_all_sessions_of_a_person_can_be_ended_but_the_one_they_do_it_from(place: Place) -> None:
    kept, _ = await start(place)
    await start(place)
    mine = await place.db.read(lambda tx: sessions.session(tx, kept, NOON))
    assert mine is not None
    assert (
        await place.db.write(lambda tx: sessions.end_all_sessions(tx, place.ann.id, NOON, keep=mine.id)) == 1
    )
    assert await place.db.read(lambda tx: sessions.session(tx, kept, NOON)) is not None
    assert await place.db.write(lambda tx: sessions.end_all_sessions(tx, place.ann.id, NOON)) == 1
    assert await place.db.read(lambda tx: sessions.session(tx, kept, NOON)) is None


async def test_what_is_over_by_time_is_ended_and_announced_once(place: Place) -> None:
    await start(place)
    over = NOON + sessions.IDLE
    assert await place.db.write(lambda tx: sessions.end_expired(tx, over - MOMENT)) == 0
    assert await place.db.write(lambda tx: sessions.end_expired(tx, over)) == 1
    assert await place.db.write(lambda tx: sessions.end_expired(tx, over)) == 0
    assert len(place.heard) == 1
    assert await place.acts() == ["signed-in", "session-expired"]


async def test_a_suspended_person_keeps_the_session_and_is_not_active_in_it(place: Place) -> None:
    token, _ = await start(place)
    await place.db.write(lambda tx: set_active(tx, place.ann.id, NOON, active=False))
    found = await place.db.read(lambda tx: sessions.session(tx, token, NOON))
    assert found is not None
    assert not found.actor.active
