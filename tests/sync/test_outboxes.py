"""What was typed arrives once: outboxes over broken lines, two sockets, restarts; and late text."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest

from revmod_live.errors import NotFound
from revmod_live.ids import AccountId
from revmod_live.sync import frames
from revmod_live.sync.limits import Limits
from tests.peer import add_block
from tests.people import Tab, typing
from tests.rehearsal import a_rehearsal, fail_journal, mend_journal

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from pycrdt import XmlFragment

    from tests.rehearsal import Rehearsal


async def test_after_a_broken_line_only_what_is_not_stored_is_pushed(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        room.hold(ann)
        ann.edit(room.of(ann), typing(" two"))
        await room.settle()
        await room.cut(ann)
        room.of(ann).edit(typing(" three"))
        again = await room.back(ann)
        assert again.frames_of(frames.Meta)[0].seq == 2
        assert room.shows("one two three")
        assert (await room.facts()).rev == 3
        del ben


async def test_seq_is_remembered_over_a_restart(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.type(ann, " two")
    async with a_rehearsal(tmp_path) as room:
        again = await room.back(ann)
        assert again.frames_of(frames.Meta)[0].seq == 2
        assert room.shows("one two")


async def test_who_wrote_in_a_block_that_was_deleted_meanwhile_is_not_refused_after_a_restart(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.cut(ben)
        room.of(ben).edit(typing(" from Ben"))

        def delete_block(root: XmlFragment) -> None:
            del root.children[0]

        ann.edit(room.of(ann), delete_block)
        await room.settle()
    async with a_rehearsal(tmp_path) as room:
        again = await room.back(ben)
        assert again.frames_of(frames.Refuse) == []
        assert room.of(again).acked == 1
        assert room.stored() == ""


async def test_an_outbox_has_one_socket_and_the_later_closes_the_earlier(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (first,) = await room.come("ann")
        await room.type(first, "one")
        first.forget()
        second = await room.back(first)
        assert first.kinds(room.name) == ["Close"]
        room.tabs.remove(first)
        await room.type(second, " two")
        assert room.shows("one two")


async def test_meta_waits_while_something_of_the_outbox_is_on_its_way(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        for n in range(20):
            ann.edit(room.of(ann), typing(f"{n} "))
            again = Tab("ann")
            room.connect("ann", again)
            again.open(room.section.id, "text", drafter=room.of(ann))
            await room.settle()
            (meta,) = again.frames_of(frames.Meta)[:1]
            assert meta.seq == n + 1
            room.tabs.remove(ann)
            ann = again


async def test_somebody_elses_outbox_says_nothing_of_its_rows(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        ben.say(room.name, frames.OpenSection(1, None, room.of(ann).outbox, 5))
        await room.settle()
        assert ben.frames_of(frames.Meta)[-1].seq == 0
        await room.type(ann, " two")
        assert room.stored() == "one two"


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(retry_s=0.02)) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await _fill(room)
        ann.forget()
        ann.edit(room.of(ann), add_block("x" * 200_000))
        while not room.rooms.read_only():
            ann.wire.sent.clear()
            await ann.wire.sent.wait()
        await asyncio.sleep(0)
        ann.hear()
        assert [notice.kind for notice in ann.frames_of(frames.Notice)] == ["section-half-full", "read-only"]
        assert ann.frames_of(frames.Ack) == []
        assert (await room.facts()).rev == 1
        await _empty(room)
        await room.settle()
        assert not room.rooms.read_only()
        assert ann.frames_of(frames.Ack) == [frames.Ack(2, 2)]
        assert room.of(ben).text() == "one\n" + "x" * 200_000


async def test_closing_stores_and_acknowledges_what_was_admitted(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        for n in range(5):
            ann.say(room.name, frames.Push(n + 1, room.of(ann).edit(typing(str(n))), 0))
        await _read(room, ann)
    ann.hear()
    assert ann.frames_of(frames.Ack)[-1].seq == 5
    async with a_rehearsal(tmp_path) as room:
        await room.come("ben")
        assert room.shows("01234")


async def test_late_text_is_kept_once_for_its_author_alone(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben", take=False)
        late = _late("frozen")
        ann.forget()
        for seq in (1, 2):
            ann.say(room.name, frames.Late(seq, *late))
        await room.settle()
        assert ann.frames_of(frames.Ack) == [frames.Ack(1, 0), frames.Ack(2, 0)]
        (kept,) = await room.rooms.late_of(ann.actor.account)
        assert (kept.code, kept.section, kept.after, kept.update) == (
            "frozen",
            room.section.id,
            "[2]",
            b"text",
        )
        assert await room.rooms.late_of(ben.actor.account) == ()
        with pytest.raises(NotFound):
            await room.rooms.dismiss_late(ben.actor.account, kept.id)
        await room.rooms.dismiss_late(ann.actor.account, kept.id)
        assert await room.rooms.late_of(ann.actor.account) == ()


async def test_late_text_is_taken_from_who_is_denied(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        eve = room.connect("eve")
        eve.say(room.name, frames.Late(3, *_late("role")))
        await room.settle()
        assert eve.frames_of(frames.Ack) == [frames.Ack(3, 0)]
        assert len(await room.rooms.late_of(AccountId("account-eve"), room.section.id)) == 1


async def test_late_text_has_a_bound_for_each_person(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(late_bytes=30)) as room:
        ann, ben = await room.come("ann", "ben", take=False)
        for tab in (ann, ann, ann, ben):
            tab.say(room.name, frames.Late(1, *_late("frozen")))
        await room.settle()
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["size"]
        assert ben.frames_of(frames.Ack) == [frames.Ack(1, 0)]


async def test_late_text_that_was_dismissed_takes_no_share(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(late_bytes=30)) as room:
        (ann,) = await room.come("ann", take=False)
        for seq in (1, 2, 3, 4):
            ann.say(room.name, frames.Late(seq, *_late("frozen")))
            await room.settle()
            for kept in await room.rooms.late_of(ann.actor.account):
                await room.rooms.dismiss_late(ann.actor.account, kept.id)
        assert ann.frames_of(frames.Refuse) == []


async def test_a_failed_commit_is_repeated_and_stored_once(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await fail_journal(room.db)
        await room.type(ann, "one")
        await mend_journal(room.db)
        ann.repeat(room.of(ann))
        await room.settle()
        await room.type(ann, " two")
        assert room.shows("one two")
        assert (await room.facts()).rev == 2


def _late(code: str) -> tuple[bytes, str, str, None, bytes, str, str]:
    return b"text", str(uuid.uuid4()), code, None, b"\x00", "[1]", "[2]"


async def _read(room: Rehearsal, tab: Tab) -> None:
    while not tab.wire.is_idle:
        tab.wire.sent.clear()
        await tab.wire.sent.wait()
    del room


async def _fill(room: Rehearsal) -> None:
    def job(driver: sqlite3.Connection) -> None:
        (pages,) = driver.execute("PRAGMA page_count").fetchone()
        driver.execute(f"PRAGMA max_page_count = {pages}")

    await room.db.write_by_driver(job)


async def _empty(room: Rehearsal) -> None:
    def job(driver: sqlite3.Connection) -> None:
        driver.execute("PRAGMA max_page_count = 1000000")

    await room.db.write_by_driver(job)
