"""Jinja2, once a language: strict about names, escaping everything, translating through gettext.

Owns how values become text (dates, numbers, digests) and what every page is handed beside its
model. Templates print; they decide nothing and ask no rule.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_environment
from markupsafe import Markup
from yarl import URL

from revmod_live.errors import Allowed
from revmod_live.portal import acts, frame, people_names, reasons
from revmod_live.portal.chat_text import linked
from revmod_live.portal.forms import local_path
from revmod_live.portal.languages import Language
from revmod_live.portal.names import Names
from revmod_live.portal.visitors import VISITOR, Visitor, csrf_of

if TYPE_CHECKING:
    from revmod_live.portal.assets import Assets

LANGUAGE: Final = web.RequestKey("language", Language)


@dataclass(frozen=True, slots=True)
class Reader:
    """What every page knows of who reads it: `me` in the templates. `here`: where a form comes back to."""

    visitor: Visitor | None
    csrf: str
    path: str
    here: str
    read_only: bool


class Pages:
    """Renders templates for one program. `read_only` says whether the disk is full just now."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        names: Mapping[str, Names],
        assets: Assets,
        *,
        read_only: Callable[[], bool],
    ) -> None:
        self._read_only = read_only
        self._environments: Final = {
            code: _environment(language, names[code], languages, assets)
            for code, language in languages.items()
        }

    def html(self, request: web.Request, template: str, **model: object) -> str:
        """One template, whole, in the reader's language. Raises UndefinedError for a name it lacks."""
        me = Reader(
            visitor=request.get(VISITOR),
            csrf=csrf_of(request),
            path=request.path,
            here=_back_to(request),
            read_only=self._read_only(),
        )
        environment = self._environments[request[LANGUAGE].code]
        return environment.get_template(template).render(me=me, **model)

    def page(
        self, request: web.Request, template: str, *, status: int = 200, **model: object
    ) -> web.Response:
        """An answer with one page."""
        return web.Response(
            text=self.html(request, template, **model),
            status=status,
            content_type="text/html",
            charset="utf-8",
            headers={"Content-Language": request[LANGUAGE].code},
        )


PAGES: Final = web.AppKey("pages", Pages)
NAMES: Final = web.AppKey("names", dict[str, Names])


def language(request: web.BaseRequest) -> Language:
    """The language of this reader, as the gate found it."""
    return request[LANGUAGE]


def _back_to(request: web.Request) -> str:
    """The page itself; what a form was answered with has no address: the page that sent the form."""
    if request.method == "GET":
        return local_path(request.rel_url.raw_path_qs)
    try:
        sent_from = URL(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    return local_path(sent_from.raw_path_qs) if sent_from.raw_authority == request.host else "/"


def names_of(request: web.Request) -> Names:
    """The words for codes, in the language of this reader."""
    return request.app[NAMES][request[LANGUAGE].code]


def _environment(
    language: Language, names: Names, languages: Mapping[str, Language], assets: Assets
) -> Environment:
    environment = Environment(
        loader=PackageLoader("revmod_live.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # by the i18n extension
        language.catalogue.gettext, language.catalogue.ngettext, newstyle=True
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals |= {
        "lang": language,
        "languages": tuple(languages.values()),
        "assets": assets,
        "names": names,
        "reason": lambda ruling: reasons.decision(language, ruling),
        "act_text": lambda entry: acts.act(names, entry),
        "notice_text": lambda line: acts.notice(names, line),
        "notice_path": acts.notice_path,
        "sidebar": frame.sidebar,
        "own_menu": frame.own_menu,
        "own_page": frame.PROFILE,
        "standing_name": lambda code: language.text(people_names.STANDINGS[code]),
        "link_name": lambda code: language.text(people_names.LINKS[code]),
        "letter_name": lambda code: language.text(people_names.LETTERS[code]),
        "chat_path": frame.chat_path,
        "reset_place": lambda reset, keys: acts.reset_place(names, reset, keys),
    }
    environment.tests["allowed"] = lambda ruling: isinstance(ruling, Allowed)
    environment.filters |= {
        "linked": linked,
        "moment": _moment,
        "day": _day,
        "calendar_day": _calendar_day,
        "hour": _hour,
        "number": _number,
        "listed": _listed,
        "json": lambda value: json.dumps(value, ensure_ascii=False),
        "instrument_name": names.instrument,
        "field_label": lambda field: language.text(people_names.FIELDS[field]),
        "state_name": names.state,
        "language_name": lambda code: languages[code].own_name,
        "short": lambda digest: f"{digest[:8]}…{digest[-8:]}",
    }
    return environment


def iso(at: datetime) -> str:
    """A time for `<time datetime>`: RFC 3339, UTC, seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of(environment: Environment) -> Language:
    found = environment.globals["lang"]
    assert isinstance(found, Language)  # noqa: S101 -- put there by _environment
    return found


def _time(at: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(iso(at), text)


@pass_environment
def _moment(environment: Environment, at: datetime) -> Markup:
    """Day and time, in UTC and saying so: the readers sit in several time zones."""
    locale, utc = _of(environment).locale, at.astimezone(UTC)
    # the day as the language writes it: 4 March 2026, 4 de marzo de 2026, 2026年3月4日
    day, hour = format_date(utc, "long", locale=locale), format_time(utc, "HH:mm", locale=locale)
    return _time(at, f"{day} · {hour} UTC")


@pass_environment
def _day(environment: Environment, at: datetime) -> Markup:
    return _time(at, format_date(at.astimezone(UTC), "long", locale=_of(environment).locale))


@pass_environment
def _calendar_day(environment: Environment, day: date) -> Markup:
    """A day that is a day wherever one is, such as a deadline."""
    text = format_date(day, "long", locale=_of(environment).locale)
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), text)


@pass_environment
def _hour(environment: Environment, at: datetime) -> Markup:
    text = format_time(at.astimezone(UTC), "HH:mm", locale=_of(environment).locale)
    return _time(at, f"{text} UTC")


@pass_environment
def _number(environment: Environment, n: int) -> str:
    return format_decimal(n, locale=_of(environment).locale)


@pass_environment
def _listed(environment: Environment, items: list[str]) -> Markup:
    parts = [Markup("<bdi>{}</bdi>").format(item) for item in items]
    # Babel joins with format strings of the locale: braces in a name must not be among them
    slots = [f"\x00{i}\x00" for i in range(len(parts))]
    text = str(Markup.escape(format_list(slots, locale=_of(environment).locale)))
    for slot, part in zip(slots, parts, strict=True):
        text = text.replace(slot, str(part))
    return Markup(text)  # noqa: S704 -- every part was escaped above
