"""The migrations make exactly the tables that the code declares."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from revmod_live.accounts import store as accounts
from revmod_live.mail import store as mail
from revmod_live.storage.schema import upgrade
from revmod_live.storage.tables import metadata
from revmod_live.sync import store as sync
from revmod_live.workflow import chats_store as chats
from revmod_live.workflow import store as workflow
from tests.databases import url_of

if TYPE_CHECKING:
    from pathlib import Path


def schema_of(path: Path) -> dict[str, list[str]]:
    """Every table, index and constraint in the file: the parts of each, in an order of no meaning."""
    with sqlite3.connect(path) as database:
        rows = database.execute("select name, sql from sqlite_master where sql is not null").fetchall()
    return {
        # a table that was rebuilt has its name in quotes
        name: sorted(
            part.strip(" ,") for part in re.split(r"\n|\t", sql.replace('"', "")) if part.strip(" ,()")
        )
        for name, sql in rows
        if name not in {"alembic_version", "sqlite_sequence"}
    }


def test_the_migrations_make_what_the_stores_declare(tmp_path: Path) -> None:
    migrated, declared = tmp_path / "migrated.sqlite3", tmp_path / "declared.sqlite3"
    upgrade(url_of(migrated))
    engine = create_engine(f"sqlite:///{declared}")
    metadata.create_all(engine)
    engine.dispose()
    assert {
        accounts.accounts.name,
        mail.letters.name,
        sync.journal.name,
        workflow.votes.name,
        chats.chats.name,
    } <= set(metadata.tables)
    assert schema_of(migrated) == schema_of(declared)


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "migrated.sqlite3"
    upgrade(url_of(path))
    before = path.read_bytes()
    upgrade(url_of(path))
    assert path.read_bytes() == before
