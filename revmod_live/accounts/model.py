"""Who people are: accounts, roles, and the actor that every rule is asked about.

Frozen values. Knows nothing of passwords, sessions, tables or reviews; what a role may do in a
review is judged by `workflow.rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from revmod_live.ids import AccountId, SessionId, StateCode


class Role(StrEnum):
    """What a person is to the platform (requirements 1.1, "ROL"). One role an account."""

    FOCAL_POINT = "focal_point"
    EXPERT = "expert"
    OBSERVER = "observer"
    SECRETARIAT = "secretariat"
    REPRESENTATIVE = "representative"


class Standing(StrEnum):
    """How far an account has come (manual 1.1 and 1.2). Only `APPROVED` may do anything in a review.

    INVITED:   no password yet. NEW: none of the profile is saved yet.
    SAVED:     the profile is saved, not yet submitted. SUBMITTED: the secretariat's turn.
    REFUSED:   with a reason; save and submit again.
    SUSPENDED: was approved; the profile changed, or the secretariat asked for it.
    DISABLED:  may not sign in. The record of what they did stays.
    """

    INVITED = "invited"
    NEW = "new"
    SAVED = "saved"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    DISABLED = "disabled"


class Gender(StrEnum):
    """For the statistic alone (PRO-11): asked for, never required, never shown to other users."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something: all that a rule may know of a person.

    state:  the State acted for; None for the secretariat alone.
    active: approved and not suspended. Whoever is not active may open no review (PRO-08).
    """

    account: AccountId
    name: str
    state: StateCode | None
    role: Role
    active: bool


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account, without its secrets.

    email:      as it is compared and written to: lower case, no spaces around it.
    language:   of the interface, a code such as `en`; never that of a review (ACC-05).
    created_at: aware, UTC.
    standing:   how far it has come; `active` follows from it. standing_at: since when.
    reason:     why it was refused or disabled, in the officer's words; else empty.
    """

    id: AccountId
    email: str
    name: str
    role: Role
    state: StateCode | None
    standing: Standing
    standing_at: datetime
    reason: str
    language: str
    created_at: datetime

    @property
    def active(self) -> bool:
        """Approved and not suspended."""
        return self.standing is Standing.APPROVED

    @property
    def actor(self) -> Actor:
        """This person as rules see them."""
        return Actor(account=self.id, name=self.name, state=self.state, role=self.role, active=self.active)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser.

    csrf:       what every form of this session must bring back; worked out from the token, not stored.
    expires_at: when it ends if nothing more is heard of it; never later than its absolute end.
    seen_at:    last time its activity was stored.
    authenticated_at: when the password was last given in it.
    device:     what the browser called itself, for the person's own list.
    """

    id: SessionId
    actor: Actor
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    authenticated_at: datetime
    device: str


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A personal access token, without its secret. `id` is announced like a session's when it ends."""

    id: SessionId
    actor: Actor
    label: str
    created_at: datetime
    expires_at: datetime
