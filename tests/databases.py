"""A real SQLite database for a test, at the newest schema, migrated once a run and copied after."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from revmod_live.events import Bus
from revmod_live.storage.database import Database, opened
from revmod_live.storage.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def url_of(path: Path) -> str:
    """The SQLAlchemy URL of the SQLite file at `path`."""
    return f"sqlite+aiosqlite:///{path}"


@cache
def template() -> Path:
    """An empty database at the newest schema, made by the real migrations."""
    path = Path(tempfile.mkdtemp(prefix="revmod-template-")) / "template.sqlite3"
    upgrade(url_of(path))
    return path


@asynccontextmanager
async def a_database(folder: Path, *, bus: Bus | None = None) -> AsyncIterator[Database]:
    """A database of its own in `folder`; opened again on the same folder it is the same one."""
    path = folder / "revmod.sqlite3"
    if not path.exists():
        shutil.copyfile(template(), path)
    async with opened(url_of(path), bus or Bus()) as database:
        yield database
