"""The profile: saved, submitted, decided on; a change only after a warning that says what is at stake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.accounts.model import Standing
from revmod_live.ids import SectionId
from revmod_live.workflow import commands, queries, queries_stake
from revmod_live.workflow import store as workflow
from tests.houses import TestHouse, a_house
from tests.portal.browsing import a_browser, signed_in
from tests.portal.people_acts import MIRA, account, joins, newest_letter, save
from tests.rehearsal import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.storage.database import WriteTx

BELA = {"name": "Bela Horn", "email": "focal-point@borovia.example", "role": "focal_point", "state": "BOR"}


async def holds_a_section(house: TestHouse, email: str) -> SectionId:
    services, section = house.services, SectionId(house.section("b", "b/untoc/art-5"))
    actor = (await account(house, email)).actor

    def take(tx: WriteTx) -> None:
        commands.take_section(tx, actor, section, alone=False, join=True, at=services.now)

    await services.db.write(take)
    return section


async def test_from_the_invitation_to_the_approval(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        a_browser(house) as mira,
    ):
        page = await joins(house, wei, mira)
        assert 'data-standing="new"' in page.text
        assert "Submit for approval</button>" not in page.text
        # nothing was saved: nothing can be submitted
        assert "Save your profile first" in (await save(mira, "submit")).words
        assert (await mira.get("/")).headers["Location"] == "/profile"

        wrong = await save(mira, state="ZZZ", phone="+1 555")
        assert wrong.status == 400
        assert 'id="state-problem"' in wrong.text
        assert 'value="+1 555"' in wrong.text
        assert (await save(mira, name=" ")).status == 400
        assert (await save(mira, role="secretariat")).status == 400
        assert (await save(mira, email=house.person("expert", "BOR").email)).status == 409
        assert (await save(mira, expertise="Two\r\nlines", phone="+1 555")).status == 303
        assert 'data-standing="saved"' in (await mira.get("/profile")).text
        # what is typed and not saved is not submitted, and is not lost
        unsaved = await save(mira, "submit", phone="+1 556", expertise="Two\r\nlines")
        assert (unsaved.status, 'value="+1 556"' in unsaved.text) == (403, True)
        sent = await save(mira, "submit", phone="+1 555", expertise="Two\r\nlines")
        assert sent.status == 303
        assert 'data-standing="submitted"' in (await mira.get("/profile")).text

        who = (await account(house, MIRA["email"])).id
        shown = await wei.get(f"/console/people/{who}")
        assert "The profile says what the note verbale says." in shown.words
        assert (await wei.send(f"/console/people/{who}/refuse", {"rev": "1", "reason": " "})).status == 400
        refused = await wei.send(f"/console/people/{who}/refuse", {"rev": "1", "reason": "Which <office>?"})
        assert refused.status == 303
        own = await mira.get("/profile")
        assert "Which &lt;office&gt;?" in own.text
        assert (await newest_letter(house, MIRA["email"])).kind == "profile-refused"

        assert (await save(mira, name="Mira B. Sol")).status == 303
        assert (await save(mira, "submit", name="Mira B. Sol")).status == 303
        shown = await wei.get(f"/console/people/{who}")
        assert "differs from the note verbale: Name" in shown.words
        assert (await wei.send(f"/console/people/{who}/approve", {"rev": "1"})).status == 409
        assert (await wei.send(f"/console/people/{who}/approve", {"rev": "2"})).status == 303
        assert (await mira.get("/")).status == 200
        assert "Avaland" in (await mira.get("/")).words
        assert (await account(house, MIRA["email"])).name == "Mira B. Sol"


async def test_changing_an_approved_profile_warns_then_suspends_and_frees_what_is_held(
    tmp_path: Path,
) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "focal_point", "BOR") as bela,
        signed_in(house, "secretariat", None) as wei,
    ):
        vote = f"/reviews/{house.review('c').code}/c/vote"
        page = await bela.get(vote)
        fields = {"digest": page.hidden("digest")}
        assert (await bela.send(vote, fields)).status == 303
        await holds_a_section(house, BELA["email"])
        # saying what is known already changes nothing
        assert (await bela.send("/profile", {**BELA, "act": "save"})).status == 303
        assert (await bela.get("/")).status == 200

        changed = {**BELA, "phone": "+2 444", "show_phone": "1"}
        warning = await bela.send("/profile", {**changed, "act": "save"})
        assert warning.status == 200
        for words in ("Save and be suspended?", "Office phone", "List of observations", "Article 5"):
            assert words in warning.words, words
        assert warning.hidden("phone") == "+2 444"
        assert (await bela.get("/")).status == 200
        back = await bela.send("/profile", {**changed, "act": "back"})
        assert 'value="+2 444"' in back.text
        assert (await account(house, BELA["email"])).standing is Standing.APPROVED

        assert (await bela.send("/profile", {**changed, "act": "confirm"})).status == 303
        who = await account(house, BELA["email"])
        assert who.standing is Standing.SUSPENDED
        stake = await house.services.db.read(lambda tx: queries_stake.at_stake(tx, who.id))
        assert len(stake.votes) == 1
        assert stake.claims == ()
        assert (await bela.get("/reviews/2026-ava")).status == 403
        assert (await bela.get("/profile")).status == 200

        assert (await bela.send("/profile", {**changed, "act": "submit"})).status == 303
        notices = await wei.get("/notices")
        assert "Bela Horn has submitted a profile for approval." in notices.text
        assert f'href="/console/people/{who.id}"' in notices.text
        assert (await wei.send(f"/console/people/{who.id}/approve", {"rev": "2"})).status == 303
        assert (await bela.get("/reviews/2026-ava")).status == 200


async def test_an_officer_s_own_profile_takes_effect_at_once(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        email = house.person("secretariat", None).email
        assert (await wei.send("/profile", {"name": "Wei L.", "email": email, "act": "save"})).status == 303
        assert (await account(house, email)).name == "Wei L."
        assert (await wei.get("/console")).status == 200


async def test_a_vote_asks_for_the_password_after_an_hour_and_goes_on_with_the_same_text(
    tmp_path: Path,
) -> None:
    clock = Watch()
    async with a_house(tmp_path, clock=clock) as house, signed_in(house, "focal_point", "BOR") as bela:
        vote = f"/reviews/{house.review('c').code}/c/vote"
        fields = {"digest": (await bela.get(vote)).hidden("digest")}
        clock.forward(3660)
        asked = await bela.send(vote, fields)
        assert (asked.status, "Your password once more" in asked.words) == (403, True)
        assert asked.hidden("digest") == fields["digest"]
        wrong = await bela.send(vote, {**fields, "password": "no"})
        assert (wrong.status, wrong.hidden("digest")) == (401, fields["digest"])
        step = await house.services.db.read(
            lambda tx: next(
                s.id
                for s in workflow.steps_of(tx, queries.review_of(tx, house.review("c").code).id)
                if s.letter == "c"
            )
        )
        assert await house.services.db.read(lambda tx: queries.live_votes(tx, step)) == ()
        right = {**fields, "password": house.person("focal_point", "BOR").password}
        assert (await bela.send(vote, right)).status == 303
        assert len(await house.services.db.read(lambda tx: queries.live_votes(tx, step))) == 1
        clock.forward(1800)
        assert (await bela.send(f"{vote}/withdraw")).status == 303
        assert (await bela.send(vote, fields)).status == 303
