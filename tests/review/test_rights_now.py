"""Rights are those of the moment: nothing is taken or sent on a picture that an announcement made old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from revmod_live.accounts.model import Standing
from revmod_live.accounts.store import set_account, set_standing
from revmod_live.events import AccountChanged, SessionEnded
from revmod_live.ids import SessionId
from revmod_live.sync import frames
from revmod_live.sync.protocol import CloseCode
from revmod_live.sync.room import Room
from revmod_live.sync.rooms import Rooms
from tests.people import Tab, typing
from tests.rehearsal import a_rehearsal
from tests.workflow.world import START

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx
    from tests.rehearsal import Rehearsal


def suspending(tab: Tab) -> object:
    def command(tx: WriteTx) -> None:
        set_standing(tx, tab.actor.account, Standing.SUSPENDED, START)
        tx.announce(AccountChanged(tab.actor.account))

    return command


async def test_whoever_is_suspended_while_a_push_is_judged_has_it_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ben, "one")
        real = Rooms.fresh

        async def fresh(rooms: Rooms, live: Room) -> None:
            await real(rooms, live)
            monkeypatch.setattr(Rooms, "fresh", real)
            await room.db.write(suspending(ann))  # type: ignore[arg-type]

        room.live.facts_mark.set()
        monkeypatch.setattr(Rooms, "fresh", fresh)
        ann.edit(room.of(ann), typing(" two"))
        await room.settle()
        assert room.stored() == "one"
        assert ann.wire.closed == (CloseCode.GOING_AWAY, "account")


async def test_what_is_stored_before_somebody_suspended_was_looked_at_is_not_sent_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")

        async def unlooked(*_: object) -> None:
            raise OSError("the database does not answer")

        with monkeypatch.context() as patch:
            patch.setattr(Rooms, "actor", unlooked)
            await room.db.write(suspending(ben))  # type: ignore[arg-type]
            ben.forget()
            ann.edit(room.of(ann), typing("secret"))
            while not ann.frames_of(frames.Ack):
                ann.wire.sent.clear()
                await ann.wire.sent.wait()
                ann.hear()
            await room.chores.beat()
            ben.hear()
            assert ben.frames_of(frames.Updates) == []
        room.rooms.stale.set()


async def test_whoever_is_looked_at_and_may_stay_misses_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.db.write(lambda tx: tx.announce(AccountChanged(ben.actor.account)))
        await room.type(ann, "one")
        await room.beat()
        assert room.shows("one")


async def test_a_session_that_ended_while_its_socket_was_being_made_opens_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        tab = Tab("ann")
        await room.db.write(lambda tx: tx.announce(SessionEnded(tab.actor.account, SessionId("gone"))))
        await room.rooms.serve(tab.wire, tab.actor, session=SessionId("gone"))
        assert tab.wire.closed == (CloseCode.SIGN_IN, "session")


async def test_whoever_changes_while_the_socket_is_being_made_is_who_they_are_now(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:

        def move(tx: WriteTx) -> None:
            set_account(tx, Tab("amy").actor.account, state="EAS")
            tx.announce(AccountChanged(Tab("amy").actor.account))

        await room.db.write(move)
        amy = room.connect("amy")  # judged by the request before
        amy.open(room.section.id, "text")
        await room.settle()
        assert [type(frame).__name__ for _, frame in amy.heard] == ["Denied"]


async def test_a_page_hears_of_its_own_instrument_alone(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        firearms = next(s for s in await room.sections(room.section.step) if s.instrument == "fa")
        dan = room.connect("dan")
        dan.say(f"p:{firearms.page}", frames.OpenPage())
        await room.settle()
        await room.take("ann")
        await room.settle()
        assert dan.frames_of(frames.Notice) == []
        await room.take("ann", section=firearms.id)
        await room.settle()
        assert {notice.kind for notice in dan.frames_of(frames.Notice)} == {"claims", "log"}


async def test_who_reads_a_sealed_step_is_not_told_who_voted_on_it(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, key="b/untoc/art-5", step="c") as room:
        ann, ben = await _readers(room, "ann", "ben")
        (of_ann,), (of_ben,) = ann.frames_of(frames.Meta), ben.frames_of(frames.Meta)
        assert {vote.state for vote in of_ben.step.votes} >= {"BOR", "COR"}
        assert (of_ann.step.state, of_ann.step.votes, of_ann.step.digest) == ("sealed", (), None)


async def _readers(room: Rehearsal, *names: str) -> list[Tab]:
    tabs = [room.connect(name) for name in names]
    for tab in tabs:
        tab.open(room.section.id, "text")
    await room.settle()
    return tabs


async def test_an_expired_claim_that_comes_back_at_the_opening_is_told_after_opened(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.cut(ann)
        room.clock.forward(120)
        await room.beat()
        again = await room.back(ann)
        assert again.kinds(room.name) == ["Opened", "Meta", "SyncStep2"]


async def test_a_refusal_of_an_outbox_that_was_closed_is_not_said_to_the_next(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        first = next(iter(room.live.seats))
        ann.say(room.name, frames.Close())
        await room.settle()
        ann.open(room.section.id, "text")
        await room.settle()
        ann.forget()
        first.refused(1, frames.RefuseCode.FROZEN, {})
        await room.settle()
        assert ann.frames_of(frames.Refuse) == []
