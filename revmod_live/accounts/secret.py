"""Random secrets for cookies and tokens, and what is stored or derived from them instead.

Who reads the database can use nothing in it: sessions and tokens lie there as SHA-256 only, which
is enough for 256 random bits (a slow hash is for what people can remember).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Final

MakeSecret = Callable[[], str]

BYTES: Final = 32


def new_secret() -> str:
    """256 random bits, in 43 characters that need no escaping in a cookie or an address."""
    return secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256, 64 lower-case hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf(token: str) -> str:
    """The CSRF secret of the session with this token, 64 lower-case hex digits.

    Derived, so that it is as new as the session and need not be stored; it does not tell the token.
    """
    return hmac.new(token.encode(), b"revmod csrf", hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
