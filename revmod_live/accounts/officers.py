"""Who may look after accounts: the secretariat, and the operator at the command line."""

from __future__ import annotations

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import ALLOWED, Allowed, Refused
from revmod_live.ids import AccountId


def may_administer(actor: Actor | None, account: AccountId | None = None) -> Allowed | Refused:
    """Whether `actor` may invite, approve, refuse, disable or replace.

    actor:   None for the operator at the command line, who may.
    account: whose standing it is about, if anybody's: nobody decides on their own.
    Refused is `suspended`, `role` or `own-account`. Requirements ACC-01, PRO-05, ROL-05.
    """
    if actor is None:
        return ALLOWED
    if not actor.active:
        return Refused("suspended")
    if actor.role is not Role.SECRETARIAT:
        return Refused("role")
    if actor.account == account:
        return Refused("own-account")
    return ALLOWED


def account_of(actor: Actor | None) -> AccountId | None:
    """Whose act it was, for the record; None for the operator."""
    return None if actor is None else actor.account
