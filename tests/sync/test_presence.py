"""Presence: what a state may hold, who says who it is, and the words of stock clients."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revmod_live.errors import Malformed
from revmod_live.sync import presence, yjs_protocol
from revmod_live.sync.lib0 import string, uint
from revmod_live.sync.presence import Cursor, Entry, Present, User

POSITION = {"type": {"client": 7, "clock": 1}, "item": {"client": 7, "clock": 5}, "assoc": 0}
CURSOR = {"anchor": POSITION, "head": {"tname": "text", "assoc": -1}}
ANN = User("a1", "Ann Example", "BOR")


def payload(*states: object, client: int = 5, clock: int = 1) -> bytes:
    entries = b"".join(
        uint(client + n) + uint(clock) + string(state if isinstance(state, str) else json.dumps(state))
        for n, state in enumerate(states)
    )
    return uint(len(states)) + entries


def states_of(data: bytes) -> dict[int, object]:
    """What a stock awareness would hold after a payload."""
    return {entry[0]: entry[2] for entry in presence._entries(data, most=100)}


def test_cursors_and_what_was_seen_are_kept() -> None:
    entry = presence.read(payload({"cursors": {"s1": CURSOR}, "seen": {"s1": 12}}))
    assert entry == Entry(5, 1, Present({"s1": Cursor(POSITION, CURSOR["head"])}, {"s1": 12}))


def test_nobody_says_who_they_are_and_unknown_fields_are_dropped() -> None:
    state = {"user": {"name": "The President"}, "colour": "red", "cursors": {"s1": CURSOR | {"x": 1}}}
    entry = presence.read(payload(state))
    written = presence.write([Entry(entry.client, entry.clock, entry.present, ANN)])
    assert states_of(written) == {
        5: {
            "cursors": {"s1": CURSOR},
            "seen": {},
            "user": {"account": "a1", "name": "Ann Example", "state": "BOR"},
        }
    }


def test_somebody_who_went_is_null() -> None:
    assert presence.read(payload(None)) == Entry(5, 1, None)
    assert states_of(presence.write([Entry(5, 2, None, ANN)])) == {5: None}


@pytest.mark.parametrize(
    "cursor",
    [
        None,
        7,
        {},
        {"anchor": POSITION},
        {"anchor": POSITION, "head": {}},
        {"anchor": POSITION, "head": {"assoc": 0}},
        {"anchor": POSITION, "head": {"item": {"client": -1, "clock": 0}}},
        {"anchor": POSITION, "head": {"item": {"client": 1.5, "clock": 0}}},
        {"anchor": POSITION, "head": {"item": {"client": 1}}},
        {"anchor": POSITION, "head": {"tname": "x" * 65}},
        {"anchor": POSITION, "head": [[[[]]]]},
    ],
)
def test_a_cursor_that_is_none_is_dropped(cursor: object) -> None:
    entry = presence.read(payload({"cursors": {"s1": cursor}, "seen": {"s1": -1, "s2": 1.5, "s3": True}}))
    assert entry.present == Present()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        payload(),
        payload({}, {}),
        payload({}) + b"\x00",
        payload("7"),
        payload("[]"),
        payload("NaN"),
        payload("{"),
        payload('{"seen":{"a":NaN}}'),
        payload("[" * 900),
        payload({"pad": "x" * 1100}),
        payload({}, clock=2**32),
        uint(2**40),
        b"\xff" * 900,
    ],
)
def test_anything_else_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        presence.read(data)


def test_a_stock_cursor_is_that_of_its_section() -> None:
    entries = presence.read_standard(
        payload({"user": {"name": "x"}, "cursor": CURSOR}, {"cursor": None}, None), "s9"
    )
    assert [entry.present for entry in entries] == [
        Present({"s9": Cursor(POSITION, CURSOR["head"])}),
        Present(),
        None,
    ]
    shown = presence.write_standard([Entry(5, 3, entries[0].present, ANN)], "s9")
    assert states_of(shown) == {
        5: {"cursor": CURSOR, "user": {"account": "a1", "name": "Ann Example", "state": "BOR"}}
    }
    assert states_of(presence.write_standard([Entry(5, 3, entries[0].present)], "s8")) == {
        5: {"cursor": None}
    }


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_malformed(data: bytes) -> None:
    for read in (presence.read, lambda data: presence.read_standard(data, "s"), yjs_protocol.decode):
        try:
            read(data)
        except Malformed:
            continue


@pytest.mark.parametrize(
    "message",
    [
        yjs_protocol.SyncStep1(b"\x00"),
        yjs_protocol.SyncStep2(b"\x00\x00"),
        yjs_protocol.Update(b"x" * 300),
        yjs_protocol.Awareness(b"\x00"),
        yjs_protocol.QueryAwareness(),
        yjs_protocol.PermissionDenied("claim"),
    ],
)
def test_messages_of_stock_clients_come_back(message: yjs_protocol.Message) -> None:
    assert yjs_protocol.decode(yjs_protocol.encode(message) * 2) == [message, message]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x04",
        b"\x00\x03\x00",
        b"\x00\x02\xe8\x07\x00",
        b"\x02\x01",
        b"\x09\x01\x00",
        b"\x03" * 5000,
    ],
)
def test_no_other_bytes_are_such_a_message(data: bytes) -> None:
    with pytest.raises(Malformed):
        yjs_protocol.decode(data)
