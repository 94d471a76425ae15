"""People at their keyboards: a client, its line, and what they were sent, whatever the server.

Owns connecting and the taking in of what came. Knows no scene.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.bench.line import Line, connect, framed
from tests.bench.strokes import Stroke, Typist, strokes_of, text_of
from tests.bench.wires import Client, Document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bench.servers import Running

OPEN_WITHIN_S: Final = 30
AT_ONCE: Final = 20
"""Connections opened at the same time."""
ONLOOKER: Final = 10**9
"""Yjs client ids from here on never type."""


Place = tuple[Document, Typist | None, int]
"""Where somebody is, what they type if anything, and which person it is."""


class WrongText(Exception):
    """Somebody's text is not what was typed, or somebody was refused."""


@dataclass
class Person:
    """A client at the keyboard, or one who only looks on."""

    client: Client
    line: Line
    typist: Typist | None
    state: bytes
    sent: list[float] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    arrived: dict[Stroke, float] = field(default_factory=dict)
    acked: list[float] = field(default_factory=list)

    def read(self) -> None:
        """Take in what has come. Raises WrongText when the server refuses something."""
        own = self.typist.client if self.typist else None
        for at, message in self.line.messages():
            heard = self.client.heard(message)
            if heard.refused:
                raise WrongText(f"refused: {heard.refused}")
            for update in heard.updates:
                self.updates.append(update)
                for stroke in strokes_of(update):
                    # some servers send authors their own updates back: no delivery
                    if stroke[0] != own:
                        self.arrived.setdefault(stroke, at)
            if heard.acked:
                upto = heard.acked if self.client.counts_rows else len(self.acked) + 1
                self.acked += [at] * (upto - len(self.acked))
        if self.line.ended:
            raise WrongText(self.line.ended)


@asynccontextmanager
async def leaving() -> AsyncIterator[AsyncExitStack]:
    """Whoever is entered here is cut off at the end, and truly gone."""
    async with AsyncExitStack() as leave:
        yield leave
    await asyncio.sleep(0.05)


async def join(server: Running, document: Document, typist: Typist | None, person: int) -> Person:
    """Connect, open the document and hear its text."""
    client = server.client(document, typist.client if typist else ONLOOKER + person, person)
    state = b""

    def is_here(message: bytes) -> bool:
        nonlocal state
        heard = client.heard(message)
        if heard.refused:
            raise WrongText(f"refused: {heard.refused}")
        state = heard.state or b""
        return heard.state is not None

    async with asyncio.timeout(OPEN_WITHIN_S):
        line = await connect(server.port, client.path, client.headers)
        line.write(framed(client.opening()))
        await line.hear(is_here)
    return Person(client, line, typist, state)


async def join_all(server: Running, places: list[Place], leave: AsyncExitStack) -> list[Person]:
    """Connect everybody, a few at a time; they are cut off when `leave` is left."""
    people: list[Person] = []
    for start in range(0, len(places), AT_ONCE):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(join(server, *place)) for place in places[start : start + AT_ONCE]]
        for task in tasks:
            people.append(task.result())
            leave.callback(people[-1].line.cut)
    return people


async def write_first(server: Running, documents: list[Document], beginnings: list[bytes], text: str) -> None:
    """Somebody writes the first sentence of each document, stays until it is there, and leaves."""
    async with leaving() as leave:
        for document, beginning in zip(documents, beginnings, strict=True):
            person = await join(server, document, None, 0)
            leave.callback(person.line.cut)
            person.line.write(framed(person.client.update(beginning)))
        for document in documents:
            async with asyncio.timeout(OPEN_WITHIN_S):
                while text not in await text_at(server, document):  # noqa: ASYNC110 -- another process is watched: it has no event to wait for
                    await asyncio.sleep(0.02)


async def text_at(server: Running, document: Document) -> str:
    """The text as somebody gets it who comes now."""
    person = await join(server, document, None, 1)
    person.line.cut()
    return text_of([person.state], document.field_name)
