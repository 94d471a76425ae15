"""The key that receipts are signed with: Ed25519, in a file that only the operator may read.

Whoever has the public half can check a receipt without this program; whoever loses the private half
can make no more that go with the old ones. So it is made once and never written over.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from revmod_live.docs.receipt import Signing
from revmod_live.errors import Malformed
from revmod_live.mail.vault import write_secret

NAME: Final = "signing.pem"


def make_signing_key(folder: Path) -> bool:
    """Make the key in `folder`, unless one is there; whether it was made."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return write_secret(folder / NAME, pem)


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder`; made there the first time. Raises Malformed for a file that is none."""
    make_signing_key(folder)
    try:
        key = load_pem_private_key((folder / NAME).read_bytes(), password=None)
    except ValueError as problem:
        raise Malformed(str(problem), place=NAME) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise Malformed("not an Ed25519 key", place=NAME)
    return key


def signing(folder: Path) -> Signing:
    """What signs with the key in `folder`. Raises as `signing_key` does."""
    key = signing_key(folder)
    return Signing(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign)
