"""The frames of `revmod.1`: bytes both ways, and what is refused."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revmod_live.errors import Malformed
from revmod_live.sync import lib0, protocol
from revmod_live.sync.frames import (
    FRAME_MAX_BYTES,
    PUSH_MAX_BYTES,
    ClientFrame,
    Close,
    OpenSection,
    Pong,
    Presence,
    Push,
    SyncStep1,
)
from tests.sync import wire

S, P = wire.SECTION, wire.PAGE


def frame_bytes(kind: int, payload: bytes, name: str = S) -> bytes:
    return lib0.string(name) + lib0.uint(kind) + payload


def text(value: object) -> bytes:
    return lib0.string(json.dumps(value))


def opening(**changes: object) -> bytes:
    body: dict[str, object] = {
        "v": 1,
        "schema": 1,
        "epoch": None,
        "outbox": wire.OUTBOX,
        "client": 5,
        "resume": False,
    }
    return frame_bytes(2, b"\x00" + text(body | changes))


def test_the_vectors_file_is_what_the_code_writes() -> None:
    assert wire.FILE.read_text(encoding="utf-8") == wire.dump(), "run python -m tests.sync.wire"


@pytest.mark.parametrize("case", wire.CLIENT, ids=lambda case: str(case[0]))
def test_every_frame_of_a_client_comes_back(case: tuple[str, str, Any]) -> None:
    _, name, frame = case
    assert protocol.decode(protocol.encode(name, frame)) == [(name, frame)]


@pytest.mark.parametrize("case", wire.SERVER, ids=lambda case: str(case[0]))
def test_every_frame_of_the_server_comes_back(case: tuple[str, str, Any]) -> None:
    _, name, frame = case
    assert protocol.decode_server(protocol.encode(name, frame)) == [(name, frame)]


def test_all_frames_of_a_turn_are_one_message() -> None:
    message = b"".join(protocol.encode(name, frame) for _, name, frame in wire.CLIENT)
    assert protocol.decode(message) == [(name, frame) for _, name, frame in wire.CLIENT]


def test_a_pong_is_one_bare_byte() -> None:
    assert protocol.encode("", Pong()) == b"\x0a"
    assert protocol.decode(b"\x0a\x0a") == [("", Pong()), ("", Pong())]


def test_a_close_at_the_end_needs_no_reason() -> None:
    assert protocol.decode(frame_bytes(7, b"")) == [(S, Close(""))]


def test_a_push_too_large_is_decoded_so_that_it_can_be_refused_and_kept() -> None:
    push = Push(1, bytes(PUSH_MAX_BYTES + 1), 0)
    assert protocol.decode(protocol.encode(S, push)) == [(S, push)]


def test_an_unknown_key_is_ignored_so_that_later_clients_may_say_more() -> None:
    assert protocol.decode(opening(colour="red")) == [(S, OpenSection(1, None, wire.OUTBOX, 5))]


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"", "empty"),
        (b"\xff" * 200_000, "a number without an end, found at once"),
        (b"\x80\x00", "a padded length of name"),
        (frame_bytes(99, b""), "unknown type"),
        (frame_bytes(33, b"\x01\x01"), "an Ack from a client"),
        (frame_bytes(36, text({})), "a Meta from a client"),
        (frame_bytes(0, b"\x01\x00"), "a SyncStep2 from a client"),
        (frame_bytes(0, b"\x02\x00"), "an update past the outbox"),
        (frame_bytes(9, b""), "a ping from a client"),
        (frame_bytes(1, b"\x00"), "presence on a section"),
        (frame_bytes(32, b"\x01\x00\x00", P), "a push on a page"),
        (frame_bytes(7, b"", ""), "closing the socket itself"),
        (frame_bytes(32, b"\x01\xe8\x07\x00"), "a length beyond the end"),
        (frame_bytes(32, b"\x01\x00"), "no device time"),
        (frame_bytes(32, b"\x01\x00\x80\x00"), "a padded device time"),
        (frame_bytes(32, b"\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00"), "seq beyond 2^53"),
        (frame_bytes(32, b"\x01\x00\x00") + b"\x00", "half a frame after a whole one"),
        (frame_bytes(32, b"\x01\x00\x00", "x:abc"), "not a name"),
        (frame_bytes(32, b"\x01\x00\x00", "s:"), "no id"),
        (frame_bytes(32, b"\x01\x00\x00", "s:" + "a" * 65), "too long an id"),
        (b"\x03\xff\xfe\xfd" + b"\x20", "a name that is not UTF-8"),
        (frame_bytes(1, lib0.blob(bytes(FRAME_MAX_BYTES)), P), "too large a frame"),
        (b"\x0a" * 5000, "too many frames"),
        (opening(v=2), "another version"),
        (opening(v=True), "a version that is no number"),
        (opening(schema="1"), "schema as text"),
        (opening(schema=True), "schema as truth"),
        (opening(client=2**53), "a client id that browsers cannot hold"),
        (opening(client=-1), "a negative client id"),
        (opening(client=1.5), "half a client id"),
        (opening(outbox="1"), "no uuid"),
        (opening(resume=1), "resume as number"),
        (opening(epoch=5), "epoch as number"),
        (opening(epoch="\ud800"), "a lone surrogate"),
        (opening(diverged="x"), "no digest"),
        (frame_bytes(2, b"\x00" + lib0.string("[" * 200_000)), "deep JSON"),
        (frame_bytes(2, b"\x00" + lib0.string("[]")), "JSON, but no object"),
        (frame_bytes(2, b"\x00" + lib0.string('{"v":NaN}')), "NaN"),
        (frame_bytes(2, b"\x00" + lib0.string('{"v":' + "9" * 5000 + "}")), "a very long number"),
        (frame_bytes(2, b"\x01" + text({"v": 1}), P), "another sub-type"),
        (frame_bytes(2, b"\x00" + text({"v": 3}), P), "another version of a page"),
        (frame_bytes(37, b"\x01\x00" + text({"id": "x"})), "a late text without its parts"),
    ],
)
def test_anything_else_is_malformed(message: bytes, why: str) -> None:
    with pytest.raises(Malformed):
        protocol.decode(message)
    assert why


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_malformed(message: bytes) -> None:
    for decode in (protocol.decode, protocol.decode_server):
        with contextlib.suppress(Malformed):
            decode(message)


@given(st.integers(-(2**53) + 1, 2**53 - 1))
def test_numbers_come_back(number: int) -> None:
    read = lib0.Decoder(lib0.sint(number) + lib0.uint(abs(number)))
    assert (read.sint(), read.uint()) == (number, abs(number))
    read.finish()


@given(st.integers(0, 2**53 - 1), st.binary(), st.integers(-(2**53) + 1, 2**53 - 1))
def test_pushes_come_back(seq: int, update: bytes, time_ms: int) -> None:
    frames: list[tuple[str, ClientFrame]] = [
        (S, Push(seq, update, time_ms)),
        (P, Presence(update)),
        (S, SyncStep1(update)),
    ]
    assert protocol.decode(b"".join(protocol.encode(*frame) for frame in frames)) == frames


def test_numbers_outside_their_range_are_our_own_fault() -> None:
    for write, number in ((lib0.uint, -1), (lib0.uint, 2**53), (lib0.sint, 2**53), (lib0.sint, -(2**53))):
        with pytest.raises(ValueError, match=r"varu?int"):
            write(number)
