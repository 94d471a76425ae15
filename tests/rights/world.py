"""The house that is walked: reviews in every state of A to D, people of every role and capacity.

Each section of each review holds a text of its own that is found in no other, and so does the draft
before it: whatever of them turns up in somebody's bytes says where it came from.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from sqlalchemy import create_engine

from revmod_live.accounts import people, sessions
from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.store import set_standing
from revmod_live.app.building import running
from revmod_live.docs import canonical
from revmod_live.docs.model import Section, plain
from revmod_live.ids import InstrumentCode, PageId, SectionId, StateCode, StepId, StepLetter
from revmod_live.settings import Settings
from revmod_live.storage.database import WriteTx
from revmod_live.storage.log import Entry
from revmod_live.sync import store as journal
from revmod_live.workflow import commands, queries, rules, store
from revmod_live.workflow.founding import SectionSpec, create_review
from revmod_live.workflow.model import Cast, Reviewer, Seen
from tests.databases import template
from tests.deep import is_deep
from tests.workflow.world import content

if TYPE_CHECKING:
    from revmod_live.content.model import Content
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx

FIELD: Final = {"b": "measures", "c": "sources", "d": "text"}
UNTOC, FA = InstrumentCode("untoc"), InstrumentCode("fa")
INSTRUMENTS: Final = (UNTOC, FA)
LETTERS: Final = "abcd"
STATES: Final = ("locked", "open", "voting", "sealed")

# Which review shows which states of which steps: (letter that it stands in, whether a vote is cast)
REVIEWS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "a": (("a", "open"), ("b", "locked"), ("c", "locked"), ("d", "locked")),
    "b": (("a", "sealed"), ("b", "open")),
    "b-voting": (("b", "voting"),),
    "c": (("b", "sealed"), ("c", "open")),
    "c-voting": (("c", "voting"),),
    "d": (("c", "sealed"), ("d", "open")),
    "d-voting": (("d", "voting"),),
    "end": (("d", "sealed"),),
}


class Troupe(NamedTuple):
    """Four States in one cast: under review, reviewing, in whose place another one reviews, additional.

    staffed: with focal points; else their permanent representatives act. mandated: with a mandate.
    """

    code: str
    states: tuple[str, str, str, str]
    staffed: bool
    mandated: bool


TROUPES: Final = (
    Troupe("full", ("AVA", "BOR", "COR", "DAL"), staffed=True, mandated=False),
    Troupe("mandate", ("QAV", "QBO", "QCO", "QDA"), staffed=False, mandated=True),
    Troupe("none", ("QAV", "QBO", "QCO", "QDA"), staffed=False, mandated=False),
)
CAPACITIES: Final = ("sur", "rev", "dis", "add")
ROLES: Final = {
    "fp": Role.FOCAL_POINT,
    "ge": Role.EXPERT,
    "obs": Role.OBSERVER,
    "rep": Role.REPRESENTATIVE,
    "off": Role.FOCAL_POINT,
    "new": Role.FOCAL_POINT,
}
"""`off`: a focal point who is suspended; `new`: one who waits for approval."""
_NOT_APPROVED: Final = {"off": Standing.SUSPENDED, "new": Standing.SUBMITTED}
_WITHOUT_FOCAL_POINT: Final = tuple(TROUPES[1].states)

_MARK: Final = re.compile(rb"Zq([a-z])([0-9]+)q([0-9]*)z")


class Mark(NamedTuple):
    """What a piece of text is. kind: `t` the text, `o` a draft before it, `l` late text, `c` a cursor."""

    kind: str
    spot: int
    person: int

    def word(self) -> str:
        """The one word that stands for it, found nowhere else."""
        return f"Zq{self.kind}{self.spot}q{self.person}z"


def marks_in(data: bytes) -> set[Mark]:
    """All that is to be found in these bytes."""
    return {Mark(kind.decode(), int(spot), int(who or b"0")) for kind, spot, who in _MARK.findall(data)}


@dataclass(frozen=True)
class Spot:
    """One section of one review, in one state of its step."""

    number: int
    troupe: Troupe
    review: str
    letter: str
    state: str
    instrument: str
    section: SectionId
    page: PageId
    step: StepId
    key: str

    def mark(self, kind: str, person: int = 0) -> Mark:
        """A mark of this section."""
        return Mark(kind, self.number, person)

    @property
    def field_name(self) -> str:
        """A field of the section; of answers, the first question's."""
        return FIELD.get(self.letter) or content().fields(self.key)[0]


