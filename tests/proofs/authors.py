"""The authors of a recorded session: a replica for every line, which was shown what its author had seen.

Owns documents and typing. What has come over the wire, and to whom, is `desks`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from revmod_live.sync import statevector

if TYPE_CHECKING:
    from tests.proofs.traces import Run, Trace


FIRST_CLIENT: Final = 1_000_000
"""Client ids rise with the lines: where two authors of `friendsforever` insert at one place at the same
time, the recorded order is then that of Yjs. With random ids it is so every other time."""


class Replica:
    """One line's document. Its text is that of one block."""

    def __init__(self, field: str, client: int) -> None:
        self._doc: Final = Doc[Any](client_id=client)
        self._field: Final = field
        self._made: list[bytes] = []
        self._is_typing = False
        self._text: XmlText | None = None
        self.seen = 0
        self._watch = self._doc.observe(self._keep)

    def _keep(self, event: TransactionEvent) -> None:
        if self._is_typing:
            self._made.append(event.update)

    def show(self, update: bytes) -> None:
        """Let the author see something."""
        self._doc.apply_update(update)

    def type(self, run: Run) -> list[bytes]:
        """Type a run; an update for each keystroke."""
        self._made = []
        self._is_typing = True
        for keystroke in run.keystrokes:
            with self._doc.transaction():
                text = self._text or self._find()
                for position, deleted, inserted in keystroke:
                    if deleted:
                        del text[position : position + deleted]
                    if inserted:
                        text.insert(position, inserted)
        self._is_typing = False
        self.seen |= run.ancestors | 1 << run.number
        return self._made

    def _find(self) -> XmlText:
        """The text of the one block; the very first author makes them."""
        root: XmlFragment = self._doc.get(self._field, type=XmlFragment)
        if not list(root.children):
            new = XmlElement("para")
            root.children.append(new)
            new.children.append(XmlText())
        block = root.children[0]
        assert isinstance(block, XmlElement)
        text = block.children[0]
        assert isinstance(text, XmlText)
        self._text = text
        return text

    def state(self) -> bytes:
        """All there is, as one update."""
        return self._doc.get_update()

    def reach(self) -> tuple[int, int]:
        """This line's client id, and how far it has come."""
        own = int(self._doc.client_id)
        return own, dict(statevector.read(self._doc.get_state())).get(own, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A keystroke on its way; `ends` is the run that it ends, as a bit, or 0."""

    update: bytes
    ends: int


class Authors:
    """All authors of a session."""

    def __init__(self, trace: Trace, field: str) -> None:
        self._trace: Final = trace
        self._field: Final = field
        self._replicas: Final[dict[int, Replica]] = {}
        self._updates: Final[dict[int, list[bytes]]] = {}
        self._states: Final[dict[int, bytes]] = {}
        self.reached: Final[dict[int, tuple[int, int]]] = {}

    def type(self, run: Run) -> list[Row]:
        """Show the author what they had seen by then and nothing else, and let them type."""
        replica = self._replicas.get(run.line)
        if replica is None:
            replica = self._replicas[run.line] = Replica(self._field, FIRST_CLIENT + run.line)
            for parent in run.parents:
                replica.show(self._states[parent])
        else:
            for number in _bits(run.ancestors & ~replica.seen):
                for update in self._updates[number]:
                    replica.show(update)
        made = self._updates[run.number] = replica.type(run)
        if run.is_forked:
            self._states[run.number] = replica.state()
        self.reached[run.number] = replica.reach()
        ends = 1 << run.number
        return [Row(update, ends if n == len(made) else 0) for n, update in enumerate(made, 1)]

    def text(self) -> str:
        """What all that was typed comes to without any server."""
        doc = Doc[Any]()
        for number in sorted(self._updates):
            for update in self._updates[number]:
                doc.apply_update(update)
        return text_of(doc, self._field)


def text_of(doc: Doc[Any], field: str) -> str:
    """The texts of all blocks, one after the other; a trace has one."""
    root: XmlFragment = doc.get(field, type=XmlFragment)
    blocks = [block for block in root.children if isinstance(block, XmlElement)]
    return "\n".join("".join(str(text) for text in block.children) for block in blocks)


def _bits(mask: int) -> list[int]:
    """The set bits, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
