"""What is bound by a vote, and the receipt: the small signed file that a voter can show at home.

Owns the bytes, exactly as digest.md has them ("What is bound by a vote"). A receipt is
`{"key", "signature", "v": 1, "vote"}` in JCS bytes: the signature, in hex, is over the JCS bytes of `vote`;
the key is named by its fingerprint. Must not know who signs, or where receipts are kept.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from revmod_live.errors import Malformed

Vote = Mapping[str, Any]

KEY_BYTES: Final = 32
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Signing:
    """What signs: the raw public key, and what makes a signature. The private half stays with its owner."""

    public: bytes
    sign: Callable[[bytes], bytes]


def fingerprint(public: bytes) -> str:
    """The name of a public key: SHA-256 of its 32 bytes, in hex."""
    return hashlib.sha256(public).hexdigest()


def moment(at: datetime) -> str:
    """A time as votes have it: UTC, RFC 3339, seconds, `Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def vote_of(
    *,
    review: str,
    phase: int,
    step: str,
    state: str,
    account: str,
    seen: str | Mapping[Any, str],
    at: datetime,
    n: int,
) -> Vote:
    """What a vote binds. seen: the step's digest, or the digests by instrument. at: in UTC."""
    bound = {"digests": dict(seen)} if isinstance(seen, Mapping) else {"digest": str(seen)}
    return {
        "v": 1,
        "review": review,
        "phase": phase,
        "step": step,
        "state": state,
        "account": account,
        **bound,
        "at": moment(at),
        "n": n,
    }


def jcs(value: object) -> bytes:
    """The RFC 8785 bytes of a value. Raises Malformed for one that has none."""
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own type is recursive and private
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise Malformed("no canonical form", place="json") from error


def parse(data: bytes) -> Any:  # noqa: ANN401 -- whatever JSON holds: each reader looks at the shape
    """The value of canonical JSON. Raises Malformed for anything else, other bytes of the same value too."""
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON in UTF-8", place="json") from error
    if jcs(value) != data:
        raise Malformed("not canonical", place="json")
    return value


def receipt(vote: Vote, signing: Signing) -> bytes:
    """The receipt of a vote, signed."""
    signature = signing.sign(jcs(vote)).hex()
    return jcs({"v": 1, "key": fingerprint(signing.public), "signature": signature, "vote": vote})


def read_receipt(data: bytes, public: bytes) -> Vote:
    """The vote of a receipt that was signed with this key. Raises Malformed for any other bytes."""
    match parse(data):
        case {"v": 1, "key": str(key), "signature": str(signature), "vote": dict(vote), **rest} if not rest:
            if key == fingerprint(public) and is_signed(jcs(vote), signature, public):
                return vote
    raise Malformed("not a receipt of this key", place="receipt")


def is_signed(data: bytes, signature: str, public: bytes) -> bool:
    """Whether `signature`, in hex, is that of the key over `data`."""
    if _SIGNATURE.fullmatch(signature) is None or len(public) != KEY_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), data)
    except InvalidSignature:
        return False
    return True
