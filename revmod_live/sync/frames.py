"""The frames of `revmod.1` as frozen values, and the codes they carry (sync-protocol.md).

Owns the closed unions `ClientFrame` and `ServerFrame`. How they look as bytes is `protocol`'s;
what is done about them is the member's, the gate's and the room's. Knows nothing of either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

FRAME_MAX_BYTES: Final = 1024 * 1024
"""Most bytes of one frame from a client; a longer one is `Malformed` and closes the socket."""
MESSAGE_MAX_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of one WebSocket message from a client: several frames of one turn."""
MESSAGE_MAX_FRAMES: Final = 1024
"""Most frames in one message from a client."""
PUSH_MAX_BYTES: Final = 256 * 1024
"""Most bytes of a Push's update. Decoded all the same: the gate answers Refuse `size`."""
PRESENCE_MAX_BYTES: Final = 1024
"""Most bytes of a presence payload from a client. Decoded all the same: the gate drops it."""
YJS_UPDATE_MAX_BYTES: Final = 1024 * 1024
"""Most bytes of one update on `/yjs`."""
UNANSWERED_MAX: Final = 64
"""Pushes of one section without an answer; one more is Refuse `rate`."""


class RefuseCode(StrEnum):
    """Why a Push was not taken."""

    CLAIM = "claim"
    FROZEN = "frozen"
    ROLE = "role"
    SCHEMA = "schema"
    GAP = "gap"
    EPOCH = "epoch"
    AUTHOR = "author"
    SIZE = "size"
    RATE = "rate"
    INVALID = "invalid"


class DeniedReason(StrEnum):
    """Why a name was not opened. `LOCKED`: the step is not open to this reader."""

    ROLE = "role"
    LOCKED = "locked"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """What this person may do with the section now."""

    WRITE = "write"
    READ = "read"


class Why(StrEnum):
    """Why the mode is what it is. `CLAIM`: reading, because there is no claim."""

    OK = "ok"
    CLAIM = "claim"
    FROZEN = "frozen"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """Who holds the section. `state`: its code or ''; `since`: RFC 3339, UTC, 'Z'."""

    account: str
    name: str
    state: str
    since: str
    alone: bool
    offline: bool


@dataclass(frozen=True, slots=True)
class VoteShown:
    """A State's vote as a drafter sees it. `live`: on the text as it is; `at`: RFC 3339, UTC."""

    state: str
    name: str
    at: str
    live: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """The step of the section: its state's code, its votes, its digest when that is up to date."""

    state: str
    votes: tuple[VoteShown, ...] = ()
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class DigestAt:
    """The section's digest at a revision."""

    rev: int
    hex: str


# Client to server.


@dataclass(frozen=True, slots=True)
class OpenSection:
    """2/0 on `s:`. `outbox`: a uuid; `client`: the Yjs client id; `resume`: held the claim before.

    `diverged`: the digest of a client that reopens because its text differs (hex), else None.
    """

    schema: int
    epoch: str | None
    outbox: str
    client: int
    resume: bool = False
    diverged: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPage:
    """2/0 on `p:`."""


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """0/0: the client's state vector, to be read by `statevector` before anything native."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """32: one update (v1) as row `seq` of the outbox; `device_time_ms`: the client's clock, Unix."""

    seq: int
    update: bytes
    device_time_ms: int


@dataclass(frozen=True, slots=True)
class Late:
    """37: text that can no longer be merged. `before` and `after` in canonical form."""

    seq: int
    update: bytes
    id: str
    code: str
    epoch: str | None
    base: bytes
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pong:
    """10: the answer to Ping."""


# Both ways.


@dataclass(frozen=True, slots=True)
class Presence:
    """1 on `p:`: an awareness payload, to be read by `presence`."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """7: scrolled away (client) or dropped (server, with the reason)."""

    reason: str = ""


# Server to client.


@dataclass(frozen=True, slots=True)
class Opened:
    """2/2: the name is open with `scope` (`write` or `read`)."""

    scope: str


@dataclass(frozen=True, slots=True)
class Denied:
    """2/1: the name stays closed to this person."""

    reason: DeniedReason


@dataclass(frozen=True, slots=True)
class Meta:
    """36: rights, claims and votes of a section. `seq`: last accepted of this outbox; `n` counts up."""

    epoch: str
    schema: int
    rev: int
    seq: int
    mode: Mode
    why: Why
    claims: tuple[ClaimShown, ...]
    step: StepShown
    digest: DigestAt | None
    n: int


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """0/1: what brings the client exactly to Meta's `rev`."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Updates:
    """38: what one commit brought to this section, in order; `rev` is that of the last."""

    rev: int
    updates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Ack:
    """33: everything up to `seq` of this outbox is committed; `rev` 0 for a Late."""

    seq: int
    rev: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """34. `detail`: for `gap` {"sv": base64}, for `rate` {"after_ms": n}; else what may help."""

    seq: int
    code: RefuseCode
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """5: news. `body` beside its `kind`; on `""` for this person, on `p:` of that page."""

    kind: str
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ping:
    """9: every 15 s."""


ClientFrame = OpenSection | OpenPage | SyncStep1 | Push | Late | Presence | Close | Pong
ServerFrame = Opened | Denied | Meta | SyncStep2 | Updates | Ack | Refuse | Presence | Notice | Close | Ping
Frame = ClientFrame | ServerFrame
