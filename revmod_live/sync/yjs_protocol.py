"""Bytes ↔ messages of the plain y-websocket protocol, for `/yjs` (y-protocols: sync, awareness, auth).

Owns the codec for stock clients. Updates, state vectors and presence stay bytes here: their own readers
judge them. Knows no room and no right. One WebSocket message is one or several of these, as stock
clients send one and some servers join them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, assert_never

from revmod_live.errors import Malformed
from revmod_live.sync import lib0
from revmod_live.sync.frames import YJS_UPDATE_MAX_BYTES

MESSAGE_MAX_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of one WebSocket message."""
MESSAGE_MAX_PARTS: Final = 1024


class _Type(IntEnum):
    SYNC = 0
    AWARENESS = 1
    AUTH = 2
    QUERY_AWARENESS = 3


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """0·0: the sender's state vector; asks for what it lacks."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """0·1: the answer to SyncStep1, one update."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Update:
    """0·2: a new update."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Awareness:
    """1: an awareness payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class PermissionDenied:
    """2·0: why the server ends it; only ever sent by the server."""

    reason: str


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """3: asks for every state known."""


Message = SyncStep1 | SyncStep2 | Update | Awareness | PermissionDenied | QueryAwareness


def decode(data: bytes) -> list[Message]:
    """The messages in one WebSocket message. Raises Malformed: for unknown types, short or long bytes."""
    if len(data) > MESSAGE_MAX_BYTES:
        raise Malformed("a message too large", place=f"{len(data)} bytes")
    read = lib0.Decoder(data)
    messages: list[Message] = []
    while not messages or not read.at_end():
        if len(messages) >= MESSAGE_MAX_PARTS:
            raise Malformed("too many parts in a message")
        messages.append(_one(read))
    return messages


def is_too_large(update: bytes) -> bool:
    """Whether an update is more than a stock client may send at once."""
    return len(update) > YJS_UPDATE_MAX_BYTES


def _one(read: lib0.Decoder) -> Message:
    match read.uint():
        case _Type.SYNC:
            kind, data = read.uint(), read.blob()
            if kind == 0:
                return SyncStep1(data)
            if kind == 1:
                return SyncStep2(data)
            if kind == 2:
                return Update(data)
            raise Malformed("no such sync message", place=f"type {kind}")
        case _Type.AWARENESS:
            return Awareness(read.blob())
        case _Type.AUTH:
            if read.uint() != 0:
                raise Malformed("no such auth message")
            return PermissionDenied(read.string())
        case _Type.QUERY_AWARENESS:
            return QueryAwareness()
        case kind:
            raise Malformed("no such message", place=f"type {kind}")


def encode(message: Message) -> bytes:
    """One message as bytes."""
    match message:
        case Update(update):
            return b"\x00\x02" + lib0.blob(update)
        case SyncStep2(update):
            return b"\x00\x01" + lib0.blob(update)
        case SyncStep1(state_vector):
            return b"\x00\x00" + lib0.blob(state_vector)
        case Awareness(payload):
            return b"\x01" + lib0.blob(payload)
        case QueryAwareness():
            return b"\x03"
        case PermissionDenied(reason):
            return b"\x02\x00" + lib0.string(reason)
        case _:
            assert_never(message)
