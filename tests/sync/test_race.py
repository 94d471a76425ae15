"""The last missing vote and an edit at the same moment: one of them wins, never both, never neither.

Either the step is sealed and the edit is refused as frozen and kept as late text, or the edit is
stored and the vote is refused (or reset, and the step open).
"""

from __future__ import annotations

import asyncio
import random
import shutil
import uuid
from typing import TYPE_CHECKING

from revmod_live.errors import Refused, Stale
from revmod_live.sync import frames
from revmod_live.workflow import queries
from tests.deep import counts, is_deep
from tests.people import typing
from tests.rehearsal import a_rehearsal
from tests.workflow.world import PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Tab
    from tests.rehearsal import Rehearsal

ROUNDS = counts(12, 1_000)
BASE = "agreed but for this"


async def test_the_last_vote_and_an_edit_at_once(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    async with a_rehearsal(before) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, BASE)
    chance = random.Random(5)
    outcomes: list[str] = []
    while len(outcomes) < ROUNDS:
        folder = tmp_path / str(len(outcomes))
        folder.mkdir()
        shutil.copyfile(before / "revmod.sqlite3", folder / "revmod.sqlite3")
        async with a_rehearsal(folder) as room:
            (ann,) = await room.come("ann")
            while len(outcomes) < ROUNDS and "sealed" not in outcomes[-1:]:
                outcomes.append(await one_race(room, ann, chance))
        shutil.rmtree(folder)
        outcomes[-1] += "."
    sealed = sum(one.startswith("sealed") for one in outcomes)
    print(f"race: {ROUNDS} rounds, sealed {sealed}, edited {ROUNDS - sealed}")
    least = ROUNDS // 10 if is_deep() else 1
    assert min(sealed, ROUNDS - sealed) >= least


async def vote_if_missing(room: Rehearsal, name: str) -> None:
    """A vote on firearms alone stands when another instrument's text has moved."""
    live = await room.db.read(lambda tx: queries.live_votes(tx, room.section.step))
    if PEOPLE[name].account not in {vote.account for vote in live}:
        await room.vote(name)


async def one_race(room: Rehearsal, ann: Tab, chance: random.Random) -> str:
    """Who won."""
    for name in ("ann", "cleo", "dan"):
        await vote_if_missing(room, name)
    cast, base = await room.ballot("ben"), room.stored()
    turns_vote, turns_edit = chance.choice([0, 3, 10, 30, 100, 300]), chance.randrange(3)
    ann.forget()
    said: list[str] = []

    async def vote() -> None:
        for _ in range(turns_vote):
            await asyncio.sleep(0)
        try:
            said.append("sealed" if await room.db.write(cast) else "voted")
        except (Refused, Stale) as problem:
            said.append(type(problem).__name__)

    async def edit() -> None:
        for _ in range(turns_edit):
            await asyncio.sleep(0)
        ann.edit(room.of(ann), typing("!"))

    async with asyncio.TaskGroup() as both:
        both.create_task(vote())
        both.create_task(edit())
    await room.settle()
    refused = [refuse.code for refuse in ann.frames_of(frames.Refuse)]
    acked = ann.frames_of(frames.Ack)
    if not (await room.facts()).frozen:
        assert said in (["Refused"], ["Stale"])
        assert refused == []
        assert len(acked) == 1
        assert room.stored() == base + "!"
        return "edited"
    assert said == ["sealed"]
    assert refused == ["frozen"]
    assert acked == []
    assert room.stored() == base
    (row,) = [row for seq, row in room.of(ann).rows.items() if seq > room.of(ann).acked]
    ann.say(room.name, frames.Late(9, row, str(uuid.uuid4()), "frozen", None, b"\x00", "", ""))
    await room.settle()
    assert len(await room.rooms.late_of(ann.actor.account)) == 1
    return "sealed"
