"""Who comes through which door at all: every route, one row each, written by hand.

The program's own table (`portal/routes.py`) is not asked: two tables made by different hands must say
the same. What is shown behind a door is judged elsewhere: of a review's texts in the walk (`test_rights`),
of everything else beside its handler.

A new route is a new row here: `+` comes in, `-` is refused, in the order of `KINDS`; `~` in front: it shows
or changes something of a review's text, and everybody walks through it before every text (`walker`). What is
in braces is filled from `FILLED`, or with something that is not there.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# nobody    is signed in, or was and has been disabled
# own       signed in, and not approved yet, or suspended: sees what is their own alone (PRO-05, PRO-08)
# approved  focal points, experts, observers, representatives
# officer   of the secretariat
KINDS: Final = ("nobody", "own", "approved", "officer")

DOORS: Final = """
                                                     nobody  own  approved  officer
   GET  /sign-in                                         +     +      +        +
   POST /sign-in                                         +     +      +        +
   POST /language                                        +     +      +        +
   GET  /help/{page}                                     +     +      +        +
   GET  /contact                                         +     +      +        +
   GET  /verify.html                                     +     +      +        +

   GET  /sign-in/code                                    +     +      +        +
   POST /sign-in/code                                    +     +      +        +
   GET  /invitation/{token}                              +     +      +        +
   POST /invitation/{token}                              +     +      +        +
   GET  /forgotten                                       +     +      +        +
   POST /forgotten                                       +     +      +        +
   GET  /new-password/{token}                            +     +      +        +
   POST /new-password/{token}                            +     +      +        +

   POST /session/check                                   -     +      +        +
   GET  /account                                         -     +      +        +
   POST /account/sessions/{id}/end                       -     +      +        +
   POST /account/tokens                                  -     +      +        +
   POST /account/tokens/{id}/revoke                      -     +      +        +
   GET  /api/late                                        -     +      +        +
   POST /api/late/{id}/dismiss                           -     +      +        +
   GET  /                                                -     +      +        +

   GET  /account/password                                -     +      +        +
   POST /account/password                                -     +      +        +
   GET  /account/second-factor                           -     +      +        +
   POST /account/second-factor/begin                     -     +      +        +
   POST /account/second-factor/confirm                   -     +      +        +
   POST /account/second-factor/codes                     -     +      +        +
   POST /account/second-factor/off                       -     +      +        +
   GET  /profile                                         -     +      +        +
   POST /profile                                         -     +      +        +

   GET  /profile/chat                                    -     +      +        +
   POST /profile/chat                                    -     +      +        -
   GET  /profile/chat/new                                -     +      +        -
   POST /profile/chat/read                               -     +      +        +
   GET  /chats/unread                                    -     +      +        +
   GET  /console/chats                                   -     -      -        +
   GET  /console/chats/{account}                         -     -      -        +
   POST /console/chats/{account}                         -     -      -        +
   GET  /console/chats/{account}/new                     -     -      -        +
   POST /console/chats/{account}/read                    -     -      -        +

   GET  /console                                         -     -      -        +
   GET  /console/outbox                                  -     -      -        +
   GET  /console/outbox/{id}                             -     -      -        +
   POST /console/outbox/{id}/again                       -     -      -        +
   GET  /console/invitations                             -     -      -        +
   POST /console/invitations                             -     -      -        +
   POST /console/invitations/{account}/resend            -     -      -        +
   POST /console/invitations/{account}/revoke            -     -      -        +
   GET  /console/people                                  -     -      -        +
   GET  /console/people/{account}                        -     -      -        +
   POST /console/people/{account}/approve                -     -      -        +
   POST /console/people/{account}/refuse                 -     -      -        +
   POST /console/people/{account}/suspend                -     -      -        +
   POST /console/people/{account}/enable                 -     -      -        +
   POST /console/people/{account}/focal-point            -     -      -        +
   POST /console/people/{account}/second-factor/reset    -     -      -        +
   POST /console/people/{account}/mandate                -     -      -        +
   POST /console/people/{account}/mandate/end            -     -      -        +
   POST /console/people/{account}/notes                  -     -      -        +
   GET  /console/people/{account}/notes/{id}/scan        -     -      -        +
   GET  /console/people/{account}/replace                -     -      -        +
   POST /console/people/{account}/replace                -     -      -        +
   POST /console/people/{account}/disable                -     -      -        +

   GET  /notices                                         -     -      +        +
   GET  /notices/unread                                  -     -      +        +
   POST /notices/read                                    -     -      +        +
   POST /notices/{id}/read                               -     -      +        +
   GET  /directory                                       -     -      +        +
   GET  /resources                                       -     -      +        +
   GET  /guidelines                                      -     -      +        +
   GET  /submissions                                     -     -      +        +
   GET  /reviews/{code}                                  -     -      +        +

 ~ GET  /reviews/{code}/{step}/vote                      -     -      +        +
 ~ POST /reviews/{code}/{step}/vote                      -     -      +        +
 ~ POST /reviews/{code}/{step}/vote/withdraw             -     -      +        +
 ~ GET  /reviews/{code}/{step}/vote/receipt              -     -      +        +
 ~ GET  /reviews/{code}/{step}/package                   -     -      +        +
 ~ GET  /reviews/{code}/{step}/{instrument}              -     -      +        +
 ~ GET  /reviews/{code}/{step}/{instrument}/log          -     -      +        +
 ~ POST /sections/{section}/take                         -     -      +        +
 ~ POST /sections/{section}/release                      -     -      +        +
 ~ GET  /api/section/{section}/text                      -     +      +        +
 ~ POST /api/sections/{section}/take                     -     +      +        +
 ~ POST /api/sections/{section}/release                  -     +      +        +
 ~ GET  /live                                            -     +      +        +
 ~ GET  /yjs/{section}                                   -     +      +        +

   POST /sign-out                                        +     +      +        +
"""
"""Signing out comes last: whoever has gone through it is somebody else."""

FILLED: Final = {"page": "drafting", "step": "c", "instrument": "untoc"}
"""What stands in an address; `account` is somebody's, and the rest is not there."""

FORM: Final = {"text": "words", "number": "1"}
"""What every form brings: enough for those that look at it before they look at who asks."""


class Door(NamedTuple):
    """A row. opens: to which kinds of people. is_walked: marked with `~`."""

    method: str
    path: str
    opens: frozenset[str]
    is_walked: bool

    def address(self, account: str) -> str:
        """Where to knock."""
        values = FILLED | {"account": account}
        return re.sub(r"{(\w+)[^}]*}", lambda name: values.get(name[1], "nothing-there"), self.path)


def _read(table: str) -> tuple[Door, ...]:
    found = []
    for line in table.splitlines():
        is_walked, words = "~" in line, line.replace("~", " ").split()
        if words[:1] in (["GET"], ["POST"]):
            method, path, *cells = words
            opens = frozenset(kind for kind, cell in zip(KINDS, cells, strict=True) if cell == "+")
            found.append(Door(method, path, opens, is_walked))
    return tuple(found)


ROWS: Final = _read(DOORS)
