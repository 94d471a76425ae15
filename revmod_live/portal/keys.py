"""Typed keys under which the application keeps what its middleware and handlers share."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from revmod_live.portal.cookies import Cookies
from revmod_live.portal.languages import Language
from revmod_live.portal.route_table import Ask, Route

LANGUAGES: Final = web.AppKey("languages", dict[str, Language])
COOKIES: Final = web.AppKey("cookies", Cookies)
ALLOWED: Final = web.AppKey("allowed", dict[Ask, Route])
