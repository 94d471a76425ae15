"""Canaries: what hostile bytes do to pycrdt itself, and that none of them reaches it through the reader.

What the library does is written down as it was seen with 0.14.13 (reliability findings 1a). A case that gets
better is welcome; one that gets worse, or a legitimate one that breaks, must be known before an upgrade.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from revmod_live.docs.schema import OutsideSchema
from revmod_live.errors import Malformed
from revmod_live.sync import presence, reader, statevector, touched, ydoc, yjs_protocol
from revmod_live.sync.known import Fits, Known, Nothing, fit
from tests.deep import counts
from tests.sync import yupdates as yu
from tests.sync.hostile import generated, made_over
from tests.sync.yupdates import Writer

FIELDS = ("text",)
ROOT = Path(__file__).parent.parent.parent
CASES: dict[str, dict[str, Any]] = {
    case["name"]: case
    for case in json.loads((ROOT / "tests" / "vectors" / "hostile.json").read_text("utf-8"))
}


def in_child(*cases: tuple[str, str, bytes]) -> dict[str, str]:
    """Case → outcome; `died` for the one that ended the process, and no answer for those after it."""
    lines = "".join(
        json.dumps({"name": name, "how": how, "hex": data.hex()}) + "\n" for name, how, data in cases
    )
    child = subprocess.run(
        [sys.executable, "-m", "tests.sync.library_child"],
        input=lines,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    outcomes = {answer["name"]: answer["outcome"] for answer in map(json.loads, child.stdout.splitlines())}
    if child.returncode < 0:
        outcomes[cases[len(outcomes)][0]] = f"died of signal {-child.returncode}"
    return outcomes


def hex_of(name: str) -> bytes:
    return bytes.fromhex(CASES[name]["hex"])


def parts_of(name: str) -> bytes:
    return json.dumps(CASES[name]["hex"].split(",")).encode()


OBSERVED = {
    "gc-clock-overflow-poison": ("poison", "PanicException, then a brick"),
    "exclude-unwrap-none-sync": ("apply on client 1", "panic PanicException"),
    "clients-len-2^27": ("apply", "refused ValueError"),
    "state-vector-len-2^27": ("state", "refused ValueError"),
    "partial-apply": ("apply", "refused RuntimeError"),
    "future-delete": ("apply", "accepted"),
    "clock-gap-visible": ("apply", "accepted"),
    "same-id-forge": ("apply", "accepted"),
    "merge-vs-apply": ("apply", "accepted"),
    "trailing-garbage": ("apply", "accepted"),
    "sync-length-beyond-body": ("sync", "None"),
    "sync-unknown-type": ("sync", "None"),
    "sync-empty": ("sync", "refused IndexError"),
    "sync-type-only": ("sync", "refused AssertionError"),
    "invalid-utf8": ("apply", "refused ValueError"),
    "truncated": ("apply", "refused ValueError"),
    "awareness-100k-null": ("awareness", "100000 remembered"),
    "awareness-non-object": ("awareness", "2 remembered"),
    "awareness-deep-json": ("awareness", "refused RecursionError"),
    "out-of-order-loses-pending": ("in order", "text cab"),
    "merge-updates-total-order-panic": ("merge", "panic PanicException"),
    "byte-offset-splits-character": ("byte offset", "live né leX, reloaded né le"),
}
"""Case → how it is fed to the library, and what was seen."""

BETTER = ("refused", "accepted", "text cabd", "live néX")


def test_the_library_is_no_worse_than_when_it_was_chosen() -> None:
    made = generated()
    cases = []
    for name, (how, _) in OBSERVED.items():
        data = parts_of(name) if how in ("in order", "merge") else made.get(name) or hex_of(name)
        cases.append((name, how, data))
    outcomes = in_child(*cases)
    for name, (_, seen) in OBSERVED.items():
        assert outcomes[name] == seen or outcomes[name].startswith(BETTER), (name, outcomes[name])


@pytest.mark.parametrize("name", ["any-array-depth", "xml-depth-then-delete"])
def test_what_ends_the_process_still_does_or_is_refused(name: str) -> None:
    outcome = in_child((name, "apply", generated()[name]))[name]
    assert outcome.startswith(("died of signal 11", "refused", "accepted")), outcome


# ---------------------------------------------------------------- nothing of it passes

LEGITIMATE = {
    # Sound updates, which the server only has to keep in order and never to merge.
    "out-of-order-loses-pending",
    "merge-updates-total-order-panic",
    # One that forges an id of somebody else: whose it is, the room knows. Made over below.
    "same-id-forge",
}


@pytest.mark.parametrize("name", sorted(set(CASES) - LEGITIMATE))
def test_no_case_passes_the_readers(name: str) -> None:
    case = CASES[name]
    data = generated().get(name) or bytes.fromhex(case["hex"][: len(case["hex"]) // 2 * 2].replace("..", ""))
    kind = case["kind"]
    if not data:
        pytest.skip("a hazard of the library's own calls, which the server does not make")
    if "awareness" in name:
        with pytest.raises(Malformed):
            presence.read(data)
        with pytest.raises(Malformed):
            presence.read_standard(data, "section")
    elif name.startswith("state-vector"):
        with pytest.raises(Malformed):
            statevector.read(data)
    elif name == "sync-length-beyond-body" or "sync_message" in kind:
        with pytest.raises(Malformed):
            read_messages(b"\x00" + data)
    else:
        for fields in ((), ("t",), ("a", "t")):
            with pytest.raises(Malformed):
                reader.read(data, fields=fields)


def read_messages(data: bytes) -> None:
    """What the server does with a message of a stock client before anything native."""
    for message in yjs_protocol.decode(data):
        assert isinstance(message, (yjs_protocol.Update, yjs_protocol.SyncStep2))
        reader.read(message.update, fields=("t",))


ANN = Writer(7)
GENUINE = [ANN.opens("hello wörld "), *(ANN.types(letter) for letter in "in 😀 text")]
MADE_OVER = made_over(client=8_000_000_001, block=(7, 0), text=(7, 1), last=(7, ANN.clock - 1))


def known_of_genuine() -> Known:
    known = Known()
    for data in GENUINE:
        found = fit(reader.read(data, fields=FIELDS), known)
        assert isinstance(found, Fits)
        known.take(found)
    return known


@pytest.mark.parametrize("name", sorted(MADE_OVER))
def test_no_case_made_over_for_our_section_passes(name: str) -> None:
    try:
        reading = reader.read(MADE_OVER[name], fields=FIELDS)
    except Malformed:
        return
    found = fit(reading, known_of_genuine())
    if name == "a ring":
        # Whether a ring of items can be integrated shows in the shadow's state vector; here it has no parent.
        assert not isinstance(found, (Fits, Nothing))
        return
    assert not isinstance(found, (Fits, Nothing)), found


def mutated(chance: random.Random, data: bytes) -> bytes:
    """A genuine update with a few bytes changed, left out, doubled or put in."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0 if at < len(out):
                out[at] = chance.randrange(256)
            case 1 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 2 if at < len(out):
                del out[at : at + chance.randrange(1, 4)]
            case 3:
                out[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 4)))
            case 4:
                out[at:at] = out[at : at + chance.randrange(1, 12)]
            case _ if at < len(out):
                out[at] = (out[at] + chance.choice((-1, 1))) % 256
            case _:
                out = out[:at]
    return bytes(out)


