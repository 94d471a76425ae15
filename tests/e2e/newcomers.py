"""People on their way in, made by the commands: invited, waiting, refused, suspended, with a factor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pyotp

from revmod_live.accounts import (
    invitations,
    links,
    nominations,
    passwords,
    people,
    profiles,
    second_factor,
    sessions,
    standings,
)
from revmod_live.accounts.model import Account, Role, Standing
from revmod_live.accounts.papers import Nomination, Purpose
from revmod_live.app.demo import DemoAccount
from revmod_live.ids import AccountId, StateCode
from revmod_live.portal.cookies import SESSION
from tests.e2e.person import Person

if TYPE_CHECKING:
    from datetime import datetime

    from revmod_live.storage.database import WriteTx
    from tests.e2e.stage import Stage

STATE: Final = StateCode("BOR")
PASSWORD: Final = "Calm-Rivers.Meet.271-BOR"


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Makes people of one house, and moves them on."""

    stage: Stage

    @property
    def _now(self) -> datetime:
        return self.stage.house.services.now

    async def invited(self, name: str, email: str, *, days_ago: int = 0) -> str:
        """Somebody with an invitation of so many days ago; the secret of its link."""
        services = self.stage.house.services
        at = services.now - timedelta(days=days_ago)

        def make(tx: WriteTx) -> str:
            named = Nomination(STATE, Role.EXPERT, email, name, "NV 12/2026", date(2026, 3, 2))
            made = invitations.invite(tx, named, at, by=None, post=services.post)
            return links.make_link(tx, made.id, Purpose.INVITATION, at)

        return await services.db.write(make)

    async def arrived(self, name: str, email: str, role: Role = Role.EXPERT) -> AccountId:
        """Somebody who has set a password and saved no profile yet."""
        services = self.stage.house.services
        encoded = passwords.hashed(PASSWORD)

        def make(tx: WriteTx) -> AccountId:
            made = people.create_account(
                tx, email=email, name=name, role=role, state=STATE, at=services.now,
                password=encoded, standing=Standing.NEW,
            )  # fmt: skip
            named = Nomination(STATE, role, email, name, "NV 14/2026", date(2026, 3, 9))
            nominations.record_note(tx, made.id, named, services.now, by=None)
            return made.id

        return await services.db.write(make)

    async def saves(self, account: AccountId, **fields: str) -> None:
        """Saves a profile like the note verbale, but for these fields."""

        def save(tx: WriteTx) -> None:
            profile = profiles.page(tx, account).profile
            profiles.save(tx, account, replace(profile, **fields), self._now)  # type: ignore[arg-type]

        await self.stage.house.services.db.write(save)

    async def submits(self, account: AccountId) -> None:
        """Submits for approval."""
        await self.stage.house.services.db.write(lambda tx: profiles.submit(tx, account, self._now))

    async def is_approved(self, account: AccountId) -> None:
        """The secretariat approves."""
        services = self.stage.house.services

        def approve(tx: WriteTx) -> None:
            rev = profiles.page(tx, account).saved
            assert rev is not None
            profiles.approve(tx, account, rev.rev, services.now, by=None, post=services.post)

        await services.db.write(approve)

    async def is_refused(self, account: AccountId, reason: str) -> None:
        """The secretariat refuses."""
        services = self.stage.house.services

        def refuse(tx: WriteTx) -> None:
            saved = profiles.page(tx, account).saved
            assert saved is not None
            profiles.refuse(tx, account, saved.rev, reason, services.now, by=None, post=services.post)

        await services.db.write(refuse)

    async def is_suspended(self, account: AccountId, reason: str) -> None:
        """The secretariat suspends."""
        await self.stage.house.services.db.write(
            lambda tx: standings.suspend(tx, account, reason, self._now, by=None)
        )

    async def forgets(self, account: AccountId) -> str:
        """A link to set a new password; its secret."""
        return await self.stage.house.services.db.write(
            lambda tx: links.make_link(tx, account, Purpose.PASSWORD, self._now)
        )

    async def begins_second_factor(self, account: AccountId) -> str:
        """A second factor that no code has confirmed yet; its secret."""

        def begin(tx: WriteTx) -> str:
            return second_factor.enrol(tx, people.account(tx, account), self._now, issuer="Reviews").secret

        return await self.stage.house.services.db.write(begin)

    async def turns_second_factor_on(self, account: AccountId) -> str:
        """A second factor that is on; its secret."""
        secret = await self.begins_second_factor(account)
        services = self.stage.house.services

        def confirm(tx: WriteTx) -> None:
            code = pyotp.TOTP(secret).at(services.now)
            second_factor.confirm(tx, people.account(tx, account), code, services.now, post=services.post)

        await services.db.write(confirm)
        return secret

    async def account(self, role: str, state: str | None) -> AccountId:
        """The account of one of the demonstration's people."""
        return (await self._account(self.stage.house.person(role, state).email)).id

    async def signed_in(
        self, account: AccountId, *, language: str = "en", hours_ago: float = 0, width: int | None = None
    ) -> Person:
        """In a browser of their own, signed in so long ago."""
        services = self.stage.house.services
        at = services.now - timedelta(hours=hours_ago)

        def start(tx: WriteTx) -> tuple[Account, str]:
            found = people.account(tx, account)
            return found, sessions.start_session(tx, found, at)[0]

        found, token = await services.db.write(start)
        context = await self.stage.context(language=language, width=width)
        cookie = {"name": SESSION, "value": token, "url": self.stage.url, "httpOnly": True}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        who = DemoAccount(found.email, PASSWORD, found.state, found.role.value, found.name)
        person = Person(self.stage, await context.new_page(), who)
        self.stage.people.append(person)
        return person

    async def _account(self, email: str) -> Account:
        found = await self.stage.house.services.db.read(lambda tx: people.find_by_email(tx, email))
        assert found is not None
        return found
