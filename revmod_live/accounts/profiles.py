"""Profiles: saved, submitted for approval, approved or refused; a change suspends until approved again.

    new → saved → submitted → approved → (changed) suspended → submitted → …
                      ↑           │
                      └── saved ← refused, with a reason

Name, address, role and State of an account are those that were approved last. What a suspension does
to claims and votes is not known here: whoever calls `save`, `approve` or `standings.disable` looks at
what they give back and tells the reviews in the same transaction. Manual 1.1 and 1.2; PRO-01 to PRO-11.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final, Literal

from revmod_live.accounts import nominations, store
from revmod_live.accounts.model import Account, Actor, Gender, Role, Standing
from revmod_live.accounts.officers import account_of, may_administer
from revmod_live.accounts.papers import Note, Profile, Saved
from revmod_live.accounts.people import account as account_with
from revmod_live.accounts.people import cleaned_email, cleaned_name, must_fit
from revmod_live.errors import ALLOWED, Allowed, Malformed, Refused, must
from revmod_live.events import AccountChanged
from revmod_live.ids import AccountId
from revmod_live.mail.model import Recipient
from revmod_live.mail.post import Post
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

SuspendOn = Literal["any", "identity"]
"""Which changes suspend (decision D-10): any, as the manual says, or only those of `IDENTITY`."""

IDENTITY: Final = ("name", "email", "role", "state")
"""What a note verbale names, and an approval is about."""

LENGTHS: Final = {
    "phone": 60,
    "office_hours": 200,
    "location": 300,
    "working_language": 8,
    "expertise": 2000,
}
WORKING_LANGUAGES: Final = ("ar", "zh", "en", "fr", "ru", "es")
REASON_LENGTH: Final = 2000

MAY_SAVE: Final = frozenset(Standing) - {Standing.INVITED, Standing.DISABLED}
MAY_SUBMIT: Final = frozenset({Standing.SAVED, Standing.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a profile says something else than the note verbale. field: of `IDENTITY`."""

    field: str
    said: str
    noted: str


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody's profile, for themselves and for the secretariat.

    saved: None until something was saved. note: None for whoever came without one.
    differences: of what is saved now, from the note.
    """

    account: Account
    saved: Saved | None
    note: Note | None
    differences: tuple[Difference, ...]

    @property
    def profile(self) -> Profile:
        """What the form shows: what was saved, or else what the account says already."""
        return self.saved.profile if self.saved else first_of(self.account)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a save did. changed: names of the fields; empty when nothing was to be saved.

    suspended: the person was approved and is not any more; tell the reviews.
    """

    changed: tuple[str, ...]
    suspended: bool


def first_of(account: Account) -> Profile:
    """The profile of somebody who has saved none."""
    return Profile(account.name, account.email, account.role, account.state)


def page(tx: ReadTx, account_id: AccountId) -> Page:
    """One person's profile. Raises NotFound."""
    account = account_with(tx, account_id)
    saved, note = store.saved_profile(tx, account_id), nominations.note_of(tx, account_id)
    found = differences(saved.profile if saved else first_of(account), note)
    return Page(account, saved, note, found)


def waiting(tx: ReadTx) -> tuple[Page, ...]:
    """Profiles that wait for the secretariat, whoever has waited for longest first."""
    return tuple(page(tx, account.id) for account in store.with_standing(tx, Standing.SUBMITTED))


def differences(profile: Profile, note: Note | None) -> tuple[Difference, ...]:
    """Where a profile differs from its note verbale; letter case and spaces do not count. PRO-05."""
    if note is None:
        return ()
    pairs = ((field, _text(profile, field), _text(note.nomination, field)) for field in IDENTITY)
    return tuple(
        Difference(field, said, noted) for field, said, noted in pairs if _plain(said) != _plain(noted)
    )


def changes(tx: ReadTx, account_id: AccountId, profile: Profile) -> tuple[str, ...]:
    """Names of the fields that saving `profile` would change: for the warning before it is saved.

    Of somebody who has saved none, those that the account does not say already. Raises as `cleaned`.
    """
    return _changed(page(tx, account_id).profile, cleaned(profile))


def would_suspend(account: Account, changed: tuple[str, ...], *, suspend_on: SuspendOn) -> bool:
    """Whether saving these changes takes an approved person out of their reviews. PRO-08; D-10.

    Never an officer of the secretariat: nobody might be left to approve them.
    """
    if not account.active or account.role is Role.SECRETARIAT:
        return False
    return bool(changed) if suspend_on == "any" else any(field in IDENTITY for field in changed)


