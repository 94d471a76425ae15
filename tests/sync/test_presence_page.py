"""Who is present on a page, what of them is shown to whom, and news of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.events import NoticeSent
from revmod_live.ids import AccountId
from revmod_live.sync import frames, presence, protocol
from revmod_live.sync.limits import Limits
from revmod_live.sync.presence import Cursor, Entry, Present, User
from tests.people import typing
from tests.rehearsal import FIELD, a_rehearsal
from tests.workflow.world import PEOPLE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.people import Tab
    from tests.rehearsal import Rehearsal

AT = Cursor({"tname": "text", "assoc": 0}, {"tname": "text", "assoc": 0})


async def on_the_page(room: Rehearsal, *names: str) -> list[Tab]:
    tabs = await room.come(*names)
    for tab in tabs:
        tab.say(room.page, frames.OpenPage())
    await room.settle()
    return tabs


def show(
    room: Rehearsal, tab: Tab, client: int, clock: int, *, sections: tuple[str, ...], rev: int = 0
) -> None:
    present = Present(dict.fromkeys(sections, AT), {room.section.id: rev})
    tab.say(
        room.page, frames.Presence(presence.write([Entry(client, clock, present, User("x", "Eve", "XXX"))]))
    )


def shown(tab: Tab) -> list[Entry]:
    return [presence.read(frame.payload) for frame in tab.frames_of(frames.Presence)]


async def test_others_see_who_is_where_with_the_name_the_server_gives(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        show(room, ann, 5, 1, sections=(room.section.id,), rev=3)
        await room.settle()
        (entry,) = shown(ben)
        assert entry.present == Present({room.section.id: AT}, {room.section.id: 3})
        payload = ben.frames_of(frames.Presence)[0].payload
        assert b'"account":"account-ann","name":"Ann","state":"AVA"' in payload
        assert b"Eve" not in payload
        assert shown(ann) == []


async def test_cursors_go_only_to_who_has_that_section_open(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        other = next(s for s in await room.sections(room.section.step) if s.key == "c/untoc/suggestions")
        ann, ben = await on_the_page(room, "ann", "ben")
        ann.open(other.id, FIELD)
        await room.settle()
        show(room, ann, 5, 1, sections=(room.section.id, other.id))
        await room.settle()
        assert shown(ben)[-1].present is not None
        assert set(shown(ben)[-1].present.cursors) == {room.section.id}  # type: ignore[union-attr]  # asked above
        ben.open(other.id, FIELD)
        await room.settle()
        assert set(shown(ben)[-1].present.cursors) == {room.section.id, other.id}  # type: ignore[union-attr]  # shown


async def test_what_moves_in_a_section_that_somebody_has_not_open_does_not_wake_them(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        other = next(s for s in await room.sections(room.section.step) if s.key == "c/untoc/suggestions")
        ann, ben = await on_the_page(room, "ann", "ben")
        ann.open(other.id, FIELD)
        await room.settle()
        show(room, ann, 5, 1, sections=())
        await room.settle()
        ben.forget()
        elsewhere = Present({other.id: AT}, {room.section.id: 0, other.id: 7})
        ann.say(room.page, frames.Presence(presence.write([Entry(5, 2, elsewhere)])))
        await room.settle()
        assert shown(ben) == []
        ben.open(other.id, FIELD)
        await room.settle()
        assert [entry.present for entry in shown(ben)] == [elsewhere]


async def test_a_keystroke_and_its_cursor_leave_in_one_write(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path, limits=Limits(presence_wait_s=2.0)) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        update = room.of(ann).edit(typing("x"))
        push = frames.Push(1, update, 0)
        state = presence.write([Entry(5, 1, Present({room.section.id: AT}, {}))])
        ben.forget()
        writes = ben.wire.writes

        ann.wire.put(protocol.encode(room.name, push) + protocol.encode(room.page, frames.Presence(state)))
        await room.settle()
        assert sorted(ben.kinds()) == ["Presence", "Updates"]
        assert ben.wire.writes - writes == 1


async def test_whoever_comes_is_shown_who_is_there_and_whoever_goes_is_gone(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        show(room, ann, 5, 1, sections=())
        await room.settle()
        (cleo,) = await on_the_page(room, "cleo")
        assert [entry.client for entry in shown(cleo)] == [5]
        await room.cut(ann)
        assert shown(ben)[-1] == Entry(5, 2, None)
        assert shown(cleo)[-1] == Entry(5, 2, None)


async def test_nobody_shows_as_somebody_else(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        show(room, ann, 5, 1, sections=())
        await room.settle()
        show(room, ben, 5, 9, sections=())
        await room.settle()
        assert shown(ann) == []


async def test_more_than_ten_a_second_are_not_told_but_the_last_is(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        for clock in range(1, 40):
            show(room, ann, 5, clock, sections=(), rev=clock)
            await room.settle()
        assert len(shown(ben)) <= 12
        await room.beat()
        assert shown(ben)[-1].clock == 39


async def test_a_payload_too_large_is_dropped(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await on_the_page(room, "ann", "ben")
        ann.say(room.page, frames.Presence(b"\x01" * 2000))
        await room.settle()
        assert shown(ben) == []
        assert ann.wire.closed is None


async def test_only_who_may_read_it_opens_a_page(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        eve = room.connect("eve")
        eve.say(room.page, frames.OpenPage())
        eve.say("p:nosuchpage", frames.OpenPage())
        await room.settle()
        assert [denied.reason for denied in eve.frames_of(frames.Denied)] == ["role", "unknown"]


async def test_claims_votes_and_the_log_are_news_of_the_page(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        (ann,) = await on_the_page(room, "ann")
        ann.forget()
        await room.take("ben")
        await room.vote("ben")
        kinds = [notice.kind for notice in ann.frames_of(frames.Notice, room.page)]
        assert {"claims", "votes", "log"} <= set(kinds)


async def test_a_notice_reaches_the_sockets_of_its_person_alone(tmp_path: Path) -> None:
    async with a_rehearsal(tmp_path) as room:
        ann, ben = await room.come("ann", "ben")
        ben.forget()
        about = NoticeSent(AccountId(PEOPLE["ann"].account), "vote-reset", {"step": "c"})
        await room.db.write(lambda tx: tx.announce(about))
        await room.settle()
        assert ann.frames_of(frames.Notice, "")[-1] == frames.Notice("vote-reset", {"step": "c"})
        assert ben.frames_of(frames.Notice) == []
