"""Six languages: offered everywhere, chosen once and kept; days and plurals as each of them has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.dates import format_date

from revmod_live.accounts import people
from revmod_live.content.load import load as load_content
from revmod_live.content.model import LANGUAGES
from revmod_live.portal import languages
from revmod_live.portal.names import Names
from tests.house.sources import ROOT, modules
from tests.houses import a_house
from tests.portal.browsing import Page, a_browser, signed_in

OWN_NAMES = ["العربية", "中文", "English", "Français", "Русский", "Español"]


def offered(page: Page) -> list[tuple[str, str]]:
    """Codes and names in the page's chooser, as they stand there."""
    buttons = re.findall(r'<button name="language" value="(\w+)"([^>]*)>([^<]*)</button>', page.text)
    assert all(f'lang="{code}"' in attributes for code, attributes, _ in buttons)
    return [(code, name) for code, _, name in buttons]


async def test_all_six_are_offered_by_their_own_names_before_and_after_signing_in(tmp_path: Path) -> None:
    six = list(zip(languages.OFFERED, OWN_NAMES, strict=True))
    async with a_house(tmp_path) as house:
        async with a_browser(house) as stranger:
            assert offered(await stranger.get("/sign-in")) == six
        async with signed_in(house, "focal_point", "BOR") as bela:
            for path in ("/", "/account", "/reviews/2026-ava/b/untoc", "/help/home", "/none"):
                assert offered(await bela.get(path)) == six, path


async def test_a_page_is_in_the_language_that_was_chosen(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as stranger:
        for code, language in languages.load().items():
            await stranger.send("/language", {"language": code, "then": "/sign-in"})
            page = await stranger.get("/sign-in")
            assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in page.text
            assert page.headers["Content-Language"] == code
            assert f"<h1>{language.text('Sign in')}</h1>" in page.text
            assert ("<h1>Sign in</h1>" in page.text) == (code == "en")


async def test_the_choice_stays_in_the_browser_and_with_the_account(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        async with signed_in(house, "focal_point", "BOR") as bela:
            answer = await bela.send("/language", {"language": "ru", "then": "/account"})
            assert "Max-Age=31536000" in next(c for c in answer.set_cookies if "revmod-language=ru" in c)
            assert '<html lang="ru"' in (await bela.get("/account")).text
        mine = house.person("focal_point", "BOR").email
        account = await house.services.db.read(lambda tx: people.find_by_email(tx, mine))
        assert account is not None
        assert account.language == "ru"


async def test_without_script_one_comes_back_to_the_page_and_after_a_form_to_the_form_s_page(
    tmp_path: Path,
) -> None:
    async with a_house(tmp_path) as house:
        async with signed_in(house, "focal_point", "BOR") as bela:
            page = await bela.get("/reviews/2026-ava/b/untoc/log?before=999999")
            then = re.search(r'action="/language".*?name="then" value="([^"]*)"', page.text, re.DOTALL)
            assert then is not None
            assert then[1] == "/reviews/2026-ava/b/untoc/log?before=999999"
            answer = await bela.post("/language", {"csrf": page.csrf, "language": "fr", "then": then[1]})
            assert (answer.status, answer.headers["Location"]) == (303, then[1])
        async with a_browser(house) as stranger:
            form = await stranger.get("/sign-in?then=%2Faccount")
            given = {"csrf": form.csrf, "email": "x@example", "password": "wrong", "then": "/account"}
            sent_from = f"{house.url}/sign-in?then=%2Faccount"
            refused = await stranger.post("/sign-in", given, Referer=sent_from)
            assert 'name="then" value="/sign-in?then=/account"' in refused.text
            elsewhere = await stranger.post("/sign-in", given, Referer="http://[elsewhere")
            assert re.search(r'action="/language".*?name="then" value="/"', elsewhere.text, re.DOTALL)


async def test_the_script_is_told_that_the_choice_is_kept_and_goes_nowhere(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, a_browser(house) as stranger:
        answer = await stranger.send("/language", {"language": "es"}, Accept="application/json")
        assert (answer.status, answer.text) == (200, '{"ok": true}')
        assert '<html lang="es"' in (await stranger.get("/sign-in")).text


async def test_a_day_is_written_as_the_language_writes_it(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, signed_in(house, "expert", "COR") as lucia:
        for code, language in languages.load().items():
            page = await lucia.get("/account", Accept_Language=code)
            today = format_date(house.services.now, "long", locale=language.locale)
            assert re.search(rf"<time [^>]*>{re.escape(today)} · \d\d:\d\d UTC</time>", page.text), code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ar", ["0 يوم", "يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم"]),
        ("zh", ["0 天", "1 天", "2 天", "3 天", "11 天", "100 天"]),
        ("en", ["0 days", "1 day", "2 days", "3 days", "11 days", "100 days"]),
        ("fr", ["0 jour", "1 jour", "2 jours", "3 jours", "11 jours", "100 jours"]),
        ("ru", ["0 дней", "1 день", "2 дня", "3 дня", "11 дней", "100 дней"]),
        ("es", ["0 días", "1 día", "2 días", "3 días", "11 días", "100 días"]),
    ],
)
def test_a_number_takes_the_plural_form_of_the_language(code: str, expected: list[str]) -> None:
    language = languages.load()[code]
    said = [language.plural("%(num)d day", "%(num)d days", n, num=n) for n in (0, 1, 2, 3, 11, 100)]
    assert [text.replace(" ", "") for text in said] == [text.replace(" ", "") for text in expected]


def test_english_stands_in_for_a_sentence_and_for_a_plural_form_that_a_catalogue_lacks() -> None:
    po = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Sign in"\nmsgstr ""\n\n'
        'msgid "%(n)s text"\nmsgid_plural "%(n)s texts"\nmsgstr[0] ""\n'
    )
    russian = languages.load(lambda _: po.encode())["ru"]
    assert russian.text("Sign in") == "Sign in"
    assert russian.text("Never written down") == "Never written down"
    assert [russian.plural("%(n)s text", "%(n)s texts", n) for n in (1, 2, 5)] == [
        "1 text",
        "2 texts",
        "5 texts",
    ]


def test_a_state_is_called_what_the_register_calls_it_in_each_language_and_never_what_a_package_guesses() -> (
    None
):
    content = load_content()
    assert set(languages.OFFERED) == set(LANGUAGES)
    for code, language in languages.load().items():
        names = Names(language, content)
        for state in content.demo_states:
            assert names.state(state.code) == state.names[code]
        # of a State that is not in the register the code is shown, whatever a package would call it
        assert names.state("FRA") == "FRA"


def test_no_package_s_names_of_countries_are_used_anywhere() -> None:
    guesses = re.compile(
        r"\.territories\b|get_territory_name|pycountry|i18n-iso-countries|Intl\.DisplayNames"
    )
    sources = [*modules(), *(ROOT / "web" / "src").rglob("*.ts"), *(ROOT / "revmod_live").rglob("*.html")]
    assert [p.name for p in sources if guesses.search(p.read_text(encoding="utf-8"))] == []
    assert "i18n-iso-countries" not in (ROOT / "web" / "package.json").read_text(encoding="utf-8")


def test_an_invented_state_has_the_name_of_no_real_one() -> None:
    content = load_content()
    for code, language in languages.load().items():
        real = {name.casefold() for name in language.locale.territories.values()}
        assert {s.names[code].casefold() for s in content.demo_states} & real == set()
