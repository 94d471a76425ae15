"""Where text and votes meet: the digest in the journal's transaction, resets, sealing, the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycrdt import XmlElement, XmlFragment

from revmod_live.storage.log import event_log
from revmod_live.sync import frames
from revmod_live.workflow import queries, store
from tests.people import typing
from tests.rehearsal import a_rehearsal

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.workflow.model import Reset
    from tests.rehearsal import Rehearsal


async def resets(room: Rehearsal) -> tuple[Reset, ...]:
    return await room.db.read(lambda tx: store.resets_of(tx, room.section.step))


async def live_states(room: Rehearsal) -> list[str]:
    votes = await room.db.read(lambda tx: queries.live_votes(tx, room.section.step))
    return [vote.state for vote in votes]


async def test_an_edit_resets_the_votes_in_its_own_transaction_and_says_who_and_where(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.vote("ben")
        assert [vote.state for vote in ann.frames_of(frames.Meta)[-1].step.votes] == ["BOR"]
        before = (await room.facts()).digest
        await room.type(ann, " two")
        (reset,) = await resets(room)
        assert (reset.by, reset.section, reset.before) == ("account-ann", room.section.id, before)
        assert dict(reset.place) == {"field": "text", "block": 1}
        facts = await room.facts()
        assert (facts.rev, facts.digest_rev, facts.digest) == (2, 2, reset.after)
        assert await live_states(room) == []
        assert ben.frames_of(frames.Meta)[-1].step.votes == ()
        assert room.shows("one two")


async def test_the_digest_is_that_of_what_the_commit_makes_not_of_what_waits_behind_it(
    tmp_path: Path,
) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.vote("ben")
        for n in range(4):
            ann.say(room.name, frames.Push(n + 2, room.of(ann).edit(typing(str(n))), 0))
            ben.say(room.name, frames.Push(n + 1, room.of(ben).edit(typing(f"b{n}", at=0)), 0))
        await room.settle()
        assert len(await resets(room)) == 1
        assert (await room.facts()).rev == 9


async def test_the_log_of_a_reset_names_every_revision_that_came_with_it(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.vote("ben")
        for n in range(3):
            ann.say(room.name, frames.Push(n + 2, room.of(ann).edit(typing(str(n))), 0))
        await room.settle()
        (entry,) = await room.db.read(
            lambda tx: tx.execute(event_log.select().where(event_log.c.act == "votes-reset")).all()
        )
        facts = await room.facts()
        assert (facts.rev, facts.digest_rev, facts.digest) == (4, 4, entry.digest_after)
        assert (entry.rev_from, entry.rev_to) == (2, 4)


async def test_an_edit_that_leaves_the_text_as_it_was_resets_nothing(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "one")
        await room.vote("ben")

        def empty_block(root: XmlFragment) -> None:
            root.children.append(XmlElement("para"))

        ann.edit(room.of(ann), empty_block)
        await room.settle()
        facts = await room.facts()
        assert (facts.rev, facts.digest_rev) == (2, 2)
        assert await live_states(room) == ["BOR"]
        assert await resets(room) == ()
        del ben


async def test_after_a_reset_edits_take_the_short_way_again(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await room.come("ann")
        await room.type(ann, "one")
        await room.vote("ben")
        await room.type(ann, " two")
        await room.type(ann, " three")
        facts = await room.facts()
        assert (facts.rev, facts.digest_rev) == (3, 2)


async def test_the_votes_of_everybody_seal_the_text_and_what_comes_later_is_frozen(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "agreed")
        for name in ("ann", "ben", "cleo"):
            assert not await room.vote(name)
        assert await room.vote("dan")
        for tab in (ann, ben):
            assert tab.frames_of(frames.Meta)[-1].why == "frozen"
        ann.is_careful = False
        await room.type(ann, " not")
        assert [refuse.code for refuse in ann.frames_of(frames.Refuse)] == ["frozen"]
        assert room.stored() == "agreed"
        assert (await room.facts()).digest == room.live.text().digest


async def test_what_waits_while_the_step_is_sealed_is_refused_all_of_it(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        await room.type(ann, "agreed")
        for name in ("ann", "ben", "cleo"):
            await room.vote(name)
        cast = await room.ballot("dan")
        for n in range(3):
            ann.say(room.name, frames.Push(n + 2, room.of(ann).edit(typing(str(n))), 0))
            ben.say(room.name, frames.Push(n + 1, room.of(ben).edit(typing(str(n), at=0)), 0))
        # first in the line of writers: what is admitted now comes after it
        assert await room.db.write(cast)
        await room.settle()
        refused = [*ann.frames_of(frames.Refuse), *ben.frames_of(frames.Refuse)]
        assert [refuse.code for refuse in refused] == ["frozen"] * 6
        assert room.stored() == "agreed"
