"""Your profile: saved, submitted for approval; a change of an approved one only after a warning."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from revmod_live.accounts import people, profiles
from revmod_live.accounts.model import Role
from revmod_live.errors import Malformed, Refused
from revmod_live.portal.answers import see_other
from revmod_live.portal.chat_panel import profile_panel
from revmod_live.portal.forms import Fields, posted
from revmod_live.portal.frame import PROFILE
from revmod_live.portal.people_forms import problems, profile_form
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language, names_of
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import applicants, commands, queries_stake

if TYPE_CHECKING:
    from revmod_live.accounts.papers import Profile
    from revmod_live.errors import RevmodError
    from revmod_live.storage.database import WriteTx
    from revmod_live.workflow.queries_stake import AtStake


@dataclass(frozen=True, slots=True)
class Warn:
    """Saving would suspend: what would change, and what the person has at stake (D-10, D-11)."""

    changed: tuple[str, ...]
    stake: AtStake


async def show_profile(request: web.Request) -> web.StreamResponse:
    """GET /profile."""
    return await _page(request)


async def change_profile(request: web.Request) -> web.StreamResponse:
    """POST /profile: *Save* or *Submit for approval*, by the button that was pressed.

    Both send what is typed, so that what was not saved cannot be submitted (PRO-04). Whatever is not
    taken stands in the form again.
    """
    fields, actor = await posted(request), visitor(request).actor
    if fields.get("act") == "back":
        return await _page(request, typed=fields)
    try:
        states = {code for code, _name in names_of(request).states()}
        profile = profile_form(fields, is_officer=actor.role is Role.SECRETARIAT, states=states)
        if fields.get("act") == "submit":
            await _submit(request, profile)
            return see_other(f"{PROFILE}#status")
        warn = await _save(request, profile, is_confirmed=fields.get("act") == "confirm")
    except (Malformed, Refused) as problem:
        return await _page(request, typed=fields, problem=problem)
    return see_other(f"{PROFILE}#status") if warn is None else _warning(request, fields, warn)


async def _save(request: web.Request, profile: Profile, *, is_confirmed: bool) -> Warn | None:
    services, mine = request.app[SERVICES], visitor(request).actor.account

    def save(tx: WriteTx) -> Warn | None:
        at, on = services.now, services.settings.suspend_on
        changed = profiles.changes(tx, mine, profile)
        account = people.account(tx, mine)
        # asked in the transaction that saves: it may have been approved since the page was shown
        if not is_confirmed and profiles.would_suspend(account, changed, suspend_on=on):
            return Warn(changed, queries_stake.at_stake(tx, mine))
        if profiles.save(tx, mine, profile, at, suspend_on=on).suspended:
            commands.person_suspended(tx, mine, at, by=mine)
        return None

    return await services.db.write(save)


async def _submit(request: web.Request, profile: Profile) -> None:
    services, mine = request.app[SERVICES], visitor(request).actor.account

    def submit(tx: WriteTx) -> None:
        if profiles.changes(tx, mine, profile):
            raise Refused("profile-not-saved")
        profiles.submit(tx, mine, services.now)
        applicants.profile_waits(tx, mine, services.now, make_id=services.make_id)

    await services.db.write(submit)


def _warning(request: web.Request, fields: Fields, warn: Warn) -> web.Response:
    return request.app[PAGES].page(request, "profile_warning.html", fields=_typed(fields), warn=warn)


async def _page(
    request: web.Request, *, typed: Fields | None = None, problem: RevmodError | None = None
) -> web.Response:
    services, actor, names = request.app[SERVICES], visitor(request).actor, names_of(request)
    page = await services.db.read(lambda tx: profiles.page(tx, actor.account))
    is_officer = actor.role is Role.SECRETARIAT
    return request.app[PAGES].page(
        request,
        "profile.html",
        status=200 if problem is None else status_of(problem),
        page=page,
        fields=_shown(page.profile) if typed is None else _typed(typed),
        is_typed=typed is not None,
        problems={} if problem is None else problems(language(request), problem),
        may_submit=profiles.may_submit(page),
        suspends=services.settings.suspend_on,
        states=names.states(),
        roles=[pair for pair in names.roles() if pair[0] != Role.SECRETARIAT],
        panel=None if is_officer else await profile_panel(request, actor.account),
    )


def _shown(profile: Profile) -> Fields:
    """A profile as its form sends it."""
    said = {name: "" if value is None else value for name, value in asdict(profile).items()}
    return {
        name: ("1" if value else "") if isinstance(value, bool) else str(value)
        for name, value in said.items()
    }


_FIELDS = (
    "name", "email", "role", "state", "phone", "office_hours", "location", "working_language",
    "expertise", "gender", "show_phone", "show_expertise",
)  # fmt: skip


def _typed(fields: Fields) -> Fields:
    """What was typed into the form, every field of it and no other."""
    return {name: fields.get(name, "") for name in _FIELDS}
