"""The sealed package: text, votes, receipts and settings of a step, in one file that needs nobody's word.

Pure: bytes in, bytes out; the same values give the same bytes. `manifest.json` (JCS) names every file with
its SHA-256 and is signed; the texts' own digests lead to the digest that the votes are bound to (digest.md;
N-02). What a reader may see is decided before: an *excerpt* holds some instruments of the step, and never
the lines of the whole step, whose digests of short texts could be guessed at. `docs.export.checking` is the
other direction. Must not know sentences, or where anything is kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from revmod_live.docs import canonical
from revmod_live.docs.export import container
from revmod_live.docs.receipt import Signing, Vote, fingerprint, jcs, moment

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public-key.txt"
FIRST: Final = (MANIFEST, SIGNATURE, PUBLIC_KEY)
"""What stands before the files that the manifest names; those follow in the order of their names."""
SIGNED_HEAD: Final = b"revmod.package.1\n"
"""Stands before the manifest in what is signed, so that no signature of one kind passes for another."""
KIND: Final = "revmod.package"
STEP_LINES, SETTINGS_LINES = "digests/step.txt", "digests/settings.txt"
SETTINGS, VOTES = "settings.json", "votes.json"


@dataclass(frozen=True, slots=True)
class AgreedSettings:
    """The settings in force: their canonical bytes, the lines that were voted on, and the version."""

    settings: bytes
    lines: bytes
    n: int


@dataclass(frozen=True, slots=True)
class CountedVote:
    """A vote that closed the step, and its receipt; None for one cast before receipts were made."""

    vote: Vote
    receipt: bytes | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What of a sealed step goes into a package.

    sections: canonical bytes by key, of the instruments that are in it; whole: whether those are all.
    digest: of the whole step, as agreed. settings: None where they are not for the reader.
    """

    review: str
    phase: int
    step: str
    n: int
    at: datetime
    digest: str
    instruments: tuple[str, ...]
    whole: bool
    sections: Mapping[str, bytes]
    votes: Sequence[CountedVote]
    settings: AgreedSettings | None = None
    more: Mapping[str, bytes] = field(default_factory=dict)
    """Files that are only named and digested: the readable text, the page that checks."""


def package(sealed: Sealed, signing: Signing) -> bytes:
    """The package, the same bytes every time. Raises Malformed for a key or digest that is none."""
    files, digests = dict(sealed.more), {}
    lines = step_lines(sealed)
    for key, data in sealed.sections.items():
        files[section_name(key)] = data
    for instrument in sealed.instruments:
        files[lines_name(instrument)] = lines[instrument]
        digests[instrument] = canonical.lines_digest(lines[instrument])
    if sealed.whole:
        files[STEP_LINES] = lines[""]
    if sealed.settings is not None:
        files[SETTINGS], files[SETTINGS_LINES] = sealed.settings.settings, sealed.settings.lines
    files |= _votes(sealed.votes)
    manifest = jcs(
        {
            "v": 1,
            "kind": KIND,
            "review": sealed.review,
            "phase": sealed.phase,
            "step": sealed.step,
            "n": sealed.n,
            "sealed": moment(sealed.at),
            "instruments": list(sealed.instruments),
            "whole": sealed.whole,
            "digest": sealed.digest,
            "digests": digests,
            "settings": _settings(sealed.settings),
            "key": fingerprint(signing.public),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        }
    )
    signature = signing.sign(SIGNED_HEAD + manifest).hex()
    first = zip(
        FIRST, (manifest, f"{signature}\n".encode(), f"{signing.public.hex()}\n".encode()), strict=True
    )
    return container.write([*first, *sorted(files.items())])


def step_lines(sealed: Sealed) -> dict[str, bytes]:
    """The lines of each instrument, and under "" those of all that is there."""
    digests = [(key, canonical.section_digest(data)) for key, data in sealed.sections.items()]
    place = {"review": sealed.review, "phase": sealed.phase, "step": sealed.step}
    return {
        "": canonical.step_lines(**place, sections=digests),  # type: ignore[arg-type]  # the names of its own words
        **{
            one: canonical.instrument_lines(**place, instrument=one, sections=digests)  # type: ignore[arg-type]
            for one in sealed.instruments
        },
    }


def section_name(key: str) -> str:
    """Where the canonical bytes of a section lie."""
    return f"sections/{key}.json"


def lines_name(instrument: str) -> str:
    """Where the lines of an instrument's digest lie."""
    return f"digests/{instrument}.txt"


def _votes(votes: Sequence[CountedVote]) -> dict[str, bytes]:
    files, listed = {}, []
    for one in votes:
        name = None if one.receipt is None else f"receipts/{one.vote['state'].lower()}.json"
        if name is not None and one.receipt is not None:
            files[name] = one.receipt
        listed.append({"vote": dict(one.vote), "receipt": name})
    return {**files, VOTES: jcs({"v": 1, "votes": listed})}


def _settings(settings: AgreedSettings | None) -> dict[str, object] | None:
    if settings is None:
        return None
    return {"n": settings.n, "digest": canonical.lines_digest(settings.lines)}
