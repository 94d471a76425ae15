"""The second factor: its code at sign-in, and turned on, renewed and off on one's own page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import segno
from aiohttp import web
from markupsafe import Markup

from revmod_live.accounts import second_factor, signing_in
from revmod_live.errors import Refused
from revmod_live.portal import proving, reasons
from revmod_live.portal.answers import see_other, sign_in_page
from revmod_live.portal.cookies import CODE, SESSION
from revmod_live.portal.forms import local_path, posted
from revmod_live.portal.keys import COOKIES
from revmod_live.portal.languages import says
from revmod_live.portal.services import SERVICES
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language
from revmod_live.portal.visitors import VISITOR

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.accounts.second_factor import Enrolment
    from revmod_live.storage.database import ReadTx, WriteTx

HERE: Final = "/account/second-factor"
ISSUER: Final = says("Country reviews")
"""What the person's app lists the account under."""

# ------------------------------------------------------------------ at sign-in


async def show_code(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/code: the second step, for whoever has just given the password."""
    then = local_path(request.query.get("then", "/"))
    if VISITOR in request:
        return see_other(then)
    if request.app[COOKIES].read(request, CODE) is None:
        return sign_in_page(request, then=then, problem=Refused(signing_in.OVER))
    return _code_page(request, then, None)


async def give_code(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/code: a code of the app, or a recovery code, starts the session."""
    fields = await posted(request)
    services, jar, then = request.app[SERVICES], request.app[COOKIES], local_path(fields.get("then", "/"))
    signed = await services.db.write(
        lambda tx: signing_in.give_code(
            tx,
            jar.read(request, CODE) or "",
            fields.get("code", "")[:100],
            network=proving.network(request),
            at=services.now,
            device=proving.device(request),
            replaces=jar.read(request, SESSION),
            make_id=services.make_id,
        )
    )
    if isinstance(signed, signing_in.SignedIn):
        response = see_other(then)
        proving.begin_session(request, response, signed.account, signed.token)
        jar.forget(response, CODE)
        return response
    if signed.because == signing_in.OVER:
        return sign_in_page(request, then=then, problem=signed)
    return _code_page(request, then, signed)


def _code_page(request: web.Request, then: str, problem: Refused | None) -> web.Response:
    return request.app[PAGES].page(
        request,
        "sign_in_code.html",
        status=200 if problem is None else status_of(problem),
        then=then,
        problem="" if problem is None else reasons.sentence(language(request), problem),
    )


# ------------------------------------------------------------------ on one's own page


async def show_second_factor(request: web.Request) -> web.StreamResponse:
    """GET /account/second-factor: whether it is on; what the app is told, until a code confirms it."""
    return await _page(request)


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /account/second-factor/begin: a new secret, which counts for nothing until it is confirmed."""
    refused = await _password_again(request, is_always=False)
    if refused is not None:
        return await _page(request, problem=refused)
    services, issuer = request.app[SERVICES], language(request).text(ISSUER)
    await services.db.write(
        lambda tx: second_factor.enrol(tx, proving.account_of(tx, request), services.now, issuer=issuer)
    )
    return see_other(HERE)


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST /account/second-factor/confirm: on from now; the recovery codes are in this one answer."""
    services, code = request.app[SERVICES], (await posted(request)).get("code", "")[:100]

    def turn_on(tx: WriteTx) -> tuple[str, ...]:
        account = proving.account_of(tx, request)
        return second_factor.confirm(tx, account, code, services.now, post=services.post)

    try:
        codes = await services.db.write(turn_on)
    except Refused as problem:
        return await _page(request, problem=problem)
    return await _page(request, codes=codes)


async def renew_codes(request: web.Request) -> web.StreamResponse:
    """POST /account/second-factor/codes: new recovery codes in place of the old."""
    refused = await _password_again(request, is_always=True)
    if refused is not None:
        return await _page(request, problem=refused)
    services, session = request.app[SERVICES], await proving.own_session(request)
    codes = await services.db.write(
        lambda tx: second_factor.new_recovery_codes(
            tx, proving.account_of(tx, request), session, services.now
        )
    )
    return await _page(request, codes=codes)


async def turn_off(request: web.Request) -> web.StreamResponse:
    """POST /account/second-factor/off, with the password."""
    refused = await _password_again(request, is_always=True)
    if refused is not None:
        return await _page(request, problem=refused)
    services, session = request.app[SERVICES], await proving.own_session(request)
    await services.db.write(
        lambda tx: second_factor.turn_off(
            tx,
            proving.account_of(tx, request),
            session,
            services.now,
            post=services.post,
            required_for=services.settings.second_factor_for,
        )
    )
    return see_other(HERE)


async def _password_again(request: web.Request, *, is_always: bool) -> Refused | None:
    """The password of the form; without `is_always` only when it was given too long ago."""
    session = await proving.own_session(request)
    is_fresh = request.app[SERVICES].now - session.authenticated_at <= second_factor.FRESH
    if is_fresh and not is_always:
        return None
    password = (await posted(request)).get("password", "")
    return await proving.stepped_up(request, password) if password else Refused("step-up")


async def _page(
    request: web.Request, *, codes: tuple[str, ...] = (), problem: Refused | None = None
) -> web.Response:
    services, issuer = request.app[SERVICES], language(request).text(ISSUER)

    def look(tx: ReadTx) -> tuple[Account, bool, int, Enrolment | None]:
        account = proving.account_of(tx, request)
        return (
            account,
            second_factor.is_on(tx, account.id),
            second_factor.codes_left(tx, account.id),
            second_factor.begun(tx, account, issuer=issuer),
        )

    account, is_on, left, enrolment = await services.db.read(look)
    session = await proving.own_session(request)
    return request.app[PAGES].page(
        request,
        "second_factor.html",
        status=200 if problem is None else status_of(problem),
        is_on=is_on,
        left=left,
        enrolment=enrolment,
        picture=None if enrolment is None else _picture(enrolment.uri),
        codes=codes,
        is_required=account.role.value in services.settings.second_factor_for,
        is_fresh=services.now - session.authenticated_at <= second_factor.FRESH,
        problem="" if problem is None else reasons.sentence(language(request), problem),
    )


def _picture(uri: str) -> Markup:
    """The address as a QR code: an SVG of paths alone, black on white whatever the page's colours."""
    drawn = io.BytesIO()
    segno.make(uri, micro=False, error="m").save(
        drawn, kind="svg", scale=5, border=4, xmldecl=False, svgns=False, light="#fff", svgclass="qr-code",
        lineclass=None, nl=False, omitsize=True,
    )  # fmt: skip
    return Markup(drawn.getvalue().decode())  # noqa: S704 -- made of the squares of a QR code, no text in it
