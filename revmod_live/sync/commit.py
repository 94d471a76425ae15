"""What one commit brought to one section, framed once for everybody who only listens.

Owns the order on the wire: revisions in order, an author's Ack where its own update stands. Knows no
socket; whoever gets it puts the bytes into its own queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from revmod_live.ids import SectionId
from revmod_live.sync import yjs_protocol
from revmod_live.sync.frames import Ack, RefuseCode, Updates
from revmod_live.sync.protocol import encode, section_name
from revmod_live.sync.store import NewRow


class Author(Protocol):
    """Whoever waits to hear what became of an update."""

    def refused(self, seq: int, code: RefuseCode, detail: dict[str, object]) -> None:
        """The update was not taken, and nothing of it is stored."""
        ...


@dataclass(slots=True)
class Entry:
    """One admitted update on its way to disk, and its author.

    acks: the last row of the outbox that storing it acknowledges.
    deletes_much: it deletes so much of the section that the state before it is kept.
    """

    row: NewRow
    author: Author | None
    acks: int
    deletes_much: bool = False


class Commit:
    """Revisions `after + 1` onwards of one section, just stored."""

    __slots__ = ("_for_listeners", "_yjs", "after", "authors", "entries", "name", "section")

    def __init__(self, section: SectionId, after: int, entries: Sequence[Entry]) -> None:
        self.section: Final = section
        self.name: Final = section_name(section)
        self.after: Final = after
        self.entries: Final = entries
        self.authors: Final = {id(entry.author) for entry in entries}
        self._for_listeners: bytes | None = None
        self._yjs: list[bytes] | None = None

    @property
    def rev(self) -> int:
        """The last of these revisions."""
        return self.after + len(self.entries)

    def for_listeners(self) -> bytes:
        """One Updates frame with everything, built at the first call."""
        if self._for_listeners is None:
            updates = Updates(self.rev, tuple(entry.row.data for entry in self.entries))
            self._for_listeners = encode(self.name, updates)
        return self._for_listeners

    def for_stock_clients(self) -> list[bytes]:
        """The same for a client of `/yjs` that is no author: one message an update."""
        if self._yjs is None:
            self._yjs = [yjs_protocol.encode(yjs_protocol.Update(entry.row.data)) for entry in self.entries]
        return self._yjs

    def for_author(self, author: Author, *, listening: bool) -> list[bytes]:
        """The same for one of the authors: no echo, and Acks where its own updates stand.

        listening: whether it is to get the others' updates too.
        """
        frames: list[bytes] = []
        others: list[bytes] = []
        acked: Ack | None = None
        for rev, entry in enumerate(self.entries, self.after + 1):
            if entry.author is not author:
                if acked:
                    frames.append(encode(self.name, acked))
                    acked = None
                others.append(entry.row.data)
                continue
            if others and listening:
                frames.append(encode(self.name, Updates(rev - 1, tuple(others))))
            others = []
            acked = Ack(entry.acks, rev)
        if acked:
            frames.append(encode(self.name, acked))
        if others and listening:
            frames.append(encode(self.name, Updates(self.rev, tuple(others))))
        return frames
