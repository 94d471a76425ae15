"""One running server for all attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.hostile.ground import Ground, a_ground

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with a_ground(tmp_path_factory.mktemp("hostile") / "data") as found:
        yield found
