"""Submissions, resources and guidelines: what is sealed is listed for whoever may read it, and opens."""

from __future__ import annotations

import re
from pathlib import Path

from revmod_live.content.load import load
from revmod_live.ids import StateCode
from revmod_live.storage.database import WriteTx
from revmod_live.workflow import founding, store
from revmod_live.workflow.model import Cast, Reviewer
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Page, signed_in


def links(page: Page) -> list[str]:
    """The documents that can be opened."""
    return re.findall(r'href="(/reviews/[\w-]+/[a-d]/(?!package)\w+)"', page.text)


async def test_every_listed_document_opens_for_its_reader_and_nothing_open_is_listed(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for account in house.made.accounts:
            async with signed_in(house, account.role, account.state) as browser:
                page = await browser.get("/submissions")
                for path in links(page):
                    document = await browser.get(path)
                    assert document.status == 200, (account, path)
                    assert "Sealed" in document.words
                stands = {review.code: review.step for review in house.made.reviews}
                for path in links(page):
                    _, _, code, letter, _ = path.split("/")
                    assert letter < stands[code], path
                # the feedback of the first review is being drafted; the list of the third is sealed
                assert not any(path.startswith("/reviews/2026-ava/") for path in links(page))
                assert f"/reviews/{house.review('d').code}/c/fa" in links(page)


async def test_the_summaries_of_a_review_that_has_ended_are_for_every_state(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        await _ended_review_of_others(house)
        async with signed_in(house, "expert", "DAL") as omar:
            page = await omar.get("/submissions")
            assert "Other reviews that have ended" in page.words
            others = [path for path in links(page) if path.startswith("/reviews/2026-cor/")]
            assert others == ["/reviews/2026-cor/d/untoc"]
            assert (await omar.get(others[0])).status == 200
            assert (await omar.get("/reviews/2026-cor/c/untoc")).status == 403
            assert "2026-cor" not in (await omar.get("/")).text
        async with signed_in(house, "focal_point", "BOR") as bela:
            own = [path for path in links(await bela.get("/submissions")) if "/2026-cor/" in path]
            assert own == [f"/reviews/2026-cor/{letter}/untoc" for letter in "bcd"]


async def _ended_review_of_others(house: TestHouse) -> None:
    """A review of Cordesia by Avaland and Borovia, all of its steps sealed."""
    services = house.services
    untoc = services.content.all_instruments[0].code
    parts = tuple(Reviewer(StateCode(code), frozenset({untoc})) for code in ("AVA", "BOR"))

    def make(tx: WriteTx) -> None:
        review = founding.create_review(
            tx,
            content=services.content,
            code="2026-cor",
            phase=1,
            cast=Cast(StateCode("COR"), (untoc,), parts),
            at=services.now,
        )
        for step in store.steps_of(tx, review):
            if step.letter != "0":
                store.set_step(
                    tx,
                    step.id,
                    state="sealed",
                    opened_at=services.now,
                    sealed_at=services.now,
                    digest="0" * 64,
                )
                store.freeze(tx, step.id, services.now)

    await services.db.write(make)


async def test_resources_guidelines_and_contact_say_all_that_the_library_holds(tmp_path: Path) -> None:
    library = load().library
    async with a_house(tmp_path) as house, signed_in(house, "observer", "BOR") as olga:
        resources = await olga.get("/resources")
        for resource in library.resources:
            assert resource.title in resources.words
            # an address leads away from here: it is there to be copied, and is no link
            assert all(address in resources.words for address in resource.addresses)
        assert not re.search(r'href="https?://', resources.text)
        guidelines = await olga.get("/guidelines")
        for guideline in library.guidelines:
            assert guideline.source in guidelines.words
            assert all(point in guidelines.words for point in guideline.points)
        contact = await olga.get("/contact")
        assert [c.kind for c in library.contacts] == ["technical", "substantive"]
        assert all(c.title in contact.words and c.email in contact.words for c in library.contacts)


async def test_reviewers_find_the_reservations_of_the_state_under_review_and_whom_to_ask(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house:
        statements = house.services.content.statements("AVA")
        assert {one.kind for one in statements} == {"reservation", "declaration"}
        async with signed_in(house, "expert", "BOR", language="ar") as nadia:
            page = await nadia.get("/reviews/2026-ava")
            for statement in statements:
                assert f'<dd lang="{statement.language}" dir="auto">' in page.text
                assert statement.text in page.words
            assert 'href="/directory?state=AVA"' in page.text
        async with signed_in(house, "expert", "AVA") as idris:
            assert 'href="/directory?state=AVA"' not in (await idris.get("/reviews/2026-ava")).text
