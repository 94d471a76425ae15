"""An invitation's link: shown by GET, which uses nothing up, and used by POST, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from revmod_live.accounts import invitations, sessions
from revmod_live.errors import Refused
from revmod_live.portal import password_rules, proving
from revmod_live.portal.answers import see_other
from revmod_live.portal.cookies import SESSION
from revmod_live.portal.forms import posted, secret_in
from revmod_live.portal.frame import PROFILE
from revmod_live.portal.keys import COOKIES
from revmod_live.portal.password_page import INVITED, given, password_page
from revmod_live.portal.services import SERVICES

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.storage.database import ReadTx, WriteTx


async def show_invitation(request: web.Request) -> web.StreamResponse:
    """GET /invitation/{token}: whom it invites, and the form for a password."""
    return password_page(request, await _invited(request), INVITED)


async def accept_invitation(request: web.Request) -> web.StreamResponse:
    """POST /invitation/{token}: the password is set, the person signed in and on their profile (PRO-01)."""
    account, tried = await _invited(request), given(await posted(request))
    if not tried.is_same:
        return password_page(request, account, INVITED, tried=tried)
    services, link = request.app[SERVICES], secret_in(request)

    def look(tx: ReadTx) -> Account:
        return invitations.invited(tx, link, services.now)

    try:
        encoded = await proving.chosen(request, tried.password, password_rules.about(account), look=look)
    except Refused as weak:
        if weak.because != "weak-password":
            raise
        return password_page(request, account, INVITED, tried=tried, refused=weak)

    def accept(tx: WriteTx) -> tuple[Account, str]:
        accepted = invitations.accept(tx, link, encoded, services.now)
        token, _csrf = sessions.start_session(
            tx,
            accepted,
            services.now,
            device=proving.device(request),
            replaces=request.app[COOKIES].read(request, SESSION),
            make_id=services.make_id,
        )
        return accepted, token

    accepted, token = await services.db.write(accept)
    response = see_other(PROFILE)
    proving.begin_session(request, response, accepted, token)
    return response


async def _invited(request: web.Request) -> Account:
    services, link = request.app[SERVICES], secret_in(request)
    return await services.db.read(lambda tx: invitations.invited(tx, link, services.now))
