"""The secretariat's console: notes verbales and invitations, people, replacements, mandates, letters."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from revmod_live.accounts import nominations
from revmod_live.accounts.model import Standing
from revmod_live.portal.forms import MAX_UPLOAD_BYTES
from revmod_live.portal.route_table import Who
from revmod_live.portal.routes import ROUTES
from revmod_live.workflow import queries
from tests.houses import TestHouse, a_house
from tests.portal.browsing import Browser, a_browser, signed_in
from tests.portal.people_acts import GOOD, NOTE, account, invite, joins, link, save
from tests.portal.test_gate import path_of

if TYPE_CHECKING:
    from pathlib import Path

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8
SUCCESSOR = {**NOTE, "name": "Petra Nov", "email": "petra@borovia.example", "reference": "NV/2026/44"}


async def uploads(officer: Browser, path: str, fields: dict[str, str], scan: bytes, name: str) -> int:
    """Send a form with a file, byte for byte as a browser without script does; its status."""
    csrf = (await officer.get("/help/home")).csrf
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in {"csrf": csrf, **fields}.items()
    ]
    kind = "application/pdf" if name else "application/octet-stream"
    head = f'Content-Disposition: form-data; name="scan"; filename="{name}"\r\nContent-Type: {kind}'
    parts.append(f"--edge\r\n{head}\r\n\r\n".encode() + scan + b"\r\n--edge--\r\n")
    headers = {"Origin": officer.url, "Content-Type": "multipart/form-data; boundary=edge"}
    async with officer.http.post(
        officer.url + path, data=BytesIO(b"".join(parts)), headers=headers, allow_redirects=False
    ) as answer:
        await answer.read()
        return answer.status


async def test_the_console_is_the_secretariat_s_alone(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        for route in (r for r in ROUTES if r.who is Who.OFFICER):
            answer = await (bela.get if route.method == "GET" else bela.send)(path_of(route))
            assert (answer.status, 'data-code="role"' in answer.text) == (403, True), route.path


async def test_a_note_verbale_is_recorded_with_its_scan_and_its_person_invited(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        here = "/console/invitations"
        assert "Everybody who was invited has set a password." in (await wei.get(here)).words
        for wrong, field in (
            ({"email": "no address"}, "email"),
            ({"state": ""}, "state"),
            ({"role": "king"}, "role"),
            ({"reference": " "}, "reference"),
            ({"dated": "2999-01-01"}, "dated"),
            ({"name": ""}, "name"),
        ):
            refused = await invite(wei, **wrong)
            assert (refused.status, f'id="{field}-problem"' in refused.text) == (400, True), wrong
            assert 'value="NV/2026/17"' in refused.text or "reference" in wrong
        assert await uploads(wei, here, NOTE, b"<html>", "note.pdf") == 400
        assert await uploads(wei, here, NOTE, b"%PDF-" + b"x" * (MAX_UPLOAD_BYTES - 5000), "big.pdf") == 400
        # a browser whose reader chose no file sends an empty one
        assert await uploads(wei, here, {**NOTE, "email": "other@avaland.example"}, b"", "") == 303
        assert await uploads(wei, here, NOTE, PDF, "../../note.pdf") == 303
        assert (await invite(wei)).status == 409
        listed = await wei.get(here)
        assert "Mira Sol" in listed.words
        assert "Waiting to be used" in listed.words

        who = (await account(house, NOTE["email"])).id
        page = await wei.get(f"/console/people/{who}")
        scan = re.search(rf"/console/people/{who}/notes/\w+/scan", page.text)
        assert scan is not None
        async with wei.http.get(wei.url + scan[0]) as answer:
            assert await answer.read() == PDF
            assert answer.content_type == "application/pdf"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        kept = [path for path in (house.services.settings.data_dir / "files").rglob("*") if path.is_file()]
        assert [path.read_bytes() for path in kept] == [PDF]
        letters = await wei.get("/console/outbox")
        one = re.search(r"/console/outbox/([a-z2-7]{26})", letters.text)
        assert one is not None
        assert (await link(house, NOTE["email"])) in (await wei.get(one[0])).text


async def test_a_file_of_a_form_that_takes_none_is_refused(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        assert await uploads(wei, "/profile", {"act": "save"}, PDF, "x.pdf") == 403


async def test_a_disabled_person_is_signed_out_everywhere_and_may_come_back(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        signed_in(house, "expert", "BOR") as nadia,
    ):
        email = house.person("expert", "BOR").email
        who = (await account(house, email)).id
        here = f"/console/people/{who}"
        assert (await wei.send(f"{here}/disable", {"reason": ""})).status == 400
        assert (await nadia.get("/")).status == 200
        assert (await wei.send(f"{here}/disable", {"reason": "Left the ministry"})).status == 303
        assert (await nadia.get("/")).status == 303
        fields = {"email": email, "password": house.person("expert", "BOR").password}
        assert (await nadia.send("/sign-in", fields)).status == 401
        assert "Left the ministry" in (await wei.get(here)).words
        assert (await wei.send(f"{here}/enable")).status == 303
        assert (await nadia.send("/sign-in", fields)).status == 303
        assert (await nadia.get("/reviews/2026-ava")).status == 403
        mine = (await account(house, house.person("secretariat", None).email)).id
        own = await wei.send(f"/console/people/{mine}/disable", {"reason": "x"})
        assert (own.status, "own account" in own.words) == (403, True)


async def test_a_suspended_person_keeps_the_profile_and_is_told_why(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        signed_in(house, "expert", "BOR") as nadia,
    ):
        who = (await account(house, house.person("expert", "BOR").email)).id
        assert (await wei.send(f"/console/people/{who}/suspend", {"reason": "A query"})).status == 303
        page = await nadia.get("/profile")
        assert (page.status, "A query" in page.words) == (200, True)
        assert (await nadia.get("/reviews/2026-ava")).status == 403


async def test_a_focal_point_is_replaced_in_one_form(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        signed_in(house, "focal_point", "BOR") as bela,
        a_browser(house) as petra,
    ):
        leaver = await account(house, house.person("focal_point", "BOR").email)
        here = f"/console/people/{leaver.id}/replace"
        assert (await wei.get(here)).status == 200
        same = await wei.send(here, {**SUCCESSOR, "email": leaver.email})
        assert (same.status, 'id="email-problem"' in same.text) == (400, True)
        assert (await bela.get("/")).status == 200
        done = await wei.send(here, SUCCESSOR)
        successor = await account(house, SUCCESSOR["email"])
        assert (done.status, done.headers["Location"]) == (303, f"/console/people/{successor.id}")
        assert (await bela.get("/")).status == 303
        assert (await account(house, leaver.email)).standing is Standing.DISABLED
        assert (successor.role.value, successor.state) == ("focal_point", "BOR")

        await petra.send(await link(house, SUCCESSOR["email"]), {"password": GOOD})
        said = {"name": "Petra Nov", "email": SUCCESSOR["email"], "role": "focal_point", "state": "BOR"}
        await save(petra, **said)
        await save(petra, "submit", **said)
        assert (await wei.send(f"/console/people/{successor.id}/approve", {"rev": "1"})).status == 303
        speaks = await house.services.db.read(lambda tx: nominations.focal_point_of(tx, successor.state))  # type: ignore[arg-type]  # has one
        assert speaks == successor.id
        assert (await petra.get("/reviews/2026-ava")).status == 200


async def test_a_mandate_of_a_representative_is_recorded_for_one_review_and_ended(tmp_path: Path) -> None:
    async with (
        a_house(tmp_path) as house,
        signed_in(house, "secretariat", None) as wei,
        a_browser(house) as rana,
    ):
        said = {
            "role": "representative",
            "state": "BOR",
            "name": "Rana Keel",
            "email": "rana@borovia.example",
        }
        await joins(house, wei, rana, **said)
        who = (await account(house, said["email"])).id
        here = f"/console/people/{who}"
        assert "Borovia" in (await wei.get(here)).words
        fields = {"review": "2026-ava", "reference": "NV/9"}
        assert (await wei.send(f"{here}/mandate", {**fields, "reference": ""})).status == 400
        assert (await wei.send(f"{here}/mandate", fields)).status == 303
        assert await mandated(house) == ["BOR"]
        assert "mandate recorded" in (await wei.get(here)).words
        assert (await wei.send(f"{here}/mandate/end", {"review": "2026-ava"})).status == 303
        assert await mandated(house) == []
        assert (await wei.send(f"{here}/mandate", {**fields, "review": "none"})).status == 404


async def mandated(house: TestHouse) -> list[str]:
    review = await house.services.db.read(lambda tx: queries.review_of(tx, "2026-ava"))
    return sorted(review.cast.mandates)


@pytest.mark.parametrize("query", ["?standing=king", "?state=<b>", "?role=x"])
async def test_a_filter_that_cannot_be_read_is_refused(tmp_path: Path, query: str) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "secretariat", None) as wei:
        assert (await wei.get(f"/console/people{query}")).status == 400
        found = await wei.get("/console/people?q=bela&state=BOR&role=focal_point&standing=approved")
        assert "Bela Horn" in found.words
        assert "Nadia Petrov" not in found.words
