"""The two ways out: a folder of `.eml` files, and a mail server.

Each is one method, `send`. Knows nothing of the outbox table; a message says by its Message-ID which
letter it is, so that one that was sent twice is known for the same.
"""

from __future__ import annotations

import asyncio
import os
import re
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from revmod_live.errors import Malformed, RevmodError
from revmod_live.mail.model import Letter

TIMEOUT_S: Final = 60.0
LONGEST_LINE: Final = 998
"""Of a message (RFC 5322, 2.1.1), without its end."""

SCHEMES: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Encrypted when the other side offers it; refused when it does not; from the first byte."""


class Undelivered(RevmodError):
    """A message was not taken. is_final: trying the same again is no use."""

    def __init__(self, problem: str, *, is_final: bool = False) -> None:
        super().__init__(problem)
        self.problem: Final = problem
        self.is_final: Final = is_final


class Transport(Protocol):
    """Somewhere to send messages to."""

    async def send(self, message: EmailMessage) -> None:
        """Return once the other side has it for good. Raises Undelivered."""
        ...


def message_of(letter: Letter, body: str, *, sender: str) -> EmailMessage:
    """The message of a letter, `body` with its link in it. The same letter always gives the same one.

    sender: as `From` has it, such as `Review platform <no-reply@review.example>`.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.made_at)
    message["Message-ID"] = f"<{letter.id}@{domain_of(sender)}>"
    # no answering machine answers such a letter (RFC 3834)
    message["Auto-Submitted"] = "auto-generated"
    # as it is where that can be, so that a link in an `.eml` file can be copied; else whole, in base64
    is_plain = body.isascii() and all(len(line) <= LONGEST_LINE for line in body.splitlines())
    message.set_content(body, cte="7bit" if is_plain else "base64")
    message["Content-Language"] = letter.language
    return message


def domain_of(sender: str) -> str:
    """The domain of an address. Raises Malformed when `sender` has none."""
    name, _, domain = parseaddr(sender)[1].rpartition("@")
    if not name or not sender.isprintable() or not re.fullmatch(r"[A-Za-z0-9.-]+", domain):
        raise Malformed("an address to send from, such as Review <no-reply@review.example>", place="sender")
    return domain


class Folder:
    """Writes each message as a file. For a laptop, and for trying things out: nothing leaves the machine."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    async def send(self, message: EmailMessage) -> None:
        """Write it whole, under a name that follows from its Message-ID."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as problem:
            raise Undelivered(str(problem)) from problem

    def _write(self, message: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = f"{message['Message-ID'].strip('<>').partition('@')[0]}.eml"
        beside = self.path / f".{name}.{os.getpid()}"
        # links in it open accounts: for the operator alone
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path / name)


class Smtp:
    """Hands each message to a mail server."""

    def __init__(self, url: str) -> None:
        """Read `url`: a scheme of `SCHEMES`, then `user:password@host:port`. Raises Malformed."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = 0
        if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
            raise Malformed("smtp://host, smtp+starttls://host or smtps://host", place="smtp_url")
        self._host: Final = parts.hostname
        self._port: Final = port or SCHEMES[parts.scheme]
        self._user: Final = unquote(parts.username) if parts.username else None
        self._password: Final = unquote(parts.password) if parts.password else None
        self._tls: Final = parts.scheme == "smtps"
        self._start_tls: Final = {"smtp": None, "smtp+starttls": True, "smtps": False}[parts.scheme]

    async def send(self, message: EmailMessage) -> None:
        """Hand it over; what the server says no with decides whether it is tried again."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                start_tls=self._start_tls,
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            # the address itself: nobody there (5xx) stays so, a full mailbox (4xx) may not
            codes = [one.code for one in refused.recipients]
            said = "; ".join(f"{one.code} {one.message}" for one in refused.recipients)
            raise Undelivered(said, is_final=all(code >= 500 for code in codes)) from refused  # noqa: PLR2004 -- SMTP's own classes
        except aiosmtplib.SMTPNotSupported as problem:
            raise Undelivered(str(problem), is_final=True) from problem
        except (aiosmtplib.SMTPException, OSError) as problem:
            # also a refused sign-in or sender: that is for the operator to mend, and the letters wait
            raise Undelivered(str(problem) or type(problem).__name__) from problem
