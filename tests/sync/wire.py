"""The wire vectors: each frame as JSON and as bytes, the same for Python and TypeScript.

`python -m tests.sync.wire` writes `tests/vectors/wire.json` anew; a test holds the file to the code.
Bytes stand as hexadecimal digits; `type` is the frame's name.
"""

import dataclasses
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from revmod_live.sync import protocol
from revmod_live.sync.frames import (
    Ack,
    ClaimShown,
    Close,
    Denied,
    DeniedReason,
    DigestAt,
    Frame,
    Late,
    Meta,
    Mode,
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
    StepShown,
    SyncStep1,
    SyncStep2,
    Updates,
    VoteShown,
    Why,
)

FILE = Path(__file__).parent.parent / "vectors" / "wire.json"

SECTION = "s:abcdefghijklmnopqrstuvwxy2"
PAGE = "p:234567abcdefghijklmnopqrst"
OUTBOX = "0b0e7a5e-2f2c-4d2a-9a53-0d6c1f3e8a77"
EPOCH = "q7x4c2mzv6rj5kwh3bt2nf4pya"
HEX = "6c5779f9f54684ecdeb59b670f1044ac58524ebbc794aff6b0f1ce326e0192d8"
KEYSTROKE = bytes.fromhex("0101b9f0e1aa0407840007030161" + "00")

CLIENT: list[tuple[str, str, Frame]] = [
    ("open a section for the first time", SECTION, OpenSection(1, None, OUTBOX, 2**53 - 1)),
    (
        "open a section again",
        SECTION,
        OpenSection(schema=1, epoch=EPOCH, outbox=OUTBOX, client=1234567890, resume=True),
    ),
    (
        "open a section whose text differs",
        SECTION,
        OpenSection(schema=1, epoch=EPOCH, outbox=OUTBOX, client=1, resume=False, diverged=HEX),
    ),
    ("open a page", PAGE, OpenPage()),
    ("ask for what is missing, knowing nothing", SECTION, SyncStep1(b"\x00")),
    ("push a keystroke", SECTION, Push(1, KEYSTROKE, 1_767_225_600_123)),
    ("push with a clock before 1970", SECTION, Push(300, KEYSTROKE, -65)),
    ("push with the clock at zero", SECTION, Push(2**32, b"\x00\x00", 0)),
    (
        "hand in late text",
        SECTION,
        Late(
            seq=17,
            update=KEYSTROKE,
            id="7d0f8f5e-5cb5-4f7e-8f15-6f2a8f0e1a11",
            code="frozen",
            epoch=EPOCH,
            base=b"\x01\xb9\xf0\xe1\xaa\x04\x07",
            before='{"fields":{"text":[]},"section":"c/untoc/gaps","v":1}',
            after='{"fields":{"text":[{"t":[{"s":"é 😀 مادة"}]}]},"section":"c/untoc/gaps","v":1}',
        ),
    ),
    ("presence of a page", PAGE, Presence(b"\x01\x07\x01\x02{}")),
    ("scrolled away", SECTION, Close()),
    ("leave a page with a reason", PAGE, Close("leaving")),
    ("pong", "", Pong()),
]

SERVER: list[tuple[str, str, Frame]] = [
    ("opened to write", SECTION, Opened("write")),
    ("page opened", PAGE, Opened("read")),
    *((f"denied: {reason}", SECTION, Denied(reason)) for reason in DeniedReason),
    (
        "meta of a quiet section",
        SECTION,
        Meta(EPOCH, 1, 0, 0, Mode.READ, Why.CLAIM, (), StepShown("open"), None, 1),
    ),
    (
        "meta with claims, votes and a digest",
        SECTION,
        Meta(
            epoch=EPOCH,
            schema=1,
            rev=412,
            seq=9,
            mode=Mode.WRITE,
            why=Why.OK,
            claims=(
                ClaimShown("a1", "Ann Example", "BOR", "2026-05-04T10:02:00Z", alone=False, offline=False),
                ClaimShown("a2", "Zoë Пример مثال", "COR", "2026-05-04T10:05:09Z", alone=False, offline=True),
            ),
            step=StepShown(
                "voting",
                (VoteShown("BOR", "Ann Example", "2026-05-04T11:00:00Z", live=True),),
                HEX,
            ),
            digest=DigestAt(412, HEX),
            n=3,
        ),
    ),
    ("what is missing", SECTION, SyncStep2(KEYSTROKE)),
    ("one update", SECTION, Updates(413, (KEYSTROKE,))),
    ("three updates of one commit", SECTION, Updates(1_000_000, (KEYSTROKE, b"\x00\x00", KEYSTROKE))),
    ("ack", SECTION, Ack(1, 413)),
    ("ack of late text", SECTION, Ack(17, 0)),
    *((f"refused: {code}", SECTION, Refuse(5, code)) for code in RefuseCode if code != "gap"),
    ("refused: too fast", SECTION, Refuse(6, RefuseCode.RATE, {"after_ms": 500})),
    ("refused: gap", SECTION, protocol.gap(7, b"\x01\xb9\xf0\xe1\xaa\x04\x07")),
    ("presence of another", PAGE, Presence(b"\x01\x07\x01\x02{}")),
    ("notice to a person", "", Notice("session-ended")),
    ("notice on a page", PAGE, Notice("log", {"act": "take", "who": "Ann Example"})),
    ("dropped", SECTION, Close("role")),
    ("ping", "", Ping()),
]


def as_json(value: object) -> object:
    """A frame's fields, bytes as hexadecimal digits."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, (tuple, list)):
        return [as_json(item) for item in value]
    if dataclasses.is_dataclass(value):
        return fields_of(value)
    return value


def fields_of(value: object) -> dict[str, object]:
    fields = dataclasses.fields(value)  # type: ignore[arg-type]
    return {field.name: as_json(getattr(value, field.name)) for field in fields}


def vector(description: str, direction: str, name: str, frame: Frame) -> dict[str, Any]:
    return {
        "description": description,
        "direction": direction,
        "name": name,
        "hex": protocol.encode(name, frame).hex(),
        "frame": {"type": type(frame).__name__, **fields_of(frame)},
    }


def whole() -> dict[str, Any]:
    """The contents of the file."""
    frames = [vector(text, "c2s", name, frame) for text, name, frame in CLIENT]
    frames += [vector(text, "s2c", name, frame) for text, name, frame in SERVER]
    return {
        "note": "revmod.1 frames both ways; bytes are hexadecimal; a message is frames joined",
        "frames": frames,
        "messages": [
            {
                "description": "a keystroke and its cursor",
                "direction": "c2s",
                "hex": (
                    protocol.encode(SECTION, Push(2, KEYSTROKE, 1)) + protocol.encode(PAGE, Presence(b"\x00"))
                ).hex(),
                "types": ["Push", "Presence"],
            },
            {
                "description": "a ping between an ack and updates",
                "direction": "s2c",
                "hex": (
                    protocol.encode(SECTION, Ack(1, 2))
                    + protocol.encode("", Ping())
                    + protocol.encode(SECTION, Updates(3, (KEYSTROKE,)))
                ).hex(),
                "types": ["Ack", "Ping", "Updates"],
            },
        ],
    }


def dump() -> str:
    return json.dumps(whole(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(dump(), encoding="utf-8")