@dataclass
class Person:
    """Somebody signed in, and every mark that their bytes have held, by the door it came through."""

    number: int
    name: str
    account: Account
    role: str
    session: str = ""
    csrf: str = ""
    heard: dict[Mark, set[str]] = field(default_factory=dict)

    def hear(self, data: bytes, door: str) -> set[Mark]:
        """Take in bytes that came through `door`; the marks in them."""
        found = marks_in(data)
        for mark in found:
            self.heard.setdefault(mark, set()).add(door)
        return found

    @property
    def headers(self) -> dict[str, str]:
        """How they ask."""
        return {"Cookie": f"revmod-session={self.session}", "X-CSRF-Token": self.csrf}

    def column(self, troupe: Troupe) -> str | None:
        """The column of the table that they stand in, or None for none at all."""
        state = self.account.state
        if self.role in _NOT_APPROVED:
            return None
        if self.role == "sec":
            return "sec"
        if state not in troupe.states:
            return "other" if self.role != "rep" else None
        part = CAPACITIES[troupe.states.index(state)]
        if self.role != "rep":
            return f"{part}-{self.role}"
        # a permanent representative acts only while the State has no focal point (requirements, top)
        if troupe.staffed:
            return None
        return f"{part}-fp" if troupe.mandated else f"{part}-obs"


@dataclass
class World:
    """The house, its people and the spots to be walked."""

    services: Services
    url: str
    people: list[Person]
    spots: list[Spot]

    def walkers(self, troupe: Troupe) -> list[Person]:
        """Whom to walk through the reviews of a troupe: everybody, or where States have no focal
        point, those whom that changes.
        """
        if troupe.staffed:
            return [p for p in self.people if p.account.state not in _WITHOUT_FOCAL_POINT]
        return [p for p in self.people if p.account.state in _WITHOUT_FOCAL_POINT and p.role == "rep"]

    def visits(self) -> list[tuple[Person, Spot]]:
        """Who goes where: every column of the table to every spot.

        Deep, everybody goes everywhere; by default some take turns (`_goes`).
        """
        return [
            (person, spot)
            for spot in self.spots
            for person in self.walkers(spot.troupe)
            if is_deep() or _goes(person, spot)
        ]

    async def asked(self, spot: Spot, state: str | None) -> Seen:
        """What a State votes on in this step, as it is now; another State's: the step's digest."""

        def ask(tx: ReadTx) -> Seen | None:
            facts = queries.step_facts(tx, spot.step)
            if facts.digests is None:
                return None
            if state not in facts.place.cast.states:
                return facts.digests.step
            actor = Actor(self.people[0].account.id, "", StateCode(state), Role.FOCAL_POINT, active=True)
            return rules.asked_of(actor, facts.place, facts.digests)

        async with asyncio.timeout(10):
            await self._bring_up_to_date(spot)
            while (seen := await self.services.db.read(ask)) is None:
                await self._bring_up_to_date(spot)
        return seen

    async def keep_voting(self, spot: Spot) -> None:
        """See that the reviewing State's vote stands in a step that is being voted on."""
        if spot.state != "voting":
            return
        voter = self.voter(spot.troupe)

        def vote(tx: WriteTx) -> bool:
            facts = queries.step_facts(tx, spot.step)
            if facts.digests is None:
                return False
            if not any(live.state == voter.state for live in facts.live):
                seen = rules.asked_of(voter, facts.place, facts.digests)
                commands.cast_vote(tx, voter, spot.step, seen=seen, at=self.services.now)
            return True

        # what somebody has just typed may still be on its way to disk
        async with asyncio.timeout(10):
            await self._bring_up_to_date(spot)
            while not await self.services.db.write(vote):
                await self._bring_up_to_date(spot)

    async def _bring_up_to_date(self, spot: Spot) -> None:
        behind = await self.services.db.read(lambda tx: queries.sections_behind(tx, spot.step))
        await self.services.rooms.bring_up_to_date(behind)

    def voter(self, troupe: Troupe) -> Actor:
        """The focal point of the reviewing State, as of when it had one."""
        return _founder(self.people, troupe.states[1])


