"""A package, and everything that can be done to it: written to `tests/vectors/packages.json`.

`.venv/bin/python -m tests.docs.package_vectors` writes the file anew. Python and the page that lies in every
package read the same cases. The key is one for tests, and signs nothing else.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from revmod_live.docs import canonical
from revmod_live.docs.export import container
from revmod_live.docs.export.package import FIRST, AgreedSettings, CountedVote, Sealed, package
from revmod_live.docs.model import Section, plain
from revmod_live.docs.receipt import Signing, receipt, vote_of

VECTORS: Final = Path(__file__).parents[1] / "vectors" / "packages.json"
AT: Final = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)
PLACE: Final[dict[str, Any]] = {"review": "2026-ava", "phase": 1, "step": "c"}


def signing(seed: int = 1) -> Signing:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signing(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign)


def texts() -> dict[str, bytes]:
    said = {"c/untoc/gaps": "Ähnlich wie im Vorjahr.", "c/untoc/process": "", "c/fa/gaps": "ثغرة واحدة 🙂"}
    return {
        key: canonical.section_bytes(Section(key, {"text": plain(*([words] if words else []))}))
        for key, words in said.items()
    }


def sealed(instruments: tuple[str, ...] = ("untoc", "fa"), by: Signing | None = None) -> Sealed:
    """A step sealed by the State under review, a reviewer of everything, and one of firearms alone."""
    by = by or signing()
    digests = [(key, canonical.section_digest(text)) for key, text in texts().items()]
    whole = canonical.lines_digest(canonical.step_lines(**PLACE, sections=digests))
    firearms = canonical.instrument_lines(**PLACE, instrument="fa", sections=digests)
    settings = canonical.settings_bytes(languages=["en", "ar"], deadlines={"a": AT.date()})
    votes = [
        vote_of(**PLACE, state=state, account=f"account-{state}", seen=seen, at=AT, n=1)
        for state, seen in (("AVA", whole), ("BOR", whole), ("DAL", {"fa": canonical.lines_digest(firearms)}))
    ]
    return Sealed(
        **PLACE,
        n=1,
        at=AT,
        digest=whole,
        instruments=instruments,
        whole=len(instruments) == 2,
        sections={key: text for key, text in texts().items() if key.split("/")[1] in instruments},
        votes=[CountedVote(vote, receipt(vote, by)) for vote in votes],
        settings=AgreedSettings(
            settings,
            canonical.step_lines(
                review="2026-ava",
                phase=1,
                step="0",
                sections=[(canonical.SETTINGS_KEY, canonical.settings_digest(settings))],
            ),
            1,
        ),
        more={"text/untoc.html": b"<!doctype html>\n", "verify.html": b"<!doctype html>\n<p>page\n"},
    )


Entries = list[container.Entry]


def cases() -> list[dict[str, Any]]:
    """Every case: its name, the package, and what is to be found."""
    whole = package(sealed(), signing())
    entries, _ = container.read(whole)
    found = [
        _case("as it was sealed", whole),
        _case("an excerpt", package(sealed(("fa",)), signing())),
        _case("cut off", whole[: len(whole) // 2], ("unreadable", "")),
        _case("no package at all", b"%PDF-1.7\n", ("unreadable", "")),
        _case("nothing", b"", ("unreadable", "")),
        _case("something behind it", whole + b"\0", ("container", "")),
        _case("another time of day", _timed(whole), ("container", "")),
        *_signed_by_another(entries),
    ]
    for place, (name, data) in enumerate(entries):
        others = [*entries[:place], *entries[place + 1 :]]
        flipped = [*entries[:place], (name, _flipped(name, data)), *entries[place + 1 :]]
        found.append(_case(f"altered: {name}", container.write(flipped), _altered(name)))
        found.append(_case(f"removed: {name}", container.write(others), ("missing", name)))
        twice = [*entries, (name, data)]
        found.append(_case(f"twice: {name}", container.write(twice), ("twice", name)))
        if place:
            moved = [*entries[: place - 1], entries[place], entries[place - 1], *entries[place + 1 :]]
            found.append(_case(f"moved up: {name}", container.write(moved), ("order", name)))
        if name not in FIRST:
            more = [*entries, (f"{name}.more", data)]
            found.append(_case(f"added beside: {name}", container.write(more), ("added", f"{name}.more")))
    return found


def _signed_by_another(entries: Entries) -> list[dict[str, Any]]:
    """What somebody with a key of their own, or with no key, can put together."""
    theirs = dict(container.read(package(sealed(by=signing(2)), signing(2)))[0])
    key_only = [(n, theirs[n] if n == "public-key.txt" else d) for n, d in entries]
    receipt_only = [(n, theirs[n] if n == "receipts/bor.json" else d) for n, d in entries]
    their_receipts = package(sealed(by=signing(2)), signing())
    swapped = {"receipts/ava.json": "receipts/bor.json", "receipts/bor.json": "receipts/ava.json"}
    ours = dict(entries)
    exchanged = [(n, ours[swapped.get(n, n)]) for n, _ in entries]
    return [
        _case("another's key", container.write(key_only), ("key", "public-key.txt")),
        _case("another's receipt", container.write(receipt_only), ("altered", "receipts/bor.json")),
        _case(
            "receipts exchanged",
            container.write(exchanged),
            ("altered", "receipts/ava.json"),
            ("altered", "receipts/bor.json"),
        ),
        _case(
            "receipts of another key, listed and signed",
            their_receipts,
            *[("receipt", f"receipts/{state}.json") for state in ("ava", "bor", "dal")],
        ),
        *_listed_and_signed(),
    ]


def _listed_and_signed() -> list[dict[str, Any]]:
    """What even the server cannot sign its way around: what the receipts bind is worked out anew."""
    good = sealed()
    other = {**good.sections, "c/fa/gaps": good.sections["c/fa/gaps"].replace("واحدة".encode(), b"1")}
    elsewhere = [CountedVote({**v.vote, "phase": 2}, v.receipt) for v in good.votes[:1]]
    return [
        _case(
            "a text that nobody voted on",
            package(replace(good, sections=other), signing()),
            ("text", "digests/step.txt"),
            ("votes", "votes.json"),
        ),
        _case(
            "a vote of another phase",
            package(replace(good, votes=[*elsewhere, *good.votes[1:]]), signing()),
            ("votes", "votes.json"),
        ),
    ]


def _flipped(name: str, data: bytes) -> bytes:
    if name == "manifest.json":
        return data.replace(b'"2026-ava"', b'"2026-avb"')
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _altered(name: str) -> tuple[str, str]:
    # which of manifest and signature was altered cannot be told: they do not go together
    by_name = {"manifest.json": "signature", "manifest.sig": "signature", "public-key.txt": "key"}
    return by_name.get(name, "altered"), "manifest.json" if name == "manifest.sig" else name


def _timed(data: bytes) -> bytes:
    return data[:10] + b"\x01" + data[11:]


def _case(name: str, data: bytes, *problems: tuple[str, str]) -> dict[str, Any]:
    return {"name": name, "package": base64.b64encode(data).decode(), "problems": [list(p) for p in problems]}


def written() -> str:
    return json.dumps(cases(), ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(written(), encoding="utf-8")
