"""Each page for each kind of reader: judged by the bytes that reach them."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

from tests.houses import TestHouse, a_house
from tests.portal.browsing import a_browser, signed_in

FEEDBACK = "infraction de blanchiment à toutes les infractions graves"
"""A sentence of the written feedback, which the State under review may not see before it is sealed."""

DRAFTING = "/reviews/2026-ava/b/untoc"
PLACES = (DRAFTING, f"{DRAFTING}/log", f"{DRAFTING}/log?fragment=1", "/reviews/2026-ava/b/vote")


async def answers(house: TestHouse, role: str, state: str | None) -> dict[str, tuple[int, str]]:
    """Everything that could show the written feedback, as this person gets it."""
    section = house.section("b", "b/untoc/art-6")
    async with signed_in(house, role, state) as browser:
        pages = {path: await browser.get(path) for path in (*PLACES, "/", "/reviews/2026-ava")}
        pages["text"] = await browser.get(f"/api/section/{section}/text")
        pages["take"] = await browser.send(f"/sections/{section}/take", {"join": "1"})
        pages["vote"] = await browser.send(PLACES[3], {"digest": "0" * 64})
        return {path: (page.status, page.text) for path, page in pages.items()}


async def test_open_feedback_reaches_the_reviewers_and_the_secretariat_and_nobody_else(
    tmp_path: Path,
) -> None:
    may_read = {
        ("focal_point", "BOR"),
        ("expert", "BOR"),
        ("observer", "BOR"),
        ("focal_point", "COR"),
        ("secretariat", None),
    }
    async with a_house(tmp_path) as house:
        for account in house.made.accounts:
            got = await answers(house, account.role, account.state)
            seen = {path for path, (_, text) in got.items() if FEEDBACK in text}
            who = (account.role, account.state)
            if who in may_read or who == ("expert", "COR"):
                assert {DRAFTING, "/reviews/2026-ava/b/vote", "text"} <= seen, who
                assert got[DRAFTING][0] == 200
            else:
                assert seen == set(), who
                assert got[DRAFTING][0] == 403, who
                assert got["text"][0] == 403, who


async def test_a_sealed_list_is_read_by_all_and_drafted_in_by_nobody(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        code = house.review("d").code
        for account in house.made.accounts:
            async with signed_in(house, account.role, account.state) as browser:
                page = await browser.get(f"/reviews/{code}/c/fa")
                assert page.status == 200, account
                assert 'data-mode="write"' not in page.text
                assert "data-take" not in page.text
                assert "Sealed" in page.words


async def test_who_only_reads_gets_no_forms_to_draft_or_vote_with(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for role, state in (("observer", "BOR"), ("secretariat", None)):
            async with signed_in(house, role, state) as browser:
                drafting = await browser.get(DRAFTING)
                assert "data-take" not in drafting.text
                assert 'data-why="role"' in drafting.text
                vote = await browser.get("/reviews/2026-ava/b/vote")
                assert "data-vote>" not in vote.text
                assert "/vote/withdraw" not in vote.text


async def test_an_expert_drafts_and_does_not_vote(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        assert "data-take" in (await nadia.get(DRAFTING)).text
        vote = await nadia.get("/reviews/2026-ava/b/vote")
        assert "data-vote>" not in vote.text
        answer = await nadia.send("/reviews/2026-ava/b/vote", {"digest": "0" * 64})
        assert answer.status == 403
        assert "Your role in this review does not allow this" in answer.words


async def test_home_shows_the_reviews_of_my_state_in_its_part_and_nothing_to_who_has_none(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house:
        for role, state, heading in (
            ("focal_point", "AVA", "Your State is under review"),
            ("expert", "DAL", "Your State reviews"),
            ("secretariat", None, "All reviews"),
        ):
            async with signed_in(house, role, state) as browser:
                home = await browser.get("/")
                assert heading in home.words
                for review in house.made.reviews:
                    assert f'href="/reviews/{review.code}"' in home.text


async def test_the_overview_says_what_i_may_do_and_where_not_why_not(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        async with signed_in(house, "focal_point", "AVA") as ada:
            page = await ada.get("/reviews/2026-ava")
            assert f'href="{DRAFTING}"' not in page.text
            assert "This step is not open yet" in page.words
        async with signed_in(house, "focal_point", "COR") as carlos:
            page = await carlos.get("/reviews/2026-ava")
            assert f'href="{DRAFTING}"' in page.text
            assert 'href="/reviews/2026-ava/b/fa"' not in page.text
            assert "0 of 3 votes to close" in page.words


async def test_the_drafting_page_is_what_the_script_expects(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        text = (await nadia.get(DRAFTING)).text
        section = house.section("b", "b/untoc/art-5")
        opening = text.split(f'data-section="{section}"')[1].split(">")[0]
        attributes = dict(part.split("=", 1) for part in unescape(opening).split('" ') if "=" in part)
        fields = unescape(opening).split('data-fields="')[1].split(']"')[0] + "]"
        assert json.loads(fields) == ["measures", "successes", "challenges", "questions"]
        assert {"data-key", "data-epoch", "data-rev", "data-mode", "data-why"} <= {
            name.strip() for name in attributes
        }
        assert '<rm-page data-page="' in text
        assert 'data-schema="1"' in text
        assert "data-page-save" in text
        assert "<rm-toolbar hidden>" in text
        assert text.count("data-content>") == text.count('data-field="')
        assert 'data-name="Nadia Petrov" data-state="BOR" data-state-name="Borovia"' in text


async def test_a_section_is_taken_joined_and_released_without_script(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "expert", "BOR") as nadia,
        signed_in(house, "focal_point", "COR") as carlos,
    ):
        section = house.section("b", "b/untoc/art-5")
        taken = await nadia.send(f"/sections/{section}/take")
        assert taken.headers["Location"] == f"{DRAFTING}#section-art-5"
        assert "You are drafting here since" in (await nadia.get(DRAFTING)).words
        assert "Nadia Petrov (Borovia) is drafting here since" in (await carlos.get(DRAFTING)).words

        asked = await carlos.send(f"/sections/{section}/take")
        assert asked.status == 409
        assert "Nadia Petrov is drafting here since" in asked.words
        joined = await carlos.send(f"/sections/{section}/take", {"join": asked.hidden("join")})
        assert joined.status == 303
        alone = await nadia.send(f"/sections/{section}/take", {"alone": "1"})
        assert (alone.status, "Carlos Vidal is drafting in this section" in alone.words) == (409, True)

        assert (await nadia.send(f"/sections/{section}/release")).status == 303
        assert (await nadia.send(f"/sections/{section}/release")).status == 303
        log = (await nadia.get(f"{DRAFTING}/log")).words
        assert "Nadia Petrov (Borovia) released the section" in log
        assert "Carlos Vidal (Cordesia) joined those who draft" in log


async def test_a_colleague_and_the_secretariat_release_a_section_for_somebody(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        section = house.section("b", "b/untoc/art-5")
        for role, state, status in (
            ("focal_point", "COR", 403),
            ("expert", "AVA", 403),
            ("focal_point", "BOR", 303),
            ("secretariat", None, 303),
        ):
            await nadia.send(f"/sections/{section}/take", {"alone": "1"})
            held = (await nadia.get(DRAFTING)).text
            assert "data-alone" in held
            async with signed_in(house, "secretariat", None) as wei:
                claim = (await wei.get(DRAFTING)).hidden("claim")
            async with signed_in(house, role, state) as browser:
                answer = await browser.send(f"/sections/{section}/release", {"claim": claim})
                assert answer.status == status, (role, state)
        assert "Bela Horn released a section for you" in (await nadia.get("/")).words


async def test_the_page_s_script_takes_a_section_and_is_told_in_words_why_not(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "expert", "BOR") as nadia,
        signed_in(house, "expert", "COR", language="ar") as lucia,
    ):
        section = house.section("b", "b/untoc/art-5")
        csrf = (await nadia.get("/")).csrf
        taken = await nadia.post(
            f"/sections/{section}/take", {"alone": "1"}, Accept="application/json", X_CSRF_Token=csrf
        )
        assert (taken.status, json.loads(taken.text)) == (200, {"ok": True})
        answer = await lucia.send(f"/sections/{section}/take", Accept="application/json")
        error = json.loads(answer.text)["error"]
        assert (answer.status, error["code"]) == (409, "held-alone")
        assert "Nadia Petrov" in error["message"]
        assert "منفردًا" in error["message"]


async def test_the_log_shows_who_changed_what_word_by_word_a_page_at_a_time(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        section = house.section("b", "b/untoc/art-2")
        for _ in range(15):
            await nadia.send(f"/sections/{section}/take")
            await nadia.send(f"/sections/{section}/release")
        newest = await nadia.get(f"{DRAFTING}/log")
        assert newest.text.count('<li id="entry-') == 25
        older = newest.text.split("log?before=")[1].split('"')[0]
        oldest = await nadia.get(f"{DRAFTING}/log?before={older}")
        assert "the step opened" in oldest.words
        first = {part.split('"')[0] for part in newest.text.split('id="entry-')[1:]}
        second = {part.split('"')[0] for part in oldest.text.split('id="entry-')[1:]}
        assert not first & second
        assert (await nadia.get(f"{DRAFTING}/log?before=x")).status == 400
        fragment = await nadia.get(f"{DRAFTING}/log?fragment=1")
        assert fragment.text.lstrip().startswith('<ol class="log">')


async def test_late_text_is_its_author_s_alone(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        section = house.section("b", "b/untoc/art-5")
        assert json.loads((await nadia.get(f"/api/late?section={section}")).text) == {"items": []}
        assert (await nadia.get("/api/late?section=none")).status == 400
        assert (await nadia.send("/api/late/none/dismiss")).status == 404


async def test_every_page_has_help_of_its_own(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "BOR") as nadia:
        for path in ("/", "/reviews/2026-ava", *PLACES[:2], PLACES[3], "/account"):
            text = (await nadia.get(path)).text
            name = text.split('href="/help/')[1].split('"')[0]
            assert (await nadia.get(f"/help/{name}")).status == 200, path


async def test_whoever_is_not_signed_in_reads_nothing_of_a_review(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as nobody:
        for path in (*PLACES, "/", "/reviews/2026-ava"):
            page = await nobody.get(path)
            assert page.status == 303
            assert "Avaland" not in page.text
