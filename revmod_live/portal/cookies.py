"""The cookies: who somebody is, which form is theirs before that, their language, a sign-in half done.

`__Host-` binds a cookie to exactly this host over https; a browser takes the prefix only with
`Secure`, so it is there when the settings say that pages are reached over https.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import web

SESSION: Final = "revmod-session"
FORM: Final = "revmod-form"
LANGUAGE: Final = "revmod-language"
CODE: Final = "revmod-code"
YEAR_S: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes them; `secure`: pages are reached over https."""

    secure: bool

    def name(self, base: str) -> str:
        """The cookie's full name."""
        return f"__Host-{base}" if self.secure else base

    def read(self, request: web.BaseRequest, base: str) -> str | None:
        """Its value, or None."""
        return request.cookies.get(self.name(base))

    def write(
        self, response: web.StreamResponse, base: str, value: str, *, max_age_s: int | None = None
    ) -> None:
        """Give it to the browser; without an age it goes when the browser is closed."""
        response.set_cookie(
            self.name(base),
            value,
            max_age=max_age_s,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def forget(self, response: web.StreamResponse, base: str) -> None:
        """Take it from the browser."""
        response.del_cookie(self.name(base), path="/", secure=self.secure, httponly=True, samesite="Lax")
