"""What is kept about a person beside the account: note verbale, profile, links, terms. Frozen values.

Knows nothing of tables; what these mean is said by the modules that work with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from revmod_live.accounts.model import Gender, Role
from revmod_live.ids import AccountId, Digest, LinkId, NoteId, SessionId, StateCode


class Purpose(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 -- the name of a purpose


@dataclass(frozen=True, slots=True)
class Link:
    """A link, without its secret. used_at, ended_at: at most one of them; ended is revoked or replaced."""

    id: LinkId
    account: AccountId
    purpose: Purpose
    made_at: datetime
    made_by: AccountId | None
    expires_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    def is_living(self, at: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and self.ended_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True)
class Nomination:
    """What a note verbale says, as the secretariat read it.

    state:       None for an officer of the secretariat, who is named by no State.
    reference:   the note's own number. dated: the day it bears.
    scan_sha256: of the file with its picture, if there is one.
    language:    of the interface, for the first letter.
    """

    state: StateCode | None
    role: Role
    email: str
    name: str
    reference: str
    dated: date
    scan_sha256: Digest | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Note:
    """A recorded note verbale. recorded_by: None for the operator at the command line."""

    id: NoteId
    account: AccountId
    nomination: Nomination
    recorded_at: datetime
    recorded_by: AccountId | None


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """Who was the focal point of a State, and when. until: None for who is now."""

    state: StateCode
    account: AccountId
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says of themselves (PRO-02, PRO-03; manual 1.1).

    name, email, role, state: take effect when the profile is approved; until then the account's hold.
    state:            None for an officer of the secretariat alone.
    working_language: the one they prefer to be written to in, a code, or empty; not the interface's.
    gender:           for the statistic alone (PRO-11); shown to nobody else.
    show_phone, show_expertise: whether other approved users see them (decision D-32).
    """

    name: str
    email: str
    role: Role
    state: StateCode | None
    phone: str = ""
    office_hours: str = ""
    location: str = ""
    working_language: str = ""
    expertise: str = ""
    gender: Gender | None = None
    show_phone: bool = False
    show_expertise: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """A profile as it is stored. rev: counts the saves. decided_by: None for the operator."""

    profile: Profile
    rev: int
    saved_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_by: AccountId | None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A TOTP secret. confirmed_at: None until a code was given; it does not count before.

    last_step: the newest time step whose code was used: no code is taken twice.
    """

    secret: str
    made_at: datetime
    confirmed_at: datetime | None
    last_step: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in whose password was right and whose code is still asked for. tries: codes given so far."""

    id: SessionId
    account: AccountId
    created_at: datetime
    expires_at: datetime
    tries: int
