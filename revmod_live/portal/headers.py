"""The headers of every answer, set in one place as it leaves.

No inline script or style anywhere, no other origin, no frame around us, nothing of a page kept in
a cache: what a page shows may be confidential, and a shared machine must not remember it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; "
    "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

ALWAYS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: with it some browsers send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SECURE: Final = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
NO_STORE: Final = "no-store"
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Built assets have a digest of their content in their names."""


def setter(*, secure: bool) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What aiohttp calls before an answer leaves; `secure`: pages are reached over https."""

    async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(ALWAYS)
        if secure:
            response.headers.update(SECURE)
        if "Cache-Control" not in response.headers:
            kept = request.path.startswith("/static/assets/") and response.status in (200, 206, 304)
            response.headers["Cache-Control"] = FOR_EVER if kept else NO_STORE
        # errors of aiohttp itself and our own alike: a proxy must not mix the languages up
        response.headers.setdefault("Vary", "Accept, Accept-Language, Cookie")
        response.headers.pop("Server", None)

    return set_headers