def save(
    tx: WriteTx, account_id: AccountId, profile: Profile, at: datetime, *, suspend_on: SuspendOn = "any"
) -> Outcome:
    """Save what somebody says of themselves. Saving what is saved already changes nothing.

    What was submitted has to be submitted again; whoever was approved is suspended (`would_suspend`).
    Raises NotFound, Malformed (place: the field), Refused (`account-disabled`, `email-taken`).
    PRO-02 to PRO-04, PRO-08.
    """
    before = page(tx, account_id)
    account, profile = before.account, cleaned(profile)
    if account.standing not in MAY_SAVE:
        raise Refused("account-disabled")
    _must_be_possible(tx, account, profile)
    is_first = before.saved is None
    changed = _changed(before.profile, profile)
    if not changed and not is_first:
        return Outcome((), suspended=False)
    rev = before.saved.rev + 1 if before.saved else 1
    # `submitted_at` and the decision were about what was there before
    store.put_profile(tx, account_id, Saved(profile, rev, at, None, None, None))
    # saying of oneself for the first time what is known already takes nobody's approval away
    suspended = would_suspend(account, changed, suspend_on=suspend_on)
    standing = _after_save(account, suspended=suspended)
    if standing is not account.standing:
        store.set_standing(tx, account_id, standing, at)
        tx.announce(AccountChanged(account_id))
    if account.active and not suspended:
        store.set_account(tx, account_id, name=profile.name)
    tx.record(
        Entry(
            at=at,
            act="account-suspended" if suspended else "profile-saved",
            account=account_id,
            state=account.state,
            detail={"of": account_id, "rev": rev, "changed": list(changed)},
        )
    )
    return Outcome(changed, suspended=suspended)


def submit(tx: WriteTx, account_id: AccountId, at: datetime) -> None:
    """Submit for approval what was saved. Raises NotFound, Refused.

    `profile-not-saved`: nothing is, or nothing since it was refused; `profile-with-secretariat`: it is
    their turn already, or they have approved it. PRO-04.
    """
    found = page(tx, account_id)
    must(may_submit(found))
    assert found.saved is not None  # noqa: S101 -- else it may not be submitted
    store.put_profile(tx, account_id, replace(found.saved, submitted_at=at))
    store.set_standing(tx, account_id, Standing.SUBMITTED, at)
    tx.record(
        Entry(
            at=at,
            act="profile-submitted",
            account=account_id,
            state=found.account.state,
            detail={"of": account_id, "rev": found.saved.rev},
        )
    )
    tx.announce(AccountChanged(account_id))


def may_submit(found: Page) -> Allowed | Refused:
    """Whether somebody may submit their profile now; see `submit`."""
    if found.account.standing in (Standing.SUBMITTED, Standing.APPROVED):
        return Refused("profile-with-secretariat")
    if found.saved is None or found.account.standing not in MAY_SUBMIT:
        return Refused("profile-not-saved")
    return ALLOWED


def may_decide(actor: Actor | None, found: Page) -> Allowed | Refused:
    """Whether `actor` may approve or refuse a profile now.

    Refused is `not-submitted`, or as `officers.may_administer`. PRO-05.
    """
    ruling = may_administer(actor, found.account.id)
    if isinstance(ruling, Refused):
        return ruling
    if found.account.standing is not Standing.SUBMITTED or found.saved is None:
        return Refused("not-submitted")
    return ALLOWED


def approve(
    tx: WriteTx, account_id: AccountId, rev: int, at: datetime, *, by: Actor | None, post: Post
) -> Account:
    """Approve a profile as it was shown (`rev`); what it says of name, address, role and State now holds.

    The first approved focal point of a State becomes the one of that State (D-08); any other is an alternate.
    Raises NotFound, Refused (`profile-moved`: it was saved again meanwhile; `email-taken`; as `may_decide`).
    """
    found = page(tx, account_id)
    must(may_decide(by, found))
    assert found.saved is not None  # noqa: S101 -- else it may not be decided on
    if found.saved.rev != rev:
        raise Refused("profile-moved")
    before, profile = found.account, found.profile
    _must_be_possible(tx, before, profile)
    store.set_account(
        tx,
        account_id,
        name=profile.name,
        email=profile.email,
        role=profile.role.value,
        state=profile.state,
    )
    store.set_standing(tx, account_id, Standing.APPROVED, at)
    store.put_profile(tx, account_id, replace(found.saved, decided_at=at, decided_by=account_of(by)))
    account = account_with(tx, account_id)
    if (before.role, before.state) != (account.role, account.state):
        nominations.unseat(tx, before, at)
    nominations.seat(tx, account, at)
    tx.record(
        Entry(
            at=at,
            act="account-approved",
            account=account_of(by),
            detail={
                "of": account_id,
                "rev": rev,
                "before": [before.role.value, before.state],
                "after": [account.role.value, account.state],
                "differs": [one.field for one in found.differences],
            },
        )
    )
    tx.announce(AccountChanged(account_id))
    if account.email != before.email:
        # to the old address: whoever reads there must know
        to = Recipient(before.email, account.language, account.id)
        post.write(tx, "address-changed", to, at, name=account.name, email=account.email)
    post.write(tx, "profile-approved", _to(account), at, name=account.name)
    return account


