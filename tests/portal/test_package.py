"""Receipts and sealed packages, as they are saved: whole for whoever reads all, in part for the others."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import ClientSession
from click.testing import CliRunner

from revmod_live.__main__ import main
from revmod_live.docs.export import checking, container
from revmod_live.docs.receipt import read_receipt
from tests.houses import a_house
from tests.independent import checked
from tests.portal.browsing import Browser, signed_in


async def saved(browser: Browser, path: str) -> tuple[int, str, bytes]:
    """What a link gives: status, the name that it is saved under, and the bytes."""
    http: ClientSession = browser.http
    async with http.get(browser.url + path) as answer:
        return answer.status, answer.headers.get("Content-Disposition", ""), await answer.read()


async def test_a_sealed_step_is_saved_as_a_package_that_checks_without_us(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        code = house.review("d").code
        async with signed_in(house, "focal_point", "AVA") as ana:
            page = await ana.get(f"/reviews/{code}/c/vote")
            assert f'href="/reviews/{code}/c/package"' in page.text
            assert f'href="/reviews/{code}/c/package"' in (await ana.get("/submissions")).text
            status, name, package = await saved(ana, f"/reviews/{code}/c/package")
            assert (status, f"sealed-{code}-phase-" in name) == (200, True)
            assert (await saved(ana, f"/reviews/{code}/c/package"))[2] == package
            assert (await saved(ana, f"/reviews/{code}/d/package"))[0] == 404
        report = checking.check(package)
        assert report.problems == ()
        assert report.manifest is not None
        assert report.manifest["whole"]
        assert checked(package)
        files = dict(container.read(package)[0])
        votes = json.loads(files["votes.json"])["votes"]
        assert {vote["vote"]["state"] for vote in votes} >= {"AVA", "BOR"}
        assert all(vote["receipt"] in files for vote in votes)
        assert b"<title>" in files["verify.html"]

        file = tmp_path / "package.zip"
        file.write_bytes(package)
        good = CliRunner().invoke(main, ["verify", str(file)])
        assert (good.exit_code, "Everything is as it was sealed." in good.output) == (0, True)
        file.write_bytes(package.replace(b"</section>", b"</sectiom>", 1))
        bad = CliRunner().invoke(main, ["verify", str(file)])
        assert bad.exit_code == 1
        assert ".html was altered." in bad.output


async def test_the_receipt_of_a_vote_is_for_the_state_that_cast_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        code, key = house.review("d").code, house.services.signing.public
        async with signed_in(house, "focal_point", "BOR") as bela:
            status, _, receipt = await saved(bela, f"/reviews/{code}/c/vote/receipt")
            assert status == 200
            vote = read_receipt(receipt, key)
            assert (vote["state"], vote["review"], vote["step"]) == ("BOR", code, "c")
            assert "vote/receipt" in (await bela.get(f"/reviews/{code}/c/vote")).text
            # nobody has voted there yet
            assert (await saved(bela, f"/reviews/{code}/d/vote/receipt"))[0] == 404
        async with signed_in(house, "secretariat", None) as officer:
            assert (await saved(officer, f"/reviews/{code}/c/vote/receipt"))[0] in (403, 404)


async def test_an_additional_reviewer_saves_what_it_reviews_and_no_more(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for review in house.made.reviews:
            async with signed_in(house, "focal_point", "DAL") as dana:
                for letter in "bc":
                    status, _, package = await saved(dana, f"/reviews/{review.code}/{letter}/package")
                    if status != 200:
                        continue
                    report = checking.check(package)
                    assert report.problems == ()
                    assert checked(package)
                    assert report.manifest is not None
                    names = set(report.manifest["files"])
                    readable = set(report.manifest["instruments"])
                    assert {n.split("/")[2] for n in names if n.startswith("sections/")} == readable
                    assert ("digests/step.txt" in names) == report.manifest["whole"]
                    if not report.manifest["whole"]:
                        return
    raise AssertionError("no review where this State reviews only some instruments has a sealed step")
