"""What single-use links lie under until their letter is sent: a key in a file beside the database.

Whoever reads the database, or a copy of it, can then use none of the links in it: of the link itself
only a digest is stored, and the letter that carries it holds it encrypted.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from revmod_live.errors import Unavailable

NAME: Final = "letters.key"


class Vault:
    """Encrypts and decrypts with one key."""

    def __init__(self, key: bytes) -> None:
        self._fernet: Final = Fernet(key)

    def seal(self, secret: str) -> str:
        """The secret, encrypted and authenticated; other bytes each time."""
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret again. Raises Unavailable (`letters-key`) when it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise Unavailable("letters-key") from None


def opened(folder: Path) -> Vault:
    """The vault whose key lies in `folder`; the first time, a new key, readable by the operator alone.

    Two programs that start at once end with the same key: the file is made whole or not at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    if not path.exists():
        write_secret(path, Fernet.generate_key())
    return Vault(path.read_bytes())


def write_secret(path: Path, data: bytes) -> bool:
    """Write a file that only the operator may read, unless it is there; whether it was written.

    Complete before it has its name, and never over another: a key that is lost cannot be had again.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True
