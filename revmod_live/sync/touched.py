"""Whether a document is sound after an update, at the price of what the update touched.

What `reader` and `known` have judged need not be looked at again: that every item hangs where it belongs,
that marks and values are in the tables, that text is printable. Two things only the document shows. Blocks,
attributes and unprintable text are walked (1 ms for 5,000 words). And where a run of typing begins, its
neighbours must have been neighbours: an item between two that never were so lands in one place in a live
document and in another when it is loaded again, so that two people would vote on two texts.
"""

from __future__ import annotations

from collections.abc import Collection

from revmod_live.docs.schema import OutsideSchema
from revmod_live.sync import ydoc
from revmod_live.sync.known import Fits, Start


def check(doc: ydoc.YDoc, fit: Fits, *, fields: Collection[str]) -> None:
    """Raise OutsideSchema, with the place, unless `doc` is sound with the update of `fit` in it.

    Stricter than the canonical form: no control characters but tab and line feed
    (sync-protocol.md, "What the server does with a Push", 5). Raises ydoc.Broken too.
    """
    if not fit.reading.plain:
        for field in fields:
            ydoc.field_of(doc, field, strict=True)
    if fit.cut or not all(lies_between(doc, start) for start in fit.starts):
        # People who type in the same place at once; or letters that take several bytes. Or an update that
        # is known in part: what is stored is its rest, which must mean the same without that part.
        again = ydoc.load(fields, [ydoc.encode(doc)])
        for field in fields:
            if ydoc.field_of(again, field) != ydoc.field_of(doc, field):
                raise OutsideSchema("text between neighbours that were none", place=f"field {field}")


def lies_between(doc: ydoc.YDoc, start: Start) -> bool:
    """Whether nothing but the item itself is between its neighbours. False when that cannot be told.

    pycrdt counts bytes from item to item and UTF-16 units within one, so it can be told of ASCII only.
    """
    if start.length is None or start.parent is None:
        return False
    begin = 0
    if start.left is not None:
        at = ydoc.offset_of(doc, start.left)
        if at is None:
            return False
        begin = at + start.left_shown
    end = ydoc.length_of(doc, start.parent) if start.right is None else ydoc.offset_of(doc, start.right)
    return end is not None and end - begin == start.length
