"""Who opens a section: what the secretariat reads is in the log first, and who was offline is back.

A Push of somebody without the right to write is refused and entered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.errors import Unavailable
from revmod_live.storage.log import event_log
from revmod_live.sync import frames
from revmod_live.sync.protocol import CloseCode
from revmod_live.workflow import commands, queries, reads
from tests.people import Tab, typing
from tests.rehearsal import a_rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.rehearsal import Rehearsal


async def logged(room: Rehearsal, act: str) -> list[tuple[str, dict[str, object]]]:
    rows = await room.db.read(
        lambda tx: tx.execute(event_log.select().where(event_log.c.act == act).order_by(event_log.c.id)).all()
    )
    return [(row.account, row.detail) for row in rows]


async def opened(room: Rehearsal, who: str) -> Tab:
    tab = room.connect(who)
    tab.open(room.section.id, "text")
    await room.settle()
    return tab


# ------------------------------------------------------------------ the secretariat


async def test_a_section_that_the_secretariat_opens_is_in_the_log_once_a_visit(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        for _ in range(3):
            sue = await opened(room, "sue")
            assert sue.kinds(room.name)[:2] == ["Opened", "Meta"]
        await opened(room, "ben")
        expected = ("account-sue", {"instrument": room.section.instrument})
        assert await logged(room, reads.ACT) == [expected]
        room.clock.forward(reads.VISIT_S + 1)
        await opened(room, "sue")
        assert await logged(room, reads.ACT) == [expected] * 2


async def test_what_cannot_be_entered_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable("disk-full")

    async with a_rehearsal(tmp_path) as room:
        monkeypatch.setattr(reads, "record_reads", full)
        sue = await opened(room, "sue")
        assert sue.kinds(room.name) == []
        assert sue.wire.closed == (CloseCode.TRY_LATER, "disk-full")


# ------------------------------------------------------------------ offline, and back


async def test_who_was_offline_is_back_by_opening_the_section(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        at = room.clock.now()
        await room.db.write(lambda tx: commands.declare_offline(tx, ann.actor, room.section.id, at))
        await room.cut(ann)
        ben = await opened(room, "ben")
        assert [claim.offline for claim in ben.frames_of(frames.Meta)[-1].claims] == [True]
        again = await room.back(ann, resume=False)
        assert [claim.offline for claim in again.frames_of(frames.Meta)[-1].claims] == [False]
        assert [claim.offline for claim in ben.frames_of(frames.Meta)[-1].claims] == [False]
        (claim,) = await room.db.read(lambda tx: queries.live_claims(tx, room.section.id))
        assert claim.offline is None


# ------------------------------------------------------------------ forged Pushes


def forged(tab: Tab, room: Rehearsal, seq: int) -> None:
    tab.say(room.name, frames.Push(seq, room.of(tab).edit(typing("forged")), 0))


async def test_an_observers_push_is_refused_and_a_flood_of_them_is_one_entry(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        bob = await opened(room, "bob")
        forged(bob, room, 1)
        await room.settle()
        assert [refuse.code for refuse in bob.frames_of(frames.Refuse)] == ["role"]
        await room.beat()
        assert await logged(room, "push-refused") == [("account-bob", {"because": "role", "times": 1})]
        for seq in range(2, 40):
            forged(bob, room, seq)
            await room.settle()
            await room.beat()
        assert len(bob.frames_of(frames.Refuse)) == 39
        assert len(await logged(room, "push-refused")) == 1
        room.clock.forward(601)
        bob.say("", frames.Pong())
        await room.settle()
        await room.beat()
        entered = await logged(room, "push-refused")
        assert entered[1:] == [("account-bob", {"because": "role", "times": 38})]
        assert room.stored() == ""


async def test_a_push_into_a_section_that_was_never_opened_is_entered_too(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        eve = room.connect("eve")
        ben = await opened(room, "ben")
        update = room.of(ben).edit(typing("forged"))
        eve.say(room.name, frames.Push(1, update, 0))
        eve.say("s:no-such-section", frames.Push(1, update, 0))
        await room.settle()
        await room.beat()
        assert [who for who, _ in await logged(room, "push-refused")] == ["account-eve"]


async def test_a_drafter_whose_push_is_refused_is_not_entered(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ben = await opened(room, "ben")
        ben.is_careful = False
        await room.type(ben, "without a claim")
        ben.say(room.name, frames.Close())
        ben.say(room.name, frames.Push(7, room.of(ben).edit(typing("after closing")), 0))
        await room.settle()
        await room.beat()
        assert {refuse.code for refuse in ben.frames_of(frames.Refuse)} == {"claim", "role"}
        assert await logged(room, "push-refused") == []


async def test_what_was_refused_before_the_server_closes_is_entered_then(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        bob = await opened(room, "bob")
        forged(bob, room, 1)
        await room.settle()
    async with a_rehearsal(tmp_path) as room:
        assert [who for who, _ in await logged(room, "push-refused")] == ["account-bob"]
