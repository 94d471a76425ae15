"""Whether a package is as it was sealed; and if not, what was altered, thing by thing.

Needs the package alone: no database, no network. Asks, in this order: can it be read, does the manifest
go with its signature and key, is every file that it names there with its digest and nothing else, do the
texts lead to the digest that was agreed, and does every receipt say so. `portal/verify/check.js` asks the
same in a browser; both are held to `tests/vectors/packages.json`. Digest.md; N-01, N-02.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from revmod_live.docs import canonical
from revmod_live.docs.export import container, package
from revmod_live.docs.receipt import fingerprint, is_signed, parse, read_receipt
from revmod_live.errors import Malformed

_HEX: Final = re.compile(r"[0-9a-f]{64}")
_KEY_FILE: Final = re.compile(rb"[0-9a-f]{64}\n")
_SHAPE: Final[Mapping[str, type | tuple[type, ...]]] = {
    "v": int,
    "kind": str,
    "review": str,
    "phase": int,
    "step": str,
    "n": int,
    "sealed": str,
    "instruments": list,
    "whole": bool,
    "digest": str,
    "digests": dict,
    "settings": (dict, type(None)),
    "key": str,
    "files": dict,
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something that is not as it was sealed.

    code: `unreadable`, `container`, `missing`, `altered`, `added`, `twice`, `order`, `signature`, `key`,
    `other-key`, `text`, `receipt`, `votes`. name: the file that it is about, or empty.
    """

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. manifest: what the package says of itself, None when that cannot be read."""

    manifest: Mapping[str, Any] | None
    problems: tuple[Problem, ...]


def check(data: bytes, *, key: str | None = None) -> Report:
    """Check a package. key: the fingerprint that its signatures must have. Never raises for any bytes."""
    try:
        entries, is_exact = container.read(data)
    except Malformed:
        return Report(None, (Problem("unreadable"),))
    files = dict(entries)
    found = [
        Problem("twice", name) for name, times in Counter(name for name, _ in entries).items() if times > 1
    ]
    manifest = _manifest(files.get(package.MANIFEST))
    if manifest is None:
        code = "altered" if package.MANIFEST in files else "missing"
        return Report(None, (Problem(code, package.MANIFEST), *found))
    signed = _signature(files, manifest)
    found += signed
    if key is not None and key != manifest["key"]:
        found.append(Problem("other-key", package.PUBLIC_KEY))
    found += _files(files, manifest)
    if not found:
        found += _order([name for name, _ in entries], manifest)
        found += [*_texts(files, manifest), *_settings(files, manifest), *_votes(files, manifest)]
    if not found and not is_exact:
        found.append(Problem("container"))
    return Report(manifest, tuple(found))


def _manifest(data: bytes | None) -> dict[str, Any] | None:
    if data is None:
        return None
    try:
        tree = parse(data)
    except Malformed:
        return None
    if not isinstance(tree, dict) or set(tree) != set(_SHAPE):
        return None
    if any(not isinstance(tree[name], kind) for name, kind in _SHAPE.items()):
        return None
    named = [*tree["files"].values(), *tree["digests"].values(), tree["digest"], tree["key"]]
    if (
        tree["v"] != 1
        or tree["kind"] != package.KIND
        or not all(isinstance(i, str) for i in tree["instruments"])
    ):
        return None
    return tree if all(isinstance(one, str) and _HEX.fullmatch(one) for one in named) else None


def _signature(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    lacking = [
        Problem("missing", name) for name in (package.SIGNATURE, package.PUBLIC_KEY) if name not in files
    ]
    if lacking:
        return lacking
    public = _public(files)
    if public is None or fingerprint(public) != manifest["key"]:
        return [Problem("key", package.PUBLIC_KEY)]
    signature = files[package.SIGNATURE].decode("ascii", "replace").removesuffix("\n")
    signed = package.SIGNED_HEAD + files[package.MANIFEST]
    if not is_signed(signed, signature, public) or not files[package.SIGNATURE].endswith(b"\n"):
        return [Problem("signature", package.MANIFEST)]
    return []


def _public(files: Mapping[str, bytes]) -> bytes | None:
    data = files[package.PUBLIC_KEY]
    return bytes.fromhex(data.decode()) if _KEY_FILE.fullmatch(data) else None


def _files(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    named = manifest["files"]
    found = [
        Problem("missing" if name not in files else "altered", name)
        for name, digest in sorted(named.items())
        if name not in files or hashlib.sha256(files[name]).hexdigest() != digest
    ]
    return found + [
        Problem("added", name) for name in sorted(files) if name not in named and name not in package.FIRST
    ]


def _order(names: Sequence[str], manifest: Mapping[str, Any]) -> list[Problem]:
    due = [*package.FIRST, *sorted(manifest["files"])]
    return [Problem("order", is_) for is_, should in zip(names, due, strict=True) if is_ != should][:1]


def _texts(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    found, digests = [], []
    for name in sorted(manifest["files"]):
        if not name.startswith("sections/"):
            continue
        key = name.removeprefix("sections/").removesuffix(".json")
        try:
            section = canonical.parse_section(files[name])
        except Malformed:
            found.append(Problem("text", name))
            continue
        if section.key != key or canonical.key_instrument(key) not in manifest["instruments"]:
            found.append(Problem("text", name))
        digests.append((key, canonical.section_digest(files[name])))
    if found:
        return found
    place = {name: manifest[name] for name in ("review", "phase", "step")}
    try:
        due = {
            package.lines_name(one): (
                canonical.instrument_lines(**place, instrument=one, sections=digests),
                manifest["digests"].get(one),
            )
            for one in manifest["instruments"]
        }
        if manifest["whole"]:
            due[package.STEP_LINES] = (canonical.step_lines(**place, sections=digests), manifest["digest"])
    except Malformed:
        return [Problem("text", package.MANIFEST)]
    return [
        Problem("text", name)
        for name, (lines, digest) in due.items()
        if files.get(name) != lines or canonical.lines_digest(lines) != digest
    ]


def _settings(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    said = manifest["settings"]
    if said is None:
        return []
    settings, lines = files.get(package.SETTINGS, b""), files.get(package.SETTINGS_LINES, b"")
    try:
        due = canonical.step_lines(
            review=manifest["review"],
            phase=manifest["phase"],
            step="0",
            sections=[(canonical.SETTINGS_KEY, canonical.settings_digest(settings))],
        )
    except Malformed:
        return [Problem("text", package.MANIFEST)]
    is_whole = lines == due and canonical.lines_digest(lines) == said.get("digest")
    return [] if is_whole else [Problem("text", package.SETTINGS)]


def _votes(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> list[Problem]:
    public = _public(files)
    try:
        listed = parse(files.get(package.VOTES, b""))["votes"]
        pairs = [(one["vote"], one["receipt"]) for one in listed]
    except (Malformed, KeyError, TypeError):
        return [Problem("votes", package.VOTES)]
    found = []
    for vote, name in pairs:
        if not isinstance(vote, dict) or not _is_on_this(vote, manifest):
            found.append(Problem("votes", package.VOTES))
        elif name is not None and not _is_receipt(files.get(str(name), b""), vote, public or b""):
            found.append(Problem("receipt", str(name)))
    given = {str(name) for _, name in pairs if name is not None}
    found += [
        Problem("receipt", name)
        for name in sorted(manifest["files"])
        if name.startswith("receipts/") and name not in given
    ]
    return found


def _is_receipt(data: bytes, vote: Mapping[str, Any], public: bytes) -> bool:
    try:
        return read_receipt(data, public) == vote
    except Malformed:
        return False


def _is_on_this(vote: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    if any(vote.get(name) != manifest[name] for name in ("review", "phase", "step", "n")):
        return False
    digests = vote.get("digests")
    if digests is None:
        return bool(vote.get("digest") == manifest["digest"])
    # of instruments that are not in an excerpt there is nothing to compare with
    return isinstance(digests, dict) and all(
        manifest["digests"].get(one, digest) == digest for one, digest in digests.items()
    )
