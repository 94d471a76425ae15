"""Passwords: forgotten and set anew through a mailed link, or changed by whoever is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from revmod_live.accounts import forgotten, people
from revmod_live.errors import Refused
from revmod_live.portal import password_rules, proving, reasons
from revmod_live.portal.forms import email_field, posted, secret_in
from revmod_live.portal.password_page import CHANGED, FORGOTTEN, given, password_page
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language
from revmod_live.portal.visitors import visitor

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.storage.database import ReadTx, WriteTx


async def show_forgotten(request: web.Request) -> web.StreamResponse:
    """GET /forgotten."""
    return request.app[PAGES].page(request, "forgotten.html", sent=False, email="", problem="")


async def ask_for_link(request: web.Request) -> web.StreamResponse:
    """POST /forgotten: the same answer whether the address is known or not."""
    services, email = request.app[SERVICES], email_field(await posted(request))
    refused = await services.db.write(
        lambda tx: forgotten.ask(
            tx,
            email,
            services.now,
            network=proving.network(request),
            post=services.post,
            make_id=services.make_id,
        )
    )
    return request.app[PAGES].page(
        request,
        "forgotten.html",
        status=200 if refused is None else status_of(refused),
        sent=refused is None,
        email=email,
        problem="" if refused is None else reasons.sentence(language(request), refused),
    )


async def show_new_password(request: web.Request) -> web.StreamResponse:
    """GET /new-password/{token}: uses nothing up."""
    return password_page(request, await _owner(request), FORGOTTEN)


async def set_new_password(request: web.Request) -> web.StreamResponse:
    """POST /new-password/{token}: every session and token of the account ends; one signs in anew.

    Nobody is signed in by it: who reads somebody's mail does not have the second factor.
    """
    account, tried = await _owner(request), given(await posted(request))
    if not tried.is_same:
        return password_page(request, account, FORGOTTEN, tried=tried)
    services, link = request.app[SERVICES], secret_in(request)

    def look(tx: ReadTx) -> Account:
        return forgotten.owner(tx, link, services.now)

    try:
        encoded = await proving.chosen(request, tried.password, password_rules.about(account), look=look)
    except Refused as weak:
        if weak.because != "weak-password":
            raise
        return password_page(request, account, FORGOTTEN, tried=tried, refused=weak)
    await services.db.write(
        lambda tx: forgotten.set_anew(tx, link, encoded, services.now, post=services.post)
    )
    return request.app[PAGES].page(request, "password_set.html", purpose=FORGOTTEN)


async def _owner(request: web.Request) -> Account:
    services, link = request.app[SERVICES], secret_in(request)
    return await services.db.read(lambda tx: forgotten.owner(tx, link, services.now))


async def show_change(request: web.Request) -> web.StreamResponse:
    """GET /account/password."""
    return password_page(request, await _mine(request), CHANGED)


async def change(request: web.Request) -> web.StreamResponse:
    """POST /account/password: with the present one; other browsers are signed out, tokens revoked."""
    account, tried = await _mine(request), given(await posted(request))
    if not tried.is_same:
        return password_page(request, account, CHANGED, tried=tried)
    wrong = await proving.stepped_up(request, tried.current)
    if wrong is not None:
        return password_page(request, account, CHANGED, tried=tried, current=wrong)
    try:
        encoded = await proving.chosen(request, tried.password, password_rules.about(account))
    except Refused as weak:
        return password_page(request, account, CHANGED, tried=tried, refused=weak)
    services, here = request.app[SERVICES], visitor(request).session

    def store(tx: WriteTx) -> None:
        people.set_password(tx, account.id, encoded, services.now, keep=here)
        forgotten.tell_changed(tx, account, services.now, post=services.post)

    await services.db.write(store)
    return request.app[PAGES].page(request, "password_set.html", purpose=CHANGED)


async def _mine(request: web.Request) -> Account:
    return await request.app[SERVICES].db.read(lambda tx: proving.account_of(tx, request))
