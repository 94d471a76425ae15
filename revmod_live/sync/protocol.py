"""Bytes ↔ frames of `revmod.1`, and the close codes (sync-protocol.md).

Owns the one codec: every frame both ways, within limits. Updates, state vectors and presence
stay bytes here: their own readers judge them. Knows no socket, no room and no right.

A frame is `varstring name · varuint type · payload`; a message holds one or several. Ping and Pong
are one bare byte (9, 10), which as the start of a name would be a name of 9 or 10 bytes: there are
none, because no id has 7 or 8 characters (ours have 26).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final, TypeVar, assert_never

from revmod_live.errors import Malformed
from revmod_live.sync import lib0, protocol_json
from revmod_live.sync.frames import (
    FRAME_MAX_BYTES,
    MESSAGE_MAX_BYTES,
    MESSAGE_MAX_FRAMES,
    Ack,
    ClientFrame,
    Close,
    Denied,
    DeniedReason,
    Frame,
    Late,
    Meta,
    Notice,
    Opened,
    OpenPage,
    OpenSection,
    Ping,
    Pong,
    Presence,
    Push,
    Refuse,
    RefuseCode,
    ServerFrame,
    SyncStep1,
    SyncStep2,
    Updates,
)

SUBPROTOCOL: Final = "revmod.1"
PING_EVERY_S: Final = 15
WATCHDOG_S: Final = 35


class CloseCode(IntEnum):
    """Why a socket ends. 4400 to 4499: do not reconnect; anything else: reconnect."""

    GOING_AWAY = 1001
    MALFORMED = 1007
    TOO_BIG = 1009
    OUR_FAULT = 1011
    TRY_LATER = 1013
    SIGN_IN = 4401
    NO_ACCESS = 4403
    NEW_SCHEMA = 4409


class FrameType(IntEnum):
    """The numbers on the wire; those below 32 are Hocuspocus v4's."""

    SYNC = 0
    PRESENCE = 1
    OPEN = 2
    NOTICE = 5
    CLOSE = 7
    PING = 9
    PONG = 10
    PUSH = 32
    ACK = 33
    REFUSE = 34
    META = 36
    LATE = 37
    UPDATES = 38


_NAME = re.compile(r"(?:[sp]:(?:[A-Za-z0-9_-]{1,6}|[A-Za-z0-9_-]{9,64}))?")
_F = TypeVar("_F", ClientFrame, ServerFrame)


def section_name(section: str) -> str:
    """The name of a section on the wire."""
    return f"s:{section}"


def page_name(page: str) -> str:
    """The name of a page on the wire."""
    return f"p:{page}"


def decode(message: bytes) -> list[tuple[str, ClientFrame]]:
    """The frames of one message from a client, with their names ("" for Pong), in order.

    Raises Malformed for anything that is not exactly such frames within the limits of `frames`;
    the member closes the socket with 1007 then.
    """
    if len(message) > MESSAGE_MAX_BYTES:
        raise Malformed("a message too large", place=f"{len(message)} bytes")
    return _decode(message, _client_frame, frame_max_bytes=FRAME_MAX_BYTES, frames_max=MESSAGE_MAX_FRAMES)


def decode_server(message: bytes) -> list[tuple[str, ServerFrame]]:
    """The frames of one message from a server: for clients in Python, tests and benchmarks."""
    return _decode(message, _server_frame, frame_max_bytes=len(message), frames_max=len(message))


def _decode(
    message: bytes,
    one: Callable[[lib0.Decoder, str], _F],
    *,
    frame_max_bytes: int,
    frames_max: int,
) -> list[tuple[str, _F]]:
    read = lib0.Decoder(message)
    frames: list[tuple[str, _F]] = []
    if not message:
        raise Malformed("an empty message")
    while read.at < read.end:
        if len(frames) >= frames_max:
            raise Malformed("too many frames in a message")
        start = read.at
        name = ""
        if message[start] not in (FrameType.PING, FrameType.PONG):
            name = read.string()
            if _NAME.fullmatch(name) is None:
                raise Malformed("not a name", place=f"byte {start}")
        frame = one(read, name)
        if read.at - start > frame_max_bytes:
            raise Malformed("a frame too large", place=f"byte {start}")
        frames.append((name, frame))
    return frames


def _client_frame(read: lib0.Decoder, name: str) -> ClientFrame:
    kind = read.uint()
    scope = name[:1]
    if scope == "s":
        if kind == FrameType.PUSH:
            return Push(read.uint(), read.blob(), read.sint())
        if kind == FrameType.SYNC:
            _expect(read, 0)
            return SyncStep1(read.blob())
        if kind == FrameType.OPEN:
            _expect(read, 0)
            return protocol_json.open_section(_json(read))
        if kind == FrameType.LATE:
            return protocol_json.late(read.uint(), read.blob(), _json(read))
    elif scope == "p":
        if kind == FrameType.PRESENCE:
            return Presence(read.blob())
        if kind == FrameType.OPEN:
            _expect(read, 0)
            protocol_json.open_page(_json(read))
            return OpenPage()
    elif kind == FrameType.PONG:
        return Pong()
    if kind == FrameType.CLOSE and scope:
        return Close(_reason(read))
    raise _unknown(kind, name)


