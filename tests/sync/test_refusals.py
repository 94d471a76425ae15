"""Every reason why a Push is not taken, and that nothing of a refused one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from revmod_live.accounts.store import set_account
from revmod_live.events import AccountChanged, SessionEnded
from revmod_live.ids import AccountId
from revmod_live.sync import frames, protocol
from revmod_live.sync.limits import Limits
from revmod_live.workflow import commands
from tests.peer import add_block
from tests.rehearsal import a_rehearsal
from tests.sync import yupdates as yu
from tests.sync.yupdates import Writer, update

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx
    from tests.people import Tab
    from tests.rehearsal import Rehearsal

POISON = bytes.fromhex("01024d0000ffffffff0f0401017402787900")


async def refusals(room: Rehearsal, tab: Tab, *pushes: bytes) -> list[str]:
    """What is answered to these updates, pushed as they are."""
    tab.forget()
    for seq, data in enumerate(pushes, 1):
        tab.say(room.name, frames.Push(seq, data, 0))
        await room.settle()
    return [refuse.code for refuse in tab.frames_of(frames.Refuse)]


def outside(client: int) -> bytes:
    """An update that puts a bell into a text: only the schema says no."""
    bell = yu.text("\x07", parent=(client, 1))
    return update((client, 0, [yu.block(field_name="text"), yu.block_text(parent=(client, 0)), bell]))


async def change_account(room: Rehearsal, tab: Tab, **values: object) -> None:
    def change(tx: WriteTx) -> None:
        set_account(tx, tab.actor.account, **values)
        tx.announce(AccountChanged(tab.actor.account))

    await room.db.write(change)
    await room.settle()


async def test_without_a_claim_it_is_claim(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann", take=False)
        assert ann.frames_of(frames.Meta)[-1].why == "claim"
        assert await refusals(room, ann, Writer(7).opens("hi")) == ["claim"]


async def test_somebody_elses_section_alone_it_is_claim(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        await room.take("ben", alone=True)
        (ann,) = await room.come("ann", take=False)
        assert await refusals(room, ann, Writer(7).opens("hi")) == ["claim"]


async def test_from_whoever_only_reads_it_is_role(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        sue, amy = await room.come("sue", "amy", take=False)
        for tab in (sue, amy):
            meta = tab.frames_of(frames.Meta)[-1]
            assert (meta.mode, meta.why) == ("read", "role")
            assert await refusals(room, tab, Writer(7).opens("hi")) == ["role"]


async def test_whoever_may_not_read_is_denied_and_sent_nothing_of_the_section(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        eve = room.connect("eve")
        eve.open(room.section.id, "text")
        await room.settle()
        assert eve.frames_of(frames.Denied) == [frames.Denied(frames.DeniedReason.ROLE)]
        assert set(eve.kinds(room.name)) == {"Denied"}
        assert await refusals(room, eve, Writer(7).opens("hi")) == ["role"]


async def test_a_step_that_is_not_open_is_locked(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, key="d/untoc/ratification", step="c") as room:
        assert room.section.step_state == "locked"
        ann = room.connect("ann")
        ann.open(room.section.id, "text")
        await room.settle()
        assert ann.frames_of(frames.Denied) == [frames.Denied(frames.DeniedReason.LOCKED)]


async def test_a_section_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        ann.say("s:nosuchsection", frames.OpenSection(1, None, room.of(ann).outbox, 1))
        await room.settle()
        assert ann.frames_of(frames.Denied, "s:nosuchsection") == [frames.Denied(frames.DeniedReason.UNKNOWN)]


async def test_on_a_sealed_step_it_is_frozen(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        for name in ("ann", "ben", "cleo"):
            assert not await room.vote(name)
        assert await room.vote("dan")
        meta = ann.frames_of(frames.Meta)[-1]
        assert (meta.mode, meta.why, meta.step.state) == ("read", "frozen", "sealed")
        assert await refusals(room, ann, Writer(7).opens("hi")) == ["frozen"]


async def test_what_hangs_on_the_unknown_is_a_gap_with_our_state_vector(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        writer = Writer(7)
        writer.opens("a")
        assert await refusals(room, ann, writer.types("b")) == ["gap"]
        assert ann.frames_of(frames.Refuse)[0].detail == {"sv": "AA=="}
        assert await refusals(room, ann, *writer.sent) == []


async def test_deleting_what_is_not_there_yet_is_a_gap(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        assert await refusals(room, ann, update(deletes=[(500, [(0, 2**31 - 1)])])) == ["gap"]


async def test_with_somebody_elses_client_id_it_is_author(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        writer = Writer(7)
        assert await refusals(room, ann, writer.opens("hi")) == []
        assert await refusals(room, ben, writer.types("!")) == ["author"]
        assert room.stored() == "hi"


async def test_a_client_id_stays_its_authors_after_a_restart(tmp_path: Path) -> None:
    writer = Writer(7)
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        assert await refusals(room, ann, writer.opens("hi")) == []
    async with a_rehearsal(tmp_path) as room:
        (ben,) = await room.come("ben")
        assert await refusals(room, ben, writer.types("!")) == ["author"]


async def test_a_client_id_of_a_refused_update_belongs_to_nobody(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        assert await refusals(room, ann, outside(7)) == ["schema"]
        assert await refusals(room, ben, Writer(7).opens("mine")) == []


@pytest.mark.parametrize(
    "hostile",
    [POISON, b"", b"\x00", b"\xff" * 400, Writer(7).opens("x") + b"\x00", Writer(7, "nofield").opens("x")],
    ids=["poison", "nothing", "half", "padding", "trailing", "another root"],
)
async def test_what_is_no_update_of_a_section_is_invalid(tmp_path: Path, hostile: bytes) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        assert await refusals(room, ann, hostile) == ["invalid"]
        await room.type(ben, "still here")
        assert room.shows("still here")


async def test_what_the_schema_does_not_have_is_schema_and_three_close_the_connection(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        assert await refusals(room, ann, outside(7), outside(8), outside(9)) == ["schema"] * 3
        assert ann.wire.closed == (protocol.CloseCode.TRY_LATER, "refused")
        await room.type(ben, "still here")
        assert room.stored() == "still here"


async def test_three_refusals_in_more_than_a_minute_close_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        for client in (7, 8, 9):
            assert await refusals(room, ann, outside(client)) == ["schema"]
            room.clock.forward(40)
        assert ann.wire.closed is None


async def test_an_update_over_256_kib_is_size(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        assert await refusals(room, ann, Writer(7).opens("x" * (256 * 1024))) == ["size"]


async def test_at_the_limit_only_what_adds_no_text_is_taken(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(text_bytes=2_000)) as room:
        (ann,) = await room.come("ann")
        writer = Writer(7)
        assert await refusals(room, ann, writer.opens("x" * 900)) == []
        assert ann.frames_of(frames.Notice) == []
        ann.say(room.name, frames.Push(2, writer.types("y" * 800), 0))
        await room.settle()
        assert [notice.kind for notice in ann.frames_of(frames.Notice)] == ["section-half-full"]
        ann.say(room.name, frames.Push(3, writer.types("z" * 500), 0))
        await room.settle()
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["size"]
        ann.say(room.name, frames.Push(4, writer.deletes(7, 2, 600), 0))
        await room.settle()
        assert room.stored() == "x" * 300 + "y" * 800


async def test_a_flood_is_rate(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        writer = Writer(7)
        updates = [writer.opens("a"), *(writer.types("b") for _ in range(200))]
        ann.wire.put(
            b"".join(protocol.encode(room.name, frames.Push(n, data, 0)) for n, data in enumerate(updates, 1))
        )
        await room.settle()
        refused = ann.frames_of(frames.Refuse)
        assert refused[0].code == "rate"
        assert refused[0].detail == {"after_ms": 1000}
        assert room.stored() == "a" + "b" * 63


async def test_with_another_epoch_nothing_is_merged(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        await room.take("ann")
        ann = room.connect("ann")
        ann.say(room.name, frames.OpenSection(1, "anotherepoch", "0b0e7a5e-2f2c-4d2a-9a53-0d6c1f3e8a77", 7))
        await room.settle()
        assert await refusals(room, ann, Writer(7).opens("hi")) == ["epoch"]


async def test_rights_are_those_of_now_not_of_the_opening(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        claim = room.live.facts.claims[0]
        assert claim.account == "account-ann"
        ann.is_careful = False

        def release(tx: WriteTx) -> None:
            commands.release_section(tx, ann.actor, claim.id, room.clock.now())

        ann.edit(room.of(ann), add_block("before"))
        await room.settle()
        await room.db.write(release)
        ann.edit(room.of(ann), add_block("after"))
        await room.settle()
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["claim"]
        assert room.of(ben).text() == "before"


async def test_a_reader_who_may_not_read_any_more_gets_close_and_nothing_after(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, amy = await room.come("ann", "amy", take=False)
        await change_account(room, amy, state="EAS")
        await room.settle()
        amy.forget()
        await room.take("ann")
        await room.settle()
        await room.type(ann, "secret")
        assert amy.heard == []


async def test_the_socket_of_whoever_is_suspended_closes_and_they_stay_signed_in(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await change_account(room, ann, standing="suspended", active=False)
        assert ann.wire.closed == (protocol.CloseCode.GOING_AWAY, "account")


async def test_an_ended_session_ends_its_sockets_at_once(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.db.write(lambda tx: tx.announce(SessionEnded(AccountId("account-ann"))))
        await room.settle()
        assert ann.wire.closed == (protocol.CloseCode.SIGN_IN, "session")
        assert ben.wire.closed is None
