"""Presence: awareness payloads ↔ frozen states, bounded, with the identity that the server gives.

Owns what a state may hold (sync-protocol.md, "Presence" and "Standard clients"): cursors by section and
the revisions a page has seen; everything else is dropped, above all who somebody claims to be. Knows no
page, no socket and no rate; positions are passed on within bounds, never resolved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from revmod_live.errors import Malformed
from revmod_live.sync import lib0
from revmod_live.sync.frames import PRESENCE_MAX_BYTES

STANDARD_MAX_BYTES: Final = 16 * 1024
"""Most bytes of an awareness message on `/yjs`: stock clients repeat what they were told."""
STANDARD_MAX_CLIENTS: Final = 64
SECTIONS_MAX: Final = 64
"""Most cursors, and most revisions seen, in one state."""
MAX_CLOCK: Final = 2**32 - 1
"""A larger awareness clock would lock its owner out of being seen (reliability findings 1a)."""
_NAME_MAX: Final = 64
_POSITION_IDS = ("type", "item")


@dataclass(frozen=True, slots=True)
class User:
    """Who it is, as the server knows. `state`: the code of the State, or ''.

    drafts: may write the sections of this page once they are taken; whose page counts for "seen by".
    """

    account: str
    name: str
    state: str
    drafts: bool = False


Position = Mapping[str, object]
"""A relative position of Yjs as JSON: `type`, `item` (ids), `tname`, `assoc`, as far as given."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A selection in one section."""

    anchor: Position
    head: Position


@dataclass(frozen=True, slots=True)
class Present:
    """What somebody's page shows of them."""

    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    """section id → cursor"""
    seen: Mapping[str, int] = field(default_factory=dict)
    """section id → last revision applied"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's entry of a payload. `present`: None when it went away. `user`: None as read."""

    client: int
    clock: int
    present: Present | None
    user: User | None = None


def read(payload: bytes, *, user: User | None = None) -> Entry:
    """The one entry of a payload on a page, `user` as the server knows. Raises Malformed, also for more."""
    if len(payload) > PRESENCE_MAX_BYTES:
        raise Malformed("presence too large", place=f"{len(payload)} bytes")
    entries = list(_entries(payload, most=1))
    if len(entries) != 1:
        raise Malformed("not one client", place="presence")
    client, clock, state = entries[0]
    if state is None:
        return Entry(client, clock, None, user)
    cursors, seen = _members(state, "cursors"), _members(state, "seen")
    return Entry(
        client,
        clock,
        Present(
            cursors={section: cursor for section, value in cursors if (cursor := _cursor(value))},
            seen={section: rev for section, rev in seen if type(rev) is int and 0 <= rev <= lib0.MAX_UINT},
        ),
        user,
    )


def read_standard(payload: bytes, section: str) -> tuple[Entry, ...]:
    """The entries of a stock client's payload, its `cursor` as that of `section`. Raises Malformed.

    A stock client sends its own state and, asked, all it knows: which entry is its own, the caller knows.
    """
    if len(payload) > STANDARD_MAX_BYTES:
        raise Malformed("presence too large", place=f"{len(payload)} bytes")
    entries = []
    for client, clock, state in _entries(payload, most=STANDARD_MAX_CLIENTS):
        present = None
        if state is not None:
            cursor = _cursor(state.get("cursor"))
            present = Present({section: cursor} if cursor else {})
        entries.append(Entry(client, clock, present))
    return tuple(entries)


def write(entries: Iterable[Entry]) -> bytes:
    """A payload for members of a page. The caller has left out cursors that the receiver may not see."""
    return joined([written(entry) for entry in entries])


def written(entry: Entry) -> bytes:
    """One entry as it stands in a payload."""
    return _one(entry.client, entry.clock, _state(entry))


def joined(parts: Sequence[bytes]) -> bytes:
    """The payload of these written entries."""
    return lib0.uint(len(parts)) + b"".join(parts)


