"""What the pages Resources, Guidelines and Contact are made of, as frozen values read from one file.

Owns the format of `library.toml`. The sentences are in English, for the catalogues to translate;
must not know pages or other languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from revmod_live.content.table import Table

CHANNELS: Final = ("technical", "substantive")
"""The two ways to get help, both always shown (ACC-10)."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A publication or tool. languages: codes of those it is in, none where that is not known."""

    title: str
    about: str
    languages: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guideline:
    """Guidance on one matter. source: the documents and paragraphs that it comes from."""

    title: str
    points: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A support channel; `kind` is one of CHANNELS."""

    kind: str
    title: str
    about: str
    email: str


@dataclass(frozen=True, slots=True)
class Library:
    """All of it."""

    resources: tuple[Resource, ...]
    guidelines: tuple[Guideline, ...]
    contacts: tuple[Contact, ...]

    @property
    def sentences(self) -> frozenset[str]:
        """Every sentence of it that a reader reads, for the catalogues."""
        return frozenset(
            [
                *(text for one in self.resources for text in (one.title, one.about)),
                *(text for one in self.guidelines for text in (one.title, one.source, *one.points)),
                *(text for one in self.contacts for text in (one.title, one.about)),
            ]
        )


def read_library(table: Table) -> Library:
    """The library that a file holds. Raises Malformed, with the place."""
    library = Library(
        resources=tuple(
            Resource(
                row.text("title"),
                row.text("about"),
                row.names("languages"),
                row.texts("addresses") if "addresses" in row else (),
            )
            for row in table.rows("resource")
        ),
        guidelines=tuple(
            Guideline(row.text("title"), row.texts("points"), row.text("source"))
            for row in table.rows("guideline")
        ),
        contacts=tuple(
            Contact(row.name("kind"), row.text("title"), row.text("about"), row.text("email"))
            for row in table.rows("contact")
        ),
    )
    table.done()
    if tuple(contact.kind for contact in library.contacts) != CHANNELS:
        raise table.error(f"the contacts are not {', '.join(CHANNELS)}, in this order")
    return library
