"""Invitations: the secretariat records a note verbale and invites, the person sets a password.

The account is there from the invitation on, without a password and so without any sign-in. Passwords
come in encoded, as everywhere. Manual section 1; requirements ACC-01, ACC-02; decision D-31.
"""

from __future__ import annotations

from datetime import datetime

from revmod_live.accounts import links, secret, store
from revmod_live.accounts.links import PATHS
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.nominations import record_note
from revmod_live.accounts.officers import account_of, may_administer
from revmod_live.accounts.papers import Nomination, Purpose
from revmod_live.accounts.people import account as account_with
from revmod_live.accounts.people import create_account
from revmod_live.errors import Refused, must
from revmod_live.events import AccountChanged
from revmod_live.ids import AccountId, MakeId, new_id
from revmod_live.mail.model import Recipient
from revmod_live.mail.post import Post
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry


def invite(
    tx: WriteTx,
    nomination: Nomination,
    at: datetime,
    *,
    by: Actor | None,
    post: Post,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> Account:
    """Record what a note verbale says, make the account, and mail its link.

    by: the officer; None for the operator at the command line.
    Raises Malformed (place `email`, `name`, `state`, `reference`, `dated`), Refused (`email-taken`,
    and as `officers.may_administer`).
    """
    must(may_administer(by))
    account = create_account(
        tx,
        email=nomination.email,
        name=nomination.name,
        role=nomination.role,
        state=nomination.state,
        at=at,
        standing=Standing.INVITED,
        language=nomination.language,
        by=account_of(by),
        make_id=make_id,
    )
    record_note(tx, account.id, nomination, at, by=account_of(by), make_id=make_id)
    _mail(tx, account, at, by=by, post=post, make_id=make_id, make_secret=make_secret)
    return account


def resend(
    tx: WriteTx,
    account_id: AccountId,
    at: datetime,
    *,
    by: Actor | None,
    post: Post,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> None:
    """Mail a new link; the old one is dead. Raises NotFound, Refused (`not-invited`: a password is set)."""
    account = _invited(tx, account_id, by)
    _mail(tx, account, at, by=by, post=post, make_id=make_id, make_secret=make_secret)


def revoke(tx: WriteTx, account_id: AccountId, at: datetime, *, by: Actor | None) -> bool:
    """End the link of an invitation; whether one lived. Raises NotFound, Refused as `resend`.

    The account stays, without a way in, until it is invited again or disabled.
    """
    account = _invited(tx, account_id, by)
    ended = links.end_links(tx, account.id, at, purpose=Purpose.INVITATION) > 0
    if ended:
        tx.record(Entry(at=at, act="invitation-revoked", account=account_of(by), detail={"of": account.id}))
    return ended


def invited(tx: ReadTx, plain: str, at: datetime) -> Account:
    """Whom a link invites, for the page that asks for a password. Uses nothing up.

    Raises Refused as `links.look_at`.
    """
    return account_with(tx, links.look_at(tx, Purpose.INVITATION, plain, at).account)


def accept(tx: WriteTx, plain: str, encoded: str, at: datetime) -> Account:
    """Use the link up and set the first password. Raises Refused as `links.use`; nothing changes then.

    An officer of the secretariat may work at once: who else should approve them.
    """
    link = links.use(tx, Purpose.INVITATION, plain, at)
    before = account_with(tx, link.account)
    if before.standing is not Standing.INVITED:
        raise Refused("link-ended")
    is_officer = before.role is Role.SECRETARIAT
    store.set_account(tx, before.id, password=encoded)
    store.set_standing(tx, before.id, Standing.APPROVED if is_officer else Standing.NEW, at)
    tx.record(Entry(at=at, act="invitation-accepted", account=before.id, state=before.state))
    tx.announce(AccountChanged(before.id))
    return account_with(tx, before.id)


def _invited(tx: ReadTx, account_id: AccountId, by: Actor | None) -> Account:
    must(may_administer(by))
    account = account_with(tx, account_id)
    if account.standing is not Standing.INVITED:
        raise Refused("not-invited")
    return account


def _mail(
    tx: WriteTx,
    account: Account,
    at: datetime,
    *,
    by: Actor | None,
    post: Post,
    make_id: MakeId,
    make_secret: secret.MakeSecret,
) -> None:
    plain = links.make_link(
        tx,
        account.id,
        Purpose.INVITATION,
        at,
        by=account_of(by),
        make_id=make_id,
        make_secret=make_secret,
    )
    post.write(
        tx,
        "invitation",
        Recipient(account.email, account.language, account.id),
        at,
        path=PATHS[Purpose.INVITATION],
        secret=plain,
        name=account.name,
        until=at + links.LIVES[Purpose.INVITATION],
    )
    tx.record(Entry(at=at, act="invited", account=account_of(by), detail={"of": account.id}))
