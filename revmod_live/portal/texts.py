"""Sections' texts and what changed in them, ready for a template: in reading order, with headings.

Owns the order of fields (canonical bytes hold them sorted by name) and the choice of what a
comparison shows. The HTML itself, escaped, is `docs.render`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from revmod_live.docs.compare import BlockChange, Change, FieldChange, compare_sections
from revmod_live.docs.render import blocks_html, changes_html
from revmod_live.portal.languages import says
from revmod_live.portal.names import ONLY_FIELD

if TYPE_CHECKING:
    from revmod_live.docs.model import Section
    from revmod_live.portal.names import Names

CONTEXT_BLOCKS: Final = 1
"""Unchanged blocks shown on either side of a change."""

INSERTED: Final = says("inserted:")
DELETED: Final = says("taken out:")
RESTYLED: Final = says("form changed:")


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it is read. `is_only`: its section has no other, so that its heading says nothing new."""

    name: str
    heading: str
    html: Markup
    is_only: bool


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """What changed in a field."""

    heading: str
    html: Markup
    is_only: bool


def fields(names: Names, text: Section) -> tuple[Field, ...]:
    """All fields of a section in reading order, as HTML (headings within start at h4)."""
    return tuple(
        Field(
            name=name,
            heading=names.field(name),
            html=_safe(blocks_html(text.fields.get(name, ()), heading_level=4)),
            is_only=name == ONLY_FIELD,
        )
        for name in names.content.fields(text.key)
    )


def plain_html(text: Section) -> dict[str, str]:
    """The fields of a section as HTML, by name."""
    return {name: blocks_html(blocks, heading_level=4) for name, blocks in text.fields.items()}


def difference(names: Names, old: Section | None, new: Section) -> tuple[FieldDiff, ...]:
    """What changed from `old` to `new`, changed fields only; None stands for no text yet."""
    return changes(names, new.key, compare_sections(old, new))


def changes(names: Names, key: str, changed: Iterable[FieldChange]) -> tuple[FieldDiff, ...]:
    """A comparison as HTML, changed fields only, in reading order, with a little of what stands around."""
    by_name = {one.field: one.blocks for one in changed}
    return tuple(
        FieldDiff(names.field(name), _diff(names, blocks), is_only=name == ONLY_FIELD)
        for name in names.content.fields(key)
        if (blocks := _around(by_name.get(name, ())))
    )


def _diff(names: Names, blocks: Sequence[BlockChange]) -> Markup:
    words = names.language
    return _safe(
        changes_html(
            blocks,
            inserted=words.text(INSERTED),
            deleted=words.text(DELETED),
            restyled=words.text(RESTYLED),
            heading_level=4,
        )
    )


def _around(blocks: Sequence[BlockChange]) -> tuple[BlockChange, ...]:
    shown: set[int] = set()
    for i, block in enumerate(blocks):
        if block.change is not Change.SAME or block.is_restyled:
            shown.update(range(i - CONTEXT_BLOCKS, i + CONTEXT_BLOCKS + 1))
    return tuple(block for i, block in enumerate(blocks) if i in shown)


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 -- docs.render escapes every text, and its tests say so
