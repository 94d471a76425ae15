"""The sessions that ended last: a socket may still be on its way here from one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from revmod_live.ids import SessionId

MOST: Final = 1024
"""Sessions remembered; beyond it the oldest is forgotten, whose sockets came long ago."""


class Ended:
    """A short memory of sessions and tokens that are over."""

    def __init__(self) -> None:
        self._sessions: Final[dict[SessionId, None]] = {}

    def __contains__(self, session: SessionId | None) -> bool:
        return session in self._sessions

    def remember(self, session: SessionId | None) -> None:
        """One more; the oldest is forgotten."""
        if session is not None:
            self._sessions[session] = None
            if len(self._sessions) > MOST:
                del self._sessions[next(iter(self._sessions))]
