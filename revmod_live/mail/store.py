"""The table of letters. SQL only; whatever it means is said by the modules that call it."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from revmod_live.storage.tables import Moment, metadata

letters = Table(
    "letters",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("account", String(26)),
    Column("recipient", String(254), nullable=False),
    Column("language", String(8), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("body", Text, nullable=False),
    Column("sealed", String(500), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("sent_at", Moment),
    Column("last_problem", String(300), nullable=False),
    Index("ix_letters_next_try_at", "next_try_at"),
    Index("ix_letters_account_made_at", "account", "made_at"),
)
"""`sealed`: the secret of a single-use link, encrypted; empty once the letter is sent. `next_try_at`:
null once sent, or when the other side said that trying again is no use."""
