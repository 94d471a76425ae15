"""Files that belong to the records, by the SHA-256 of their bytes: written once, never changed.

Owns the folder they lie in. What a file is for, and who may see it, is for whoever keeps its digest. A
file whose command failed afterwards stays behind, which does no harm: nothing names it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from revmod_live.errors import NotFound, Unavailable
from revmod_live.ids import Digest

KINDS: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
"""The first bytes of what is taken as a scan, its type, and how its name ends."""


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Type and ending of a scan, by its first bytes and by nothing that anybody says of it."""
    return next(((kind, end) for start, kind, end in KINDS if content.startswith(start)), None)


class Files:
    """The files in one folder. Methods read and write: a worker thread's work."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def put(self, content: bytes) -> Digest:
        """Keep a file; its digest. Whole or not at all, and on the disk before this returns.

        Raises Unavailable (`disk-full`) when it cannot be kept.
        """
        digest = Digest(hashlib.sha256(content).hexdigest())
        path = self._path(digest)
        if path.exists():
            return digest
        beside = path.with_name(f".{digest}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # for the operator alone, as all that is in this folder
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as problem:
            beside.unlink(missing_ok=True)
            raise Unavailable("disk-full", str(problem)) from problem
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes of a file. Raises NotFound, also when they are not those that were kept."""
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound("file") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise NotFound("file")
        return content

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest[:2] / digest
