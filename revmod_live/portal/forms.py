"""Forms and path parts → frozen values, at the edge and nowhere else.

Owns parsing and its refusals (Malformed, with the field's name as `place`). Knows no rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.model import Role
from revmod_live.errors import Malformed, NotFound
from revmod_live.ids import (
    AccountId,
    ClaimId,
    Digest,
    InstrumentCode,
    SectionId,
    SessionId,
    StateCode,
    StepLetter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

MAX_BODY_BYTES: Final = 64 * 1024
"""No form of this portal is larger, but those with a file; text travels by the socket."""
MAX_UPLOAD_BYTES: Final = 10 * 1024 * 1024 + MAX_BODY_BYTES
"""A form with one file of 10 MiB."""

_ID: Final = re.compile(r"[a-z2-7]{26}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(r"[0-9a-z](?:[0-9a-z-]{0,38}[0-9a-z])?")
_LOCAL_PATH: Final = re.compile(r"/(?!/)[^\x00-\x20\\\x7f]*")
_DAYS: Final = range(1, 366)
_INSTRUMENTS: Final = ("untoc", "tip", "som", "fa")
_STEPS: Final = ("0", "a", "b", "c", "d")

Fields = dict[str, str]


async def posted(request: web.Request) -> Fields:
    """The fields of a posted form; the last wins where a name comes twice, files are refused."""
    if request.content_type not in ("application/x-www-form-urlencoded", "application/octet-stream"):
        raise Malformed("a form is sent url-encoded", place="content-type")
    return {name: _text(name, value) for name, value in (await request.post()).items()}


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("no files here", place=name)
    return value


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with; neither is looked at further here."""

    email: str
    password: str
    then: str


def credentials(fields: Mapping[str, str]) -> Credentials:
    """The sign-in form. Over-long input is cut off: it cannot be right, and hashing it costs."""
    return Credentials(
        email=fields.get("email", "").strip()[:320],
        password=fields.get("password", "")[:1024],
        then=local_path(fields.get("then", "/")),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for in the directory: all who are meant by each part that is given."""

    words: str
    state: StateCode | None
    role: Role | None


def wanted(query: Mapping[str, str]) -> Wanted:
    """The search form of the directory. Raises Malformed (place `state`, `role`)."""
    state, role = query.get("state", ""), query.get("role", "")
    if state and re.fullmatch(r"[A-Z]{2,3}", state) is None:
        raise Malformed("a State is named by its code", place="state")
    if role and role not in {one.value for one in Role}:
        raise Malformed("no such role", place="role")
    return Wanted(
        words=" ".join(query.get("q", "").split())[:100],
        state=StateCode(state) if state else None,
        role=Role(role) if role else None,
    )


@dataclass(frozen=True, slots=True)
class Take:
    """Taking a section: for me alone, or beside somebody who holds it already."""

    alone: bool
    join: bool


def take(fields: Mapping[str, str]) -> Take:
    """The form of *Take section*."""
    return Take(alone=ticked(fields, "alone"), join=ticked(fields, "join"))


def claim_to_release(fields: Mapping[str, str]) -> ClaimId | None:
    """Whose claim is released: None for one's own."""
    return ClaimId(_id(fields["claim"], "claim")) if fields.get("claim") else None


def holder_to_release(fields: Mapping[str, str]) -> AccountId | None:
    """Whose claim is released, by person, for pages that saw them come; None for one's own."""
    return AccountId(_id(fields["holder"], "holder")) if fields.get("holder") else None


def seen_digest(fields: Mapping[str, str]) -> Digest | dict[InstrumentCode, Digest]:
    """What the voter was shown: `digest`, or one `digest-<instrument>` for each that their State reviews."""
    if "digest" in fields:
        return _digest(fields["digest"], "digest")
    several = {
        InstrumentCode(code): _digest(fields[f"digest-{code}"], f"digest-{code}")
        for code in _INSTRUMENTS
        if f"digest-{code}" in fields
    }
    if not several:
        raise Malformed("a vote names the digest that was on the screen", place="digest")
    return several


def ticked(fields: Mapping[str, str], name: str) -> bool:
    """Whether a checkbox, or a button of that name, was sent."""
    return fields.get(name, "") not in ("", "0")


def local_path(text: str) -> str:
    """A path on this site to go to afterwards; anything else (another site, a trick) is `/`."""
    return text if _LOCAL_PATH.fullmatch(text) else "/"


def section_in(request: web.Request) -> SectionId:
    """The section of a path; NotFound for what cannot be an id."""
    return SectionId(_path_id(request, "section"))


def session_in(request: web.Request) -> SessionId:
    """The session or token of a path; NotFound for what cannot be an id."""
    return SessionId(_path_id(request, "id"))


def late_in(request: web.Request) -> str:
    """The late text of a path: an id that a browser made."""
    late = request.match_info["id"]
    if re.fullmatch(r"[0-9A-Za-z-]{1,64}", late) is None:
        raise NotFound("late text")
    return late


def secret_in(request: web.Request) -> str:
    """The secret of a mailed link in a path; an over-long one cannot be right."""
    return request.match_info["token"][:100]


def email_field(fields: Mapping[str, str]) -> str:
    """An address as it was typed; whether there is an account is for others to say."""
    return fields.get("email", "").strip()[:320]


def review_in(request: web.Request) -> str:
    """The code of a review in a path, such as `2026-ava`."""
    code = request.match_info["code"]
    if _CODE.fullmatch(code) is None:
        raise NotFound("review")
    return code


def step_in(request: web.Request) -> StepLetter:
    """The letter of a step in a path."""
    if request.match_info["step"] not in _STEPS:
        raise NotFound("step")
    return StepLetter(request.match_info["step"])


def instrument_in(request: web.Request) -> InstrumentCode:
    """The instrument in a path."""
    if request.match_info["instrument"] not in _INSTRUMENTS:
        raise NotFound("instrument")
    return InstrumentCode(request.match_info["instrument"])


def notice_in(request: web.Request) -> str:
    """The notice of a path."""
    return _path_id(request, "id")


def newest_shown(fields: Mapping[str, str]) -> str:
    """The newest notice on the screen of whoever marks all as read."""
    return _id(fields.get("upto", ""), "upto")


def notice_before(request: web.Request) -> str | None:
    """`?before=`: the notice after which the list goes on."""
    text = request.query.get("before")
    return None if text is None else _id(text, "before")


def number_in(request: web.Request, name: str) -> int | None:
    """A positive number of the query, such as the entry of the log to go on from."""
    text = request.query.get(name)
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,18}", text) is None:
        raise Malformed("a number is expected", place=name)
    return int(text)


