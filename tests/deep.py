"""How often a property is tried: small by default, the full count with REVMOD_DEEP=1."""

import os


def is_deep() -> bool:
    """Whether the long counts were asked for (`make test-deep`)."""
    return os.environ.get("REVMOD_DEEP") == "1"


def counts(small: int, deep: int) -> int:
    """`small`, or `deep` when the long counts were asked for."""
    return deep if is_deep() else small
