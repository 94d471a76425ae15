"""Canonical texts out of documents: brought up to date, compared, told where they differ.

Owns the way from the journal to `docs.model`, also for sections that nobody has open. Knows no room
and no socket; a live room works out its own text (`Room.text`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from revmod_live.docs.canonical import parse_section
from revmod_live.docs.compare import FieldChange, compare_sections
from revmod_live.docs.model import Section
from revmod_live.errors import NotFound
from revmod_live.sync import store, ydoc
from revmod_live.sync.store import Row

if TYPE_CHECKING:
    from revmod_live.ids import AccountId, SectionId
    from revmod_live.storage.database import Database

_AT_A_TIME: Final = 500
"""Revisions replayed before others get a turn: about 20 ms."""


def where(before: bytes, after: bytes) -> dict[str, object]:
    """The first place where two canonical texts of a section differ: `field` and `block`, from 1."""
    old, new = parse_section(before), parse_section(after)
    for name, blocks in new.fields.items():
        earlier = old.fields.get(name, ())
        if earlier == blocks:
            continue
        same = 0
        while same < min(len(earlier), len(blocks)) and earlier[same] == blocks[same]:
            same += 1
        return {"field": name, "block": same + 1}
    return {}


async def changes(
    db: Database,
    section: SectionId,
    *,
    key: str,
    fields: tuple[str, ...],
    revs: tuple[int, int],
    account: AccountId | None,
) -> tuple[FieldChange, ...]:
    """What the revisions `revs` (first, last) changed; of `account` alone if one is given.

    Where others' revisions lie between, each stretch of `account`'s is compared by itself.
    Raises NotFound when there are no such revisions.
    """
    first, last = revs
    (rev, state), rows = await db.read(
        lambda tx: (
            found := store.state_before(tx, section, first - 1),
            store.rows(tx, section, after=found[0], to=last),
        )
    )
    if not rows or rows[-1].rev < first:
        raise NotFound("revisions")
    doc = ydoc.load(fields, [] if state is None else [state])
    before = [row for row in rows if row.rev < first]
    await _replay(doc, before)
    found: list[FieldChange] = []
    for stretch in _stretches(rows[len(before) :], account):
        if account is not None and stretch[0].account != account:
            await _replay(doc, stretch)
            continue
        old = ydoc.section_of(doc, key, fields)
        await _replay(doc, stretch)
        found += compare_sections(old, ydoc.section_of(doc, key, fields))
    del rev
    return tuple(found)


def _stretches(rows: Sequence[Row], account: AccountId | None) -> Iterable[list[Row]]:
    """The rows in stretches of `account`'s and of others'; all in one when none is asked for."""
    stretch: list[Row] = []
    for row in rows:
        if stretch and account is not None and (row.account == account) != (stretch[-1].account == account):
            yield stretch
            stretch = []
        stretch.append(row)
    if stretch:
        yield stretch


async def _replay(doc: ydoc.YDoc, rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows, 1):
        ydoc.apply(doc, row.data)
        if number % _AT_A_TIME == 0:
            await asyncio.sleep(0)


def read_stored(stored: store.Stored, key: str, fields: tuple[str, ...]) -> tuple[int, Section]:
    """The text of a section as it lies in the database, and its revision. Raises ydoc.Broken."""
    updates = [row.data for row in stored.tail]
    if stored.state is not None:
        updates.insert(0, stored.state)
    doc = ydoc.load(fields, updates)
    return (stored.tail[-1].rev if stored.tail else stored.state_rev), ydoc.section_of(doc, key, fields)
