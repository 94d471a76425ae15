"""Every code has its sentence, every sentence its languages, every reader the language they get."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import revmod_live
from revmod_live.content.load import load as load_content
from revmod_live.content.model import STEPS
from revmod_live.errors import ALLOWED, Refused
from revmod_live.portal import languages, reasons
from revmod_live.portal.acts import ACTS, NOTICES
from revmod_live.portal.forms import local_path
from revmod_live.portal.help_texts import PAGES
from revmod_live.portal.names import CLUSTERS, INSTRUMENTS, ROLES, STEP_STATES, Names
from revmod_live.sync.frames import RefuseCode
from revmod_live.workflow.model import StepState
from revmod_live.workflow.notices import TOLD
from tests.houses import a_house
from tests.portal.browsing import a_browser, signed_in

PACKAGE = Path(revmod_live.__file__).parent

# said on the command line, before there is a page
NOT_ON_PAGES = {"database-newer", "port-taken"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def strings(node: ast.expr) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_every_reason_in_the_program_has_a_sentence() -> None:
    codes: set[str] = {str(code) for code in RefuseCode}
    for name, call in calls():
        if name in ("Refused", "Unavailable", "_held") and call.args:
            first = call.args[0]
            compared = {id(n) for c in ast.walk(first) if isinstance(c, ast.Compare) for n in ast.walk(c)}
            codes |= {
                n.value
                for n in ast.walk(first)
                if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in compared
            }
    assert codes - set(reasons.REASONS) - NOT_ON_PAGES == set()


def test_every_act_about_a_step_and_every_notice_has_a_sentence() -> None:
    acts: set[str] = set()
    for name, call in calls():
        if name == "Entry":
            acts |= {s for k in call.keywords if k.arg == "act" for s in strings(k.value)}
        if name in ("_record", "_record_vote") and len(call.args) > 1:
            acts |= strings(call.args[1])
    about_people = re.compile(
        "sign|session|token|account|password|profile|invit|note-|focal-point|factor|recovery|step|code-"
    )
    assert {act for act in acts if not about_people.search(act)} - set(ACTS) == set()
    assert set(TOLD) - set(NOTICES) == set()


@pytest.mark.parametrize("code", languages.OFFERED)
def test_every_code_of_the_mechanism_has_a_name_in_every_language(code: str) -> None:
    content = load_content()
    names = Names(languages.load()[code], content)
    for instrument in content.all_instruments:
        assert names.instrument(instrument.code)
        assert names.instrument_title(instrument.code)
    for cluster in content.clusters:
        assert names.cluster(cluster.phase)
    for letter in STEPS:
        assert names.step(letter)
        for instrument in content.all_instruments:
            for phase in (1, 2, 3, 4):
                for spec in content.sections(letter, instrument.code, phase, uncac_party=False):
                    assert names.section(spec.key)
                    assert names.section_briefly(spec.key)
                    assert all(names.field(field) != field for field in spec.fields)
    assert set(STEP_STATES) == {state.value for state in StepState}
    assert all(names.role(role) for role in ROLES)
    assert names.state("XYZ") == "XYZ"
    assert len(INSTRUMENTS) == len(CLUSTERS) == len(content.clusters)


def test_a_refusal_s_sentence_names_what_it_knows_and_somebody_where_it_does_not() -> None:
    english = languages.load()["en"]
    held = Refused("held-alone", name="Ann Example")
    assert reasons.sentence(english, held).startswith("Ann Example is drafting")
    assert reasons.because(english, "held-alone").startswith("Somebody is drafting")
    assert reasons.decision(english, ALLOWED) == ""


@pytest.mark.parametrize("language", languages.load().values(), ids=lambda one: str(one.code))
def test_every_sentence_can_be_filled_in(language: languages.Language) -> None:
    for code in reasons.REASONS:
        assert "%(" not in reasons.because(language, code)
    for n in (0, 1, 2, 3, 11, 100):
        assert "%(" not in language.plural("%(num)d day", "%(num)d days", n, num=n)


def test_the_language_is_the_one_chosen_else_the_one_that_the_browser_asks_for() -> None:
    table = (
        ("ar", "en", "ar"),
        (None, "ar-EG,ar;q=0.9,en;q=0.5", "ar"),
        (None, "de,en;q=0.3,ar;q=0.8", "ar"),
        (None, "zh-Hans-CN,zh;q=0.9", "zh"),
        (None, "pt-BR,es;q=0.9,en;q=0.8", "es"),
        (None, "de, it", "en"),
        (None, "ar;q=0, en;q=0.1", "en"),
        ("xx", "ar", "ar"),
        (None, None, "en"),
        (None, ";;q=,ar;q=x,,", "en"),
    )
    for cookie, accepted, expected in table:
        assert languages.choose(cookie=cookie, accepted=accepted) == expected


@given(st.text(), st.text())
def test_nonsense_in_the_header_is_passed_over(cookie: str, accepted: str) -> None:
    assert languages.choose(cookie=cookie, accepted=accepted) in languages.OFFERED


@given(st.text())
def test_a_path_to_go_on_to_is_on_this_site(text: str) -> None:
    found = local_path(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert not re.search(r"[\x00-\x20\\]", found)


async def test_every_page_is_in_arabic_from_right_to_left_and_holds_no_english_sentence(
    tmp_path: Path,
) -> None:
    catalogue = languages.load()["ar"].catalogue
    english = [s for s in _english() if len(s.split()) > 3 and catalogue.gettext(s) != s]
    async with a_house(tmp_path) as house, signed_in(house, "focal_point", "BOR", language="ar") as bela:
        for path in (
            "/",
            "/reviews/2026-ava",
            "/reviews/2026-ava/b/untoc",
            "/reviews/2026-ava/b/untoc/log",
            "/reviews/2026-ava/b/vote",
            "/account",
            "/none",
            *(f"/help/{name}" for name in PAGES),
        ):
            page = await bela.get(path)
            assert '<html lang="ar" dir="rtl">' in page.text, path
            assert [s for s in english if s in page.text] == [], path


def _english() -> list[str]:
    tables = (reasons.REASONS, reasons.TITLES, ACTS, NOTICES, INSTRUMENTS, CLUSTERS)
    sentences = [sentence for table in tables for sentence in table.values()]
    for template in sorted((PACKAGE / "portal" / "templates").glob("*.html")):
        sentences += re.findall(r'_\("([^"%]+)"', template.read_text(encoding="utf-8"))
    return sentences


async def test_the_language_is_changed_on_any_page_and_stays(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as browser:
        form = await browser.get("/sign-in?then=%2Faccount")
        answer = await browser.post(
            "/language", {"csrf": form.csrf, "language": "ar", "then": "/sign-in?then=%2Faccount"}
        )
        assert answer.headers["Location"] == "/sign-in?then=%2Faccount"
        assert 'dir="rtl"' in (await browser.get("/sign-in")).text
        await browser.send("/language", {"language": "klingon"})
        assert 'dir="rtl"' in (await browser.get("/sign-in")).text
