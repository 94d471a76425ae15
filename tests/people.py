"""Named people, each in front of one tab: a document, an outbox, and a line that we control.

They are those of `tests.workflow.world`: Ann drafts for Avaland, Ben and Bea for Borovia, Cleo for
Cordesia, Sue is of the secretariat, Eve of another State.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from pycrdt import XmlElement, XmlFragment, XmlText

from revmod_live.ids import SectionId
from revmod_live.sync import frames, protocol
from tests.peer import Drafter
from tests.workflow.world import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from revmod_live.accounts.model import Actor

F = TypeVar("F")


class Wire:
    """A `Channel` without a network: what is sent waits until the test lets it through."""

    def __init__(self) -> None:
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.out: deque[bytes] = deque()
        self.closed: tuple[int, str] | None = None
        self.is_held = False
        self.is_waiting = False
        self.sent = asyncio.Event()
        self.writes = 0

    async def receive(self) -> bytes | None:
        self.is_waiting = self._in.empty()
        self.sent.set()
        message = await self._in.get()
        self.is_waiting = False
        return message

    def send(self, messages: Sequence[bytes]) -> None:
        self.writes += 1
        self.out.extend(messages)
        self.sent.set()

    def backlog_bytes(self) -> int:
        return sum(map(len, self.out)) if self.is_held else 0

    async def close(self, code: int, reason: str) -> None:
        self.closed = (int(code), reason)
        self.is_waiting = True
        self.sent.set()

    def put(self, message: bytes | None) -> None:
        """A message from the person; None: the line is gone."""
        self.is_waiting = False
        self._in.put_nowait(message)

    @property
    def is_idle(self) -> bool:
        """Whether the server has taken everything and waits for more, or has closed."""
        return self.closed is not None or (self.is_waiting and self._in.empty())


class Tab:
    """A person's page: it does what a client of `revmod.1` must, and remembers all that it was told."""

    def __init__(self, name: str, actor: Actor | None = None) -> None:
        self.name = name
        self.actor = actor or PEOPLE[name]
        self.wire = Wire()
        self.drafters: dict[str, Drafter] = {}
        self.heard: list[tuple[str, frames.ServerFrame]] = []
        self.in_flight: dict[str, int] = {}
        self.is_careful = True
        self.burnt: set[str] = set()

    # ------------------------------------------------------------ saying

    def say(self, name: str, *said: frames.Frame) -> None:
        """Send frames of one name as one message."""
        self.wire.put(b"".join(protocol.encode(name, frame) for frame in said))

    def open(
        self, section: SectionId, field: str, *, resume: bool = False, drafter: Drafter | None = None
    ) -> Drafter:
        """Open a section with a drafter of its own, or again with one that is given."""
        drafter = drafter or self.drafters.get(section) or Drafter(section, field)
        self.drafters[section] = drafter
        self.in_flight.pop(section, None)
        opening = frames.OpenSection(1, drafter.epoch, drafter.outbox, drafter.doc.client_id, resume=resume)
        self.say(drafter.name, opening, frames.SyncStep1(drafter.doc.get_state()))
        return drafter

    def edit(self, drafter: Drafter, change: Callable[[XmlFragment], None]) -> None:
        """Change the document, and push when nothing is in flight."""
        drafter.edit(change)
        self.push(drafter)

    def push(self, drafter: Drafter) -> None:
        """Send the oldest row, if nothing is in flight, one may write, and nothing was refused."""
        if drafter.section in self.burnt:
            return
        rows = sorted(seq for seq in drafter.rows if seq > drafter.acked)
        if (
            rows
            and drafter.section not in self.in_flight
            and (drafter.mode == "write" or not self.is_careful)
        ):
            self.in_flight[drafter.section] = rows[0]
            self.say(drafter.name, frames.Push(rows[0], drafter.rows[rows[0]], 0))

    # ------------------------------------------------------------ hearing

    def hear(self) -> bool:
        """Take in what has come, unless the line is held; whether there was anything."""
        if self.wire.is_held or not self.wire.out:
            return False
        while self.wire.out:
            for name, frame in protocol.decode_server(self.wire.out.popleft()):
                self.heard.append((name, frame))
                drafter = self.drafters.get(name[2:])
                if isinstance(frame, frames.Ping):
                    self.wire.put(protocol.encode("", frames.Pong()))
                elif drafter is not None and not isinstance(frame, frames.Denied):
                    drafter.take(frame)
                    self._answered(drafter, frame)
        return True

    def _answered(self, drafter: Drafter, frame: frames.ServerFrame) -> None:
        sent = self.in_flight.get(drafter.section)
        if isinstance(frame, frames.Refuse):
            self.in_flight.pop(drafter.section, None)
            self.burnt.add(drafter.section)
        elif isinstance(frame, frames.Ack | frames.Meta) and (sent is None or drafter.acked >= sent):
            self.in_flight.pop(drafter.section, None)
            self.push(drafter)

    def frames_of(self, kind: type[F], name: str | None = None) -> list[F]:
        """The frames of one kind that came, of one name or of all."""
        return [frame for of, frame in self.heard if isinstance(frame, kind) and name in (None, of)]

    def kinds(self, name: str | None = None) -> list[str]:
        """The kinds of the frames that came, in order."""
        return [type(frame).__name__ for of, frame in self.heard if name in (None, of)]

    def repeat(self, drafter: Drafter) -> None:
        """Push again what was refused."""
        self.burnt.discard(drafter.section)
        self.push(drafter)

    def forget(self) -> None:
        """Remember only what comes from now on."""
        self.heard.clear()


def typing(text: str, *, at: int | None = None) -> Callable[[XmlFragment], None]:
    """An edit that types into the last block, making one when there is none. `at`: in bytes of UTF-8."""

    def change(fragment: XmlFragment) -> None:
        if not len(fragment.children):
            fragment.children.append(XmlElement("para"))
        block: Any = fragment.children[len(fragment.children) - 1]
        if not len(block.children):
            block.children.append(XmlText())
        run: Any = block.children[0]
        run.insert(len(run) if at is None else min(at, len(run)), text)

    return change


def erasing(start: int, stop: int) -> Callable[[XmlFragment], None]:
    """An edit that deletes from the first block's text. Offsets in bytes of UTF-8."""

    def change(fragment: XmlFragment) -> None:
        run: Any = fragment.children[0].children[0]  # type: ignore[union-attr]  # a block's text
        del run[start : min(stop, len(run))]

    return change
