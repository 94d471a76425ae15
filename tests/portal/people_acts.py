"""What people and officers do on the pages about people, for tests: invite, open the letter, decide."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import people
from revmod_live.mail import store as letters
from revmod_live.mail.post import PLACE

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.mail.model import Letter
    from revmod_live.storage.database import ReadTx
    from tests.houses import TestHouse
    from tests.portal.browsing import Browser, Page

GOOD: Final = "Kettle-RUDDER!?914"
NOTE: Final = {
    "role": "expert",
    "state": "AVA",
    "name": "Mira Sol",
    "email": "mira@avaland.example",
    "reference": "NV/2026/17",
    "dated": "2026-03-02",
    "language": "en",
}
MIRA: Final = {"name": "Mira Sol", "email": "mira@avaland.example", "role": "expert", "state": "AVA"}


async def invite(officer: Browser, **said: str) -> Page:
    """Record a note verbale and invite."""
    return await officer.send("/console/invitations", {**NOTE, **said})


async def newest_letter(house: TestHouse, email: str) -> Letter:
    """The newest letter to an address."""

    def look(tx: ReadTx) -> Letter:
        return next(one for one in letters.newest(tx, at_most=100) if one.recipient == email)

    return await house.services.db.read(look)


async def link(house: TestHouse, email: str) -> str:
    """The path of the link in the newest letter to an address, from the outbox or, once sent, the folder."""
    letter = await newest_letter(house, email)
    if letter.sealed:
        text = letter.body.replace(PLACE, house.services.post.vault.open(letter.sealed))
    else:
        written = (house.services.settings.outbox / f"{letter.id}.eml").read_bytes()
        text = str(message_from_bytes(written, policy=policy.default).get_content())
    found = re.search(r"https?://[^/\s]+(/(?:invitation|new-password)/[\w-]+)", text)
    assert found is not None, text
    return found[1]


async def joins(house: TestHouse, officer: Browser, newcomer: Browser, **said: str) -> Page:
    """Invite somebody, who opens the letter and sets a password; their profile page."""
    assert (await invite(officer, **said)).status == 303
    address = await link(house, said.get("email", NOTE["email"]))
    assert (await newcomer.send(address, {"password": GOOD})).headers["Location"] == "/profile"
    return await newcomer.get("/profile")


async def account(house: TestHouse, email: str) -> Account:
    """An account as it is now."""

    def look(tx: ReadTx) -> Account:
        found = people.find_by_email(tx, email)
        assert found is not None
        return found

    return await house.services.db.read(look)


async def save(person: Browser, act: str = "save", **said: str) -> Page:
    """Send the form of the profile."""
    return await person.send("/profile", {**MIRA, **said, "act": act})
