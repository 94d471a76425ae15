"""Claims on the wire: they expire unheard or idle, come back with their holder, and end with a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.sync import frames
from revmod_live.workflow import commands, queries
from tests.people import typing
from tests.rehearsal import a_rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx
    from tests.rehearsal import Rehearsal


async def holders(room: Rehearsal) -> list[str]:
    claims = await room.db.read(lambda tx: queries.live_claims(tx, room.section.id))
    return sorted(claim.name for claim in claims)


async def test_a_claim_whose_holder_is_not_heard_of_for_90_s_expires(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.cut(ann)
        room.clock.forward(40)
        ben.say("", frames.Pong())
        await room.settle()
        room.clock.forward(40)
        ben.say("", frames.Pong())
        await room.settle()
        await room.beat()
        assert await holders(room) == ["Ann", "Ben"]
        room.clock.forward(15)
        ben.say("", frames.Pong())
        await room.settle()
        await room.beat()
        assert await holders(room) == ["Ben"]
        assert [claim.name for claim in ben.frames_of(frames.Meta)[-1].claims] == ["Ben"]


async def test_after_a_restart_every_claim_has_90_s_to_be_heard_of(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        await room.take("ann")
    async with a_rehearsal(tmp_path) as room:
        room.clock.forward(85)
        await room.beat()
        assert await holders(room) == ["Ann"]
        room.clock.forward(10)
        await room.beat()
        assert await holders(room) == []


async def test_a_claim_without_an_edit_for_30_min_expires_and_comes_back_with_a_push(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        for _ in range(61):
            room.clock.forward(30)
            ann.say("", frames.Pong())
            await room.settle()
        await room.beat()
        assert await holders(room) == []
        assert ann.frames_of(frames.Meta)[-1].why == "claim"
        ann.is_careful = False
        await room.type(ann, " two")
        assert await holders(room) == ["Ann"]
        assert room.shows("one two")


async def test_an_expired_claim_comes_back_at_the_opening_if_asked_for(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.cut(ann)
        room.clock.forward(120)
        await room.beat()
        assert await holders(room) == []
        room.of(ann).edit(typing(" two"))
        only_reads = await room.back(ann, resume=False)
        assert only_reads.frames_of(frames.Meta)[-1].why == "claim"
        await room.cut(only_reads)
        again = await room.back(ann)
        assert again.frames_of(frames.Meta)[0].mode == "write"
        assert room.shows("one two")


async def test_it_does_not_come_back_while_somebody_holds_the_section_alone(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.cut(ann)
        room.clock.forward(120)
        await room.beat()
        await room.take("ben", alone=True)
        again = await room.back(ann)
        assert (again.frames_of(frames.Meta)[-1].mode, again.frames_of(frames.Meta)[-1].why) == (
            "read",
            "claim",
        )


async def test_a_released_claim_does_not_come_back(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, bas = await room.come("bea", "bas", take=False)
        await room.take("bea")
        await room.settle()
        claim = room.live.facts.claims[0].id

        def release(tx: WriteTx) -> None:
            commands.release_section(tx, bas.actor, claim, room.clock.now())

        await room.db.write(release)
        await room.settle()
        assert ann.frames_of(frames.Meta)[-1].why == "claim"
        ann.is_careful = False
        await room.type(ann, "too late")
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["claim"]
        assert await holders(room) == []


async def test_in_a_the_first_push_takes_the_section(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, key="a/untoc/art-5", step="a") as room:
        ann = room.connect("ann")
        field = room.fields[0]
        drafter = ann.open(room.section.id, field)
        await room.settle()
        assert ann.frames_of(frames.Meta)[-1].mode == "write"
        assert await holders(room) == []
        ann.edit(drafter, typing("answer"))
        await room.settle()
        assert await holders(room) == ["Ann"]
        assert drafter.acked == 1
