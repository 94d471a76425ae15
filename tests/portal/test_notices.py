"""Notices: who has which, what is unread, and where each leads; told to every page of the person at once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import uuid4

from revmod_live.accounts import people
from revmod_live.ids import ReviewId, StepId, new_id
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.sync import frames
from revmod_live.workflow import queries, queries_notices, store
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Browser, Page, a_live_line, signed_in, start_session


def badge(page: Page) -> int:
    """The number that the page's badge shows."""
    return int(re.findall(r'data-count="(\d+)"', page.text)[0])


def unread(page: Page) -> list[str]:
    """The ids of the notices that the list shows as not read."""
    return re.findall(r'<li id="notice-([a-z2-7]{26})" data-unread', page.text)


async def asked(browser: Browser) -> int:
    """The number that a page's script is told."""
    return int(json.loads((await browser.get("/notices/unread")).text)["unread"])


async def more(house: TestHouse, role: str, state: str, *, count: int) -> None:
    """So many notices more."""
    email, at = house.person(role, state).email, house.services.now

    def add(tx: WriteTx) -> None:
        account = people.find_by_email(tx, email)
        assert account is not None
        review = queries.review_of(tx, house.review("b").code)
        step = next(s for s in store.steps_of(tx, review.id) if s.letter == "b")
        for _ in range(count):
            store.add_notice(
                tx,
                new_id(),
                account=account.id,
                kind="vote-cast",
                review=ReviewId(review.id),
                step_id=StepId(step.id),
                detail={"state": "COR", "letter": "b"},
                at=at,
            )

    await house.services.db.write(add)


async def test_a_vote_of_another_state_is_a_notice_that_leads_to_the_vote(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "COR") as carlos,
        signed_in(house, "expert", "BOR") as nadia,
    ):
        before, of_an_expert = await asked(bela), await asked(nadia)
        page = await carlos.get("/reviews/2026-ava/b/vote")
        fields = {name: page.hidden(name) for name in re.findall(r'name="(digest(?:-\w+)?)"', page.text)}
        assert (await carlos.send("/reviews/2026-ava/b/vote", fields)).status == 303
        assert (await asked(bela), await asked(nadia)) == (before + 1, of_an_expert)
        home = await bela.get("/")
        assert badge(home) == before + 1
        notices = await bela.get("/notices")
        first = notices.text.split('<li id="notice-')[1].split("</li>")[0]
        assert "Cordesia voted to close: Written feedback." in first
        assert 'href="/reviews/2026-ava/b/vote"' in first
        assert (await bela.get("/reviews/2026-ava/b/vote")).status == 200


async def test_one_is_marked_as_read_and_the_others_stay(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        page = await bela.get("/notices")
        (first, *others), before = unread(page), badge(page)
        for _ in range(2):
            answer = await bela.send(f"/notices/{first}/read")
            assert (answer.status, answer.headers["Location"]) == (303, "/notices")
        page = await bela.get("/notices")
        assert (unread(page), badge(page)) == (others, before - 1)
        assert f'id="notice-{first}"' in page.text


async def test_all_are_marked_as_read_but_what_has_come_since_the_page_was_shown(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        page = await bela.get("/notices")
        await more(house, "focal_point", "BOR", count=1)
        assert (await bela.send("/notices/read", {"upto": page.hidden("upto")})).status == 303
        page = await bela.get("/notices")
        assert (badge(page), len(unread(page))) == (1, 1)
        await bela.send("/notices/read", {"upto": page.hidden("upto")})
        page = await bela.get("/notices")
        assert (badge(page), unread(page)) == (0, [])
        assert "Nothing new" in page.words
        assert re.search(r'data-count="0" hidden', page.text)


async def test_nobody_marks_or_pages_through_somebody_else_s_notices(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "COR") as carlos,
    ):
        hers = unread(await bela.get("/notices"))[0]
        before = badge(await bela.get("/"))
        assert (await carlos.send(f"/notices/{hers}/read")).status == 404
        assert (await carlos.send("/notices/read", {"upto": hers})).status == 404
        assert (await carlos.send("/notices/read", {"upto": "nonsense"})).status == 400
        assert (await carlos.send("/notices/read")).status == 400
        paged = await carlos.get(f"/notices?before={hers}")
        assert '<li id="notice-' not in paged.text
        assert (await carlos.get("/notices?before=nonsense")).status == 400
        assert badge(await bela.get("/")) == before


async def test_every_notice_is_reached_page_by_page_and_none_comes_twice(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        # all at the very same moment: their order must not lose one at the edge of a page
        await more(house, "focal_point", "BOR", count=2 * queries_notices.SHOWN)
        expected = await asked(bela)
        path, seen = "/notices", []
        while path:
            page = await bela.get(path)
            seen += re.findall(r'<li id="notice-([a-z2-7]{26})"', page.text)
            older = re.search(r'href="(/notices\?before=[a-z2-7]{26})"', page.text)
            path = "" if older is None else older[1]
        assert len(seen) == len(set(seen)) == expected
        assert "99" not in (await bela.get("/")).text.split("data-number>")[1][:8]


async def test_who_has_no_notice_is_told_when_one_comes(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        mine = await house.services.db.read(lambda tx: _notices(tx, house))
        page = await wei.get("/notices")
        assert ("No notices yet." in page.words) is (mine == 0)


def _notices(tx: ReadTx, house: TestHouse) -> int:
    account = people.find_by_email(tx, house.person("secretariat", None).email)
    assert account is not None
    return len(queries_notices.notices_page(tx, account.id).notices)


async def test_the_other_tabs_hear_that_notices_were_read_and_nobody_else_does(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        first = unread(await bela.get("/notices"))[0]
        of_bela = await start_session(house, "focal_point", "BOR")
        of_carlos = await start_session(house, "focal_point", "COR")
        async with a_live_line(house, of_bela) as tab, a_live_line(house, of_carlos) as other:
            await bela.send(f"/notices/{first}/read")
            name, frame = await tab.next()
            assert isinstance(frame, frames.Notice)
            assert (name, frame.kind, dict(frame.body)) == ("", "notices-read", {})
            # whatever had been sent to the other would have come before this answer
            opening = frames.OpenSection(schema=1, epoch=None, outbox=str(uuid4()), client=1, resume=False)
            await other.send(f"s:{'a' * 26}", opening)
            _, answer = await other.next()
            assert isinstance(answer, frames.Denied)
