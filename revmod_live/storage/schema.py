"""Bringing the database's schema to what this code knows, and refusing one that is newer."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url

from revmod_live.errors import Unavailable


def upgrade(url: str) -> None:
    """Migrate the database at `url` (async SQLAlchemy URL) to the newest schema this code knows.

    Blocking; call it before anything else has the database open. Raises Unavailable
    (`database-newer`) when the database has a revision that this code does not know.
    """
    sync_url = make_url(url)
    sync_url = sync_url.set(drivername=sync_url.get_backend_name())
    with as_file(files("revmod_live.storage") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
        engine = create_engine(sync_url)
        try:
            with engine.begin() as connection:
                there = _revision(connection)
                if there is not None and there not in known:
                    raise Unavailable("database-newer", there)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            engine.dispose()


def _revision(connection: Connection) -> str | None:
    """The schema revision that the database says it has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()
