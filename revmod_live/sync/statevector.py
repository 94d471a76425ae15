"""State vectors: which clock of each client is known. Bounded reading in front of the native decoder.

Four hostile bytes make the native decoder take 262 MB (reliability findings 1a); this one takes none.
Knows nothing of updates or documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from revmod_live.errors import Malformed
from revmod_live.sync import lib0

MAX_BYTES: Final = 256 * 1024
"""Most bytes of a state vector: about 25,000 clients."""
MAX_CLOCK: Final = 2**31 - 1
"""Clocks stay below it: the native layer counts in 32 bits and does not check."""
_ENTRY_MIN_BYTES: Final = 2


def read(data: bytes) -> dict[int, int]:
    """Client → next clock. Raises Malformed for anything but exactly one state vector."""
    if len(data) > MAX_BYTES:
        raise Malformed("a state vector too large", place=f"{len(data)} bytes")
    decoder = lib0.Decoder(data)
    count = decoder.uint()
    if count * _ENTRY_MIN_BYTES > decoder.end - decoder.at:
        raise Malformed("more clients than bytes", place="state vector")
    vector: dict[int, int] = {}
    for _ in range(count):
        client, clock = decoder.uint(), decoder.uint()
        if client in vector:
            raise Malformed("a client twice", place="state vector")
        if clock > MAX_CLOCK:
            raise Malformed("a clock too large", place="state vector")
        vector[client] = clock
    decoder.finish()
    return vector


def write(vector: Mapping[int, int]) -> bytes:
    """The encoded state vector, clients in descending order as Yjs writes them."""
    parts = [lib0.uint(len(vector))]
    for client in sorted(vector, reverse=True):
        parts += (lib0.uint(client), lib0.uint(vector[client]))
    return b"".join(parts)
