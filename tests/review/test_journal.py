"""A commit that fails: what its author is told, and that nothing else falls with it."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

import pytest

from revmod_live.errors import Unavailable
from revmod_live.ids import AccountId, SectionId
from revmod_live.storage.database import Database
from revmod_live.sync import frames, store, ydoc
from revmod_live.sync.limits import Limits
from revmod_live.sync.room import Room
from revmod_live.sync.store import Append, NewRow
from revmod_live.workflow import commands
from tests.people import erasing
from tests.rehearsal import a_rehearsal, fail_journal, mend_journal
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx


async def test_the_state_vector_of_a_failed_commit_does_not_count_what_was_not_stored(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "kept ")
        await fail_journal(room.db)
        await room.type(ann, "words")
        (refuse,) = ann.frames_of(frames.Refuse)
        await mend_journal(room.db)
        # what a client does after `gap`: all that the server says it lacks, in one Push
        drafter = room.of(ann)
        missing = drafter.doc.get_update(base64.b64decode(str(refuse.detail["sv"])))
        ann.say(room.name, frames.Push(drafter.seq, missing, 0))
        await room.settle()
        assert ann.frames_of(frames.Ack)[-1].seq == drafter.seq
        assert room.stored() == "kept words"


async def test_a_full_disk_while_votes_are_live_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(retry_s=0.01)) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.vote("ben")
        real = commands.text_moved

        def full(*_: object, **__: object) -> bool:
            monkeypatch.setattr(commands, "text_moved", real)
            raise Unavailable("disk-full")

        monkeypatch.setattr(commands, "text_moved", full)
        await room.type(ann, " two")
        assert room.shows("one two")
        assert not room.rooms.read_only()
        del ben


async def test_a_room_whose_text_cannot_be_read_ends_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.vote("ben")

        def broken(*_: object) -> None:
            raise ydoc.Broken("no")

        with monkeypatch.context() as patch:
            patch.setattr(Room, "text_with", broken)
            await room.type(ann, " two")
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["gap"]
        ann.repeat(room.of(ann))
        await room.settle()
        assert room.shows("one two")


async def test_an_update_that_breaks_the_document_after_its_commit_is_acknowledged_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        live, real = room.live._live, ydoc.apply

        def apply(doc: ydoc.YDoc, update: bytes) -> None:
            if doc is live:
                raise ydoc.Broken("no")
            real(doc, update)

        monkeypatch.setattr(ydoc, "apply", apply)
        await room.type(ann, " two")
        assert room.of(ann).acked == 2
        assert room.shows("one two")
        await room.type(ann, " three")
        assert room.shows("one two three")
        del ben


async def test_taking_back_what_another_takes_back_is_acknowledged_only_when_that_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(retry_s=0.01)) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one two")
        ann.forget()
        ben.forget()
        real = Database.write_by_driver

        async def full(*_: object) -> None:
            raise Unavailable("disk-full")

        monkeypatch.setattr(Database, "write_by_driver", full)
        ann.edit(room.of(ann), erasing(3, 7))
        ben.edit(room.of(ben), erasing(3, 7))
        for tab in (ann, ben):
            while not tab.wire.is_idle:
                tab.wire.sent.clear()
                await tab.wire.sent.wait()
            await asyncio.sleep(0)
            tab.hear()
        assert ann.frames_of(frames.Ack) == []
        assert ben.frames_of(frames.Ack) == []
        monkeypatch.setattr(Database, "write_by_driver", real)
        await room.settle()
        assert len(ann.frames_of(frames.Ack)) == len(ben.frames_of(frames.Ack)) == 1
        assert room.shows("one")


async def test_a_room_that_cannot_be_built_again_is_given_up_and_its_authors_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")

        def broken(*_: object) -> None:
            raise ydoc.Broken("no")

        monkeypatch.setattr(Room, "read_on", broken)
        monkeypatch.setattr(Room, "load", broken)
        await room.db.write(lambda tx: _elsewhere(tx, room.section.id))
        await room.type(ann, " two")
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["gap"]
        assert ben.kinds(room.name)[-1] == "Close"


async def test_outboxes_that_are_closed_are_not_kept_in_memory(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        for _ in range(5):
            ann.say(room.name, frames.Close())
            await room.settle()
            await room.cut(ann)
            (ann,) = await room.come("ann")
        await room.beat()
        assert len(room.live.outboxes) == 2
        await room.type(ann, " two")
        assert room.shows("one two")
        del ben


def _elsewhere(tx: WriteTx, section: SectionId) -> None:
    """Another process stores a revision."""
    row = NewRow(AccountId("account-ben"), None, None, 0, 0, Writer(77).opens("x"), (77,))
    assert store.append_slowly(tx, Append(section, 1, (row,))) == "stored"
