"""The whole program in this process, with the demonstration in it, on a real port and a real database.

The demonstration is made once a run, by the program itself, and its folder copied for every test.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from revmod_live.app import demo
from revmod_live.app.building import parts, running
from revmod_live.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.clock import Clock
    from revmod_live.portal.services import Services

_made: list[Path] = []


@dataclass(frozen=True, slots=True)
class TestHouse:
    """A house that is up, and the people and reviews of its demonstration."""

    __test__ = False

    services: Services
    url: str
    made: demo.Made

    def person(self, role: str, state: str | None) -> demo.DemoAccount:
        """The first person with this role (`focal_point`, `expert` …) and State."""
        return next(a for a in self.made.accounts if (a.role, a.state) == (role, state))

    def review(self, step: str) -> demo.DemoReview:
        """The first review that stands in `step`."""
        return next(r for r in self.made.reviews if r.step == step)

    def section(self, step: str, key: str) -> str:
        """The id of a section by its key, in the first review that stands in `step`."""
        return next(s.id for s in self.review(step).steps[step] if s.key == key)


async def template() -> Path:
    """A data folder with the demonstration in it, closed."""
    if not _made:
        folder = Path(tempfile.mkdtemp(prefix="revmod-demo-"))
        async with parts(Settings(data_dir=folder)) as services:
            await demo.ensure(services, more=0)
        _made.append(folder)
    return _made[0]


@asynccontextmanager
async def a_house(
    folder: Path, *, clock: Clock | None = None, port: int = 0, second_factor_for: tuple[str, ...] = ()
) -> AsyncIterator[TestHouse]:
    """A house in `folder`; opened again on the same folder it is the same one."""
    data = folder / "data"
    if not data.exists():
        shutil.copytree(await template(), data)
    up: asyncio.Future[TestHouse] = asyncio.get_running_loop().create_future()
    leave = asyncio.Event()

    async def live() -> None:
        # a task of its own, so that the house's groups are entered and left in one task
        settings = Settings(data_dir=data, port=port, second_factor_for=second_factor_for)
        async with running(settings, clock=clock) as house:
            made = await demo.ensure(house.services, more=0)
            up.set_result(TestHouse(house.services, house.url, made))
            await leave.wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(live())
        task.add_done_callback(lambda _t: None if up.done() else up.cancel())
        house = await up
        try:
            yield house
        finally:
            leave.set()


def demo_file(folder: Path) -> dict[str, object]:
    """What the demonstration wrote down about itself."""
    return dict(json.loads((folder / "data" / demo.NOTES).read_text()))