def _path_id(request: web.Request, name: str) -> str:
    if _ID.fullmatch(request.match_info[name]) is None:
        raise NotFound(name)
    return request.match_info[name]


def _id(text: str, place: str) -> str:
    if _ID.fullmatch(text) is None:
        raise Malformed("not an id", place=place)
    return text


def _digest(text: str, place: str) -> Digest:
    if _DIGEST.fullmatch(text) is None:
        raise Malformed("a digest is 64 lower-case hexadecimal digits", place=place)
    return Digest(text)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A personal access token that somebody asks for."""

    label: str
    days: int


def new_token(fields: Mapping[str, str]) -> NewToken:
    """The form for a token: at least a day, at most a year."""
    days = fields.get("days", "")
    if re.fullmatch(r"[0-9]{1,3}", days) is None or int(days) not in _DAYS:
        raise Malformed("a number of days from 1 to 365", place="days")
    return NewToken(label=fields.get("label", ""), days=int(days))


def section_of_query(request: web.Request) -> SectionId | None:
    """`?section=`, if it is there."""
    text = request.query.get("section")
    return SectionId(_id(text, "section")) if text else None


def account_in(request: web.Request) -> AccountId:
    """The person of a path; NotFound for what cannot be an id."""
    return AccountId(_path_id(request, "account"))


@dataclass(frozen=True, slots=True)
class Said:
    """Something to be put into a chat. then: the page that shows the chat."""

    id: str
    text: str
    then: str


def said(fields: Mapping[str, str]) -> Said:
    """The form of a chat. What may be said is for the rule book; an over-long id cannot be right."""
    return Said(fields.get("id", "")[:65], fields.get("text", ""), local_path(fields.get("then", "/")))


def message_number(fields: Mapping[str, str]) -> int:
    """How far a chat was read."""
    text = fields.get("number", "")
    if re.fullmatch(r"[0-9]{1,18}", text) is None:
        raise Malformed("a number is expected", place="number")
    return int(text)