def write_standard(entries: Iterable[Entry], section: str) -> bytes:
    """A payload for stock clients of one section: `user` and `cursor` where stock editors look for them."""
    return joined([_one(entry.client, entry.clock, _standard_state(entry, section)) for entry in entries])


def _state(entry: Entry) -> Mapping[str, object] | None:
    if entry.present is None:
        return None
    state: dict[str, object] = {
        "cursors": {section: _cursor_json(cursor) for section, cursor in entry.present.cursors.items()},
        "seen": dict(entry.present.seen),
    }
    return _with_user(state, entry.user)


def _standard_state(entry: Entry, section: str) -> Mapping[str, object] | None:
    if entry.present is None:
        return None
    cursor = entry.present.cursors.get(section)
    state: dict[str, object] = {"cursor": _cursor_json(cursor) if cursor else None}
    return _with_user(state, entry.user)


def _with_user(state: dict[str, object], user: User | None) -> dict[str, object]:
    if user is not None:
        known: dict[str, object] = {"account": user.account, "name": user.name, "state": user.state}
        state["user"] = known | {"drafts": True} if user.drafts else known
    return state


def _cursor_json(cursor: Cursor) -> dict[str, object]:
    return {"anchor": dict(cursor.anchor), "head": dict(cursor.head)}


def _one(client: int, clock: int, state: Mapping[str, object] | None) -> bytes:
    return lib0.uint(client) + lib0.uint(clock) + lib0.string(_json(state))


def _entries(payload: bytes, *, most: int) -> Iterable[tuple[int, int, Mapping[str, object] | None]]:
    """client, clock and state of each entry; None for a client that went away."""
    decoder = lib0.Decoder(payload)
    count = decoder.uint()
    if count > most:
        raise Malformed("too many clients", place="presence")
    seen: set[int] = set()
    for _ in range(count):
        client, clock, text = decoder.uint(), decoder.uint(), decoder.string()
        if client in seen or clock > MAX_CLOCK:
            raise Malformed("a client twice, or a clock too large", place="presence")
        seen.add(client)
        try:
            state: object = _parsed(text)
        except (ValueError, RecursionError) as error:
            raise Malformed("not JSON", place="presence") from error
        if state is not None and not isinstance(state, dict):
            raise Malformed("not an object", place="presence")
        yield client, clock, state
    decoder.finish()


def _members(state: Mapping[str, object], key: str) -> Iterable[tuple[str, object]]:
    """The first members of the object under `key` that have a name of bearable length."""
    value = state.get(key)
    if not isinstance(value, dict):
        return []
    named = [(name, member) for name, member in value.items() if _is_name(name)]
    return named[:SECTIONS_MAX]


def _cursor(value: object) -> Cursor | None:
    if not isinstance(value, dict):
        return None
    anchor, head = _position(value.get("anchor")), _position(value.get("head"))
    return Cursor(anchor, head) if anchor is not None and head is not None else None


def _position(value: object) -> Position | None:
    """The fields of a relative position; None when it is none."""
    if not isinstance(value, dict):
        return None
    position: dict[str, object] = {}
    for key in _POSITION_IDS:
        ref = value.get(key)
        if ref is None:
            continue
        if not isinstance(ref, dict) or not all(_is_uint(ref.get(part)) for part in ("client", "clock")):
            return None
        position[key] = {"client": ref["client"], "clock": ref["clock"]}
    name, assoc = value.get("tname"), value.get("assoc")
    if _is_name(name):
        position["tname"] = name
    if assoc in (-1, 0) and type(assoc) is int:
        position["assoc"] = assoc
    return position if len(position) > ("assoc" in position) else None


def _is_uint(value: object) -> bool:
    return type(value) is int and 0 <= value <= lib0.MAX_UINT


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _NAME_MAX and value.isascii() and value.isprintable()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


# made once: `json.loads` and `json.dumps` would make a new one for each call with these settings
_parsed: Final = json.JSONDecoder(parse_constant=_no_constant).decode
_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
