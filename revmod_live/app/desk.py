"""What the operator does to accounts at the command line, also while a server runs on the same database.

Each is one transaction, as on the secretariat's pages, recorded without an officer's name. A running
server hears of it within a second or two (`accounts.elsewhere`) and sends the letters.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import invitations, people, profiles, secret, standings
from revmod_live.accounts.links import PATHS
from revmod_live.accounts.model import Account, Role, Standing
from revmod_live.accounts.papers import Nomination, Purpose
from revmod_live.app.keys import make_signing_key
from revmod_live.errors import Malformed, NotFound, Refused
from revmod_live.mail import store as letters
from revmod_live.mail.post import PLACE, try_again
from revmod_live.workflow import commands

if TYPE_CHECKING:
    from revmod_live.ids import LetterId
    from revmod_live.mail.model import Letter
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx, WriteTx

CODE: Final = re.compile(r"[A-Z]{3}")
SHOWN: Final = 50
"""Letters that the list shows, newest first."""


async def first_officer(services: Services, *, email: str, name: str) -> str:
    """Make the first account of the secretariat and the signing key; the address that sets its password.

    Done again for the same address before a password was set, it gives a new one; the old is dead.
    Raises Refused (`officer-there`: somebody of the secretariat can invite), Malformed.
    """
    plain, at = secret.new_secret(), services.now

    def make(tx: WriteTx) -> None:
        there = people.find_by_email(tx, email)
        officers = [one for one in people.everybody(tx) if one.role is Role.SECRETARIAT]
        if there is not None and officers == [there] and there.standing is Standing.INVITED:
            invitations.resend(tx, there.id, at, by=None, post=services.post, make_secret=lambda: plain)
            return
        if officers:
            raise Refused("officer-there")
        named = Nomination(None, Role.SECRETARIAT, email, name, "revmod-live init", at.astimezone(UTC).date())
        invitations.invite(tx, named, at, by=None, post=services.post, make_secret=lambda: plain)

    await services.db.write(make)
    make_signing_key(services.settings.keys)
    return f"{services.post.site}{PATHS[Purpose.INVITATION]}{plain}"


async def invite(services: Services, nomination: Nomination) -> Account:
    """Invite whom a note verbale names. Raises as `invitations.invite`, Malformed (place `state`)."""
    if nomination.state is not None and not CODE.fullmatch(nomination.state):
        raise Malformed("three capital letters", place="state")
    at = services.now
    return await services.db.write(
        lambda tx: invitations.invite(tx, nomination, at, by=None, post=services.post)
    )


async def approve(services: Services, email: str) -> tuple[Account, tuple[profiles.Difference, ...]]:
    """Approve a submitted profile; also where it differs from the note verbale. Raises NotFound, Refused."""
    at = services.now

    def decide(tx: WriteTx) -> tuple[Account, tuple[profiles.Difference, ...]]:
        before = profiles.page(tx, _known(tx, email).id)
        rev = before.saved.rev if before.saved else 0
        account = profiles.approve(tx, before.account.id, rev, at, by=None, post=services.post)
        if (account.role, account.state) != (before.account.role, before.account.state):
            commands.person_suspended(tx, account.id, at)
        return account, before.differences

    return await services.db.write(decide)


async def disable(services: Services, email: str, reason: str) -> Account:
    """End somebody's access for good; their sections are released. Raises NotFound, Malformed, Refused."""
    at = services.now

    def end(tx: WriteTx) -> Account:
        account = standings.disable(tx, _known(tx, email).id, reason, at, by=None)
        commands.person_suspended(tx, account.id, at)
        return account

    return await services.db.write(end)


async def outbox(services: Services) -> tuple[Letter, ...]:
    """The newest letters, sent or not."""
    return await services.db.read(lambda tx: letters.newest(tx, at_most=SHOWN))


async def read_letter(services: Services, letter_id: LetterId) -> str:
    """A letter's words; while it waits, with its single-use link. Raises NotFound.

    Once it is sent, the link is known to its reader alone (and to the `.eml` file, if it was written to one).
    """
    letter = await services.db.read(lambda tx: letters.letter(tx, letter_id))
    if letter is None:
        raise NotFound("letter")
    body = (
        letter.body.replace(PLACE, services.post.vault.open(letter.sealed)) if letter.sealed else letter.body
    )
    return f"{letter.recipient}\n{letter.subject}\n\n{body}"


async def send_again(services: Services, letter_id: LetterId) -> None:
    """Have a letter that was not sent tried at once by the running server. Raises NotFound."""
    at = services.now
    await services.db.write(lambda tx: try_again(tx, letter_id, at))


def day(text: str) -> date:
    """A calendar day as `2026-05-04`. Raises Malformed (place `dated`)."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Malformed("a day such as 2026-05-04", place="dated") from None


def _known(tx: ReadTx, email: str) -> Account:
    account = people.find_by_email(tx, email)
    if account is None:
        raise NotFound("account")
    return account
