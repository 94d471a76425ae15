"""Several people, one section: what everybody sees, in which order, and when it is called saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from revmod_live.sync import frames, protocol
from revmod_live.sync.limits import Limits
from tests.peer import add_block
from tests.rehearsal import FIELD, a_rehearsal, fail_journal, mend_journal
from tests.sync.yupdates import Writer

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
        assert ben.kinds(room.name) == ["Updates"]
        assert ben.frames_of(frames.Updates)[0].rev == 2


async def test_the_author_gets_an_ack_with_the_revision_and_no_echo(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ben, "a")
        ann.forget()
        await room.type(ann, "b")
        assert ann.frames_of(frames.Ack) == [frames.Ack(1, 2)]
        assert ann.frames_of(frames.Updates) == []


async def test_what_one_commit_brings_is_one_frame_for_who_listens_and_one_write(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben, bea = await room.come("ann", "ben", "bea")
        bea.forget()
        before = bea.wire.writes
        for tab, text in ((ann, "x"), (ben, "y")):
            tab.edit(room.of(tab), add_block(text))
        await room.settle()
        updates = bea.frames_of(frames.Updates)
        assert sum(len(one.updates) for one in updates) == 2
        assert bea.wire.writes - before == len(updates)
        assert room.stored() in ("x\ny", "y\nx")


async def test_an_authors_ack_stands_where_its_own_revision_does(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        ann.forget()
        ben.edit(room.of(ben), add_block("first"))
        ann.edit(room.of(ann), add_block("second"))
        await room.settle()
        heard = [frame for _, frame in ann.heard if isinstance(frame, frames.Ack | frames.Updates)]
        assert [one.rev for one in heard] == sorted(one.rev for one in heard) == [1, 2]


async def test_nothing_is_acknowledged_or_shown_before_it_is_stored(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await fail_journal(room.db)
        ann.forget()
        ben.forget()
        await room.type(ann, "lost?")
        assert ann.frames_of(frames.Ack) == []
        assert ben.frames_of(frames.Updates) == []
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["gap"]
        assert (await room.facts()).rev == 0
        await mend_journal(room.db)
        ann.repeat(room.of(ann))
        await room.settle()
        assert room.shows("lost?")


async def test_one_sections_failure_leaves_the_others_standing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        other = next(s for s in await room.sections(room.section.step) if s.key == "c/tip/gaps")
        ann, ben = await room.come("ann", "ben")
        await room.take("ben", section=other.id)
        there = ben.open(other.id, FIELD)
        await room.settle()
        await fail_journal(room.db, section=room.section.id)
        ann.edit(room.of(ann), add_block("no"))
        ben.edit(there, add_block("yes"))
        await room.settle()
        assert ann.frames_of(frames.Ack) == []
        assert ben.frames_of(frames.Ack) == [frames.Ack(1, 1)]


async def test_somebody_who_opens_while_others_type_misses_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        late = []
        for letter in "abcdef":
            ann.edit(room.of(ann), add_block(letter))
            tab = room.connect("ben")
            tab.open(room.section.id, FIELD)
            late.append(tab)
        await room.settle()
        assert room.shows("a\nb\nc\nd\ne\nf")


async def test_a_slow_reader_gets_meta_and_one_sync_when_it_has_drained(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(backlog_bytes=2_000, pulse_s=0.01)) as room:
        ann, ben = await room.come("ann", "ben")
        room.hold(ben)
        for number in range(60):
            await room.type(ann, f"word {number} and some more words ")
        held = sum(map(len, ben.wire.out))
        assert 2_000 < held < 4_000
        ben.forget()
        await room.let_go(ben)
        await room.beat()
        assert ben.kinds(room.name)[-2:] == ["Meta", "SyncStep2"]
        assert room.shows("".join(f"word {number} and some more words " for number in range(60)))
        await room.type(ann, "!")
        assert ben.kinds(room.name)[-1] == "Updates"


async def test_a_reader_that_never_drains_is_closed(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(backlog_bytes=100)) as room:
        ann, ben = await room.come("ann", "ben")
        room.hold(ben)
        await room.type(ann, "a long enough line " * 10)
        room.clock.forward(61)
        ann.say("", frames.Pong())
        await room.settle()
        await room.beat()
        assert ben.wire.closed == (protocol.CloseCode.TRY_LATER, "lagging")


async def test_every_socket_is_pinged_and_one_that_is_silent_is_closed(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        room.clock.forward(16)
        await room.beat()
        assert ann.frames_of(frames.Ping) == [frames.Ping()]
        room.hold(ann)
        room.clock.forward(61)
        await room.beat()
        assert ann.wire.closed == (protocol.CloseCode.GOING_AWAY, "silent")


async def test_the_digest_comes_in_meta_after_ten_seconds_of_activity(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "hi")
        room.clock.forward(11)
        ben.forget()
        await room.beat()
        meta = ben.frames_of(frames.Meta)[-1]
        assert meta.digest is not None
        assert (meta.digest.rev, meta.digest.hex) == (1, room.live.text().digest)
        ben.forget()
        room.clock.forward(11)
        await room.beat()
        assert ben.frames_of(frames.Meta) == []


async def test_meta_counts_up_and_names_who_holds_the_section(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.take("ben")
        await room.settle()
        metas = ann.frames_of(frames.Meta)
        assert [meta.n for meta in metas] == list(range(1, len(metas) + 1))
        assert [claim.account for claim in metas[-1].claims] == ["account-ann", "account-ben"]
        assert (metas[-1].mode, metas[-1].why) == ("write", "ok")


async def test_bytes_that_are_no_frames_close_the_socket(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        ann.wire.put(b"\xff\xff\xff")
        await room.settle()
        assert ann.wire.closed == (protocol.CloseCode.MALFORMED, "malformed")
        await room.type(ben, "still here")
        assert room.stored() == "still here"


async def test_another_schema_is_told_to_reload(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann = room.connect("ann")
        ann.say(room.name, frames.OpenSection(2, None, "0b0e7a5e-2f2c-4d2a-9a53-0d6c1f3e8a77", 1))
        await room.settle()
        assert ann.wire.closed == (protocol.CloseCode.NEW_SCHEMA, "schema")


async def test_a_client_that_diverged_is_logged_and_gets_the_servers_state(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "hi")
        again = frames.OpenSection(1, None, "0b0e7a5e-2f2c-4d2a-9a53-0d6c1f3e8a77", 1, diverged="ab" * 32)
        ann.forget()
        ann.say(room.name, again, frames.SyncStep1(b"\x00"))
        await room.settle()
        assert "diverged" in caplog.text
        assert ann.kinds(room.name) == ["Opened", "Meta", "SyncStep2"]


async def test_a_section_scrolled_away_is_silent(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        ben.say(room.name, frames.Close())
        await room.settle()
        ben.forget()
        await room.type(ann, "hi")
        assert ben.kinds(room.name) == []


async def test_an_update_partly_known_is_cut_and_one_wholly_known_is_acknowledged(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.type(ann, " two")
        whole = room.of(ann).doc.get_update()
        ann.forget()
        ann.say(room.name, frames.Push(9, whole, 0))
        await room.settle()
        assert ann.frames_of(frames.Ack) == [frames.Ack(9, 2)]
        room.of(ann).edit(add_block("three"))
        overlapping = room.of(ann).doc.get_update()
        ben.forget()
        ann.say(room.name, frames.Push(10, overlapping, 0))
        await room.settle()
        (updates,) = ben.frames_of(frames.Updates)
        assert len(updates.updates[0]) < len(overlapping)
        assert room.shows("one two\nthree")


async def test_a_seq_that_is_stored_already_is_acknowledged_again(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        writer = Writer(77)
        ann.say(room.name, frames.Push(1, writer.opens("hi"), 0))
        await room.settle()
        ann.forget()
        ann.say(room.name, frames.Push(1, writer.sent[0], 0))
        await room.settle()
        assert ann.frames_of(frames.Ack) == [frames.Ack(1, 1)]
        assert (await room.facts()).rev == 1
