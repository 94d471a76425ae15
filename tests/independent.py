"""Checks a sealed package with nothing of ours: the standard library, and `cryptography` for Ed25519.

What an expert of a State could write from digest.md in an afternoon (N-01). Says yes or no.
"""

import io
import json
import zipfile
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def jcs(value: object) -> bytes:
    """RFC 8785, for what stands in votes: short texts and small whole numbers."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest(data: bytes) -> str:
    """SHA-256, in hex."""
    return sha256(data).hexdigest()


def checked(data: bytes) -> bool:
    """Whether everything is as it was sealed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            files = {name: archive.read(name) for name in names}
        _check(names, files)
    except (AssertionError, KeyError, ValueError, InvalidSignature, zipfile.BadZipFile):
        return False
    return True


def _check(names: list[str], files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    public = bytes.fromhex(files["public-key.txt"].decode().strip())
    assert digest(public) == manifest["key"]
    key = Ed25519PublicKey.from_public_bytes(public)
    signature = bytes.fromhex(files["manifest.sig"].decode().strip())
    key.verify(signature, b"revmod.package.1\n" + files["manifest.json"])
    due = {"manifest.json", "manifest.sig", "public-key.txt", *manifest["files"]}
    assert sorted(names) == sorted(due)
    assert all(digest(files[name]) == is_ for name, is_ in manifest["files"].items())
    place = f"{manifest['review']} {manifest['phase']} {manifest['step']}"
    sections = {n[9:-5]: digest(b"revmod.section.1\n" + files[n]) for n in names if n.startswith("sections/")}
    lines = [f"section {key} {sections[key]}\n" for key in sorted(sections)]
    if manifest["whole"]:
        assert digest(f"revmod.step.1\n{place}\n{''.join(lines)}".encode()) == manifest["digest"]
    for one, is_ in manifest["digests"].items():
        own = "".join(line for line in lines if line.split("/")[1] == one)
        assert digest(f"revmod.instrument.1\n{place} {one}\n{own}".encode()) == is_
    for entry in json.loads(files["votes.json"])["votes"]:
        vote, receipt = entry["vote"], json.loads(files[entry["receipt"]])
        assert receipt["vote"] == vote
        assert receipt["key"] == manifest["key"]
        key.verify(bytes.fromhex(receipt["signature"]), jcs(vote))
        assert f"{vote['review']} {vote['phase']} {vote['step']}" == place
        if "digest" in vote:
            assert vote["digest"] == manifest["digest"]
        else:
            assert all(manifest["digests"].get(one, is_) == is_ for one, is_ in vote["digests"].items())
