"""The three wires, as their own clients speak them: what is sent, and what an arrived message holds.

Owns bytes only. Each wire opens a document, sends keystrokes with the caret that goes with them, and
reads messages into `Heard`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from revmod_live.docs.schema import SCHEMA
from revmod_live.sync import frames, lib0, protocol
from tests.bench.strokes import Typist, awareness, cursor_of


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message holds. `acked`: a row number, or 1 for one more; `state`: the whole text."""

    updates: tuple[bytes, ...] = ()
    state: bytes | None = None
    acked: int = 0
    carets: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Where people type: its names on the wire, the root that holds its text, who may come."""

    name: str
    field_name: str
    page: str = ""
    tokens: tuple[str, ...] = ()


class Client(Protocol):
    """One client on one document."""

    path: str
    headers: Mapping[str, str]
    counts_rows: bool
    """Whether an acknowledgement names the last row that it covers; else it is one more."""

    def opening(self) -> list[bytes]:
        """The messages of a client that opens the document, its caret included."""
        ...

    def update(self, update: bytes) -> list[bytes]:
        """A change without a caret."""
        ...

    def keystroke(self, typist: Typist, n: int) -> list[bytes]:
        """Keystroke `n` and the caret behind it."""
        ...

    def heard(self, message: bytes) -> Heard:
        """What the server said."""
        ...


class Ours:
    """`/live`: one socket with the page and one of its sections."""

    path = "/live"
    counts_rows = True

    def __init__(self, document: Document, client: int, person: int) -> None:
        self._document = document
        self._client = client
        self._section = protocol.section_name(document.name)
        self._page = protocol.page_name(document.page)
        self._seq = 0
        self._clock = 0
        token = document.tokens[person % len(document.tokens)]
        self.headers: Mapping[str, str] = {
            "Authorization": f"Bearer {token}",
            "Sec-WebSocket-Protocol": "revmod.1",
        }

    def opening(self) -> list[bytes]:
        opening = frames.OpenSection(SCHEMA, None, str(uuid.uuid4()), self._client)
        return [
            protocol.encode(self._page, frames.OpenPage())
            + protocol.encode(self._section, opening)
            + protocol.encode(self._section, frames.SyncStep1(b"\x00")),
            self._presence({"cursors": {}, "seen": {}}),
        ]

    def update(self, update: bytes) -> list[bytes]:
        self._seq += 1
        return [protocol.encode(self._section, frames.Push(self._seq, update, 1_800_000_000_000))]

    def keystroke(self, typist: Typist, n: int) -> list[bytes]:
        (push,) = self.update(typist.updates[n])
        cursors = {self._document.name: cursor_of(typist, n)}
        return [push + self._presence({"cursors": cursors, "seen": {self._document.name: self._seq}})]

    def heard(self, message: bytes) -> Heard:
        return _heard_ours(message)

    def _presence(self, state: object) -> bytes:
        self._clock += 1
        payload = awareness(self._client, self._clock, state)
        return protocol.encode(self._page, frames.Presence(payload))


@lru_cache(maxsize=1 << 18)
def _heard_ours(message: bytes) -> Heard:
    updates: tuple[bytes, ...] = ()
    state, acked, carets, refused = None, 0, 0, ""
    for _, frame in protocol.decode_server(message):
        match frame:
            case frames.Updates():
                updates += frame.updates
            case frames.SyncStep2():
                state = frame.update
            case frames.Ack():
                acked = frame.seq
            case frames.Presence():
                carets += 1
            case frames.Refuse() | frames.Denied() | frames.Close():
                refused = repr(frame)
            case _:
                pass
    return Heard(updates, state, acked, carets, refused)


class Yjs:
    """The plain y-websocket protocol, one document a socket: pycrdt-websocket."""

    counts_rows = False
    _prefix = b""
    headers: Mapping[str, str] = {}

    def __init__(self, document: Document, client: int, person: int) -> None:
        self.path = f"/{document.name}"
        self._name = f"Person {person}"
        self._client = client
        self._clock = 0

    def opening(self) -> list[bytes]:
        return [self._prefix + b"\x00\x00" + lib0.blob(b"\x00"), self._awareness(None)]

    def update(self, update: bytes) -> list[bytes]:
        return [self._prefix + b"\x00\x02" + lib0.blob(update)]

    def keystroke(self, typist: Typist, n: int) -> list[bytes]:
        return [*self.update(typist.updates[n]), self._awareness(cursor_of(typist, n))]

    def heard(self, message: bytes) -> Heard:
        return _heard_yjs(message, 0)

    def _awareness(self, cursor: object) -> bytes:
        self._clock += 1
        state = {"user": {"name": self._name, "color": "#30bced"}, "cursor": cursor}
        return self._prefix + b"\x01" + lib0.blob(awareness(self._client, self._clock, state))


class Hocuspocus(Yjs):
    """The same behind a document's name, an Auth message first, and a SyncStatus for each update."""

    def __init__(self, document: Document, client: int, person: int) -> None:
        super().__init__(document, client, person)
        self.path = "/"
        self._prefix = lib0.string(document.name)

    def opening(self) -> list[bytes]:
        auth = self._prefix + b"\x02\x00" + lib0.string("none") + lib0.string("4.7.0")
        return [auth, *super().opening()]

    def heard(self, message: bytes) -> Heard:
        return _heard_yjs(message, len(self._prefix))


_SYNC, _AWARENESS, _SYNC_REPLY, _SYNC_STATUS = 0, 1, 4, 8


@lru_cache(maxsize=1 << 18)
def _heard_yjs(message: bytes, prefix: int) -> Heard:
    decoder = lib0.Decoder(message[prefix:])
    kind = decoder.uint()
    if kind == _AWARENESS:
        return Heard(carets=1)
    if kind == _SYNC_STATUS:
        return Heard(acked=1) if decoder.uint() else Heard(refused="status 0")
    if kind not in (_SYNC, _SYNC_REPLY):
        return Heard()
    step = decoder.uint()
    data = decoder.blob()
    if step == 1:
        return Heard(state=data)
    return Heard(updates=(data,)) if step else Heard()
