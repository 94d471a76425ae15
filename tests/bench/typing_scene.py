"""People typing: so many in each of so many sections, each with a steady hand and their own caret.

Owns who types when, and the counting afterwards. A delivery is one keystroke arriving at one other
person; whoever is measured, every text must come out equal.
"""

from __future__ import annotations

import asyncio
import gc
import random
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter
from typing import TYPE_CHECKING, Final

from tests.bench.line import framed
from tests.bench.people import Person, Place, WrongText, join_all, leaving, text_at, write_first
from tests.bench.servers import Ground, Kind, Running, running
from tests.bench.strokes import BEGINNING, script, text_of
from tests.bench.wires import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTLE_WITHIN_S: Final = 15
TEXTS_COMPARED: Final = 3
"""People of a section whose text is built and compared; of the others every keystroke is counted."""

Spread = tuple[float, float]
"""Median and 99th percentile, in ms."""


@dataclass(frozen=True, slots=True)
class Hands:
    """Who types, how fast, and for how long."""

    sections: int
    typists: int
    keys_per_s: float
    warm_s: float
    measured_s: float

    @property
    def keystrokes(self) -> int:
        """Keystrokes of one typist, at most."""
        return int(self.keys_per_s * (self.warm_s + self.measured_s)) + 1


@dataclass(frozen=True, slots=True)
class Typed:
    """What it showed. `ack` is None where the server says nothing; `stalled`: it did not keep up."""

    deliveries: int
    cpu_s: float
    screen: Spread
    ack: Spread | None
    stalled: bool

    @property
    def per_cpu_s(self) -> float:
        """Deliveries a server CPU second."""
        return self.deliveries / self.cpu_s


async def typing(kind: Kind, ground: Ground, hands: Hands) -> Typed:
    """One run, on a fresh server and a fresh data folder. Raises WrongText."""
    documents = list(ground.sections[: hands.sections])
    scripts = [
        script(typists=hands.typists, keystrokes=hands.keystrokes, field_name=document.field_name, seed=n)
        for n, document in enumerate(documents)
    ]
    places: list[Place] = [
        (document, typist, person)
        for document, written in zip(documents, scripts, strict=True)
        for person, typist in enumerate(written.typists)
    ]
    with running(kind, ground.fresh(kind)) as server:
        async with leaving() as leave:
            await write_first(server, documents, [written.beginning for written in scripts], BEGINNING)
            people = await join_all(server, places, leave)
            window, cpu_s = await play(server, people, hands)
            rooms = [people[n : n + hands.typists] for n in range(0, len(people), hands.typists)]
            stalled = not await settled(rooms)
            if not stalled:
                for document, room in zip(documents, rooms, strict=True):
                    await check(server, document, room)
            screen, acks = times(rooms, window)
            return Typed(
                len(screen), cpu_s, spread(screen), spread(acks) if kind.acknowledges else None, stalled
            )


async def play(server: Running, people: list[Person], hands: Hands) -> tuple[tuple[float, float], float]:
    """Everybody types; the window that counts, and the server's CPU seconds in it."""
    chance = random.Random(1)
    whole_s = hands.warm_s + hands.measured_s
    plan = []
    for person in people:
        assert person.typist is not None
        first_s = chance.random() / hands.keys_per_s
        for n in range(hands.keystrokes):
            due = first_s + n / hands.keys_per_s
            if due < whole_s:
                plan.append((due, person, framed(person.client.keystroke(person.typist, n))))
    plan.sort(key=lambda one: one[0])
    with undisturbed():
        began = perf_counter() + 0.1
        opened, cpu_s = 0.0, 0.0
        for due, person, frames in plan:
            wait_s = began + due - perf_counter()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            if not opened and due >= hands.warm_s:
                opened, cpu_s = perf_counter(), server.cpu_s()
            person.sent.append(perf_counter())
            person.line.write(frames)
        await asyncio.sleep(max(0.0, began + whole_s - perf_counter()))
        return (opened, perf_counter()), server.cpu_s() - cpu_s


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection of our own while the time is taken."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def settled(rooms: list[list[Person]]) -> bool:
    """Wait until everybody has everything that the others typed; False when it takes too long."""
    until = perf_counter() + SETTLE_WITHIN_S
    while True:
        is_whole = True
        for room in rooms:
            typed = sum(len(person.sent) for person in room)
            for person in room:
                person.read()
                is_whole = is_whole and len(person.arrived) >= typed - len(person.sent)
        if is_whole or perf_counter() > until:
            return is_whole
        await asyncio.sleep(0.05)


async def check(server: Running, document: Document, room: list[Person]) -> None:
    """Every text equal: what was typed, what people were sent, what a late joiner gets."""
    own = [person.typist.updates[: len(person.sent)] if person.typist else () for person in room]
    wanted = text_of([room[0].state, *(update for updates in own for update in updates)], document.field_name)
    if BEGINNING not in wanted:
        raise WrongText("the beginning is missing")
    for person, typed in list(zip(room, own, strict=True))[:TEXTS_COMPARED]:
        if text_of([person.state, *typed, *person.updates], document.field_name) != wanted:
            raise WrongText(f"{server.kind.name}: a typist has another text")
    if await text_at(server, document) != wanted:
        raise WrongText(f"{server.kind.name}: a late joiner gets another text")


def times(rooms: list[list[Person]], window: tuple[float, float]) -> tuple[list[float], list[float]]:
    """In ms, keystroke to each other screen and keystroke to ack, of what fell into the window."""
    opened, closed = window
    screen: list[float] = []
    acks: list[float] = []
    for room in rooms:
        sent = {
            (person.typist.client, n): at
            for person in room
            if person.typist
            for n, at in enumerate(person.sent)
        }
        for person in room:
            screen += [
                (at - sent[stroke]) * 1000
                for stroke, at in person.arrived.items()
                if opened <= at < closed and stroke in sent
            ]
            acks += [
                (at - began) * 1000
                for began, at in zip(person.sent, person.acked, strict=False)
                if opened <= at < closed
            ]
    return screen, acks


def spread(of: list[float]) -> Spread:
    """Median and 99th percentile."""
    if len(of) < 2:
        return float("nan"), float("nan")
    cuts = quantiles(of, n=100)
    return cuts[49], cuts[98]
