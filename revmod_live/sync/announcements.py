"""What announcements do to the live server: marks set at once, news passed on.

Owns the table from event to effect. Handlers are synchronous: rights are marked as old before the
next message of anybody is taken up (architecture, "A vote"; habit 22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from revmod_live.accounts.model import Role
from revmod_live.events import (
    AccountChanged,
    CastChanged,
    ChatGrew,
    ClaimsChanged,
    Event,
    LetterPosted,
    LogGrew,
    NoticeSent,
    NoticesRead,
    SessionEnded,
    StepChanged,
    TextMoved,
    VotesChanged,
)
from revmod_live.sync.protocol import CloseCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from revmod_live.ids import SectionId, StepId
    from revmod_live.sync.member import Member
    from revmod_live.sync.room import Room
    from revmod_live.sync.rooms import Rooms
    from revmod_live.sync.yjs_member import YjsMember


class Announcements:
    """The ear of the live server."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms: Final = rooms

    def hear(self, event: Event) -> None:  # noqa: C901, PLR0912 -- one branch an announcement
        """Mark what is old now, and pass on what pages show."""
        match event:
            case ClaimsChanged(step, section):
                self._mark(room for room in self._of(step) if room.section == section)
                self._tell(step, "claims", {"section": section}, of=section)
            case VotesChanged(step, reset_by):
                self._mark(self._of(step))
                if reset_by is None:
                    for room in self._of(step):
                        self._rooms.history.end(room.section)
                for page in self._rooms.pages.values():
                    # which section it was is news on its own page alone
                    if page.step == step:
                        page.notice("votes", {"reset_by": reset_by if reset_by in page.sections else None})
            case StepChanged(review, step):
                self._mark(room for room in self._rooms.rooms.values() if room.facts.section.review == review)
                for page in self._rooms.pages.values():
                    page.place_mark.set()
                self._tell(step, "step", {})
            case LogGrew(step, act, section):
                self._tell(step, "log", {"act": act, "section": section}, of=section)
            case NoticeSent(account, kind, detail):
                for member in self._rooms.members:
                    if member.actor.account == account:
                        member.notice(kind, dict(detail))
            case NoticesRead(account):
                for member in self._rooms.members:
                    if member.actor.account == account:
                        member.notice("notices-read", {})
            case ChatGrew(chat, number, accounts):
                for member in self._rooms.members:
                    if member.actor.account in accounts:
                        member.notice("chat", {"chat": chat, "number": number})
            case SessionEnded(account, session):
                self._rooms.ended.remember(session)
                for member in tuple(self._rooms.members):
                    if member.actor.account == account and session in (None, member.session):
                        member.end(CloseCode.SIGN_IN, "session")
            case AccountChanged(account):
                # a State with or without a focal point lets its representative in, or keeps them out
                self._doubt(
                    member
                    for member in self._rooms.members
                    if member.actor.account == account or member.actor.role is Role.REPRESENTATIVE
                )
                self._mark(self._rooms.rooms.values())
                for page in self._rooms.pages.values():
                    page.place_mark.set()
            case CastChanged(review):
                self._doubt(m for m in self._rooms.members if m.actor.role is Role.REPRESENTATIVE)
                self._mark(room for room in self._rooms.rooms.values() if room.facts.section.review == review)
                for page in self._rooms.pages.values():
                    page.place_mark.set()
            case TextMoved() | LetterPosted():
                pass
            case _:
                assert_never(event)

    def _of(self, step: StepId) -> list[Room]:
        return [room for room in self._rooms.rooms.values() if room.facts.section.step == step]

    def _doubt(self, members: Iterable[Member | YjsMember]) -> None:
        for member in members:
            member.doubt()

    def _mark(self, rooms: Iterable[Room]) -> None:
        for room in rooms:
            room.facts_mark.set()
        self._rooms.stale.set()

    def _tell(self, step: StepId, kind: str, body: dict[str, object], *, of: SectionId | None = None) -> None:
        """News for the pages of a step; of a section: for its own page, others may not know of it."""
        for page in self._rooms.pages.values():
            if page.step == step and (of is None or of in page.sections):
                page.notice(kind, body)
