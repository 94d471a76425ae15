"""What the secretariat sees of people: who waits, who is invited, one person whole. Frozen page models.

Every function asks `officers.may_administer` first and raises Refused as that does. Knows nothing of
reviews or chats.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from revmod_live.accounts import nominations, profiles, second_factor, store
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.officers import may_administer
from revmod_live.accounts.papers import Link, Note, Purpose
from revmod_live.accounts.people import account as account_with
from revmod_live.errors import Allowed, Refused, must
from revmod_live.ids import AccountId, StateCode
from revmod_live.storage.database import ReadTx

LinkState = Literal["living", "expired", "ended"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was invited and has not set a password. link: the newest; note: what holds."""

    account: Account
    link: Link | None
    note: Note | None

    def state(self, at: datetime) -> LinkState:
        """How the link stands; `ended` also where there is none."""
        if self.link is None or self.link.ended_at is not None or self.link.used_at is not None:
            return "ended"
        return "living" if self.link.is_living(at) else "expired"


@dataclass(frozen=True, slots=True)
class Person:
    """One person, for the secretariat.

    notes:   every note verbale, newest first; that one holds.
    speaks:  who is the focal point of their State now, if anybody.
    decide:  whether the reader may approve or refuse the profile now; administer: the rest.
    """

    page: profiles.Page
    notes: tuple[Note, ...]
    invitation: Invitation | None
    speaks: Account | None
    second_factor: bool
    decide: Allowed | Refused
    administer: Allowed | Refused

    @property
    def account(self) -> Account:
        """Whom it is about."""
        return self.page.account

    @property
    def is_the_focal_point(self) -> bool:
        """Whether they speak for their State."""
        return self.speaks is not None and self.speaks.id == self.account.id

    @property
    def is_alternate(self) -> bool:
        """Whether they could be named the focal point of their State."""
        return self.account.active and self.account.role is Role.FOCAL_POINT and not self.is_the_focal_point


def invitations(tx: ReadTx, actor: Actor) -> tuple[Invitation, ...]:
    """Everybody who has not set a password yet, whoever was invited first at the top."""
    must(may_administer(actor))
    return tuple(_invitation(tx, account) for account in store.with_standing(tx, Standing.INVITED))


def waiting(tx: ReadTx, actor: Actor) -> tuple[profiles.Page, ...]:
    """Profiles to decide on, whoever has waited for longest first. PRO-05."""
    must(may_administer(actor))
    return profiles.waiting(tx)


def person(tx: ReadTx, actor: Actor, account_id: AccountId) -> Person:
    """One person. Raises NotFound, Refused."""
    must(may_administer(actor))
    page = profiles.page(tx, account_id)
    account = page.account
    speaker = None if account.state is None else nominations.focal_point_of(tx, account.state)
    return Person(
        page=page,
        notes=nominations.notes_of(tx, account_id),
        invitation=_invitation(tx, account) if account.standing is Standing.INVITED else None,
        speaks=None if speaker is None else account_with(tx, speaker),
        second_factor=second_factor.is_on(tx, account_id),
        decide=profiles.may_decide(actor, page),
        administer=may_administer(actor, account_id),
    )


def people(
    tx: ReadTx,
    actor: Actor,
    *,
    words: str = "",
    state: StateCode | None = None,
    role: Role | None = None,
    standing: Standing | None = None,
) -> tuple[Account, ...]:
    """Everybody who is meant by each part that is given, by name. words: each in the name or address."""
    must(may_administer(actor))
    wanted = words.casefold().split()
    found = (
        account
        for account in store.all_accounts(tx)
        if (state is None or account.state == state)
        and (role is None or account.role is role)
        and (standing is None or account.standing is standing)
        and all(word in f"{account.name} {account.email}".casefold() for word in wanted)
    )
    return tuple(sorted(found, key=lambda account: (account.name.casefold(), account.email)))


def _invitation(tx: ReadTx, account: Account) -> Invitation:
    mailed = (link for link in store.links_of(tx, account.id) if link.purpose is Purpose.INVITATION)
    return Invitation(account, next(mailed, None), nominations.note_of(tx, account.id))
