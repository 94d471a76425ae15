"""People whose standing changes while they are connected: rights move at once, and no text is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.accounts import people
from revmod_live.errors import Unavailable
from revmod_live.storage.log import event_log
from revmod_live.sync import frames
from revmod_live.sync.protocol import CloseCode
from revmod_live.workflow import commands, queries
from tests.people import typing
from tests.rehearsal import a_rehearsal
from tests.workflow.world import AVA, CODE, PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from revmod_live.ids import AccountId
    from revmod_live.storage.database import WriteTx
    from tests.people import Tab
    from tests.rehearsal import Rehearsal

SUE = PEOPLE["sue"]


async def approve(room: Rehearsal, who: str, *, active: bool) -> None:
    """Approve somebody, or suspend, as the secretariat's page does it."""
    at, account = room.clock.now(), PEOPLE[who].account

    def command(tx: WriteTx) -> None:
        people.set_active(tx, account, at, active=active, by=SUE.account)
        if not active:
            commands.person_suspended(tx, account, at, by=SUE.account)

    await room.db.write(command)
    await room.settle()


async def mandate(room: Rehearsal, *, given: bool) -> None:
    at = room.clock.now()

    def command(tx: WriteTx) -> None:
        if given:
            commands.record_mandate(tx, SUE, CODE, AVA, reference="NV 1", at=at)
        else:
            commands.end_mandate(tx, SUE, CODE, AVA, at=at)

    await room.db.write(command)
    await room.settle()
    # nothing is sent while it is in doubt who this is; the next beat says that it no longer is
    await room.beat()


async def opened(room: Rehearsal, who: str) -> Tab:
    tab = room.connect(who)
    tab.open(room.section.id, "text")
    tab.say(room.page, frames.OpenPage())
    await room.settle()
    return tab


async def holders(room: Rehearsal) -> list[AccountId]:
    return [c.account for c in await room.db.read(lambda tx: queries.live_claims(tx, room.section.id))]


# ------------------------------------------------------------------ suspended


async def test_the_section_of_whoever_is_suspended_is_free_for_the_others_at_once(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await approve(room, "ann", active=False)
        assert ann.wire.closed == (CloseCode.GOING_AWAY, "account")
        assert [claim.name for claim in ben.frames_of(frames.Meta)[-1].claims] == ["Ben"]
        assert room.stored() == "one"


async def test_what_a_suspended_person_typed_offline_is_kept_and_theirs_after_the_approval(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.cut(ann)
        offline = room.of(ann).edit(typing(" two"))
        await approve(room, "ann", active=False)
        again = room.connect("ann")
        again.open(room.section.id, "text")
        late = frames.Late(
            seq=2,
            update=offline,
            id="5d9e7a8e-6a8f-4d11-9a61-0a0e2c1e0001",
            code="role",
            epoch=None,
            base=b"\x00",
            before="",
            after="one two",
        )
        again.say(room.name, late)
        await room.settle()
        assert again.kinds(room.name) == ["Denied", "Ack"]
        assert room.stored() == "one"
        await approve(room, "ann", active=True)
        (kept,) = await room.rooms.late_of(PEOPLE["ann"].account, room.section.id)
        assert (kept.after, kept.code) == ("one two", "role")
        assert await room.rooms.late_of(PEOPLE["ben"].account) == ()


async def test_claims_that_a_suspension_left_are_ended_by_the_server_itself(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        await room.come("ann")
        at, ann = room.clock.now(), PEOPLE["ann"].account
        await room.db.write(lambda tx: people.set_active(tx, ann, at, active=False))
        room.clock.forward(6)
        await room.beat()
        assert await holders(room) == []
        acts = await room.db.read(lambda tx: tx.execute(event_log.select()).all())
        assert [row.detail["how"] for row in acts if row.act == "claim-ended"] == ["suspended"]


async def test_whoever_gets_another_role_comes_back_to_be_judged_anew(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        at, who = room.clock.now(), PEOPLE["abe"]
        abe = await opened(room, "abe")
        await room.db.write(
            lambda tx: people.set_role(
                tx, who.account, at, role=PEOPLE["amy"].role, state=who.state, by=SUE.account
            )
        )
        await room.settle()
        assert abe.wire.closed == (CloseCode.GOING_AWAY, "account")
        assert ann.wire.closed is None
        again = await opened(room, "abe")
        assert (again.frames_of(frames.Meta)[-1].mode, again.frames_of(frames.Meta)[-1].why) == (
            "read",
            "role",
        )


# ------------------------------------------------------------------ the permanent representative


async def test_a_representative_comes_in_when_the_focal_point_goes_and_out_when_one_comes(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path) as room:
        rex = await opened(room, "rex")
        assert rex.kinds(room.name) == ["Denied"]
        await approve(room, "ann", active=False)
        rex = await opened(room, "rex")
        assert (rex.frames_of(frames.Meta)[-1].mode, rex.frames_of(frames.Meta)[-1].why) == ("read", "role")
        rex.forget()
        await approve(room, "ann", active=True)
        assert rex.kinds(room.name) == ["Close"]
        assert rex.kinds(room.page) == ["Close"]
        (ben,) = await room.come("ben")
        rex.forget()
        await room.type(ben, "secret")
        assert rex.heard == []
        assert rex.wire.closed is None


async def test_what_is_stored_before_a_representative_was_looked_at_is_not_sent_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        await approve(room, "ann", active=False)
        (ben,) = await room.come("ben")
        rex = await opened(room, "rex")
        live = type(room.rooms)

        async def unlooked(*_: object) -> None:
            raise Unavailable("disk-full")

        with monkeypatch.context() as patch:
            patch.setattr(live, "actor", unlooked)
            patch.setattr(live, "fresh", unlooked)
            at = room.clock.now()
            await room.db.write(lambda tx: people.set_active(tx, PEOPLE["ann"].account, at, active=True))
            rex.forget()
            await room.chores.beat()
        await room.type(ben, "secret")
        rex.hear()
        assert rex.frames_of(frames.Updates) == []
        assert rex.frames_of(frames.SyncStep2) == []
        room.rooms.stale.set()
        await room.settle()
        assert rex.kinds(room.name) == ["Close"]


async def test_a_mandate_lets_a_connected_representative_write_and_its_end_stops_that(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        await approve(room, "ann", active=False)
        rex = await opened(room, "rex")
        await mandate(room, given=True)
        assert rex.frames_of(frames.Meta)[-1].why == "claim"
        await room.take("rex")
        await room.settle()
        assert rex.frames_of(frames.Meta)[-1].mode == "write"
        await room.type(rex, "by mandate")
        await mandate(room, given=False)
        assert (rex.frames_of(frames.Meta)[-1].mode, rex.frames_of(frames.Meta)[-1].why) == ("read", "role")
        rex.is_careful = False
        await room.type(rex, ", and after it")
        assert [refuse.code for refuse in rex.frames_of(frames.Refuse)] == ["role"]
        assert room.stored() == "by mandate"
