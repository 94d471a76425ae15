"""Which chats there are, and who reads and writes in them: one table.

Pure. The first row is the chat of a person with the secretariat; the others belong to the steps of a
review, one for each of what the middle column says. A `may_*` answers `Allowed` or `Refused(because)`
for a person as they are now, before the chat's place as it is now. Must not know the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from revmod_live.accounts.model import Actor, Role
from revmod_live.errors import ALLOWED, Allowed, Refused
from revmod_live.ids import AccountId, ChatId, InstrumentCode, StepId, StepLetter
from revmod_live.workflow.model import Place, StepState
from revmod_live.workflow.rules import Seat, seat

# Who sees and does what in chats: requirements 1.2 and CHT-01 to CHT-07; D-22. R reads, W writes, - is
# sent nothing at all. This is while the step is open. Sealing a step ends its chats: whoever read goes
# on reading, nobody writes, and it shows them to nobody new (DIS-02). A locked step has none.
CHATS: Final = """
                                the    State under review     reviewing State        in whose secre- other
 chat         step one for each person FP  GE  OBS PR  PR+m   FP  GE  OBS PR  PR+m   place    tariat States

 profile      -    person       RW     -   -   -   -   -      -   -   -   -   -      -        RW     -
 settings     0    step         -      RW  -   -   RW  RW     RW  -   -   RW  RW     -        R      -
 answers      a    article      -      RW  RW  R   R   RW     -   -   -   -   -      -        -      -
 discussion   b    step         -      RW  RW  R   R   RW     RW  RW  R   R   RW     -        R      -
 feedback     b    instrument   -      -   -   -   -   -      RW  RW  R   R   RW     -        R      -
 observations c    instrument   -      RW  RW  R   R   RW     RW  RW  R   R   RW     -        RW     -
 summary      d    instrument   -      RW  RW  R   R   RW     RW  RW  R   R   RW     -        R      -
"""
# The secretariat comments on the list of observations (C) in its chat (requirements, top).


class ChatKind(StrEnum):
    """The rows of the table."""

    PROFILE = "profile"
    SETTINGS = "settings"
    ANSWERS = "answers"
    DISCUSSION = "discussion"
    FEEDBACK = "feedback"
    OBSERVATIONS = "observations"
    SUMMARY = "summary"


_COLUMNS: Final = tuple(Seat)[:-1]


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat, and what it belongs to: an account, or a step of a review and a part of it.

    instrument: where there is one for each. name: of the article's section, in A.
    """

    id: ChatId
    kind: ChatKind
    account: AccountId | None = None
    step: StepId | None = None
    instrument: InstrumentCode | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    step: StepLetter | None
    each: str
    person: frozenset[str]
    seats: Mapping[Seat, frozenset[str]]


def _read_aloud(table: str) -> Mapping[ChatKind, _Row]:
    found = {}
    for line in table.splitlines():
        kind, *cells = line.split() or [""]
        if kind not in set(ChatKind):
            continue
        step, each, person, *rest = cells
        found[ChatKind(kind)] = _Row(
            None if step == "-" else StepLetter(step),
            each,
            _rights(person),
            {column: _rights(cell) for column, cell in zip(_COLUMNS, rest, strict=True)},
        )
    return found


def _rights(cell: str) -> frozenset[str]:
    return frozenset(cell.strip("-"))


_CHATS: Final = _read_aloud(CHATS)


def step_of(kind: ChatKind) -> StepLetter | None:
    """The step that chats of this kind belong to; None for those of a person."""
    return _CHATS[kind].step


def one_for_each(kind: ChatKind) -> str:
    """What there is one such chat for: `person`, `step`, `instrument` or `article`."""
    return _CHATS[kind].each


def rights_in(actor: Actor, chat: Chat, place: Place | None) -> frozenset[str]:
    """What the table says: a set of `R` and `W`.

    place: of the chat's step and instrument, as it is now; None for a person's chat.
    """
    row = _CHATS[chat.kind]
    if row.step is None:
        if chat.account == actor.account:
            return row.person
        is_officer = actor.active and actor.role is Role.SECRETARIAT
        return row.seats[Seat.SECRETARIAT] if is_officer else frozenset()
    if place is None or place.state is StepState.LOCKED:
        return frozenset()
    rights = row.seats.get(seat(actor, place), frozenset())
    return rights - {"W"} if place.state is StepState.SEALED else rights


def may_read_chat(actor: Actor, chat: Chat, place: Place | None) -> Allowed | Refused:
    """Whether messages of this chat may be sent to `actor`.

    The chat of a person is open to that person whatever the standing of the account: before it is
    approved and while it is suspended (PRO-06). Refused: `role`. Requirements 1.2; CHT-01 to CHT-07.
    """
    return ALLOWED if "R" in rights_in(actor, chat, place) else Refused("role")


def may_write_chat(actor: Actor, chat: Chat, place: Place | None) -> Allowed | Refused:
    """Whether `actor` may say something in this chat now.

    Refused: `chat-closed` to whoever reads one whose step is sealed, `role` to everybody else.
    Requirements 1.2; CHT-01 to CHT-07.
    """
    rights = rights_in(actor, chat, place)
    if "W" in rights:
        return ALLOWED
    is_over = place is not None and place.state is StepState.SEALED and "R" in rights
    return Refused("chat-closed" if is_over else "role")


def may_see_chats(actor: Actor) -> Allowed | Refused:
    """Whether `actor` may see the list of the chats with everybody: the secretariat. Refused: `role`."""
    is_officer = actor.active and actor.role is Role.SECRETARIAT
    return ALLOWED if is_officer else Refused("role")
