"""The forms about people → frozen values: a profile, a note verbale, a decision with its reason.

What is not possible is refused by the commands; here only what cannot even be read. `problems` says in
words which field is meant, for the page to show beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.accounts.model import Gender, Role, Standing
from revmod_live.accounts.papers import Nomination, Profile
from revmod_live.errors import Malformed, Refused
from revmod_live.ids import StateCode
from revmod_live.portal import reasons
from revmod_live.portal.forms import Fields, posted, ticked
from revmod_live.portal.languages import OFFERED, says

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from revmod_live.errors import RevmodError
    from revmod_live.ids import Digest
    from revmod_live.portal.languages import Language

PROBLEMS: Final = {
    "name": says("Write a name of up to 200 characters."),
    "email": says("Write an e-mail address, such as name@ministry.example."),
    "state": says("Choose a State. Everybody but the secretariat acts for one."),
    "role": says("Choose a role that goes with this account."),
    "phone": says("At most 60 characters."),
    "office_hours": says("At most 200 characters."),
    "location": says("At most 300 characters."),
    "working_language": says("Choose one of the six languages, or none."),
    "expertise": says("At most 2,000 characters."),
    "gender": says("Choose one of the answers, or none."),
    "reference": says("Write the reference of the note verbale, up to 200 characters."),
    "dated": says("Choose the day that the note verbale bears; it cannot be a later one than today."),
    "scan": says("Choose a PDF, PNG or JPEG file of at most 10 MB."),
    "reason": says("Write the reason, up to 2,000 characters. The person is told it."),
    "language": says("Choose one of the six languages."),
    "standing": says("There is no such status."),
}
"""What to do about a field that cannot be taken, by its name."""

OF_A_REFUSAL: Final = {"email-taken": "email", "not-focal-point": "role"}
"""Refusals that one field is to blame for."""


def problems(language: Language, problem: RevmodError) -> dict[str, str]:
    """The field that a problem is about and what to do; under `form` where it is about none of them."""
    if isinstance(problem, Malformed) and problem.place in PROBLEMS:
        return {str(problem.place): language.text(PROBLEMS[str(problem.place)])}
    place = OF_A_REFUSAL.get(problem.because, "form") if isinstance(problem, Refused) else "form"
    return {place: reasons.sentence(language, problem)}


# ------------------------------------------------------------------ profiles


def profile_form(fields: Mapping[str, str], *, is_officer: bool, states: Collection[str]) -> Profile:
    """What somebody says of themselves. An officer of the secretariat has no State, and stays one.

    states: the codes of the register. Raises Malformed (place: the field).
    """
    gender = fields.get("gender", "")
    if gender not in ("", *Gender):
        raise Malformed("no such answer", place="gender")
    return Profile(
        name=fields.get("name", ""),
        email=fields.get("email", ""),
        role=Role.SECRETARIAT if is_officer else _role(fields),
        state=None if is_officer else _state(fields, states),
        phone=fields.get("phone", ""),
        office_hours=fields.get("office_hours", ""),
        location=fields.get("location", ""),
        working_language=fields.get("working_language", ""),
        # a browser sends lines with CR LF: saved so, a form sent back unchanged would be a change
        expertise=fields.get("expertise", "").replace("\r\n", "\n"),
        gender=Gender(gender) if gender else None,
        show_phone=ticked(fields, "show_phone"),
        show_expertise=ticked(fields, "show_expertise"),
    )


def _role(fields: Mapping[str, str]) -> Role:
    role = fields.get("role", "")
    if role not in set(Role) - {Role.SECRETARIAT}:
        raise Malformed("no such role", place="role")
    return Role(role)


def _state(fields: Mapping[str, str], states: Collection[str]) -> StateCode:
    state = fields.get("state", "")
    if state not in states:
        raise Malformed("a State of the register", place="state")
    return StateCode(state)


# ------------------------------------------------------------------ the console


def nomination_form(fields: Mapping[str, str], *, states: Collection[str], scan: Digest | None) -> Nomination:
    """What a note verbale says. states: the codes of the register. Raises Malformed (place: the field)."""
    role = fields.get("role", "")
    if role not in set(Role):
        raise Malformed("no such role", place="role")
    language = fields.get("language", "en")
    if language not in OFFERED:
        raise Malformed("no such language", place="language")
    return Nomination(
        state=None if role == Role.SECRETARIAT else _state(fields, states),
        role=Role(role),
        email=fields.get("email", ""),
        name=fields.get("name", ""),
        reference=fields.get("reference", ""),
        dated=_day(fields.get("dated", "")),
        scan_sha256=scan,
        language=language,
    )


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Malformed("a day such as 2026-05-04", place="dated") from None


async def posted_with_file(request: web.Request, name: str) -> tuple[Fields, bytes]:
    """The fields of a form that may carry one file, and its bytes; none when there is no file.

    Raises Malformed for any other file.
    """
    if request.content_type != "multipart/form-data":
        return await posted(request), b""
    fields: Fields = {}
    content = b""
    for key, value in (await request.post()).items():
        if isinstance(value, str):
            fields[key] = value
        elif key == name and isinstance(value, web.FileField):
            with value.file as file:
                content = file.read()
        elif key == name and not value:
            # a browser whose reader chose no file sends an empty one without a name
            continue
        else:
            raise Malformed("no files here", place=key)
    return fields, content


@dataclass(frozen=True, slots=True)
class Sought:
    """Which people the console lists: all who are meant by each part that is given."""

    words: str
    state: StateCode | None
    role: Role | None
    standing: Standing | None


def sought(query: Mapping[str, str]) -> Sought:
    """The filter of the console's list of people. Raises Malformed (place `state`, `role`, `standing`)."""
    state, role, standing = (query.get(name, "") for name in ("state", "role", "standing"))
    if state and re.fullmatch(r"[A-Z]{2,3}", state) is None:
        raise Malformed("a State is named by its code", place="state")
    if role not in ("", *Role):
        raise Malformed("no such role", place="role")
    if standing not in ("", *Standing):
        raise Malformed("no such standing", place="standing")
    return Sought(
        words=" ".join(query.get("q", "").split())[:100],
        state=StateCode(state) if state else None,
        role=Role(role) if role else None,
        standing=Standing(standing) if standing else None,
    )


def revision(fields: Mapping[str, str]) -> int:
    """Which save of a profile was on the screen of whoever decides. Raises Malformed (place `rev`)."""
    text = fields.get("rev", "")
    if re.fullmatch(r"[0-9]{1,9}", text) is None:
        raise Malformed("a number is expected", place="rev")
    return int(text)
