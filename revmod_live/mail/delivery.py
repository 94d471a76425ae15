"""Sending what lies in the outbox: after each commit that laid something there, and again after failures.

A letter is never lost: it stays in the table until the other side has taken it. It is sent twice only
when the program dies between the other side's yes and the note of it; both then have one Message-ID.
Several programs may share one outbox: a try begins with a conditional write that one of them wins.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from revmod_live.clock import Clock
from revmod_live.errors import Unavailable
from revmod_live.events import Bus, Event, LetterPosted
from revmod_live.mail import store
from revmod_live.mail.model import Letter
from revmod_live.mail.post import PLACE
from revmod_live.mail.transports import Transport, Undelivered, message_of
from revmod_live.mail.vault import Vault
from revmod_live.storage.database import Database

LOOK_EVERY_S: Final = 5.0
"""Also without an announcement: another process may have laid a letter there, or a later try be due."""

LEASE: Final = timedelta(minutes=5)
"""Whoever began a try and was not heard of again has lost the letter to the next one."""

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
AT_ONCE: Final = 20

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What is needed to send. sender: as `From` has it."""

    db: Database
    clock: Clock
    transport: Transport
    vault: Vault
    sender: str


@asynccontextmanager
async def delivering(carrier: Carrier, bus: Bus) -> AsyncIterator[None]:
    """Send letters until left. Enter and leave in one task."""
    posted = asyncio.Event()

    def hear(event: Event) -> None:
        if isinstance(event, LetterPosted):
            posted.set()

    unsubscribe = bus.subscribe(hear)
    try:
        async with asyncio.TaskGroup() as owner:
            task = owner.create_task(_deliver(carrier, posted), name="letters")
            try:
                yield
            finally:
                task.cancel()
    finally:
        unsubscribe()


async def _deliver(carrier: Carrier, posted: asyncio.Event) -> None:
    while True:
        # the mark first: what is posted while these are sent is looked for again
        posted.clear()
        try:
            more = await deliver_due(carrier) == AT_ONCE
        except Unavailable as problem:
            log.warning("letters wait: %s", problem)
            more = False
        if not more:
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await posted.wait()
            except TimeoutError:
                continue


async def deliver_due(carrier: Carrier) -> int:
    """Try every letter that is due, at most `AT_ONCE`; how many were there. Raises Unavailable."""
    waiting = await carrier.db.read(partial(store.due, at=carrier.clock.now(), at_most=AT_ONCE))
    for letter in waiting:
        until = carrier.clock.now() + LEASE
        if await carrier.db.write(partial(store.begin_try, one=letter, until=until)):
            await _try(carrier, letter)
    return len(waiting)


async def _try(carrier: Carrier, letter: Letter) -> None:
    try:
        body = letter.body
        if letter.sealed:
            body = body.replace(PLACE, carrier.vault.open(letter.sealed))
        await carrier.transport.send(message_of(letter, body, sender=carrier.sender))
    except (Undelivered, Unavailable, ValueError) as problem:
        # ValueError: an address that makes no header; Unavailable: sealed with a key that is gone
        is_final = not isinstance(problem, Undelivered) or problem.is_final
        log.warning("letter %s was not sent: %s", letter.id, problem)
        again = None if is_final else carrier.clock.now() + wait_after(letter.tries + 1)
        await carrier.db.write(
            partial(store.set_problem, letter_id=letter.id, problem=str(problem), next_try_at=again)
        )
        return
    await carrier.db.write(partial(store.set_sent, letter_id=letter.id, at=carrier.clock.now()))


def wait_after(tries: int) -> timedelta:
    """How long until the next try after so many: a minute, twice as long each time, at most an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)
