"""What stays: snapshots and their tail, runs of edits in the log, digests, what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from revmod_live.ids import AccountId
from revmod_live.storage.log import event_log
from revmod_live.sync import frames, store, ydoc
from revmod_live.sync.limits import Limits
from revmod_live.workflow import queries
from tests.peer import add_block
from tests.rehearsal import a_rehearsal
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx
    from tests.rehearsal import Rehearsal

IDLE = Limits(room_idle_s=5)


async def runs(room: Rehearsal) -> list[tuple[str, int, int]]:
    query = select(event_log).where(event_log.c.act == "text-edited").order_by(event_log.c.id)
    rows = await room.db.read(lambda tx: list(tx.execute(query)))
    return [(row.account.removeprefix("account-"), row.rev_from, row.rev_to) for row in rows]


async def stored(room: Rehearsal) -> store.Stored:
    return await room.db.read(lambda tx: store.load(tx, room.section.id))


async def close_idle(room: Rehearsal) -> None:
    await room.beat()
    room.clock.forward(6)
    await room.beat()


async def test_a_room_nobody_is_in_closes_with_a_snapshot_and_opens_with_the_same_text(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path, limits=IDLE) as room:
        (ann,) = await room.come("ann")
        for word in ("one", "two", "three"):
            ann.edit(room.of(ann), add_block(word))
            await room.settle()
        await room.cut(ann)
        await close_idle(room)
        assert room.rooms.rooms == {}
        there = await stored(room)
        assert (there.state_rev, there.tail) == (3, ())
        await room.come("ben")
        assert room.shows("one\ntwo\nthree")


async def test_a_long_tail_is_folded_while_people_type(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(fold_rows=10, keep_fold_every_revs=20)) as room:
        ann, ben = await room.come("ann", "ben")
        for n in range(45):
            await room.type(ann, f"{n} ")
            if n % 5 == 4:
                await room.beat()
        there = await stored(room)
        assert there.state_rev >= 40
        assert there.kept_rev >= 20
        assert len(there.tail) < 10
        rows = await room.db.read(lambda tx: store.rows(tx, room.section.id, after=0))
        assert [row.rev for row in rows] == list(range(1, 46))
        assert room.shows("".join(f"{n} " for n in range(45)))
        del ben


async def test_a_run_is_one_entry_and_ends_with_a_pause_of_a_minute(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "a")
        await room.type(ben, "b")
        await room.type(ann, "c")
        await room.beat()
        assert await runs(room) == []
        room.clock.forward(61)
        for tab in (ann, ben):
            tab.say("", frames.Pong())
        await room.settle()
        await room.beat()
        assert sorted(await runs(room)) == [("ann", 1, 3), ("ben", 2, 2)]
        await room.type(ann, "d")
    async with a_rehearsal(tmp_path) as room:
        assert sorted(await runs(room)) == [("ann", 1, 3), ("ann", 4, 4), ("ben", 2, 2)]


async def test_a_vote_ends_the_runs_and_a_release_its_holders(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "a")
        await room.type(ben, "b")
        await room.release("ben")
        await room.beat()
        assert await runs(room) == [("ben", 2, 2)]
        await room.vote("cleo")
        await room.beat()
        assert await runs(room) == [("ben", 2, 2), ("ann", 1, 1)]


async def test_runs_that_a_crash_cut_short_are_entered_when_the_section_is_opened(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "a")
        await room.type(ben, "b")
        await room.db.write(lambda tx: tx.execute(text("CREATE TABLE kept AS SELECT * FROM journal")))
    async with a_rehearsal(tmp_path) as room:

        def crash(tx: WriteTx) -> None:
            tx.execute(text("DELETE FROM event_log WHERE act = 'text-edited'"))
            tx.execute(text("DELETE FROM snapshots"))

        await room.db.write(crash)
        await room.come("cleo")
        assert sorted(await runs(room)) == [("ann", 1, 1), ("ben", 2, 2)]


async def test_what_a_run_changed_is_told_from_the_journal_for_one_author(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        ben.edit(room.of(ben), add_block("two"))
        await room.settle()
        ann.edit(room.of(ann), add_block("three"))
        await room.settle()
        every = await room.rooms.changes(room.section.id, 1, 3)
        assert "two" in repr(every)
        own = await room.rooms.changes(room.section.id, 1, 3, account=AccountId("account-ann"))
        inserted = [
            block.new
            for change in own
            for block in change.blocks
            if block.old is None and block.new is not None
        ]
        assert [block.runs[0].text for block in inserted] == ["one", "three"]


async def test_digests_are_brought_up_to_date_with_and_without_a_live_room(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=IDLE) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        assert (await room.facts()).digest_rev == 0
        await room.rooms.bring_up_to_date([room.section.id])
        facts = await room.facts()
        assert (facts.digest_rev, facts.digest) == (1, room.live.text().digest)
        await room.type(ann, " two")
        digest = room.live.text().digest
        await room.cut(ann)
        await close_idle(room)
        await room.rooms.bring_up_to_date([room.section.id])
        facts = await room.facts()
        assert (facts.digest_rev, facts.digest) == (2, digest)
        assert await room.db.read(lambda tx: queries.step_digest(tx, facts.step)) is not None


async def test_a_mass_deletion_keeps_a_restore_point(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        words = "a sentence of some length. " * 40
        await room.type(ann, words)
        await room.erase(ann, 0, 30)
        await room.erase(ann, 0, 600)
        await room.beat()
        query = text("select rev, state from snapshots where kind = 'restore'")
        (point,) = await room.db.read(lambda tx: list(tx.execute(query)))
        rev, state = point.rev, point.state
        assert rev == 2
        section = ydoc.section_of(ydoc.load(room.fields, [state]), room.section.key, room.fields)
        assert section.fields["text"][0].runs[0].text == words[30:]


async def test_the_server_seeds_an_empty_section_once(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        data = Writer(3).opens("seeded")
        section, account, at = room.section.id, AccountId("account-sue"), room.clock.now()
        await room.db.write(
            lambda tx: store.write_first_text(tx, section, data, client=3, account=account, at=at)
        )
        (ann,) = await room.come("ann")
        await room.type(ann, "!")
        assert room.shows("seeded!")


async def test_what_another_process_stored_is_read_on_and_then_it_goes_on(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        section, account, at = room.section.id, AccountId("account-sue"), room.clock.now()
        await room.db.write(
            lambda tx: store.write_first_text(
                tx, section, Writer(3).opens("elsewhere"), client=3, account=account, at=at
            )
        )
        ann.edit(room.of(ann), add_block("here"))
        await room.settle()
        assert (await room.facts()).rev == 2
        assert sorted(room.stored().split("\n")) == ["elsewhere", "here"]
        assert room.of(ben).text() == room.of(ann).text() == room.stored()
