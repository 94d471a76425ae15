"""What every answer carries, and what a reader gets when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from revmod_live.app.building import running
from revmod_live.errors import Malformed, NotFound, Refused, Stale, Unavailable
from revmod_live.portal import assets
from revmod_live.portal.cookies import FORM
from revmod_live.portal.headers import ALWAYS
from revmod_live.portal.routes import ROUTES
from revmod_live.portal.statuses import code_of, status_of
from revmod_live.settings import Settings
from revmod_live.sync.rooms import Rooms
from tests.houses import TestHouse, a_house
from tests.portal.browsing import a_browser, signed_in
from tests.portal.test_gate import path_of


async def test_every_answer_of_every_route_carries_the_headers_and_nothing_is_kept(
    tmp_path: Path,
) -> None:
    async with (
        a_house(tmp_path) as house,
        a_browser(house) as nobody,
        signed_in(house, "focal_point", "BOR") as bela,
    ):
        for route in ROUTES:
            for browser in (nobody, bela):
                ask = browser.get if route.method == "GET" else browser.post
                answer = await ask(path_of(route))
                for name, value in ALWAYS.items():
                    assert answer.headers.get(name) == value, (route.path, name)
                assert answer.headers["Cache-Control"] == "no-store", route.path
                assert "Strict-Transport-Security" not in answer.headers
                assert "Server" not in answer.headers


async def test_a_page_holds_no_inline_script_and_no_inline_style(tmp_path: Path) -> None:
    policy = ALWAYS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        for path in (
            "/",
            "/reviews/2026-ava",
            "/reviews/2026-ava/b/untoc",
            "/reviews/2026-ava/b/untoc/log",
            "/reviews/2026-ava/b/vote",
            "/account",
            "/help/vote",
            "/none",
        ):
            text = (await bela.get(path)).text
            assert " style=" not in text, path
            assert "<style" not in text, path
            assert "javascript:" not in text, path
            assert " onclick" not in text, path
            assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:]), path


async def test_over_https_cookies_are_bound_to_the_host_and_browsers_stay_with_https(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "data", port=0, origins=("https://review.example",), secure=True)
    async with running(settings) as up:
        house = TestHouse(up.services, up.url, made=None)  # type: ignore[arg-type]  # no demonstration here
        async with a_browser(house) as browser:
            page = await browser.get("/sign-in")
            assert page.headers["Strict-Transport-Security"].startswith("max-age=")
            (cookie,) = page.set_cookies
            assert cookie.startswith(f"__Host-{FORM}=")
            assert "Secure" in cookie


async def test_what_is_not_there_is_said_in_the_reader_s_language_as_page_or_json(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        for language, sentence in (
            ("en", "There is nothing at this address"),
            ("ar", "لا يوجد شيء في هذا العنوان"),
        ):
            async with signed_in(house, "focal_point", "BOR", language=language) as bela:
                for path in (
                    "/none",
                    "/reviews/2020-xyz",
                    "/reviews/2026-ava/x/untoc",
                    "/reviews/2026-ava/b/nothing",
                    "/reviews/%00/b/untoc",
                    "/help/none",
                    "/reviews/2026-ava/b/untoc/log/more",
                ):
                    answer = await bela.get(path)
                    assert (answer.status, sentence in answer.text) == (404, True), path
                as_json = await bela.get("/api/section/none/text")
                assert (as_json.status, sentence in as_json.text) == (404, True)


async def test_a_method_that_a_route_does_not_have_is_refused(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        answer = await bela.send("/account")
        assert answer.status == 405
        assert "GET" in answer.headers["Allow"]


async def test_a_form_that_is_too_large_or_no_form_at_all_is_refused(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        big = await bela.send("/language", {"language": "x" * 70_000})
        assert big.status == 413
        assert "too large" in big.text
        csrf = (await bela.get("/")).csrf
        odd = await bela.post("/language", X_CSRF_Token=csrf, Content_Type="text/plain")
        assert odd.status in (303, 400)


async def test_a_full_disk_is_said_on_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rooms, "read_only", lambda _self: True)
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR") as bela:
        for path in ("/", "/reviews/2026-ava/b/untoc", "/reviews/2026-ava/b/vote", "/account"):
            assert "Reading only" in (await bela.get(path)).text, path


async def test_built_assets_are_kept_for_ever_and_linked_by_every_page(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as browser:
        page = await browser.get("/sign-in")
        for href in (*assets.load().styles, *assets.load().scripts):
            assert href in page.text
            asset = await browser.get(href)
            assert asset.status == 200
            assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert asset.headers["X-Content-Type-Options"] == "nosniff"
            assert not asset.set_cookies


def test_the_manifest_names_styles_scripts_and_what_they_import(tmp_path: Path) -> None:
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text(
        '{"src/main.ts": {"file": "assets/m.js", "imports": ["_a"], "css": ["assets/m.css"]},'
        ' "_a": {"file": "assets/a.js", "imports": ["_b"]}, "_b": {"file": "assets/b.js", "imports": ["_a"]},'
        ' "src/styles/main.css": {"file": "assets/s.css"}}'
    )
    found = assets.load(tmp_path)
    assert found.scripts == ("/static/assets/m.js",)
    assert found.preloads == ("/static/assets/a.js", "/static/assets/b.js")
    assert found.styles == ("/static/assets/s.css", "/static/assets/m.css")
    assert assets.load(tmp_path / "none") == assets.Assets()


def test_each_kind_of_error_has_its_status_and_its_word() -> None:
    table = (
        (Refused("role"), 403, "role"),
        (Refused("sign-in"), 401, "sign-in"),
        (Refused("moved"), 409, "moved"),
        (Refused("too-many-tries"), 429, "too-many-tries"),
        (NotFound("review"), 404, "not-found"),
        (Stale("behind"), 409, "moving"),
        (Malformed("what"), 400, "malformed"),
        (Unavailable("disk-full"), 503, "disk-full"),
    )
    for problem, status, code in table:
        assert (status_of(problem), code_of(problem)) == (status, code)
