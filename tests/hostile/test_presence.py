"""Presence: who somebody is says the server; what they show is small, rare and within the schema."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from revmod_live.sync import frames, lib0, protocol
from tests.hostile.ground import FENCE, others_notice_nothing, presence_has_travelled
from tests.peer import Line, a_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.hostile.ground import Ground

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORGED = {"account": "somebody-else", "name": "The Secretary-General", "state": "XXX"}


def payload(client: int, clock: int, state: object) -> bytes:
    """An awareness payload with whatever in it."""
    return lib0.uint(1) + lib0.uint(client) + lib0.uint(clock) + lib0.string(json.dumps(state))


def states(frame: frames.Presence) -> list[tuple[int, int, Any]]:
    """What a payload holds."""
    read = lib0.Decoder(frame.payload)
    return [(read.uint(), read.uint(), json.loads(read.string())) for _ in range(read.uint())]


@asynccontextmanager
async def on_the_page(ground: Ground, *who: str) -> AsyncIterator[list[Line]]:
    """Sockets of these people on the page, the section open."""
    opening = frames.OpenSection(schema=1, epoch=None, outbox=str(uuid.uuid4()), client=1, resume=False)
    page = protocol.page_name(ground.page)
    section = protocol.section_name(ground.section)
    if not who:
        yield []
        return
    async with (
        a_line(ground.http, ground.server.url, ground.tokens[who[0]]) as line,
        on_the_page(ground, *who[1:]) as others,
    ):
        await line.send(section, opening)
        await line.send(page, frames.OpenPage())
        await heard(line)
        yield [line, *others]


async def heard(line: Line) -> list[frames.Presence]:
    """All presence that has come by the time the server has dealt with what was sent."""
    await presence_has_travelled()
    opening = frames.OpenSection(schema=1, epoch=None, outbox=str(uuid.uuid4()), client=1, resume=False)
    await line.send(FENCE, opening)
    found: list[frames.Presence] = []
    while True:
        name, frame = await line.next()
        if name == FENCE:
            return found
        if isinstance(frame, frames.Presence):
            found.append(frame)


async def test_a_forged_identity_is_overwritten(ground: Ground) -> None:
    page = protocol.page_name(ground.page)
    async with on_the_page(ground, "attacker", "reader") as (ann, sue):
        state = {"user": FORGED, "cursors": {}, "seen": {ground.section: 3}, "extra": "<script>"}
        await ann.send(page, frames.Presence(payload(41, 1, state)))
        await heard(ann)
        (frame,) = await heard(sue)
        ((client, _, shown),) = states(frame)
        assert client == 41
        assert shown["user"]["state"] == "BOR"
        assert shown["user"]["name"] not in FORGED.values()
        assert set(shown) == {"user", "cursors", "seen"}
        assert b"Secretary-General" not in frame.payload
        assert b"script" not in frame.payload


async def test_nobody_speaks_as_a_client_that_somebody_else_is(ground: Ground) -> None:
    page = protocol.page_name(ground.page)
    async with on_the_page(ground, "attacker", "bystander", "reader") as (ann, ben, sue):
        await ben.send(page, frames.Presence(payload(42, 1, {"seen": {"x": 1}})))
        await heard(ben)
        await heard(sue)
        for state in ({"seen": {"x": 9}}, None):
            await ann.send(page, frames.Presence(payload(42, 7, state)))
        await heard(ann)
        assert not await heard(sue)


@pytest.mark.parametrize(
    "state",
    [
        {"cursors": {"x": {"anchor": "<script>", "head": 7}}},
        {"cursors": {"x" * 500: {"anchor": {"tname": "t"}, "head": {"tname": "t"}}}},
        {"cursors": {"x": {"anchor": {"type": {"client": -1, "clock": 2**80}}, "head": {}}}},
        {"cursors": [], "seen": []},
        {"seen": {"x": "<script>", "y": -1, "z": 1.5, "w": True, "v": 2**60}},
    ],
)
async def test_what_is_no_cursor_and_no_revision_is_dropped(ground: Ground, state: object) -> None:
    page = protocol.page_name(ground.page)
    async with on_the_page(ground, "attacker", "reader") as (ann, sue):
        await ann.send(page, frames.Presence(payload(43, 1, state)))
        await heard(ann)
        (frame,) = await heard(sue)
        ((_, _, shown),) = states(frame)
        assert (shown["cursors"], shown["seen"]) == ({}, {})


async def test_a_state_that_is_too_large_reaches_nobody(ground: Ground) -> None:
    page = protocol.page_name(ground.page)
    async with on_the_page(ground, "attacker", "reader") as (ann, sue):
        await ann.send(page, frames.Presence(payload(44, 1, {"seen": {"x" * 60: 1}, "pad": "x" * 1_100})))
        await heard(ann)
        assert not await heard(sue)


async def test_a_flood_of_presence_becomes_a_trickle_with_the_last_state_in_it(ground: Ground) -> None:
    page = protocol.page_name(ground.page)
    async with (
        others_notice_nothing(ground),
        on_the_page(ground, "attacker", "reader") as (ann, sue),
    ):
        loop = asyncio.get_running_loop()
        began = loop.time()
        for burst in range(20):
            flood = (
                frames.Presence(payload(45, burst * 50 + n, {"seen": {ground.section: burst * 50 + n}}))
                for n in range(1, 50)
            )
            await ann.send(page, *flood)
            await heard(ann)
        seconds = loop.time() - began
        told = await heard(sue)
        assert len(told) <= 12 * (seconds + 1)
        async with asyncio.timeout(10):
            while not any(clock == 999 for frame in told for _, clock, _ in states(frame)):
                told += await heard(sue)


async def test_whoever_is_gone_is_shown_no_longer(ground: Ground) -> None:
    page = protocol.page_name(ground.page)
    async with on_the_page(ground, "reader") as (sue,):
        async with on_the_page(ground, "attacker") as (ann,):
            await ann.send(page, frames.Presence(payload(46, 1, {})))
            await heard(ann)
            await heard(sue)
        async with asyncio.timeout(10):
            told: list[frames.Presence] = []
            while not any(state is None for frame in told for _, _, state in states(frame)):
                told += await heard(sue)
