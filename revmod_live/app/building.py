"""The running program: opens database, rooms and pages in order, serves, and closes in reverse.

The one place where settings become parts. No part looks another one up.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from revmod_live.app.chores import chores
from revmod_live.app.keys import signing
from revmod_live.clock import Clock, SystemClock
from revmod_live.content.load import load
from revmod_live.events import Bus
from revmod_live.ids import new_id
from revmod_live.mail import vault
from revmod_live.mail.delivery import Carrier, delivering
from revmod_live.mail.post import Post
from revmod_live.mail.transports import Folder, Smtp, domain_of
from revmod_live.portal import languages
from revmod_live.portal.application import application
from revmod_live.portal.letter_words import LetterWords
from revmod_live.portal.services import Services
from revmod_live.portal.serving import listening, serving
from revmod_live.storage import database, schema
from revmod_live.sync import rooms
from revmod_live.sync.warming import warm_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.settings import Settings


@dataclass(frozen=True, slots=True)
class House:
    """A program that is up: its parts, and the address that its pages are at."""

    services: Services
    url: str


@asynccontextmanager
async def parts(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Services]:
    """The parts of the program, without its pages. Enter and leave in one task.

    Migrates the database first. Raises Unavailable (`database-newer`) when it is newer than the code.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    schema.upgrade(settings.url)
    clock = clock or SystemClock()
    bus, content = Bus(), load()
    async with (
        database.opened(settings.url, bus) as db,
        rooms.opened(db=db, bus=bus, clock=clock, fields=content.fields) as live,
        chores(db, bus, clock),
    ):
        await warm_up(db)
        yield Services(
            db=db,
            rooms=live,
            bus=bus,
            clock=clock,
            settings=settings,
            content=content,
            make_id=new_id,
            post=Post(
                words=LetterWords(languages.load()), site=settings.site, vault=vault.opened(settings.keys)
            ),
            signing=signing(settings.keys),
        )


@asynccontextmanager
async def sending(services: Services) -> AsyncIterator[None]:
    """Send the letters of the outbox until left: what the serving program does, and no other.

    Raises Malformed for a mail server or a sender that cannot be read.
    """
    settings = services.settings
    carrier = Carrier(
        db=services.db,
        clock=services.clock,
        transport=Smtp(settings.smtp_url) if settings.smtp_url else Folder(settings.outbox),
        vault=services.post.vault,
        sender=settings.mail_from,
    )
    domain_of(carrier.sender)
    async with delivering(carrier, services.bus):
        yield


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[House]:
    """The whole program, its pages served. Leaving it commits what was accepted, then closes."""
    with listening(settings.host, settings.port) as (socket, url):
        if not settings.origins:
            settings = replace(settings, origins=(url,))
        async with (
            parts(settings, clock=clock) as services,
            sending(services),
            serving(application(services), socket),
        ):
            yield House(services, url)