def _goes(person: Person, spot: Spot) -> bool:
    """Whether it is this person's turn here. Every column meets every state of every step.

    Focal points of the States that were drawn for some instruments only come to both; the others to
    one of them, in turn. Whoever stands in no column at all takes turns with the others who do not.
    """
    column = person.column(spot.troupe)
    if column is None or (column == "other" and person.role != "fp"):
        return (person.number + spot.number) % 8 == 0
    if not spot.troupe.staffed:
        return (LETTERS.index(spot.letter) + STATES.index(spot.state) + person.number) % 2 == 0
    if column in ("dis-fp", "add-fp"):
        return True
    return (person.number + spot.number) % 2 == 0


@asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    """The house with everything in it: played on its database before it opens, which is much quicker."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 -- nobody waits yet
    shutil.copyfile(template(), folder / "revmod.sqlite3")
    at = datetime.now(UTC)
    engine = create_engine(f"sqlite:///{folder / 'revmod.sqlite3'}")
    with engine.begin() as connection:
        tx = WriteTx(connection)
        who = _people(tx, at=at)
        spots: list[Spot] = []
        for troupe in TROUPES:
            for kind, shown in REVIEWS.items():
                first = len(spots)
                spots += _review(tx, who=who, troupe=troupe, kind=kind, shown=shown, first=first, at=at)
        _suspend(tx, who=who, at=at)
    engine.dispose()
    async with running(Settings(data_dir=folder, port=0)) as house:
        yield World(house.services, house.url, who, spots)


def _people(tx: WriteTx, *, at: datetime) -> list[Person]:
    found: list[Person] = []

    def add(state: str | None, role: str) -> None:
        name = f"{state or 'sec'}-{role}".lower()
        account = people.create_account(
            tx,
            email=f"{name}@example.org",
            name=name,
            role=ROLES.get(role, Role.SECRETARIAT),
            state=None if state is None else StateCode(state),
            at=at,
        )
        session, csrf = sessions.start_session(tx, account, at)
        found.append(Person(len(found) + 1, name, account, role, session, csrf))

    for state in ("AVA", "BOR", "COR", "DAL", "EAS"):
        for role in ROLES:
            if role != "new" or state in ("AVA", "EAS"):
                add(state, role)
    for state in _WITHOUT_FOCAL_POINT:
        for role in ("rep", "off"):
            add(state, role)
    add(None, "sec")
    return found


def _suspend(tx: WriteTx, *, who: Iterable[Person], at: datetime) -> None:
    """Whoever is not to be a focal point now, after the votes are cast."""
    for person in who:
        if person.role in _NOT_APPROVED:
            set_standing(tx, person.account.id, _NOT_APPROVED[person.role], at)


def _cast(troupe: Troupe) -> Cast:
    sur, rev, dis, add = map(StateCode, troupe.states)
    return Cast(
        under_review=sur,
        instruments=INSTRUMENTS,
        reviewers=(
            Reviewer(rev, frozenset(INSTRUMENTS)),
            Reviewer(dis, frozenset({UNTOC})),
            Reviewer(add, frozenset({FA}), in_place_of=dis),
        ),
        mandates=frozenset(map(StateCode, troupe.states)) if troupe.mandated else frozenset(),
    )


@dataclass(frozen=True, slots=True)
class _OneSection:
    """What is prescribed, but only the first section of each instrument: a review soon walked."""

    content: Content

    def sections(
        self, step: StepLetter, instrument: InstrumentCode, phase: int, *, uncac_party: bool
    ) -> Iterable[SectionSpec]:
        return self.content.sections(step, instrument, phase, uncac_party=uncac_party)[:1]


def _review(
    tx: WriteTx,
    *,
    who: list[Person],
    troupe: Troupe,
    kind: str,
    shown: tuple[tuple[str, str], ...],
    first: int,
    at: datetime,
) -> list[Spot]:
    """A review, played up to where it stands; the spots in it that are walked."""
    code = f"{troupe.code}-{kind}"
    cast = _cast(troupe)
    review = create_review(tx, content=_OneSection(content()), code=code, phase=1, cast=cast, at=at)
    steps = {step.letter: step.id for step in store.steps_of(tx, review)}
    spots: list[Spot] = []
    for letter, state in shown:
        pages = store.pages_of(tx, steps[StepLetter(letter)])
        for facts in queries.sections_of(tx, steps[StepLetter(letter)]):
            spot = Spot(
                first + len(spots),
                troupe,
                code,
                letter,
                state,
                facts.instrument,
                facts.id,
                pages[facts.instrument],
                facts.step,
                facts.key,
            )
            spots.append(spot)
    stands = kind[0] if kind != "end" else "e"
    for letter in "0abcd":
        for spot in spots:
            if spot.letter == letter:
                _write(tx, spot, _founder(who, troupe.states[1]), at)
        if letter < stands:
            _close(tx, steps, letter, at)
    if kind.endswith("-voting"):
        _vote(tx, steps[StepLetter(stands)], _founder(who, troupe.states[1]), at)
    return spots


def _founder(who: Iterable[Person], state: str) -> Actor:
    """The focal point of a State when the reviews were played."""
    role = "off" if state in _WITHOUT_FOCAL_POINT else "fp"
    account = next(p.account for p in who if p.account.state == state and p.role == role)
    return Actor(account.id, account.name, account.state, account.role, active=True)


def _close(tx: WriteTx, steps: Mapping[StepLetter, StepId], letter: str, at: datetime) -> None:
    """Leave a step as its last vote leaves it, without the votes: they are not what is walked here."""
    step = steps[StepLetter(letter)]
    digest = queries.step_digest(tx, step)
    if letter == "0":
        store.set_step(tx, step, round=2, digest=digest)
        return
    store.set_step(tx, step, state="sealed", sealed_at=at, digest=digest)
    store.freeze(tx, step, at)
    if letter != "d":
        store.set_step(tx, steps[StepLetter("abcd"["abcd".index(letter) + 1])], state="open", opened_at=at)


def _vote(tx: WriteTx, step: StepId, voter: Actor, at: datetime) -> None:
    facts = queries.step_facts(tx, step)
    assert facts.digests is not None
    seen = rules.asked_of(voter, facts.place, facts.digests)
    commands.cast_vote(tx, voter, step, seen=seen, at=at)


def _write(tx: WriteTx, spot: Spot, author: Actor, at: datetime) -> None:
    """A draft, then the text: two runs in the log, as two sittings would leave them."""
    draft, text = spot.mark("o").word(), spot.mark("t").word()
    doc: Doc[XmlFragment] = Doc(client_id=1_000_000 + spot.number)
    fragment = doc.get(spot.field_name, type=XmlFragment)
    block, run = XmlElement("para"), XmlText()
    with doc.transaction():
        fragment.children.append(block)
        block.children.append(run)
        run.insert(0, draft)
    journal.write_first_text(
        tx, spot.section, doc.get_update(), client=doc.client_id, account=author.account, at=at
    )
    before = doc.get_state()
    with doc.transaction():
        del run[0 : len(draft)]
        run.insert(0, text)
    row = journal.NewRow(author.account, None, None, 0, journal.ms(at), doc.get_update(before))
    assert journal.append_slowly(tx, journal.Append(spot.section, 1, (row,))) == "stored"
    for rev in (1, 2):
        _log_run(tx, spot, author, rev, at)
    fields = dict.fromkeys(content().fields(spot.key), ()) | {spot.field_name: plain(text)}
    data = canonical.section_bytes(Section(spot.key, fields))
    commands.store_text(tx, spot.section, rev=2, text=data, digest=canonical.section_digest(data))


def _log_run(tx: WriteTx, spot: Spot, author: Actor, rev: int, at: datetime) -> None:
    facts = queries.section_facts(tx, spot.section)
    assert facts is not None
    tx.record(
        Entry(
            at=at,
            act="text-edited",
            account=author.account,
            state=author.state,
            review=facts.review,
            step=facts.step,
            section=spot.section,
            rev_from=rev,
            rev_to=rev,
        )
    )
