"""A full disk: nothing is called saved that is not, everybody is told, and it goes on when there is room.

What fills is the server's own allowance: the kernel refuses to let any file of that process grow beyond
a limit, which is set and lifted from outside while it runs. To SQLite it is a write that failed.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from aiohttp import ClientSession

from revmod_live.sync import frames
from tests.peer import Drafter, Line, a_line, add_block
from tests.proofs.desks import Place, take
from tests.proofs.ground import ground

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server_process import Server

KEY: Final = "d/untoc/art-2"
FIELD: Final = "gaps"
DRAFTER: Final = ("expert", "BOR")
LATER: Final = ("expert", "COR")
ONLOOKER: Final = ("observer", "BOR")
"""Not the secretariat: what it reads is recorded first, so it is shown nothing while nothing can be."""
ROOM_BYTES: Final = 200 * 1024
"""What the disk still takes."""
WITHIN_S: Final = 120


class Disk:
    """The server's disk: full soon, and then no more. Its database files can grow to a limit."""

    def __init__(self, server: Server) -> None:
        self._pid: Final = server.process.pid
        self._data: Final = server.data

    def fill(self) -> None:
        """Leave a little room."""
        largest = max(path.stat().st_size for path in self._data.iterdir())
        self._limit(largest + ROOM_BYTES)

    def free(self) -> None:
        """Make room again."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size_bytes: int) -> None:
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (size_bytes, hard))


def a_word(number: int) -> str:
    """A long word, so that the disk is full soon."""
    return f"w{number}-" + "x" * 4000


def words_in(drafter: Drafter) -> Counter[str]:
    """Every word of a replica."""
    return Counter(drafter.text().split())


async def is_acknowledged(line: Line, drafter: Drafter) -> bool:
    """Whether the last row is; not, when the server says first that it can only be read."""
    while drafter.rows:
        name, frame = await line.next()
        if name == drafter.name:
            drafter.take(frame)
        elif isinstance(frame, frames.Notice) and frame.kind == "read-only":
            return False
    return True


async def told(http: ClientSession, server: Server) -> bool:
    """Whether a page tells its reader that nothing can be stored."""
    async with http.get(f"{server.url}/sign-in", headers={"Accept-Language": "en"}) as page:
        assert page.status == 200
        return "Reading only." in await page.text()


@pytest.mark.timeout(WITHIN_S + 60)
async def test_on_a_full_disk_nothing_is_called_saved_everybody_is_told_and_it_recovers(
    tmp_path: Path,
) -> None:
    async with ground(tmp_path) as place, ClientSession() as http, asyncio.timeout(WITHIN_S):
        server, disk = place.server, Disk(place.server)
        section = server.section("d", KEY)
        await take(http, Place(server.url, place.tokens[DRAFTER], section))
        drafter = Drafter(section, FIELD)

        async def written() -> Counter[str]:
            """What somebody finds who comes now."""
            joiner = Drafter(section, FIELD)
            async with a_line(http, server.url, place.tokens[ONLOOKER]) as line:
                await joiner.open(line)
            return words_in(joiner)

        async with a_line(http, server.url, place.tokens[DRAFTER]) as line:
            await drafter.open(line)
            assert not await told(http, server)
            disk.fill()
            while True:
                update = drafter.edit(add_block(a_word(drafter.seq)))
                await line.send(drafter.name, frames.Push(drafter.seq, update, 0))
                if not await is_acknowledged(line, drafter):
                    break
            assert drafter.acked == drafter.seq - 1 > 1
            # what was acknowledged is there, what was not is shown to nobody, and pages say why
            assert await written() == Counter(a_word(n) for n in range(drafter.acked))
            assert await told(http, server)
            headers = {"Authorization": f"Bearer {place.tokens[LATER]}"}
            path = f"{server.url}/api/sections/{section}/take"
            async with http.post(path, data={"join": "1"}, headers=headers) as answer:
                assert (answer.status, (await answer.json())["error"]["code"]) == (503, "disk-full")
            disk.free()
            # it goes on by itself: nobody has to send anything again
            while drafter.rows:
                await drafter.hear(line)
        assert await written() == Counter(a_word(n) for n in range(drafter.seq))
        assert not await told(http, server)