def _server_frame(read: lib0.Decoder, name: str) -> ServerFrame:
    match read.uint():
        case FrameType.UPDATES:
            rev, n = read.uint(), read.uint()
            if n > read.end - read.at:
                raise Malformed("more updates than bytes")
            return Updates(rev, tuple(read.blob() for _ in range(n)))
        case FrameType.ACK:
            return Ack(read.uint(), read.uint())
        case FrameType.PRESENCE:
            return Presence(read.blob())
        case FrameType.SYNC:
            _expect(read, 1)
            return SyncStep2(read.blob())
        case FrameType.META:
            return protocol_json.meta(_json(read))
        case FrameType.REFUSE:
            return Refuse(read.uint(), protocol_json.one_of(RefuseCode, read.string()), _json(read))
        case FrameType.OPEN:
            answer, word = read.uint(), read.string()
            if answer == 2:
                return Opened(word)
            if answer == 1:
                return Denied(protocol_json.one_of(DeniedReason, word))
            raise Malformed("neither Opened nor Denied")
        case FrameType.NOTICE:
            body = dict(_json(read))
            return Notice(protocol_json.text(body, "kind"), {key: body[key] for key in body if key != "kind"})
        case FrameType.CLOSE:
            return Close(_reason(read))
        case FrameType.PING if not name:
            return Ping()
        case kind:
            raise _unknown(kind, name)


def encode(name: str, frame: Frame) -> bytes:
    """One frame under its name as bytes; messages are frames joined. Deterministic."""
    match frame:
        case Updates(rev, updates):
            head = lib0.uint(FrameType.UPDATES) + lib0.uint(rev) + lib0.uint(len(updates))
            payload = b"".join((head, *map(lib0.blob, updates)))
        case Ack(seq, rev):
            payload = lib0.uint(FrameType.ACK) + lib0.uint(seq) + lib0.uint(rev)
        case Presence(state):
            payload = lib0.uint(FrameType.PRESENCE) + lib0.blob(state)
        case Push(seq, update, time_ms):
            payload = lib0.uint(FrameType.PUSH) + lib0.uint(seq) + lib0.blob(update) + lib0.sint(time_ms)
        case Ping() | Pong():
            return lib0.uint(FrameType.PING if isinstance(frame, Ping) else FrameType.PONG)
        case Meta():
            payload = lib0.uint(FrameType.META) + _dump(protocol_json.meta_body(frame))
        case SyncStep1(state_vector):
            payload = lib0.uint(FrameType.SYNC) + b"\x00" + lib0.blob(state_vector)
        case SyncStep2(update):
            payload = lib0.uint(FrameType.SYNC) + b"\x01" + lib0.blob(update)
        case Refuse(seq, code, detail):
            payload = lib0.uint(FrameType.REFUSE) + lib0.uint(seq) + lib0.string(code) + _dump(detail)
        case OpenSection():
            payload = lib0.uint(FrameType.OPEN) + b"\x00" + _dump(protocol_json.open_body(frame))
        case OpenPage():
            payload = lib0.uint(FrameType.OPEN) + b"\x00" + _dump({"v": 1})
        case Opened(scope):
            payload = lib0.uint(FrameType.OPEN) + b"\x02" + lib0.string(scope)
        case Denied(reason):
            payload = lib0.uint(FrameType.OPEN) + b"\x01" + lib0.string(reason)
        case Late(seq, update):
            payload = lib0.uint(FrameType.LATE) + lib0.uint(seq) + lib0.blob(update)
            payload += _dump(protocol_json.late_body(frame))
        case Notice(kind, body):
            payload = lib0.uint(FrameType.NOTICE) + _dump({"kind": kind, **body})
        case Close(why):
            payload = lib0.uint(FrameType.CLOSE) + lib0.string(why)
        case _:
            assert_never(frame)
    return lib0.string(name) + payload


def gap(seq: int, state_vector: bytes) -> Refuse:
    """The refusal of an update that does not fit, with the server's state vector."""
    return Refuse(seq, RefuseCode.GAP, {"sv": base64.b64encode(state_vector).decode()})


def _json(read: lib0.Decoder) -> Mapping[str, object]:
    return protocol_json.loads(read.string())


def _dump(body: Mapping[str, object]) -> bytes:
    return lib0.string(protocol_json.dumps(body))


def _reason(read: lib0.Decoder) -> str:
    """A Close's reason; "or nothing" can only be the end of the message."""
    return "" if read.at_end() else read.string()


def _expect(read: lib0.Decoder, number: int) -> None:
    if read.uint() != number:
        raise Malformed("not the sub-type for this direction", place=f"byte {read.at - 1}")


def _unknown(kind: int, name: str) -> Malformed:
    return Malformed("no such frame here", place=f"type {kind} on {name[:2] or 'the socket'}")
