"""The console's people: listed, looked at beside the note verbale, and decided on.

Each decision is one transaction, which tells the reviews as well: whoever may not draft any more holds
no section (D-11), and their votes stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from revmod_live.accounts import nominations, overviews, people, profiles, second_factor, standings
from revmod_live.accounts.model import Role, Standing
from revmod_live.accounts.officers import may_administer
from revmod_live.errors import Malformed, Refused, must
from revmod_live.portal.answers import see_other
from revmod_live.portal.forms import Fields, account_in, posted
from revmod_live.portal.handlers.console_invitations import nomination_of, shown
from revmod_live.portal.people_forms import posted_with_file, problems, revision, sought
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language, names_of
from revmod_live.portal.visitors import visitor
from revmod_live.workflow import commands, queries_stake, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from revmod_live.accounts.model import Actor
    from revmod_live.errors import RevmodError
    from revmod_live.ids import AccountId
    from revmod_live.storage.database import ReadTx, WriteTx
    from revmod_live.workflow.model import Review
    from revmod_live.workflow.queries_stake import AtStake

    Act = Callable[[WriteTx, Actor, AccountId, datetime], object]


async def show_people(request: web.Request) -> web.StreamResponse:
    """GET /console/people: all, or who is meant by `q`, `state`, `role` and `standing`."""
    services, actor, asked = request.app[SERVICES], visitor(request).actor, sought(request.query)
    found = await services.db.read(
        lambda tx: overviews.people(
            tx, actor, words=asked.words, state=asked.state, role=asked.role, standing=asked.standing
        )
    )
    names = names_of(request)
    return request.app[PAGES].page(
        request,
        "console_people.html",
        people=found,
        asked=asked,
        states=names.states(),
        roles=names.roles(),
        standings=[standing.value for standing in Standing],
    )


async def show_person(request: web.Request) -> web.StreamResponse:
    """GET /console/people/{account}: the profile beside the note verbale, and what can be decided."""
    return await _page(request)


async def approve(request: web.Request) -> web.StreamResponse:
    """POST …/approve, with the revision that was on the screen."""
    rev, services = revision(await posted(request)), request.app[SERVICES]

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        before = people.account(tx, account)
        after = profiles.approve(tx, account, rev, at, by=actor, post=services.post)
        if (before.role, before.state) != (after.role, after.state):
            # rights of another role or State: nothing of the old one's is held on to
            commands.person_suspended(tx, account, at, by=actor.account)

    return await _done(request, act)


async def refuse(request: web.Request) -> web.StreamResponse:
    """POST …/refuse, with the revision that was on the screen and the reason that the person is told."""
    fields, services = await posted(request), request.app[SERVICES]
    rev, reason = revision(fields), fields.get("reason", "")

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        profiles.refuse(tx, account, rev, reason, at, by=actor, post=services.post)

    return await _done(request, act, typed=fields)


async def suspend(request: web.Request) -> web.StreamResponse:
    """POST …/suspend: out of all reviews until approved again."""
    fields = await posted(request)

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        standings.suspend(tx, account, fields.get("reason", ""), at, by=actor)
        commands.person_suspended(tx, account, at, by=actor.account)

    return await _done(request, act, typed=fields)


async def disable(request: web.Request) -> web.StreamResponse:
    """POST …/disable: no sign-in any more; what they did stays (ACC-11)."""
    fields = await posted(request)

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        standings.disable(tx, account, fields.get("reason", ""), at, by=actor)
        commands.person_suspended(tx, account, at, by=actor.account)

    return await _done(request, act, typed=fields)


async def enable(request: web.Request) -> web.StreamResponse:
    """POST …/enable: may sign in again, and is approved anew."""

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        standings.enable(tx, account, at, by=actor)

    return await _done(request, act)


async def name_focal_point(request: web.Request) -> web.StreamResponse:
    """POST …/focal-point: an alternate speaks for the State from now on (D-08)."""

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        standings.name_focal_point(tx, account, at, by=actor)

    return await _done(request, act)


async def reset_factor(request: web.Request) -> web.StreamResponse:
    """POST …/second-factor/reset: for somebody who lost both the device and the codes."""
    services = request.app[SERVICES]

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        must(may_administer(actor, account))
        second_factor.reset(tx, people.account(tx, account), at, by=actor.account, post=services.post)

    return await _done(request, act)


async def record_note(request: web.Request) -> web.StreamResponse:
    """POST …/notes: a further note verbale of this person; the newest holds."""
    fields, scan = await posted_with_file(request, "scan")
    try:
        named = await nomination_of(request, fields, scan)
    except Malformed as problem:
        return await _page(request, typed=fields, problem=problem)
    services = request.app[SERVICES]

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        must(may_administer(actor, account))
        nominations.record_note(
            tx, people.account(tx, account).id, named, at, by=actor.account, make_id=services.make_id
        )

    return await _done(request, act, typed=fields)


async def record_mandate(request: web.Request) -> web.StreamResponse:
    """POST …/mandate: the permanent representative may act as focal point in one review (D-09)."""
    fields = await posted(request)

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        state = people.account(tx, account).state
        if state is None:
            raise Refused("role")
        code, reference = fields.get("review", ""), fields.get("reference", "")
        commands.record_mandate(tx, actor, code, state, reference=reference, at=at)

    return await _done(request, act, typed=fields)


async def end_mandate(request: web.Request) -> web.StreamResponse:
    """POST …/mandate/end: votes that were cast with it stay."""
    fields = await posted(request)

    def act(tx: WriteTx, actor: Actor, account: AccountId, at: datetime) -> None:
        state = people.account(tx, account).state
        if state is None:
            raise Refused("role")
        commands.end_mandate(tx, actor, fields.get("review", ""), state, at=at)

    return await _done(request, act)


# ------------------------------------------------------------------ replacing a focal point (D-08)


async def show_replacing(request: web.Request) -> web.StreamResponse:
    """GET /console/people/{account}/replace: the note verbale that names a successor, in one form."""
    return await _replace_page(request)


async def replace(request: web.Request) -> web.StreamResponse:
    """POST /console/people/{account}/replace: the leaver's access ends, the successor is in or invited."""
    fields, scan = await posted_with_file(request, "scan")
    services, actor, leaver = request.app[SERVICES], visitor(request).actor, account_in(request)
    account = await services.db.read(lambda tx: people.account(tx, leaver))
    named_for = {**fields, "role": Role.FOCAL_POINT.value, "state": account.state or ""}

    try:
        named = await nomination_of(request, named_for, scan)

        def act(tx: WriteTx) -> standings.Replaced:
            done = standings.replace_focal_point(
                tx, leaver, named, services.now, by=actor, post=services.post, make_id=services.make_id
            )
            commands.person_suspended(tx, leaver, services.now, by=actor.account)
            return done

        done = await services.db.write(act)
    except (Malformed, Refused) as problem:
        return await _replace_page(request, typed=fields, problem=problem)
    return see_other(f"/console/people/{done.successor.id}")


