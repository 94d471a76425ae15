"""kill -9 under load: whatever was said to be saved, or was shown to anybody, is there afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from aiohttp import ClientError, ClientSession
from pycrdt import XmlElement, XmlFragment, XmlText

from revmod_live.sync import frames, statevector
from tests.deep import counts
from tests.peer import Drafter, Gone, a_line
from tests.proofs.desks import Place, take
from tests.proofs.ground import ground
from tests.stock_peer import StockPeer, on_the_line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.proofs.ground import Ground

KILLS: Final = counts(3, 200)
ROUND_WITHIN_S: Final = 120
FIELD: Final = "gaps"
KEYS: Final = ("d/untoc/art-2", "d/untoc/art-6", "d/untoc/art-10")
LIVE: Final = (("focal_point", "AVA"), ("expert", "AVA"))
STOCK: Final = (("expert", "BOR"), ("focal_point", "COR"))
ONLOOKER: Final = ("secretariat", None)
AHEAD: Final = 6
"""Words that a stock client is ahead of what the onlooker was shown: nobody acknowledges them."""
LOADS: Final = (1, 5, 20, 60)
"""How much is seen to be written before the kill comes."""


class Tally:
    """How often something was shown to an onlooker in this round."""

    def __init__(self) -> None:
        self._count = 0
        self._bell = asyncio.Event()

    def more(self) -> None:
        """Once more."""
        self._count += 1
        self._bell.set()

    async def until(self, count: int) -> None:
        """Wait for so many."""
        while self._count < count:
            self._bell.clear()
            await self._bell.wait()


class Table:
    """One section: who writes in it, what they wrote, and what an onlooker was shown of it."""

    def __init__(self, section: str, number: int) -> None:
        self.section: Final = section
        self.onlooker: Final = Drafter(section, FIELD)
        self.live: Final = [LiveWriter(self, f"live{number}x{n}w") for n in range(len(LIVE))]
        self.stock: Final = [StockWriter(self, f"stock{number}x{n}w") for n in range(len(STOCK))]
        self.was_shown: Final = asyncio.Event()

    @property
    def words(self) -> set[str]:
        """Every word that anybody ever typed here."""
        return {word for writer in (*self.live, *self.stock) for word in writer.words}

    def must_be_there(self) -> set[str]:
        """Words that were acknowledged, or shown to somebody else."""
        acked = {word for writer in self.live for word in writer.words[: writer.drafter.acked]}
        return acked | set(self.onlooker.text().split())

    async def look_on(self, house: House, tally: Tally) -> None:
        """Be shown what others write, until the line is gone."""
        with suppress(Gone, ClientError):
            async with a_line(house.http, house.url, house.token(ONLOOKER)) as line:
                await self.onlooker.open(line)
                while True:
                    self.was_shown.set()
                    if isinstance(await self.onlooker.hear(line), frames.Updates):
                        tally.more()

    async def check(self, house: House) -> None:
        """Somebody who comes now finds what must be there, and nothing twice."""
        joiner = Drafter(self.section, FIELD)
        async with a_line(house.http, house.url, house.token(ONLOOKER)) as line:
            await joiner.open(line)
        found = Counter(joiner.text().split())
        assert set(found) <= self.words
        assert not self.must_be_there() - set(found)
        assert [word for word, times in found.items() if times > 1] == []


class House:
    """The server and everybody's way to it."""

    def __init__(self, place: Ground, http: ClientSession) -> None:
        self.server: Final = place.server
        self.http: Final = http
        self._tokens: Final = place.tokens

    @property
    def url(self) -> str:
        """Where it serves."""
        return self.server.url

    def token(self, person: tuple[str, str | None]) -> str:
        """Somebody's token."""
        return self._tokens[person]


class Writer:
    """Somebody who writes words into a block of their own."""

    def __init__(self, table: Table, name: str) -> None:
        self.words: Final[list[str]] = []
        self._table: Final = table
        self._name: Final = name
        self._own: XmlText | None = None

    def _write(self, fragment: XmlFragment) -> None:
        """The next word, at the end of one's own block."""
        if self._own is None:
            block, self._own = XmlElement("para"), XmlText()
            fragment.children.append(block)
            block.children.append(self._own)
        self.words.append(f"{self._name}{len(self.words)}")
        self._own.insert(len(self._own), f"{self.words[-1]} ")


