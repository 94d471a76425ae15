"""A database of the first schema keeps its people: who was active is approved, one focal point a State."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import revmod_live.storage
from revmod_live.storage.schema import upgrade
from tests.databases import url_of

PEOPLE = (
    ("first", "AVA", "focal_point", 1, "2026-01-01"),
    ("second", "AVA", "focal_point", 1, "2026-01-02"),
    ("gone", "BOR", "focal_point", 0, "2026-01-01"),
    ("later", "BOR", "focal_point", 1, "2026-01-03"),
    ("expert", "COR", "expert", 1, "2026-01-01"),
    ("officer", None, "secretariat", 1, "2026-01-01"),
)


def at_the_first_schema(path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(revmod_live.storage.__path__[0]) / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()


def test_people_and_sessions_of_the_first_schema_stay(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    at_the_first_schema(path)
    with sqlite3.connect(path) as old:
        for name, state, role, active, at in PEOPLE:
            old.execute(
                "insert into accounts (id, email, name, role, state, active, language, password, created_at)"
                " values (?, ?, ?, ?, ?, ?, 'en', 'hash', ?)",
                (name, f"{name}@example.org", name, role, state, active, f"{at} 09:00:00.000000"),
            )
        old.execute(
            "insert into sessions (id, account, token_sha256, created_at, seen_at, ends_at, device)"
            " values ('s', 'first', 'x', '2026-01-05 09:00:00', '2026-01-05 10:00:00', '2026-01-06', '')"
        )
    upgrade(url_of(path))
    with sqlite3.connect(path) as new:
        standings = dict(new.execute("select id, standing from accounts").fetchall())
        terms = set(new.execute("select state, account, until from focal_points").fetchall())
        session = new.execute("select account, authenticated_at from sessions").fetchall()
        assert new.execute("pragma foreign_key_check").fetchall() == []
    assert standings == {name: "approved" if active else "suspended" for name, _, _, active, _ in PEOPLE}
    assert terms == {("AVA", "first", None), ("BOR", "later", None)}
    assert session == [("first", "2026-01-05 09:00:00")]
