"""A session lives as long as somebody does something in it: over the socket too, not by the page alone."""

from __future__ import annotations

from pathlib import Path

from revmod_live.accounts import sessions
from revmod_live.sync import frames
from tests.houses import TestHouse, a_house
from tests.peer import Drafter, add_block
from tests.portal.browsing import a_live_line, signed_in, start_session
from tests.rehearsal import Watch

MOST_OF_THE_IDLE_TIME_S = sessions.IDLE.total_seconds() * 0.9


async def is_alive(house: TestHouse, token: str) -> bool:
    at = house.services.now
    return await house.services.db.read(lambda tx: sessions.session(tx, token, at)) is not None


async def test_whoever_types_for_hours_without_loading_a_page_stays_signed_in(tmp_path: Path) -> None:
    watch = Watch()
    async with a_house(tmp_path, clock=watch) as house:
        section = house.section("b", "b/untoc/art-5")
        async with signed_in(house, "expert", "BOR") as browser:
            await browser.send(f"/sections/{section}/take")
        token = await start_session(house, "expert", "BOR")
        async with a_live_line(house, token) as line:
            nadia = Drafter(section, "measures")
            await nadia.open(line)
            for n in range(3):
                watch.forward(MOST_OF_THE_IDLE_TIME_S)
                await line.send("", frames.Pong())
                await nadia.open(line, resume=True)
                nadia.edit(add_block(f"Sentence {n}."))
                await nadia.push_rows(line)
                await house.services.rooms.activity.write()
                assert await is_alive(house, token)


async def test_a_page_that_is_only_left_open_does_not_keep_its_session_alive(tmp_path: Path) -> None:
    watch = Watch()
    async with a_house(tmp_path, clock=watch) as house:
        token = await start_session(house, "expert", "BOR")
        async with a_live_line(house, token) as line:
            for _ in range(2):
                watch.forward(MOST_OF_THE_IDLE_TIME_S)
                await line.send("", frames.Pong())
                await Drafter(house.section("b", "b/untoc/art-5"), "measures").open(line)
                await house.services.rooms.activity.write()
        assert not await is_alive(house, token)


async def test_what_a_page_asks_by_itself_is_no_sign_that_somebody_is_there(tmp_path: Path) -> None:
    watch = Watch()
    async with a_house(tmp_path, clock=watch) as house, signed_in(house, "expert", "BOR") as nadia:
        for path, is_a_sign in (("/help/home", True), ("/notices/unread", False)):
            watch.forward(MOST_OF_THE_IDLE_TIME_S)
            assert (await nadia.get(path)).status == 200
            watch.forward(MOST_OF_THE_IDLE_TIME_S)
            assert ((await nadia.get("/help/home")).text.count("data-signed-in") == 1) is is_a_sign
