"""Error → HTTP status: the one table. What a person is told about it is in `reasons`."""

from __future__ import annotations

from typing import Final

from revmod_live.errors import Malformed, NotFound, Refused, RevmodError, Stale, Unavailable

_BY_KIND: Final[dict[type[RevmodError], int]] = {
    Refused: 403,
    NotFound: 404,
    Stale: 409,
    Malformed: 400,
    Unavailable: 503,
}

# where a refusal's reason says more than its kind
_BY_REASON: Final = {
    "sign-in": 401,
    "wrong-credentials": 401,
    "token": 401,
    "wrong-code": 401,
    "sign-in-expired": 401,
    "weak-password": 400,
    "link-unknown": 404,
    "link-used": 410,
    "link-ended": 410,
    "link-expired": 410,
    "email-taken": 409,
    "profile-moved": 409,
    "too-many-tries": 429,
    "too-many-looks": 429,
    "rate": 429,
    "moved": 409,
    "claim": 409,
    "held-alone": 409,
    "held": 409,
    "join-anyway": 409,
    "voted": 409,
    "no-vote": 409,
    "too-long": 409,
    "frozen": 409,
    "size": 413,
    "message-empty": 400,
    "message-long": 413,
    "message-signs": 400,
    "message-id": 409,
}


def status_of(problem: RevmodError) -> int:
    """The HTTP status that answers `problem`."""
    if isinstance(problem, Refused) and problem.because in _BY_REASON:
        return _BY_REASON[problem.because]
    return next(status for kind, status in _BY_KIND.items() if isinstance(problem, kind))


def code_of(problem: RevmodError) -> str:
    """The stable word for `problem` that JSON answers carry."""
    match problem:
        case Refused() | Unavailable():
            return problem.because
        case NotFound():
            return "not-found"
        case Stale():
            return "moving"
        case Malformed():
            return "malformed"
        case _:
            raise AssertionError(problem)
