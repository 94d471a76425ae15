"""The directory: approved people and what they show; who looks is recorded, and not without limit (D-32)."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from revmod_live.accounts import directory, people
from revmod_live.accounts.store import profiles
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import event_log
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Page, signed_in
from tests.portal.test_frame import suspend
from tests.rehearsal import Watch


def names(page: Page) -> list[str]:
    """Who is listed, in order."""
    return re.findall(r'<th scope="row"[^>]*><bdi>(.*?)</bdi>', page.text)


async def profile(house: TestHouse, role: str, state: str, *, shows: bool) -> None:
    """A profile with a phone number and an expertise, shown or not."""
    email, at = house.person(role, state).email, house.services.now

    def add(tx: WriteTx) -> None:
        account = people.find_by_email(tx, email)
        assert account is not None
        values = {
            "account": account.id, "rev": 1, "name": account.name, "email": email, "role": role,
            "state": state, "phone": f"+43 1 000 {state}", "office_hours": "", "location": "",
            "working_language": "en", "expertise": f"Firearms tracing <{state}>", "show_phone": shows,
            "show_expertise": shows, "saved_at": at,
        }  # fmt: skip
        tx.execute(profiles.insert().values(**values))

    await house.services.db.write(add)


def _reads(tx: ReadTx) -> list[dict[str, object]]:
    query = select(event_log.c.detail).where(event_log.c.act == directory.READ).order_by(event_log.c.id)
    return [row.detail for row in tx.execute(query)]


async def test_everybody_approved_is_listed_by_name_and_nobody_else(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "observer", "BOR") as olga:
        page = await olga.get("/directory")
        everybody = sorted(account.name for account in house.made.accounts)
        assert names(page) == everybody
        assert all(account.email in page.text for account in house.made.accounts)
        await suspend(house, "expert", "COR")
        gone = house.person("expert", "COR")
        page = await olga.get("/directory")
        assert gone.email not in page.text
        assert names(page) == [name for name in everybody if name != gone.name]


async def test_phone_and_expertise_are_shown_where_the_person_wants_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "DAL") as omar:
        await profile(house, "expert", "BOR", shows=True)
        await profile(house, "expert", "COR", shows=False)
        page = await omar.get("/directory")
        assert "+43 1 000 BOR" in page.text
        assert "Firearms tracing &lt;BOR&gt;" in page.text
        assert "COR&gt;" not in page.text
        assert "+43 1 000 COR" not in page.text
        # what is not shown cannot be found out by searching for it either
        assert names(await omar.get("/directory?q=firearms")) == [house.person("expert", "BOR").name]


async def test_people_are_found_by_words_state_and_role(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "AVA") as ada:
        for query, expected in (
            ("q=LUCIA", ["Lucía Serra"]),
            ("q=serra+luc", ["Lucía Serra"]),
            ("q=expert@borovia", ["Nadia Petrov"]),
            ("state=BOR&role=focal_point", ["Bela Horn"]),
            ("role=secretariat", ["Wei Lin"]),
            ("q=%27+or+1%3D1", []),
            ("q=nobody+of+this+name", []),
        ):
            page = await ada.get(f"/directory?{query}")
            assert (page.status, names(page)) == (200, expected), query
        assert "Nobody is found." in (await ada.get("/directory?q=zzz")).words
        shown = await ada.get("/directory?q=%3Cscript%3E&state=BOR")
        assert "<script>" not in shown.text.split("<main")[1]
        assert 'value="&lt;script&gt;"' in shown.text
        assert '<option value="BOR" selected>' in shown.text
        for wrong in ("state=borovia", "role=king"):
            assert (await ada.get(f"/directory?{wrong}")).status == 400


async def test_each_look_is_recorded_and_too_many_are_refused_for_a_while(tmp_path: Path) -> None:
    watch = Watch()
    async with a_house(tmp_path, clock=watch) as house, signed_in(house, "expert", "DAL") as omar:
        await omar.get("/directory?q=bela&state=BOR")
        (looked,) = await house.services.db.read(_reads)
        assert looked == {"words": "bela", "state": "BOR", "role": None, "shown": 1}
        for _ in range(directory.LOOKS_MOST - 1):
            assert (await omar.get("/directory")).status == 200
        refused = await omar.get("/directory")
        assert refused.status == 429
        assert "You have opened the directory very often" in refused.words
        assert "focal-point@borovia.example" not in refused.text
        async with signed_in(house, "expert", "AVA") as idris:
            assert (await idris.get("/directory")).status == 200
        watch.forward(directory.LOOKS_WITHIN.total_seconds())
        assert (await omar.get("/directory")).status == 200