async def _replace_page(
    request: web.Request, *, typed: Fields | None = None, problem: RevmodError | None = None
) -> web.Response:
    services, actor, leaver = request.app[SERVICES], visitor(request).actor, account_in(request)

    def look(tx: ReadTx) -> tuple[overviews.Person, AtStake]:
        return overviews.person(tx, actor, leaver), queries_stake.at_stake(tx, leaver)

    person, stake = await services.db.read(look)
    return request.app[PAGES].page(
        request,
        "console_replace.html",
        status=200 if problem is None else status_of(problem),
        person=person,
        stake=stake,
        fields=shown(typed),
        problems={} if problem is None else problems(language(request), problem),
    )


# ------------------------------------------------------------------ what all of them do


async def _done(request: web.Request, act: Act, *, typed: Fields | None = None) -> web.StreamResponse:
    """Carry a decision out and show the person; what is not taken stands in the form again."""
    services, actor, account = request.app[SERVICES], visitor(request).actor, account_in(request)
    try:
        await services.db.write(lambda tx: act(tx, actor, account, services.now))
    except (Malformed, Refused) as problem:
        return await _page(request, typed=typed, problem=problem)
    return see_other(f"/console/people/{account}")


async def _page(
    request: web.Request, *, typed: Fields | None = None, problem: RevmodError | None = None
) -> web.Response:
    services, actor, account = request.app[SERVICES], visitor(request).actor, account_in(request)

    def look(tx: ReadTx) -> tuple[overviews.Person, tuple[Review, ...], AtStake]:
        person = overviews.person(tx, actor, account)
        is_representative = person.account.role is Role.REPRESENTATIVE
        reviews = store.reviews_of(tx, person.account.state) if is_representative else ()
        return person, reviews, queries_stake.at_stake(tx, account)

    person, reviews, stake = await services.db.read(look)
    names = names_of(request)
    return request.app[PAGES].page(
        request,
        "console_person.html",
        status=200 if problem is None else status_of(problem),
        person=person,
        reviews=reviews,
        stake=stake,
        at=services.now,
        fields={"reason": "", "review": "", **shown(None), **(typed or {})},
        problems={} if problem is None else problems(language(request), problem),
        states=names.states(),
        roles=names.roles(),
    )
