"""Which origins may post forms and open sockets: exactly the configured ones.

Where none is configured (a laptop), the address that the request arrived at is the origin, as the
socket itself says; never what a header says about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from revmod_live.settings import Settings


def is_ours(request: web.BaseRequest, settings: Settings) -> bool:
    """Whether the request's Origin header is there and exactly one of ours."""
    origins = request.headers.getall("Origin", [])
    return len(origins) == 1 and origins[0] in allowed(request, settings)


def is_foreign(request: web.BaseRequest, settings: Settings) -> bool:
    """Whether the browser says that the request comes from elsewhere.

    A form post of an old browser has no Origin: that alone is not foreign, the form's token
    decides. `Sec-Fetch-Site`, where it is sent, must not name another site either.
    """
    if "Origin" in request.headers and not is_ours(request, settings):
        return True
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def allowed(request: web.BaseRequest, settings: Settings) -> frozenset[str]:
    """The origins that are ours."""
    if settings.origins:
        return frozenset(settings.origins)
    address = request.transport.get_extra_info("sockname") if request.transport else None
    if not isinstance(address, tuple):
        return frozenset()
    host, port = str(address[0]), int(address[1])
    hosts = {f"[{host}]" if ":" in host else host, settings.host}
    if host in ("127.0.0.1", "::1"):
        hosts.add("localhost")
    return frozenset(f"http://{name}:{port}" for name in hosts)
