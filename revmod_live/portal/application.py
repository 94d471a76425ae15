"""The aiohttp application, put together from the routes, the middleware and what the app hands in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import web

from revmod_live.portal import assets, languages
from revmod_live.portal.cookies import Cookies
from revmod_live.portal.forms import MAX_BODY_BYTES
from revmod_live.portal.headers import setter
from revmod_live.portal.keys import ALLOWED, COOKIES, LANGUAGES
from revmod_live.portal.middleware import at_the_gate, in_words
from revmod_live.portal.names import Names
from revmod_live.portal.proving import HASHING
from revmod_live.portal.routes import ROUTES
from revmod_live.portal.services import SERVICES, Services
from revmod_live.portal.templating import NAMES, PAGES, Pages

if TYPE_CHECKING:
    from revmod_live.portal.route_table import Route

HASHED_AT_ONCE: Final = 2
"""Passwords checked at the same time; the others wait in line, which also slows a guesser down."""


def application(services: Services) -> web.Application:
    """The portal as an application that is not started yet. It opens and closes nothing."""
    app = web.Application(middlewares=[in_words, at_the_gate], client_max_size=MAX_BODY_BYTES)
    offered = languages.load()
    names = {code: Names(language, services.content) for code, language in offered.items()}
    app[SERVICES] = services
    app[LANGUAGES] = dict(offered)
    app[NAMES] = names
    app[COOKIES] = Cookies(secure=services.settings.secure)
    app[HASHING] = asyncio.Semaphore(HASHED_AT_ONCE)
    app[PAGES] = Pages(offered, names, assets.load(), read_only=services.rooms.read_only)
    app[ALLOWED] = {route.ask: route for route in ROUTES}
    for route in ROUTES:
        _add(app, route)
    if assets.FOLDER.is_dir():
        app.router.add_static(assets.URL, assets.FOLDER)
    app.on_response_prepare.append(setter(secure=services.settings.secure))
    return app


def _add(app: web.Application, route: Route) -> None:
    if route.method == "GET":
        app.router.add_get(route.path, route.ask)
    else:
        app.router.add_route(route.method, route.path, route.ask)
