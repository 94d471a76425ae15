"""Single-use links that were mailed: made, looked at, used once, ended.

The link holds 32 random bytes, the server their SHA-256. Looking at a link (a mail scanner does that
too) does not use it; using it is one conditional write, so that of any number of uses at the same
moment one succeeds. Knows nothing of pages but the path that leads to each kind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from revmod_live.accounts import secret, store
from revmod_live.accounts.papers import Link, Purpose
from revmod_live.errors import Refused
from revmod_live.ids import AccountId, LinkId, MakeId, new_id
from revmod_live.storage.database import ReadTx, WriteTx

LIVES: Final = {Purpose.INVITATION: timedelta(days=10), Purpose.PASSWORD: timedelta(hours=1)}
"""How long each is good for (decision D-31)."""

PATHS: Final = {Purpose.INVITATION: "/invitation/", Purpose.PASSWORD: "/new-password/"}
"""Where the page of each is; the secret comes behind."""


def make_link(
    tx: WriteTx,
    account: AccountId,
    purpose: Purpose,
    at: datetime,
    *,
    by: AccountId | None = None,
    make_id: MakeId = new_id,
    make_secret: secret.MakeSecret = secret.new_secret,
) -> str:
    """Make a link of `account`; its secret, which is mailed and nowhere else. An older one ends."""
    end_links(tx, account, at, purpose=purpose)
    plain = make_secret()
    link = Link(LinkId(make_id()), account, purpose, at, by, at + LIVES[purpose], None, None)
    store.add_link(tx, link, digest=secret.digest(plain))
    return plain


def look_at(tx: ReadTx, purpose: Purpose, plain: str, at: datetime) -> Link:
    """The living link with this secret. It is not used by that.

    Raises Refused: `link-unknown`, `link-used`, `link-ended` or `link-expired`.
    """
    link = store.link_by_digest(tx, secret.digest(plain))
    if link is None or link.purpose is not purpose:
        raise Refused("link-unknown")
    if link.used_at is not None:
        raise Refused("link-used")
    if link.ended_at is not None:
        raise Refused("link-ended")
    if not link.is_living(at):
        raise Refused("link-expired")
    return link


def use(tx: WriteTx, purpose: Purpose, plain: str, at: datetime) -> Link:
    """Use a link up. Raises Refused as `look_at`; of uses at the same moment all but one, `link-used`."""
    link = look_at(tx, purpose, plain, at)
    # asked again in the write itself: on a database where two commands may run side by side as well
    if not store.set_link_used(tx, link.id, at):
        raise Refused("link-used")
    return link


def end_links(tx: WriteTx, account: AccountId, at: datetime, *, purpose: Purpose | None = None) -> int:
    """End what an account has of links that were not used, of one purpose or all; how many."""
    return store.end_links(tx, account, at, purpose=purpose)
