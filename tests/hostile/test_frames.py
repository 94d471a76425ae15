"""Frames that are none, frames too large, and clients that are too fast: closed, refused or slowed."""

from __future__ import annotations

import asyncio
import random
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from aiohttp import WSMsgType

from revmod_live.sync import frames, protocol, yjs_protocol
from revmod_live.sync.lib0 import blob, string, uint
from tests.hostile.ground import FIELD, Attacker, others_notice_nothing
from tests.peer import Drafter, Gone, a_line, add_block
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from tests.hostile.ground import Ground

pytestmark = pytest.mark.asyncio(loop_scope="session")

S: Final = string("s:" + "a" * 26)
P: Final = string("p:" + "a" * 26)
OPEN: Final = string('{"v":1,"schema":1,"epoch":null,"outbox":"x","client":1,"resume":false}')
MALFORMED: Final = {
    "nothing": b"",
    "a name that never ends": uint(2**31) + b"s:",
    "a name that is none": string("x:abc") + b"\x20\x01\x00\x00",
    "bytes that are no text as a name": b"\x03\xff\xfe\xfd\x20",
    "an unknown type": S + uint(99),
    "a type of the server's": S + uint(33) + b"\x01\x01",
    "the client's state, which nobody asked for": S + b"\x00\x01" + blob(b"\x00\x00"),
    "a Push without an update": S + uint(32) + b"\x01",
    "a Push that is longer than its message": S + uint(32) + b"\x01" + uint(500) + b"\x00",
    "a Push with a number beyond 2^53": S + uint(32) + b"\xff" * 9 + b"\x00",
    "a Push on a page": P + uint(32) + b"\x01" + blob(b"\x00\x00") + b"\x00",
    "presence on a section": S + uint(1) + blob(b"\x00"),
    "an Open that is no JSON": S + b"\x02\x00" + string("{"),
    "an Open that is a list": S + b"\x02\x00" + string("[]"),
    "an Open with an outbox that is no uuid": S + b"\x02\x00" + OPEN,
    "an Open nested too deep": S + b"\x02\x00" + string("[" * 100_000),
    "an Open of another version": P + b"\x02\x00" + string('{"v":2}'),
    "an Open with a lone surrogate": S + b"\x02\x00" + string('{"v":1,"x":"\\ud800"}'),
    "a Late without its object": S + uint(37) + b"\x01" + blob(b"\x00\x00"),
    "a Late with a base that is no base64": S + uint(37) + b"\x01\x00" + string('{"id":"x","base":"?"}'),
    "bytes after a frame": b"\x0a" + b"\xfe",
    "too many frames": b"\x0a" * 1_025,
    "a frame over 1 MiB": S + uint(32) + b"\x01" + blob(b"\x00" * (1024 * 1024)) + b"\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_message_closes_the_socket(ground: Ground, name: str) -> None:
    async with a_line(ground.http, ground.server.url, ground.tokens["attacker"]) as line:
        await line.send_raw(MALFORMED[name])
        with pytest.raises(Gone) as gone:
            await line.next()
        assert gone.value.code == protocol.CloseCode.MALFORMED


async def test_text_closes_the_socket_and_so_does_a_message_over_4_mib(ground: Ground) -> None:
    headers = {"Authorization": f"Bearer {ground.tokens['attacker']}"}
    for path in ("/live", f"/yjs/{ground.section}"):
        async with ground.http.ws_connect(ground.server.url + path, headers=headers) as socket:
            await socket.send_str("{}")
            while (await socket.receive(timeout=30)).type is WSMsgType.BINARY:
                pass
            assert socket.close_code == protocol.CloseCode.MALFORMED
        async with ground.http.ws_connect(ground.server.url + path, headers=headers) as socket:
            # it is not even read to its end
            with suppress(ConnectionError):
                await socket.send_bytes(b"\x0a" * (4 * 1024 * 1024 + 1))
            while (await socket.receive(timeout=30)).type is WSMsgType.BINARY:
                pass
            assert socket.closed


async def test_noise_is_no_protocol(ground: Ground) -> None:
    chance = random.Random(11)
    attacker = Attacker(ground)
    before = await ground.text()
    async with others_notice_nothing(ground):
        for _ in range(60):
            await attacker.send("raw", chance.randbytes(chance.randint(1, 400)))
        await attacker.leave()
    assert await ground.text() == before


async def test_a_client_that_floods_is_refused_with_rate_and_may_come_again(ground: Ground) -> None:
    writer = Writer(7_100_001, FIELD)
    writer.opens("a flood ")
    for n in range(600):
        writer.types(f"{n} ")
    section = protocol.section_name(ground.section)
    async with (
        others_notice_nothing(ground),
        a_line(ground.http, ground.server.url, ground.tokens["attacker"]) as line,
    ):
        drafter = Drafter(ground.section, FIELD)
        await drafter.open(line)
        pushes = [frames.Push(seq, update, 0) for seq, update in enumerate(writer.sent, 1)]
        # one message, so that no turn of the loop lies between them
        await line.send_raw(b"".join(protocol.encode(section, push) for push in pushes))
        acked, rated = 0, 0
        while acked + rated < len(pushes):
            frame = await drafter.hear(line)
            if isinstance(frame, frames.Refuse):
                assert frame.code in (frames.RefuseCode.RATE, frames.RefuseCode.GAP), frame
                assert frame.code is frames.RefuseCode.GAP or frame.detail["after_ms"]
                rated += 1
            elif isinstance(frame, frames.Ack):
                acked = frame.seq
        assert 0 < acked < len(pushes)
        # it is still there, and what was refused is taken when it comes again
        for push in pushes[acked : acked + 3]:
            assert isinstance(await drafter.push(line, push.update, push.seq), frames.Ack)


async def test_a_client_that_is_merely_fast_loses_nothing(ground: Ground) -> None:
    async with a_line(ground.http, ground.server.url, ground.tokens["attacker"]) as line:
        drafter = Drafter(ground.section, FIELD)
        await drafter.open(line)
        for n in range(40):
            drafter.edit(add_block(f"as fast as the server answers {n}"))
        await drafter.push_rows(line)
        assert not drafter.refused
        assert drafter.acked == 40


async def test_a_stock_client_is_refused_for_no_speed_at_all(ground: Ground) -> None:
    writer = Writer(7_200_001, FIELD)
    writer.opens("stock ")
    for n in range(800):
        writer.types(f"{n} ")
    url = f"{ground.server.url}/yjs/{ground.section}?token={ground.tokens['attacker']}"
    async with others_notice_nothing(ground), ground.http.ws_connect(url) as socket:
        for update in writer.sent:
            await socket.send_bytes(yjs_protocol.encode(yjs_protocol.Update(update)))
        await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep1(b"\x00")))
        async with asyncio.timeout(30):
            message = await socket.receive()
        assert message.type is WSMsgType.BINARY, socket.close_code

        # of the room's journal, in the end, nothing is missing
        async def has_all() -> bool:
            return writer.clock <= await ground.clock_of(writer.client)

        await ground.until(has_all)


async def test_late_text_has_a_bound_and_is_kept_once(ground: Ground) -> None:
    section = protocol.section_name(ground.section)
    same = str(uuid.uuid4())
    mine = "select count(*) from late_texts where id = ?"
    async with a_line(ground.http, ground.server.url, ground.tokens["reader"]) as line:
        drafter = Drafter(ground.section, FIELD)
        await drafter.open(line)
        refused = 0
        for seq in range(1, 25):
            late = frames.Late(
                seq=seq,
                update=b"\x00" * (900 * 1024),
                id=same if seq < 3 else str(uuid.uuid4()),
                code="frozen",
                epoch=None,
                base=b"",
                before="",
                after="",
            )
            await line.send(section, late)
            answer = await drafter.hear(line)
            if isinstance(answer, frames.Refuse):
                assert answer.code is frames.RefuseCode.SIZE
                refused += 1
            else:
                assert answer == frames.Ack(seq, 0)
        assert refused
        assert ground.rows(mine, same) == [(1,)]
    kept = ground.rows("select account, sum(size_bytes) from late_texts group by account")
    assert all(int(str(size)) <= 16 * 1024 * 1024 for _, size in kept)