def rich() -> tuple[list[bytes], list[bytes]]:
    """A document with all that the schema has, and updates on it of every kind."""
    blocks = [yu.block(field_name="text"), yu.attribute("kind", yu.some("h2"), parent=(7, 0))]
    blocks += [yu.block_text(parent=(7, 0)), yu.text("hello wörld 😀 end", parent=(7, 2))]
    base = [yu.update((7, 0, blocks)), yu.update(deletes=[(7, [(4, 2)])])]
    link = '{"href":"https://example.org/"}'
    return base, [
        yu.update((8, 0, [yu.text("x", origin=(7, 8))])),
        yu.update((8, 0, [yu.text("été", origin=(7, 8), right=(7, 9))])),
        yu.update((7, 21, [yu.text("more", origin=(7, 20))])),
        yu.update(deletes=[(7, [(6, 3)])]),
        yu.update((8, 0, [yu.text("ab", origin=(7, 3))]), deletes=[(7, [(8, 2), (12, 1)])]),
        yu.update(
            (8, 0, [yu.mark("strong", "{}", origin=(7, 8)), yu.mark("strong", "null", origin=(7, 10))])
        ),
        yu.update((8, 0, [yu.mark("link", link, right=(7, 9)), yu.mark("link", "null", origin=(7, 12))])),
        yu.update(
            (8, 0, [yu.item(yu.ANY, b"\x01" + yu.some("ul1"), origin=(7, 1))]), deletes=[(7, [(1, 1)])]
        ),
        yu.update((8, 0, [yu.attribute("dir", yu.some("rtl"), parent=(7, 0))])),
        yu.update(
            (8, 0, [yu.block(origin=(7, 0)), yu.block_text(parent=(8, 0)), yu.text("new", parent=(8, 1))]),
            deletes=[(7, [(18, 3)])],
        ),
        yu.update((8, 0, [yu.deleted(2, origin=(7, 8)), yu.collected(3), yu.text("z", origin=(8, 0))])),
        yu.update((9, 0, [yu.text("c", origin=(8, 0))]), (8, 0, [yu.text("b", origin=(7, 8))])),
    ]


def test_no_mutation_passes_and_still_breaks_the_document() -> None:
    chance = random.Random(7)
    base, updates = rich()
    passed = 0
    start = ydoc.load(FIELDS, base)
    whole, known = ydoc.encode(start), ydoc.known_of(start, FIELDS)
    for _ in range(counts(3_000, 200_000)):
        data = mutated(chance, chance.choice(updates))
        try:
            reading = reader.read(data, fields=FIELDS)
        except Malformed:
            continue
        found = fit(reading, known)
        if not isinstance(found, Fits):
            continue
        # From here on nothing may panic, hide anything, or become pending; refusing is still allowed.
        shadow = ydoc.load(FIELDS, [whole])
        ydoc.apply(shadow, data)
        expected = {**known.clocks, **{new.client: new.end for new in found.new}}
        held = statevector.read(ydoc.state_vector(shadow))
        assert held == expected, data.hex()
        try:
            touched.check(shadow, found, fields=FIELDS)
            section = ydoc.section_of(shadow, "c/untoc/gaps", FIELDS)
        except OutsideSchema:
            continue
        passed += 1
        assert ydoc.section_of(shadow, "c/untoc/gaps", FIELDS, strict=True) == section, data.hex()
        again = ydoc.load(FIELDS, [ydoc.encode(shadow)])
        assert ydoc.section_of(again, "c/untoc/gaps", FIELDS) == section, data.hex()
        assert statevector.read(ydoc.state_vector(again)) == expected, data.hex()
        assert ydoc.known_of(again, FIELDS).clocks == expected, data.hex()
    assert passed > 50, "the mutations are too wild to say anything"
