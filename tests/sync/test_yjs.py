"""Stock Yjs and pycrdt clients on `/yjs`, over real sockets, beside people on `/live`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from revmod_live.sync import frames, presence
from revmod_live.sync import yjs_protocol as yjs
from revmod_live.workflow import queries
from tests.people import typing
from tests.rehearsal import a_rehearsal
from tests.sync.sockets import served, stock
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.rehearsal import Rehearsal


async def holders(room: Rehearsal) -> list[str]:
    claims = await room.db.read(lambda tx: queries.live_claims(tx, room.section.id))
    return sorted(claim.name for claim in claims)


async def heard(socket: ClientWebSocketResponse, kind: type[yjs.Message]) -> yjs.Message:
    """The next message of one kind; a stock client reads one message out of each."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            assert message.type is WSMsgType.BINARY, (message, socket.close_code)
            (one,) = yjs.decode(message.data)
            if isinstance(one, kind):
                return one


async def closed(socket: ClientWebSocketResponse) -> tuple[object, str | None]:
    """How the server ends it."""
    async with asyncio.timeout(20):
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.CLOSE:
                return message.data, message.extra
            assert message.type is WSMsgType.BINARY


async def test_two_stock_clients_and_somebody_on_live_see_one_text(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url:
        (ann,) = await room.come("ann")
        async with (
            stock(url, room.section.id, "ben", take=True) as ben,
            stock(url, room.section.id, "cal", take=True) as cal,
        ):
            await room.type(ann, "hi")
            await ben.shows("hi")
            typing(" from Ben")(ben.root)
            await cal.shows("hi from Ben")
            typing(" and Cal")(cal.root)
            await ben.shows("hi from Ben and Cal")
            await room.settle()
            assert room.shows("hi from Ben and Cal")


async def test_what_a_stock_client_had_before_is_asked_for_and_taken(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        (ann,) = await room.come("ann")
        async with http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben&take=1") as socket:
            writer = Writer(7)
            before = writer.opens("offline ")
            await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
            # sent before our question was answered: held back, then taken
            await socket.send_bytes(yjs.encode(yjs.Update(writer.types("then more"))))
            await heard(socket, yjs.SyncStep2)
            await heard(socket, yjs.SyncStep1)
            assert room.live.rev == 0
            await socket.send_bytes(yjs.encode(yjs.SyncStep2(before)))
            async with asyncio.timeout(20):
                while room.live.rev < 2:
                    await room.settle()
            assert room.shows("offline then more")
        del ann


async def test_take_takes_the_section_and_the_last_socket_releases_it(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url:
        async with stock(url, room.section.id, "ben", take=True) as first:
            typing("x")(first.root)
            async with stock(url, room.section.id, "ben", take=True) as second:
                await second.shows("x")
            assert await holders(room) == ["Ben"]
            typing("y")(first.root)
        async with asyncio.timeout(20):
            while await holders(room):
                await room.settle()


async def test_without_the_right_to_write_one_reads_and_is_closed_when_writing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        (ann,) = await room.come("ann")
        await room.type(ann, "hi")
        for who, code in (("sue", "role"), ("ben", "claim")):
            async with http.ws_connect(f"{url}/yjs/{room.section.id}?who={who}") as socket:
                await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
                step2 = await heard(socket, yjs.SyncStep2)
                assert isinstance(step2, yjs.SyncStep2)
                # holding nothing new is no writing
                await socket.send_bytes(yjs.encode(yjs.SyncStep2(step2.update)))
                await socket.send_bytes(yjs.encode(yjs.Update(Writer(7).opens("no"))))
                assert await closed(socket) == (4403, code)
        assert room.stored() == "hi"


async def test_who_may_not_read_is_closed_and_sent_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        for who, section, why in (("eve", room.section.id, "role"), ("ben", "nosuchsection", "unknown")):
            async with http.ws_connect(f"{url}/yjs/{section}?who={who}") as socket:
                message = await socket.receive()
                assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 4403, why)


async def test_a_gap_is_asked_about_twice_and_then_closes(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        await room.come("ann")
        async with http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben&take=1") as socket:
            writer = Writer(7)
            writer.opens("never sent")
            late = yjs.encode(yjs.Update(writer.types("!")))
            await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
            await heard(socket, yjs.SyncStep1)
            await socket.send_bytes(yjs.encode(yjs.SyncStep2(b"\x00\x00")))
            for _ in range(2):
                await socket.send_bytes(late)
                await heard(socket, yjs.SyncStep1)
                await socket.send_bytes(yjs.encode(yjs.SyncStep2(b"\x00\x00")))
            await socket.send_bytes(late)
            assert await closed(socket) == (4403, "gap")


async def test_a_hostile_update_closes_its_sender_and_nobody_else(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        ann, ben = await room.come("ann", "ben")
        async with http.ws_connect(f"{url}/yjs/{room.section.id}?who=cal&take=1") as socket:
            await socket.send_bytes(
                yjs.encode(yjs.Update(bytes.fromhex("01024d0000ffffffff0f0401017402787900")))
            )
            assert await closed(socket) == (4403, "invalid")
        await room.type(ann, "fine")
        assert room.shows("fine")
        del ben


async def test_cursors_go_both_ways_with_the_name_the_server_gives(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room, served(room) as url, ClientSession() as http:
        (ann,) = await room.come("ann")
        ann.say(room.page, frames.OpenPage())
        await room.settle()
        async with http.ws_connect(f"{url}/yjs/{room.section.id}?who=ben") as socket:
            await socket.send_bytes(yjs.encode(yjs.SyncStep1(b"\x00")))
            await heard(socket, yjs.SyncStep1)
            at = {"tname": "text", "assoc": 0}
            cursor = presence.Cursor(at, at)
            mine = presence.write_standard(
                [
                    presence.Entry(
                        9, 1, presence.Present({room.section.id: cursor}), presence.User("x", "Eve", "X")
                    )
                ],
                room.section.id,
            )
            await socket.send_bytes(yjs.encode(yjs.Awareness(mine)))
            async with asyncio.timeout(20):
                while not ann.frames_of(frames.Presence):
                    await room.settle()
            entry = presence.read(ann.frames_of(frames.Presence)[-1].payload)
            assert entry.present is not None
            assert entry.present.cursors == {room.section.id: cursor}
            assert b"Eve" not in ann.frames_of(frames.Presence)[-1].payload
            assert b"account-ben" in ann.frames_of(frames.Presence)[-1].payload
            theirs = presence.write([presence.Entry(5, 1, presence.Present({room.section.id: cursor}))])
            ann.say(room.page, frames.Presence(theirs))
            awareness = await heard(socket, yjs.Awareness)
            assert isinstance(awareness, yjs.Awareness)
            assert b'"cursor":{' in awareness.payload
            assert b"account-ann" in awareness.payload
