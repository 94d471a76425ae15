"""What is for a person comes over any line of theirs, late rather than never."""

from __future__ import annotations

import asyncio
from pathlib import Path

from revmod_live.events import AccountChanged, ChatGrew, NoticeSent
from revmod_live.ids import ChatId
from revmod_live.storage.database import WriteTx
from revmod_live.sync import frames
from revmod_live.sync.protocol import CloseCode
from tests.people import Tab
from tests.rehearsal import a_rehearsal
from tests.workflow.world import PEOPLE

ANN, BEN = PEOPLE["ann"].account, PEOPLE["ben"].account


def news(tab: Tab) -> list[str]:
    """The kinds of what was told to this person, leaving out what was told to the page."""
    return [frame.kind for frame in tab.frames_of(frames.Notice, "")]


async def test_news_of_a_chat_go_to_those_who_may_read_it(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben, eve = await room.come("ann", "ben", "eve", take=False)
        await room.db.write(lambda tx: tx.announce(ChatGrew(ChatId("c"), 7, frozenset({ANN, BEN}))))
        await room.settle()
        told = frames.Notice("chat", {"chat": "c", "number": 7})
        for tab in (ann, ben):
            assert told in tab.frames_of(frames.Notice, "")
        assert "chat" not in news(eve)


async def test_whoever_could_not_be_told_just_then_is_told_that_there_was_something(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        ann.forget()

        def announce(tx: WriteTx) -> None:
            # nothing is sent until it was looked at who this is now
            tx.announce(AccountChanged(ANN))
            tx.announce(NoticeSent(ANN, "step-opened"))
            tx.announce(NoticeSent(ANN, "step-sealed"))

        await room.db.write(announce)
        await room.settle()
        await room.beat()
        await room.settle()
        assert news(ann) == ["missed"]


async def test_a_line_that_is_closing_by_itself_holds_up_nobody_s_rights(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        closing, may_close = asyncio.Event(), asyncio.Event()
        await _close_slowly(ann, closing, may_close)
        for member in room.rooms.members:
            member.end(CloseCode.SIGN_IN, "session")
        may_close.set()
        await room.settle()
        assert ben.wire.closed == (CloseCode.SIGN_IN, "session")


async def _close_slowly(tab: Tab, closing: asyncio.Event, may_close: asyncio.Event) -> None:
    """The peer has gone, and the goodbye to it takes its time."""
    close = tab.wire.close

    async def slowly(code: int, reason: str) -> None:
        closing.set()
        await may_close.wait()
        await close(code, reason)

    tab.wire.close = slowly  # type: ignore[method-assign]
    tab.wire.put(None)
    await closing.wait()
