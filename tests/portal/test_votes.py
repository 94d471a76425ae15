"""Votes without script, from the page to the seal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from revmod_live.sync.frames import Ack
from tests.houses import TestHouse, a_house
from tests.peer import Drafter, Line, a_line, add_block
from tests.portal.browsing import Browser, Page, signed_in
from tests.portal.test_gate import a_token

VOTE = "/reviews/2026-ava/b/vote"


def form_of(page: Page) -> dict[str, str]:
    """What the page's own form would send."""
    names = ("digest", "digest-untoc", "digest-tip", "digest-som", "digest-fa")
    return {name: page.hidden(name) for name in names if f'name="{name}"' in page.text}


async def vote(browser: Browser, page: Page | None = None) -> Page:
    """Read the page, or take the one that was read, and vote on it."""
    return await browser.send(VOTE, form_of(page or await browser.get(VOTE)))


@asynccontextmanager
async def typing(house: TestHouse, key: str) -> AsyncIterator[tuple[Drafter, Line]]:
    """Nadia with a section taken and its socket open."""
    section = house.section("b", key)
    async with (
        signed_in(house, "expert", "BOR") as nadia,
        ClientSession() as http,
        a_line(http, house.url, await a_token(house, "expert", "BOR")) as line,
    ):
        assert (await nadia.send(f"/sections/{section}/take", {"join": "1"})).status == 303
        drafter = Drafter(section, "measures")
        await drafter.open(line)
        yield drafter, line


async def write(drafter: Drafter, line: Line, text: str) -> None:
    """Add a block and have it acknowledged."""
    drafter.edit(add_block(text))
    for seq, update in sorted(drafter.rows.items()):
        assert isinstance(await drafter.push(line, update, seq), Ack)


async def test_the_last_missing_vote_seals_the_step_and_opens_the_next(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "COR") as carlos,
        signed_in(house, "focal_point", "DAL") as dalia,
        signed_in(house, "expert", "AVA") as idris,
    ):
        page = await bela.get(VOTE)
        assert set(form_of(page)) == {"digest"}
        assert form_of(page)["digest"] in page.words
        assert set(form_of(await carlos.get(VOTE))) == {"digest-untoc", "digest-tip", "digest-som"}
        assert set(form_of(await dalia.get(VOTE))) == {"digest-fa"}
        for browser in (bela, carlos):
            assert (await vote(browser)).status == 303
            assert "sealed" not in (await browser.get(VOTE)).text.split("<main")[1].split("<table")[0]
        assert (await idris.get("/reviews/2026-ava/b/untoc")).status == 403
        assert (await vote(dalia)).status == 303
        sealed = await dalia.get(VOTE)
        assert "Sealed" in sealed.words
        assert "data-vote>" not in sealed.text
        assert (await idris.get("/reviews/2026-ava/b/untoc")).status == 200
        assert (await idris.get("/reviews/2026-ava/c/untoc")).status == 200
        late = await bela.send(VOTE, {"digest": "0" * 64})
        assert (late.status, "This step is sealed" in late.words) == (409, True)


async def test_a_vote_on_a_text_that_has_moved_is_not_cast_and_is_answered_with_the_difference(
    tmp_path: Path,
) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        typing(house, "b/untoc/art-5") as (drafter, line),
    ):
        shown = await bela.get(VOTE)
        await write(drafter, line, "A measure nobody had read <b>yet</b>.")
        refused = await vote(bela, shown)
        assert refused.status == 409
        assert "Your vote was not cast" in refused.words
        changed = refused.text.split('id="moved"')[1].split("<form")[0]
        assert "<ins>" in changed
        assert "A measure nobody had read &lt;b&gt;yet&lt;/b&gt;." in changed
        assert form_of(refused) != form_of(shown)
        assert "not yet" in (await bela.get(VOTE)).words
        assert (await vote(bela, refused)).status == 303
        assert "voted to close" in (await bela.get(VOTE)).words


async def test_a_change_takes_the_votes_and_the_page_says_who_where_and_what(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        typing(house, "b/untoc/art-5") as (drafter, line),
    ):
        assert (await vote(bela)).status == 303
        drafting = await bela.get("/reviews/2026-ava/b/untoc")
        assert "A change to the text takes back 1 vote" in drafting.words
        await write(drafter, line, "A second thought.")
        page = await bela.get(VOTE)
        assert "Nadia Petrov changed Organized Crime Convention, Article 5" in page.words
        assert "that vote does not count any more" in page.words
        since = page.text.split('id="since"')[1].split("</section>")[0]
        assert "A second thought." in since
        assert "still being drafted in" in page.words.lower()
        log = await bela.get("/reviews/2026-ava/b/untoc/log")
        assert "changed the text, so all votes were taken back" in log.words
        assert "A second thought." in log.text
        assert "Nadia Petrov changed" in (await bela.get("/")).words


async def test_a_vote_is_withdrawn_and_does_not_count_any_more(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "COR") as carlos,
    ):
        assert (await bela.send(f"{VOTE}/withdraw")).status == 409
        await vote(bela)
        assert (await bela.send(VOTE, {"digest": "0" * 64})).status == 409
        assert "Borovia voted to close" in (await carlos.get("/")).words
        assert (await carlos.send(f"{VOTE}/withdraw")).status == 409
        assert (await bela.send(f"{VOTE}/withdraw")).status == 303
        page = await bela.get(VOTE)
        assert "the vote was withdrawn" in page.words
        assert "The text is identical to the one voted on then" in page.words


async def test_a_digest_posted_by_hand_opens_no_text_that_one_may_not_read(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "focal_point", "DAL") as dalia,
    ):
        whole = form_of(await bela.get(VOTE))
        answer = await dalia.send(VOTE, whole)
        assert answer.status == 409
        assert "blanchiment" not in answer.text
        for nonsense in ({}, {"digest": "x"}, {"digest": "A" * 64}, {"digest-none": "0" * 64}):
            assert (await dalia.send(VOTE, nonsense)).status == 400


async def test_the_page_s_script_is_told_the_digest_alone(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        page = await bela.get(VOTE)
        digest = form_of(page)["digest"]
        assert f'data-digest="{digest}"' in page.text
        assert (await bela.get(VOTE, Accept="application/json")).text == f'{{"digest": "{digest}"}}'
