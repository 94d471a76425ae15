"""The words for what can go wrong, known to every package.

    RevmodError
    ├── Refused     the rules say no; `because` is a code that the portal puts into a sentence
    ├── NotFound    there is no such thing, or it is nothing to this person
    ├── Stale       true a moment ago: bring up to date and ask again
    ├── Malformed   the peer's fault: bytes or a form that cannot be read
    └── Unavailable our fault or our machine's: full disk, database too new

No HTTP numbers and no sentences for people here: the portal translates both, in one table each.
"""

from __future__ import annotations

from typing import Final


class RevmodError(Exception):
    """Anything this program says no with."""


class Refused(RevmodError):
    """A rule's no, with its reason.

    Rules return it beside `ALLOWED`; commands raise it. `because` is a stable code
    (lower case, hyphens); `details` are values the sentence for people may need.
    """

    def __init__(self, because: str, **details: object) -> None:
        super().__init__(because)
        self.because: Final = because
        self.details: Final = details

    def __eq__(self, other: object) -> bool:
        """Two refusals are one if their reason and its details are."""
        return isinstance(other, Refused) and self.because == other.because and self.details == other.details

    def __hash__(self) -> int:
        """By reason alone: details may hold what cannot be hashed."""
        return hash(self.because)

    # No `__bool__` that raises, as `Allowed` has: Python's traceback module asks an exception for its
    # truth, and could then not print what was raised while a refusal was handled.

    def __repr__(self) -> str:
        """The reason and its details."""
        return f"Refused({self.because!r}, {self.details!r})"


class Allowed:
    """A rule's yes."""

    __slots__ = ()

    def __bool__(self) -> bool:
        """Nobody may test a decision by truth alone: match on its type."""
        raise TypeError("match on Allowed or Refused")

    def __repr__(self) -> str:
        """The one yes."""
        return "ALLOWED"


ALLOWED: Final = Allowed()


def must(decision: Allowed | Refused) -> None:
    """Raise the refusal, if it is one. For commands: `must(may_vote(...))`."""
    if isinstance(decision, Refused):
        raise decision


class NotFound(RevmodError):
    """No such thing, or none that this person may know of. `what` names the kind of thing."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what: Final = what


class Stale(RevmodError):
    """What the caller built on has moved; it may bring itself up to date and ask again."""


class Malformed(RevmodError):
    """Input that cannot be read. `place` says where in it, in words of the format."""

    def __init__(self, problem: str, *, place: str = "") -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.problem: Final = problem
        self.place: Final = place


class Unavailable(RevmodError):
    """This side cannot do it now (`because`: `disk-full`, `database-newer`, `shutting-down`)."""

    def __init__(self, because: str, detail: str = "") -> None:
        super().__init__(f"{because}: {detail}" if detail else because)
        self.because: Final = because
        self.detail: Final = detail
