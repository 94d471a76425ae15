"""Whose session somebody acts in, over a socket alone: typing keeps one signed in as loading a page does.

Only what a person does counts. Pongs, presence and openings come from a page by itself, and a page that
was left open must not keep its session alive. Stored with the chores, now and then.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.sessions import NOTE_EVERY, note_activity
from revmod_live.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from revmod_live.clock import Clock
    from revmod_live.ids import SessionId
    from revmod_live.storage.database import Database

log = logging.getLogger(__name__)


class Activity:
    """Remembers it until it is stored; one write a session every NOTE_EVERY at the most."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db: Final = db
        self._clock: Final = clock
        self._due: dict[SessionId, datetime] = {}
        self._noted: dict[SessionId, datetime] = {}

    def acted(self, session: SessionId | None) -> None:
        """Somebody has sent text of their own in this session; None for a program's token."""
        if session is not None:
            self._due[session] = self._clock.now()

    async def write(self) -> None:
        """Store what is due. A full disk keeps it for later, and nobody from typing."""
        now = self._clock.now()
        self._noted = {session: at for session, at in self._noted.items() if now - at < NOTE_EVERY}
        due = {session: at for session, at in self._due.items() if session not in self._noted}
        for session, at in due.items():
            try:
                await self._note(session, at)
            except Unavailable as problem:
                log.warning("the activity of a session was not noted: %s", problem)
                return
            self._noted[session] = now
            # more may have come while this was written
            if self._due.get(session) == at:
                del self._due[session]

    async def _note(self, session: SessionId, at: datetime) -> None:
        await self._db.write(lambda tx: note_activity(tx, session, at))
