"""A forgotten password: asked for with an address, set anew through a mailed link.

What the page says is the same whether the address is known or not, so that nobody learns from it who
has an account. Using the link ends every session and every access token of the account.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from revmod_live.accounts import limits, links, secret, store
from revmod_live.accounts.links import PATHS
from revmod_live.accounts.model import Account, Standing
from revmod_live.accounts.papers import Purpose
from revmod_live.accounts.people import account as account_with
from revmod_live.accounts.people import find_by_email, normalised, set_password
from revmod_live.errors import Refused
from revmod_live.ids import MakeId, new_id
from revmod_live.mail.model import Recipient
from revmod_live.mail.post import Post
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import Entry

PER_ADDRESS: Final = 3
"""Letters to one address within `limits.WINDOW`; more would only fill a mailbox."""

WITHOUT: Final = frozenset({Standing.INVITED, Standing.DISABLED})
"""Whoever has no password to forget: the secretariat's invitation is their way in, or there is none."""


def ask(
    tx: WriteTx,
    email: str,
    at: datetime,
    *,
    network: str,
    post: Post,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> Refused | None:
    """Mail a link, if there is somebody to mail it to. The caller says the same in either case.

    network: from `limits.network_of`. Refused (returned, so that the count is kept) is
    `too-many-tries`, when one network asks for too many addresses; it is the same for every address.
    """
    since = at - limits.WINDOW
    # a key of its own: asking for a link must not use up the tries to sign in
    key = secret.digest(f"password link {normalised(email)}")
    store.forget_tries_before(tx, since)
    if store.count_tries(tx, since=since, network=network) >= limits.PER_NETWORK:
        return Refused("too-many-tries", retry_s=int(limits.WINDOW.total_seconds()))
    asked = store.count_tries(tx, since=since, address=key)
    store.add_try(tx, address=key, network=network, at=at)
    account = find_by_email(tx, email)
    if account is None or account.standing in WITHOUT or asked >= PER_ADDRESS:
        return None
    plain = links.make_link(tx, account.id, Purpose.PASSWORD, at, make_id=make_id, make_secret=make_secret)
    post.write(
        tx,
        "password-link",
        Recipient(account.email, account.language, account.id),
        at,
        path=PATHS[Purpose.PASSWORD],
        secret=plain,
        name=account.name,
        until=at + links.LIVES[Purpose.PASSWORD],
    )
    tx.record(Entry(at=at, act="password-link-asked", account=account.id, state=account.state))
    return None


def owner(tx: ReadTx, plain: str, at: datetime) -> Account:
    """Whose password a link sets, for the page that asks for it. Raises Refused as `links.look_at`."""
    return account_with(tx, links.look_at(tx, Purpose.PASSWORD, plain, at).account)


def set_anew(tx: WriteTx, plain: str, encoded: str, at: datetime, *, post: Post) -> Account:
    """Use the link up and set the password; every session and token ends, the person is told by mail.

    Raises Refused as `links.use`; nothing changes then.
    """
    link = links.use(tx, Purpose.PASSWORD, plain, at)
    account = account_with(tx, link.account)
    if account.standing in WITHOUT:
        raise Refused("link-ended")
    set_password(tx, account.id, encoded, at)
    tell_changed(tx, account, at, post=post)
    return account


def tell_changed(tx: WriteTx, account: Account, at: datetime, *, post: Post) -> None:
    """Tell somebody by mail that their password was changed: it may not have been they."""
    to = Recipient(account.email, account.language, account.id)
    post.write(tx, "password-changed", to, at, path="/sign-in", name=account.name, when=at)
