"""What is made once in a process is made when it starts, not while the first drafter waits.

Statements are compiled when they first run, a reader's connection is opened when it is first needed,
and the document library imports half of itself with its first document: together four times what
opening a long text takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from revmod_live.sync import store, ydoc
from revmod_live.sync.facts import read_facts
from revmod_live.workflow import queries

if TYPE_CHECKING:
    from revmod_live.storage.database import Database, ReadTx


async def warm_up(db: Database) -> None:
    """Look once at some section as a room that opens does; nothing is kept of it."""
    ydoc.new_doc(())
    await db.read(_look)


def _look(tx: ReadTx) -> None:
    section = queries.some_section(tx)
    if section is not None:
        read_facts(tx, section)
        store.load(tx, section)