def refuse(
    tx: WriteTx,
    account_id: AccountId,
    rev: int,
    reason: str,
    at: datetime,
    *,
    by: Actor | None,
    post: Post,
) -> Account:
    """Refuse a profile as it was shown (`rev`), with the reason that the person is told.

    Raises as `approve`, and Malformed (place `reason`: 1 to 2,000 characters).
    """
    found = page(tx, account_id)
    must(may_decide(by, found))
    reason = cleaned_reason(reason)
    assert found.saved is not None  # noqa: S101 -- else it may not be decided on
    if found.saved.rev != rev:
        raise Refused("profile-moved")
    store.set_standing(tx, account_id, Standing.REFUSED, at, reason=reason)
    store.put_profile(tx, account_id, replace(found.saved, decided_at=at, decided_by=account_of(by)))
    tx.record(
        Entry(
            at=at,
            act="profile-refused",
            account=account_of(by),
            detail={"of": account_id, "rev": rev, "reason": reason},
        )
    )
    tx.announce(AccountChanged(account_id))
    post.write(
        tx, "profile-refused", _to(found.account), at, path="/profile", name=found.account.name, reason=reason
    )
    return account_with(tx, account_id)


def women_among(tx: ReadTx, roles: frozenset[Role]) -> dict[Gender | None, int]:
    """How many approved people of these roles said which gender; None: did not say. PRO-11."""
    counts: dict[Gender | None, int] = dict.fromkeys((*Gender, None), 0)
    for _role, gender, n in store.genders(tx, roles):
        counts[gender] += n
    return counts


def cleaned(profile: Profile) -> Profile:
    """A profile with its values as they are stored. Raises Malformed (place: the field). PRO-02."""
    texts = {name: _one_line(str(getattr(profile, name))) for name in LENGTHS}
    # lines may matter there
    texts["expertise"] = profile.expertise.strip()
    for name, longest in LENGTHS.items():
        if len(texts[name]) > longest:
            raise Malformed(f"at most {longest} characters", place=name)
    if texts["working_language"] not in ("", *WORKING_LANGUAGES):
        raise Malformed("one of the six languages", place="working_language")
    must_fit(profile.role, profile.state)
    return replace(
        profile,
        name=cleaned_name(profile.name),
        email=cleaned_email(profile.email),
        phone=texts["phone"],
        office_hours=texts["office_hours"],
        location=texts["location"],
        working_language=texts["working_language"],
        expertise=texts["expertise"],
    )


def cleaned_reason(reason: str) -> str:
    """A reason that a person is told. Raises Malformed (place `reason`)."""
    text = reason.strip()
    if not 0 < len(text) <= REASON_LENGTH:
        raise Malformed(f"a reason has 1 to {REASON_LENGTH} characters", place="reason")
    return text


def _must_be_possible(tx: ReadTx, account: Account, profile: Profile) -> None:
    # nobody becomes an officer of the secretariat by saying so, nor stops being one
    if Role.SECRETARIAT in (account.role, profile.role) and (
        (account.role, account.email) != (profile.role, profile.email)
    ):
        raise Malformed("not to be changed in a profile", place="role")
    taken = store.account_by_email(tx, profile.email)
    if taken is not None and taken[0].id != account.id:
        raise Refused("email-taken")


def _changed(before: Profile, after: Profile) -> tuple[str, ...]:
    names = (field.name for field in fields(Profile))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _after_save(account: Account, *, suspended: bool) -> Standing:
    if suspended:
        return Standing.SUSPENDED
    if account.standing in (Standing.APPROVED, Standing.SUSPENDED):
        return account.standing
    return Standing.SAVED


def _text(of: object, field: str) -> str:
    value = getattr(of, field)
    return "" if value is None else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _one_line(text.casefold())


def _to(account: Account) -> Recipient:
    return Recipient(account.email, account.language, account.id)
