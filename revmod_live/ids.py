"""Names for the kinds of identity, none assignable to another, and the one way to make a new one."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import NewType

AccountId = NewType("AccountId", str)
ReviewId = NewType("ReviewId", str)
StepId = NewType("StepId", str)
PageId = NewType("PageId", str)
SectionId = NewType("SectionId", str)
ClaimId = NewType("ClaimId", str)
VoteId = NewType("VoteId", str)
SessionId = NewType("SessionId", str)
LetterId = NewType("LetterId", str)
LinkId = NewType("LinkId", str)
NoteId = NewType("NoteId", str)
OutboxId = NewType("OutboxId", str)
ChatId = NewType("ChatId", str)
StateCode = NewType("StateCode", str)
"""Three capital letters: the code of a State or party in the register."""
InstrumentCode = NewType("InstrumentCode", str)
"""`untoc`, `tip`, `som` or `fa`."""
StepLetter = NewType("StepLetter", str)
"""`0`, `a`, `b`, `c` or `d`."""
Digest = NewType("Digest", str)
"""SHA-256 as 64 lower-case hexadecimal digits (digest.md)."""

MakeId = Callable[[], str]


def new_id() -> str:
    """A random id: 128 bits as 26 characters of lower-case base32. Knowing one gives no right."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()
