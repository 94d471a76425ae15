"""A real SQLite database for a test, at the newest schema, migrated once a run and copied after."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import tempfile
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from revmod_live.events import Bus
from revmod_live.storage.database import Database, opened
from revmod_live.storage.schema import upgrade
from revmod_live.storage.tables import metadata

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
    _whatever_is_new(path)
    return path


def _whatever_is_new(path: Path) -> None:
    for package in ("accounts", "workflow", "sync"):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(f"revmod_live.{package}.store")
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()


@asynccontextmanager
async def a_database(folder: Path, *, bus: Bus | None = None) -> AsyncIterator[Database]:
    """A database of its own in `folder`; opened again on the same folder it is the same one."""
    path = folder / "revmod.sqlite3"
    if not path.exists():
        shutil.copyfile(template(), path)
    async with opened(url_of(path), bus or Bus()) as database:
        yield database
