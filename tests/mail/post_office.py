"""An outbox on a real database, a clock that is set by hand, and a mail server on a real socket."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.fernet import Fernet

from revmod_live.events import Bus
from revmod_live.ids import AccountId, LetterId
from revmod_live.mail import store
from revmod_live.mail.delivery import Carrier
from revmod_live.mail.model import Letter, Recipient, Worded
from revmod_live.mail.post import Post
from revmod_live.mail.transports import Transport
from revmod_live.mail.vault import Vault
from revmod_live.storage.database import Database
from tests.databases import a_database

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SENDER = "Review <no-reply@review.example>"
SECRET = "a-single-use-secret"


@dataclass
class HandClock:
    """A clock that stands still until it is set."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - NOON).total_seconds()


def words(kind: str, language: str, values: Mapping[str, object]) -> Worded:
    """A subject of the kind; the link in the body."""
    return Worded(f"{kind} {values.get('name', '')}", f"{language}\n{values['link']}\n")


@dataclass
class Office:
    """The outbox and what it needs."""

    db: Database
    bus: Bus
    clock: HandClock = field(default_factory=HandClock)
    vault: Vault = field(default_factory=lambda: Vault(Fernet.generate_key()))

    @property
    def post(self) -> Post:
        return Post(words, "https://review.example", self.vault)

    def carrier(self, transport: Transport) -> Carrier:
        return Carrier(self.db, self.clock, transport, self.vault, SENDER)

    async def write(
        self, to: str = "ann@example.org", *, name: str = "Ann", secret: str | None = SECRET
    ) -> LetterId:
        """Lay a letter into the outbox."""
        recipient = Recipient(to, "en", AccountId("ann"))
        return await self.db.write(
            lambda tx: self.post.write(
                tx, "hello", recipient, self.clock.now(), path="/x/", secret=secret, name=name
            )
        )

    async def letter(self, letter_id: LetterId) -> Letter:
        """The letter as it lies there now."""
        found = await self.db.read(partial(store.letter, letter_id=letter_id))
        assert found is not None
        return found

    def later(self, span: timedelta) -> None:
        """Set the clock."""
        self.clock.at += span


@asynccontextmanager
async def an_office(folder: Path) -> AsyncIterator[Office]:
    """Open it in `folder`."""
    bus = Bus()
    async with a_database(folder, bus=bus) as db:
        yield Office(db, bus)


class Postmaster:
    """What the mail server says, and what it took. `refuses`: its answer to an address, or to all data."""

    def __init__(self) -> None:
        self.took: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if "DATA" in self.refuses:
            return self.refuses["DATA"]
        assert isinstance(envelope.content, bytes)
        self.took.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@asynccontextmanager
async def a_mail_server(**options: Any) -> AsyncIterator[tuple[Postmaster, str]]:  # noqa: ANN401 -- aiosmtpd's own
    """A mail server on a port of its own; its postmaster and its URL."""
    master = Postmaster()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(master, hostname="mail.example", loop=loop, **options), "127.0.0.1", 0
    )
    try:
        port = server.sockets[0].getsockname()[1]
        yield master, f"smtp://127.0.0.1:{port}"
    finally:
        server.close()
        await server.wait_closed()
