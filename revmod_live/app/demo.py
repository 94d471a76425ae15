"""The demonstration: an invented mission of four invented States, seeded as the server seeds, once.

Owns the people, the reviews and how far each has come. Every step before the one a review stands in
was sealed by real votes. Running it again on the same folder changes nothing that is there.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from revmod_live.accounts import passwords
from revmod_live.accounts.model import Actor, Role
from revmod_live.accounts.people import create_account, find_by_email
from revmod_live.app.demo_play import play_to
from revmod_live.errors import NotFound
from revmod_live.ids import InstrumentCode, StateCode, StepLetter
from revmod_live.workflow import queries
from revmod_live.workflow.founding import create_review
from revmod_live.workflow.model import Cast, Reviewer
from revmod_live.workflow.store import steps_of

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx, WriteTx

NOTES: Final = "demo.json"
"""File in the data folder: the invented people's passwords, readable by the operator alone."""

AVALAND, BOROVIA, CORDESIA, DALMORA = (StateCode(s) for s in ("AVA", "BOR", "COR", "DAL"))
ALL: Final = tuple(InstrumentCode(i) for i in ("untoc", "tip", "som", "fa"))
FIREARMS: Final = InstrumentCode("fa")
NAMES: Final = {AVALAND: "avaland", BOROVIA: "borovia", CORDESIA: "cordesia", DALMORA: "dalmora"}

CAST: Final = Cast(
    under_review=AVALAND,
    instruments=ALL,
    reviewers=(
        Reviewer(BOROVIA, frozenset(ALL)),
        Reviewer(CORDESIA, frozenset(ALL) - {FIREARMS}),
        Reviewer(DALMORA, frozenset({FIREARMS}), in_place_of=CORDESIA),
    ),
)
"""Cordesia is not party to the Firearms Protocol; Dalmora reviews it in its place (PR ¶28(b))."""

PEOPLE: Final = (
    ("Ada Marlow", AVALAND, Role.FOCAL_POINT),
    ("Idris Kamal", AVALAND, Role.EXPERT),
    ("Bela Horn", BOROVIA, Role.FOCAL_POINT),
    ("Nadia Petrov", BOROVIA, Role.EXPERT),
    ("Carlos Vidal", CORDESIA, Role.FOCAL_POINT),
    ("Lucía Serra", CORDESIA, Role.EXPERT),
    ("Dalia Haddad", DALMORA, Role.FOCAL_POINT),
    ("Omar Nasser", DALMORA, Role.EXPERT),
    ("Olga Winter", BOROVIA, Role.OBSERVER),
    ("Wei Lin", None, Role.SECRETARIAT),
)
STANDS_IN: Final = ("b", "c", "d")
"""Where the first three reviews stand; any further one stands where the first does."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An invented person, with the password that was made up for this folder."""

    email: str
    password: str
    state: str | None
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoSection:
    """A section's id on the wire, and its key."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class DemoReview:
    """A review, the step it was brought to, and its sections by step."""

    code: str
    step: str
    steps: dict[str, tuple[DemoSection, ...]]


@dataclass(frozen=True, slots=True)
class Made:
    """The demonstration as it is there."""

    accounts: tuple[DemoAccount, ...]
    reviews: tuple[DemoReview, ...]

    def as_json(self) -> dict[str, object]:
        """The people and reviews, as `revmod-live demo --json` prints them."""
        return {
            "accounts": [
                {"email": a.email, "password": a.password, "state": a.state, "role": a.role}
                for a in self.accounts
            ],
            "reviews": [
                {
                    "code": r.code,
                    "step": r.step,
                    "steps": {
                        step: [{"id": s.id, "key": s.key} for s in sections]
                        for step, sections in r.steps.items()
                    },
                }
                for r in self.reviews
            ],
        }


async def ensure(services: Services, *, more: int) -> Made:
    """Make what is missing of the demonstration, with `more` reviews like the first, and describe it."""
    people = await asyncio.to_thread(_people, services.settings.data_dir / NOTES)
    actors = await _accounts(services, people)
    made = []
    for number in range(len(STANDS_IN) + more):
        code = "2026-ava" if number == 0 else f"2026-ava-{number + 1}"
        stands_in = StepLetter(STANDS_IN[number] if number < len(STANDS_IN) else STANDS_IN[0])
        await services.db.write(partial(_review, services=services, code=code))
        await play_to(services, code, stands_in, actors)
        steps = await services.db.read(partial(_steps, code=code))
        made.append(DemoReview(code, stands_in, steps))
    return Made(people, tuple(made))


def _people(notes: Path) -> tuple[DemoAccount, ...]:
    """The people with their passwords: those of `notes`, or newly made up and written there."""
    if notes.exists():
        return tuple(DemoAccount(**person) for person in json.loads(notes.read_text("utf-8")))
    people = tuple(
        DemoAccount(_email(role, state), _password(), state, role.value, name) for name, state, role in PEOPLE
    )
    with os.fdopen(
        os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump([asdict(p) for p in people], file, ensure_ascii=False, indent=1)
    return people


def _email(role: Role, state: StateCode | None) -> str:
    """An address under the domain that is reserved for examples."""
    return f"{role.value.replace('_', '-')}@{NAMES[state] if state else 'secretariat'}.example"


def _password() -> str:
    """A password by the rule of ACC-03, easy to copy: three of each kind, then random."""
    return f"Ava-Bor-Cor.{secrets.randbelow(900) + 100}.{secrets.token_hex(3)}"


async def _accounts(services: Services, people: tuple[DemoAccount, ...]) -> dict[StateCode, Actor]:
    """The focal points by State; accounts that are missing are made."""
    there = await services.db.read(lambda tx: {p.email for p in people if find_by_email(tx, p.email)})
    missing = [p for p in people if p.email not in there]
    hashes = {p.email: await asyncio.to_thread(passwords.hashed, p.password) for p in missing}

    def make(tx: WriteTx) -> dict[StateCode, Actor]:
        for person in missing:
            create_account(
                tx,
                email=person.email,
                name=person.name,
                role=Role(person.role),
                state=StateCode(person.state) if person.state else None,
                at=services.now,
                password=hashes[person.email],
                make_id=services.make_id,
            )
        found = (find_by_email(tx, p.email) for p in people if p.role == Role.FOCAL_POINT.value)
        return {a.state: a.actor for a in found if a is not None and a.state is not None}

    return await services.db.write(make)


def _review(tx: WriteTx, *, services: Services, code: str) -> None:
    with suppress(NotFound):
        queries.review_of(tx, code)
        return
    create_review(
        tx,
        content=services.content,
        code=code,
        phase=1,
        cast=CAST,
        at=services.now,
        make_id=services.make_id,
    )


def _steps(tx: ReadTx, *, code: str) -> dict[str, tuple[DemoSection, ...]]:
    """The sections of steps B, C and D."""
    return {
        step.letter: tuple(DemoSection(s.id, s.key) for s in queries.sections_of(tx, step.id))
        for step in steps_of(tx, queries.review_of(tx, code).id)
        if step.letter in STANDS_IN
    }
