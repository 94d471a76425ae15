"""The page on which somebody chooses a password: by an invitation, by a mailed link, or signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from revmod_live.portal import password_rules, reasons
from revmod_live.portal.statuses import status_of
from revmod_live.portal.templating import PAGES, language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from revmod_live.accounts.model import Account
    from revmod_live.errors import Refused

INVITED, FORGOTTEN, CHANGED = "invited", "forgotten", "changed"
"""What the page is for."""

BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed. again: None where the page did not ask for it twice, because the person sees it."""

    password: str
    again: str | None
    current: str

    @property
    def is_same(self) -> bool:
        """Whether it was typed the same both times, if it was asked for twice."""
        return self.again is None or self.again == self.password


def given(fields: Mapping[str, str]) -> Given:
    """The form of the page; what is over-long is refused by the rules."""
    return Given(fields.get("password", "")[:1024], fields.get("again"), fields.get("current", "")[:1024])


def password_page(
    request: web.Request,
    account: Account,
    purpose: str,
    *,
    tried: Given | None = None,
    refused: Refused | None = None,
    current: Refused | None = None,
) -> web.Response:
    """The page; with a password that was tried, what is wrong with it. No password is ever sent back.

    refused: why the new one is not taken; None beside `tried` when both were not the same.
    current: why the present password is not taken.
    """
    words, about = language(request), password_rules.about(account)
    problem, is_weak = "", False
    if refused is not None:
        problem = reasons.sentence(words, refused)
        is_weak = refused.because == "weak-password"
        if is_weak and tried is not None and len(tried.password) > password_rules.MAX_LENGTH:
            problem = words.text(password_rules.TOO_LONG)
    elif tried is not None and not tried.is_same:
        problem = words.text(password_rules.NOT_THE_SAME)
    status = 200 if tried is None else BAD_REQUEST
    status = next((status_of(one) for one in (current, refused) if one is not None), status)
    shown = tried.password if tried is not None and is_weak else None
    return request.app[PAGES].page(
        request,
        "set_password.html",
        status=status,
        account=account,
        purpose=purpose,
        action=request.path,
        problem=problem,
        current_problem="" if current is None else reasons.sentence(words, current),
        rules=password_rules.rules(words, shown, about),
        policy=password_rules.for_script(about),
    )
