"""Feeds one hostile case after another to pycrdt itself, in a process that may die of it.

Reads lines of JSON `{"name", "how", "hex"}`, answers each with `{"name", "outcome"}`: `accepted`, `refused`
(an `Exception`) or `panic` (any other `BaseException`), with what was seen after it. Not a test:
`test_hostile_library` starts it, under a memory limit.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable

import pycrdt
from pycrdt import Awareness, Doc, Text

MEMORY_BYTES = 3 * 1024**3


def text_doc(*updates: bytes) -> Doc[Text]:
    doc: Doc[Text] = Doc(client_id=99)
    doc.get("t", type=Text)
    for update in updates:
        doc.apply_update(update)
    return doc


def apply(data: bytes) -> str:
    doc = text_doc()
    doc.apply_update(data)
    doc.get_update()
    return "accepted"


def apply_on_client_1(data: bytes) -> str:
    doc = text_doc(bytes.fromhex("0101010004010174" + "1a" + "61" * 26 + "00"))
    pycrdt.handle_sync_message(data, doc)
    return "accepted"


def poison(data: bytes) -> str:
    """Whether the document is a brick after it."""
    doc = text_doc()
    try:
        doc.apply_update(data)
    except BaseException as error:  # noqa: BLE001 (a panic is what this looks for)
        seen = type(error).__name__
    else:
        seen = "accepted"
    try:
        doc.get_update()
    except BaseException:  # noqa: BLE001 (as above)
        return f"{seen}, then a brick"
    return f"{seen}, then usable"


def in_order(data: bytes) -> str:
    """Four updates in an order that is not causal: is the last character there?"""
    doc = text_doc()
    for part in json.loads(data):
        doc.apply_update(bytes.fromhex(part))
    return f"text {doc.get('t', type=Text)}"


def merge(data: bytes) -> str:
    pycrdt.merge_updates(*(bytes.fromhex(part) for part in json.loads(data)))
    return "accepted"


def byte_offset(_: bytes) -> str:
    doc = text_doc()
    text: Text = doc.get("t", type=Text)
    text.insert(0, "né le")
    text.insert(2, "X")
    return "live " + str(text) + ", reloaded " + str(text_doc(doc.get_update()).get("t", type=Text))


def awareness(data: bytes) -> str:
    aware = Awareness(text_doc())
    aware.apply_awareness_update(data, "test")
    return f"{len(aware.meta)} remembered"


HOW: dict[str, Callable[[bytes], str]] = {
    "apply": apply,
    "apply on client 1": apply_on_client_1,
    "poison": poison,
    "in order": in_order,
    "merge": merge,
    "byte offset": byte_offset,
    "awareness": awareness,
    "state": lambda data: str(len(text_doc().get_update(data))),
    "sync": lambda data: str(pycrdt.handle_sync_message(data, text_doc())),
}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for line in sys.stdin:
        case = json.loads(line)
        try:
            outcome = HOW[case["how"]](bytes.fromhex(case["hex"]))
        except Exception as error:  # noqa: BLE001 (which one is the answer)
            outcome = f"refused {type(error).__name__}"
        except BaseException as error:  # noqa: BLE001 (a panic is what this looks for)
            outcome = f"panic {type(error).__name__}"
        print(json.dumps({"name": case["name"], "outcome": outcome}), flush=True)


if __name__ == "__main__":
    main()