class LiveWriter(Writer):
    """One who uses `revmod.1`: a word a Push, each acknowledged before the next; rows outlive the line."""

    def __init__(self, table: Table, name: str) -> None:
        super().__init__(table, name)
        self.drafter: Final = Drafter(table.section, FIELD)

    async def write(self, house: House, token: str, *, more: bool = True) -> None:
        """Send what waits, then write until the line is gone."""
        with suppress(Gone, ClientError):
            async with a_line(house.http, house.url, token) as line:
                await self.drafter.open(line, resume=True)
                await self.drafter.push_rows(line)
                while more:
                    update = self.drafter.edit(self._write)
                    answer = await self.drafter.push(line, update, self.drafter.seq)
                    assert isinstance(answer, frames.Ack), answer


class StockWriter(Writer):
    """One who uses a stock client."""

    def __init__(self, table: Table, name: str) -> None:
        super().__init__(table, name)
        self.peer: Final = StockPeer(FIELD)
        self._ends: Final[list[int]] = []

    async def write(self, house: House, token: str, *, more: bool = True) -> None:
        """Write until the line is gone; what was lost with it goes out with the next."""
        try:
            async with (
                on_the_line(self.peer, house.http, house.url, self._table.section, token) as peer,
                asyncio.TaskGroup() as group,
            ):
                while not peer.is_synced:
                    await peer.hear()
                if more:
                    group.create_task(self._go_on())
                while True:
                    await peer.hear()
        except* Gone:
            pass

    async def _go_on(self) -> None:
        client = int(self.peer.doc.client_id)
        while True:
            while self._unseen(client) >= AHEAD:
                self._table.was_shown.clear()
                await self._table.was_shown.wait()
            await self.peer.edit(self._write)
            self._ends.append(statevector.read(self.peer.doc.get_state())[client])

    def _unseen(self, client: int) -> int:
        seen = statevector.read(self._table.onlooker.doc.get_state()).get(client, 0)
        while self._ends and self._ends[0] <= seen:
            del self._ends[0]
        return len(self._ends)


async def a_round(house: House, tables: list[Table], load: int) -> None:
    """Everybody writes, until the server is killed in the midst of it."""
    tally = Tally()
    async with asyncio.timeout(ROUND_WITHIN_S), asyncio.TaskGroup() as group:
        for table in tables:
            group.create_task(table.look_on(house, tally))
            for n, live in enumerate(table.live):
                group.create_task(live.write(house, house.token(LIVE[n])))
            for n, stock in enumerate(table.stock):
                group.create_task(stock.write(house, house.token(STOCK[n])))
        await tally.until(load)
        house.server.kill()


async def the_rest(house: House, table: Table) -> None:
    """Everybody comes back once more and sends what waits, until the onlooker has seen all of it."""
    for n, live in enumerate(table.live):
        await live.write(house, house.token(LIVE[n]), more=False)
        assert not live.drafter.rows
    async with asyncio.timeout(ROUND_WITHIN_S), asyncio.TaskGroup() as group:
        last = [group.create_task(table.look_on(house, Tally()))]
        for n, stock in enumerate(table.stock):
            last.append(group.create_task(stock.write(house, house.token(STOCK[n]), more=False)))
        while set(table.onlooker.text().split()) != table.words:
            table.was_shown.clear()
            await table.was_shown.wait()
        for task in last:
            task.cancel()


@pytest.mark.timeout(KILLS * ROUND_WITHIN_S)
async def test_after_a_kill_everything_acknowledged_is_there_and_nothing_twice(tmp_path: Path) -> None:
    chance = Random(9)
    async with ground(tmp_path) as place, ClientSession() as http:
        house = House(place, http)
        tables = [Table(house.server.section("d", key), n) for n, key in enumerate(KEYS)]
        for table in tables:
            for person in LIVE:
                await take(http, Place(house.url, house.token(person), table.section))
        for number in range(1, KILLS + 1):
            await a_round(house, tables, chance.choice(LOADS))
            await house.server.start_again()
            for table in tables:
                await table.check(house)
            if number % 10 == 0:
                print(number, "kills, so far nothing lost", flush=True)
        for table in tables:
            await the_rest(house, table)
            await table.check(house)
        written = sum(len(table.words) for table in tables)
        print(f"{KILLS} kills, {written} words written, none of them lost, none there twice")
