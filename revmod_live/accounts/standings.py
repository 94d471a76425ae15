"""What the secretariat does to accounts: suspend, disable, let in again, replace a focal point.

Disabled is not suspended: a suspended person still signs in, to the own profile and its chat; a disabled
one does not sign in at all. What either does to claims and votes is told to the reviews by the caller,
in the same transaction. What somebody did stays where it is (ACC-11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revmod_live.accounts import links, nominations, secret, sessions, store, tokens
from revmod_live.accounts.invitations import invite
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.officers import account_of, may_administer
from revmod_live.accounts.papers import Nomination
from revmod_live.accounts.people import account as account_with
from revmod_live.accounts.people import find_by_email, set_role
from revmod_live.accounts.profiles import cleaned_reason
from revmod_live.errors import Malformed, Refused, must
from revmod_live.events import AccountChanged, SessionEnded
from revmod_live.ids import AccountId, MakeId, new_id
from revmod_live.mail.post import Post
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry


@dataclass(frozen=True, slots=True)
class Replaced:
    """A focal point was replaced. The reviews must hear of both: tell them of `leaver` as of a suspension.

    invited: the successor was made just now, and has yet to accept; else was there already.
    """

    leaver: Account
    successor: Account
    invited: bool


def suspend(tx: WriteTx, account_id: AccountId, reason: str, at: datetime, *, by: Actor | None) -> None:
    """Take an approved person out of all reviews until approved again. Their sign-in stays.

    Raises NotFound, Malformed (place `reason`), Refused (`not-approved`; as `officers.may_administer`).
    """
    must(may_administer(by, account_id))
    reason = cleaned_reason(reason)
    account = account_with(tx, account_id)
    if not account.active:
        raise Refused("not-approved")
    store.set_standing(tx, account_id, Standing.SUSPENDED, at, reason=reason)
    _record(tx, "account-suspended", account, at, by=by, reason=reason)
    tx.announce(AccountChanged(account_id))


def disable(tx: WriteTx, account_id: AccountId, reason: str, at: datetime, *, by: Actor | None) -> Account:
    """End somebody's access for good: sessions, tokens, links and open sockets; the account as it is then.

    A focal point's term ends with it, and nobody takes the place by that. What they did, their votes
    too, stays. Raises as `suspend`, and Refused (`account-disabled`: it is so already). ACC-11; D-08.
    """
    must(may_administer(by, account_id))
    reason = cleaned_reason(reason)
    account = account_with(tx, account_id)
    if account.standing is Standing.DISABLED:
        raise Refused("account-disabled")
    store.set_standing(tx, account_id, Standing.DISABLED, at, reason=reason)
    _record(tx, "account-disabled", account, at, by=by, reason=reason)
    sessions.end_all_sessions(tx, account_id, at)
    tokens.revoke_all_tokens(tx, account_id, at)
    store.drop_pending(tx, account=account_id)
    links.end_links(tx, account_id, at)
    nominations.unseat(tx, account, at)
    # a socket whose session has ended already, and is on its way here, closes as well
    tx.announce(SessionEnded(account_id, None))
    tx.announce(AccountChanged(account_id))
    return account_with(tx, account_id)


def enable(tx: WriteTx, account_id: AccountId, at: datetime, *, by: Actor | None) -> Account:
    """Let a disabled person sign in again: suspended until approved; invited, if there was no password yet.

    An officer of the secretariat is back at once. Raises NotFound, Refused (`not-disabled`; as
    `officers.may_administer`).
    """
    must(may_administer(by, account_id))
    account = account_with(tx, account_id)
    if account.standing is not Standing.DISABLED:
        raise Refused("not-disabled")
    has_password = store.has_password(tx, account_id)
    back = Standing.APPROVED if account.role is Role.SECRETARIAT else Standing.SUSPENDED
    store.set_standing(tx, account_id, back if has_password else Standing.INVITED, at)
    _record(tx, "account-enabled", account, at, by=by)
    tx.announce(AccountChanged(account_id))
    return account_with(tx, account_id)


def name_focal_point(tx: WriteTx, account_id: AccountId, at: datetime, *, by: Actor | None) -> Account:
    """Make an approved alternate the focal point of their State; who was it before is an alternate then.

    Raises NotFound, Refused (`not-approved`: or not a focal point; as `officers.may_administer`). D-08.
    """
    must(may_administer(by))
    account = account_with(tx, account_id)
    if not account.active or account.role is not Role.FOCAL_POINT or account.state is None:
        raise Refused("not-approved")
    holder = nominations.focal_point_of(tx, account.state)
    if holder == account_id:
        return account
    if holder is not None:
        nominations.unseat(tx, account_with(tx, holder), at)
        tx.announce(AccountChanged(holder))
    nominations.seat(tx, account, at)
    tx.announce(AccountChanged(account_id))
    return account


def replace_focal_point(
    tx: WriteTx,
    leaver_id: AccountId,
    nomination: Nomination,
    at: datetime,
    *,
    by: Actor | None,
    post: Post,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> Replaced:
    """Replace a State's focal point by whom a new note verbale names, in one act.

    The leaver's access ends now, what they did stays, their live votes too until the successor withdraws
    them or the text changes. A successor who has an account of that State gets the role, and speaks for
    the State at once if approved; anybody else is invited, and speaks for it when approved. Until then
    the permanent representative does. One focal point a State: never two, whatever fails.

    Raises NotFound, Malformed (as `invite`; place `email`: the leaver's own, `state`: another than the
    leaver's, `role`: not that of a focal point), Refused (`not-focal-point`, `account-disabled`,
    `email-taken`: by somebody of another State; as `officers.may_administer`). Decision D-08.
    """
    must(may_administer(by, leaver_id))
    leaver = account_with(tx, leaver_id)
    if leaver.role is not Role.FOCAL_POINT or leaver.state is None:
        raise Refused("not-focal-point")
    if nomination.role is not Role.FOCAL_POINT:
        raise Malformed("a focal point is replaced by a focal point", place="role")
    if nomination.state != leaver.state:
        raise Malformed("a successor is of the same State", place="state")
    there = find_by_email(tx, nomination.email)
    if there is not None and there.id == leaver_id:
        raise Malformed("a successor is somebody else", place="email")
    if there is not None and there.state != leaver.state:
        raise Refused("email-taken")
    if there is not None and there.standing is Standing.DISABLED:
        raise Refused("account-disabled")
    gone = disable(tx, leaver_id, f"replaced: {' '.join(nomination.reference.split())}", at, by=by)
    if there is None:
        successor = invite(tx, nomination, at, by=by, post=post, make_id=make_id, make_secret=make_secret)
    else:
        nominations.record_note(tx, there.id, nomination, at, by=account_of(by), make_id=make_id)
        if there.role is not Role.FOCAL_POINT:
            set_role(tx, there.id, at, role=Role.FOCAL_POINT, state=leaver.state, by=account_of(by))
        successor = account_with(tx, there.id)
        nominations.seat(tx, successor, at)
        tx.announce(AccountChanged(successor.id))
    tx.record(
        Entry(
            at=at,
            act="focal-point-replaced",
            account=account_of(by),
            detail={"of": leaver_id, "by": successor.id, "state": leaver.state},
        )
    )
    return Replaced(gone, successor, invited=there is None)


def _record(
    tx: WriteTx, act: str, account: Account, at: datetime, *, by: Actor | None, **detail: object
) -> None:
    tx.record(Entry(at=at, act=act, account=account_of(by), detail={"of": account.id, **detail}))
