"""Whether a document still is within the schema after an update, at the price of what it touched.

What `reader` and `known` have judged need not be looked at again: that every item hangs where it
belongs, that marks and values are in the tables, that text is printable. Then nothing can be outside
the schema, however long the block is. Whatever brings blocks, attributes or unprintable text is walked
(1 ms for 5,000 words); so is the whole section each time that its digest is made.
"""

from __future__ import annotations

from collections.abc import Iterable

from revmod_live.sync import ydoc
from revmod_live.sync.reader import Reading


def check(doc: ydoc.YDoc, reading: Reading, *, fields: Iterable[str]) -> None:
    """Raise OutsideSchema, with the place, unless `doc` with the update of `reading` is within it.

    Stricter than the canonical form: no control characters but tab and line feed
    (sync-protocol.md, "What the server does with a Push", 5). Raises ydoc.Broken too.
    """
    if reading.plain:
        return
    for field in fields:
        ydoc.field_of(doc, field, strict=True)
