"""Several people, one section: what everybody sees, in which order, and when it is called saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.sync import frames
from tests.rehearsal import a_rehearsal

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_one_types_all_see(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "hi")
        assert room.shows("hi")
        await room.type(ben, " there")
        assert room.shows("hi there")


async def test_opening_gives_opened_then_meta_then_the_text_then_what_comes(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "hi")
        (ben,) = await room.come("ben")
        assert ben.kinds(room.name)[:3] == ["Opened", "Meta", "SyncStep2"]
        assert ben.frames_of(frames.Meta)[0].rev == (await room.facts()).rev == 1
        ben.forget()
        await room.type(ann, "!")
        assert "Updates" in ben.kinds(room.name)
