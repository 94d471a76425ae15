"""What one person can make the server hold, and what a full disk still allows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from revmod_live.errors import Unavailable
from revmod_live.storage.database import Database
from revmod_live.sync import frames, protocol
from revmod_live.sync import yjs_protocol as yjs
from revmod_live.sync.commit import Entry
from revmod_live.sync.limits import Limits
from revmod_live.sync.room import Room
from revmod_live.sync.rooms import Rooms
from revmod_live.sync.store import NewRow
from tests.people import typing
from tests.rehearsal import FIELD, a_rehearsal
from tests.sync.sockets import served
from tests.sync.test_yjs import closed, heard, holders
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.ids import AccountId, OutboxId
    from revmod_live.sync.outbox import Outbox


async def test_whoever_asks_for_the_text_a_thousand_times_and_takes_nothing_fills_no_memory(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(backlog_bytes=5_000)) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "x" * 1_000)
        room.hold(ben)
        ben.say(room.name, *[frames.SyncStep1(b"\x00")] * 1_000)
        await room.settle()
        assert ben.wire.backlog_bytes() < 20_000
        await room.let_go(ben)
        await room.beat()
        assert room.shows("x" * 1_000)


async def test_whoever_takes_no_answers_is_not_read(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(backlog_bytes=1_000, pulse_s=0.005)) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        room.hold(ann)
        row = room.of(ann).edit(typing(" two"))
        again = protocol.encode(room.name, frames.Push(1, row, 0))
        for _ in range(40):
            ann.wire.put(again * 50)
        for _ in range(500):
            await asyncio.sleep(0)
        assert ann.wire.backlog_bytes() < 6_000
        await room.let_go(ann)
        await room.type(ben, "!")
        assert room.stored() == "one two!"


async def test_a_room_does_not_close_on_whoever_is_on_the_way_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.cut(ann)
        await room.beat()
        room.clock.forward(40)
        real = Rooms.outbox

        async def outbox(rooms: Rooms, live: Room, account: AccountId, outbox: OutboxId) -> Outbox:
            monkeypatch.setattr(Rooms, "outbox", real)
            await room.chores.close(live)
            return await real(rooms, live, account, outbox)

        monkeypatch.setattr(Rooms, "outbox", outbox)
        again = await room.back(ann)
        (ben,) = await room.come("ben")
        await room.type(again, " two")
        assert room.shows("one two")
        del ben


async def test_a_full_disk_keeps_nobody_from_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.cut(ann)
        room.clock.forward(120)
        await room.beat()

        async def full(*_: object) -> None:
            raise Unavailable("disk-full")

        with monkeypatch.context() as patch:
            patch.setattr(Database, "write", full)
            again = await room.back(ann)
            assert again.kinds(room.name) == ["Opened", "Meta", "SyncStep2"]
            again.is_careful = False
            await room.type(again, " two")
            again.say(
                room.name,
                frames.Late(
                    9, b"text", "00000000-0000-4000-8000-000000000000", "frozen", None, b"\x00", "", ""
                ),
            )
            await room.settle()
            # asked to wait, not told that the claim is gone
            assert [refuse.code for refuse in again.frames_of(frames.Refuse)] == ["rate"]
            assert again.frames_of(frames.Ack) == []
            assert again.wire.closed is None
        again.repeat(room.of(again))
        await room.settle()
        assert room.shows("one two")


async def test_one_socket_too_many_releases_nothing(tmp_path: Path) -> None:
    async with (
        a_rehearsal(tmp_path, limits=Limits(sockets_per_account=1)) as room,
        served(room) as url,
        ClientSession() as http,
        http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben&take=1") as first,
    ):
        await first.send_bytes(b"\x00\x00\x01\x00")
        await heard(first, yjs.SyncStep2)
        async with http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben&take=1") as second:
            await closed(second)
        for _ in range(20):
            await room.settle()
        assert await holders(room) == ["Ben"]


async def test_updates_of_a_stock_client_that_never_answers_are_taken_in_the_end(tmp_path: Path) -> None:
    async with (
        a_rehearsal(tmp_path) as room,
        served(room) as url,
        ClientSession() as http,
        http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben&take=1") as socket,
    ):
        await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
        await heard(socket, yjs.SyncStep1)
        await socket.send_bytes(yjs.encode(yjs.Update(Writer(7).opens("held"))))
        await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
        await heard(socket, yjs.SyncStep2)
        assert room.live.rev == 0
        room.clock.forward(11)
        await room.beat()
        await room.settle()
        assert room.stored() == "held"


async def test_what_is_on_its_way_counts_towards_the_limit_of_the_text(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        live, writer = room.live, Writer(7)
        live.waiting.append(_entry(live, writer.opens("y" * 50_000)))
        live._text = None
        live.text()
        assert live.sizes.text_bytes > 50_000
        live.waiting.clear()


def _entry(room: Room, update: bytes) -> Entry:
    return Entry(NewRow(next(iter(room.clients.values())), None, None, 0, 0, update), None, 0)


async def test_a_chore_that_fails_in_one_room_is_done_in_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        other = next(s for s in await room.sections(room.section.step) if s.key == "c/tip/gaps")
        (ann,) = await room.come("ann")
        await room.take("ann", section=other.id)
        there = ann.open(other.id, FIELD)
        await room.type(ann, "one")
        ann.edit(there, typing("two"))
        await room.settle()
        live, real = room.live, Room.text

        def text(of: Room) -> object:
            if of is live:
                raise ValueError("no text")
            return real(of)

        monkeypatch.setattr(Room, "text", text)
        room.clock.forward(20)
        ann.say("", frames.Pong())
        await room.beat()
        metas = ann.frames_of(frames.Meta, f"s:{other.id}")
        assert metas[-1].digest is not None
        assert metas[-1].digest.rev == 1
        monkeypatch.setattr(Room, "text", real)
