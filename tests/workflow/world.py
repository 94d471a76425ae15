"""A review with its people on a real SQLite file, without the event loop: for tests of the rule book.

Avaland is under review; Borovia reviews everything, Cordesia all but firearms, which Dalmora reviews
in its place. Made once, copied for each world.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event, text

from revmod_live.accounts.model import Account, Actor, Role, Standing
from revmod_live.accounts.store import add_account, set_standing
from revmod_live.content.load import load
from revmod_live.content.model import Content
from revmod_live.docs import canonical
from revmod_live.docs.model import Section, plain
from revmod_live.errors import Allowed, Refused
from revmod_live.events import Event
from revmod_live.ids import (
    AccountId,
    Digest,
    InstrumentCode,
    SectionId,
    StateCode,
    StepId,
    StepLetter,
)
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.workflow import commands, queries, rules, store
from revmod_live.workflow.model import Cast, Reviewer, SectionFacts, Seen
from tests.databases import template

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

START: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CODE: Final = "2026-ava"
AVA, BOR, COR, DAL, EAS = (StateCode(c) for c in ("AVA", "BOR", "COR", "DAL", "EAS"))
UNTOC, TIP, SOM, FA = (InstrumentCode(c) for c in ("untoc", "tip", "som", "fa"))
ALL = (UNTOC, TIP, SOM, FA)
CAST: Final = Cast(
    under_review=AVA,
    instruments=ALL,
    reviewers=(
        Reviewer(BOR, frozenset(ALL)),
        Reviewer(COR, frozenset({UNTOC, TIP, SOM})),
        Reviewer(DAL, frozenset({FA}), in_place_of=COR),
    ),
)
_FP, _GE, _OBS = Role.FOCAL_POINT, Role.EXPERT, Role.OBSERVER
_WHO: Final = (
    ("ann", AVA, _FP),
    ("abe", AVA, _GE),
    ("amy", AVA, _OBS),
    ("ben", BOR, _FP),
    ("bea", BOR, _GE),
    ("bob", BOR, _OBS),
    ("bas", BOR, _FP),
    ("cleo", COR, _FP),
    ("cal", COR, _GE),
    ("coy", COR, _OBS),
    ("dan", DAL, _FP),
    ("dot", DAL, _GE),
    ("dee", DAL, _OBS),
    ("eve", EAS, _FP),
    ("sue", None, Role.SECRETARIAT),
    ("rex", AVA, Role.REPRESENTATIVE),
)
PEOPLE: Final = {
    name: Actor(AccountId(f"account-{name}"), name.title(), state, role, active=True)
    for name, state, role in _WHO
}


@dataclass
class World:
    """One database, its people, and a clock that goes a second with every act."""

    engine: Engine
    path: Path
    at: datetime
    announced: list[Event] = field(default_factory=list)
    ids: dict[tuple[str, str], StepId] = field(default_factory=dict)
    behind: dict[SectionId, bytes] = field(default_factory=dict)

    def write(self, command: Callable[[WriteTx], T]) -> T:
        """Run a command in one transaction; what it announced is in `announced` once it is committed."""
        self.at += timedelta(seconds=1)
        with self.engine.begin() as connection:
            tx = WriteTx(connection)
            result = command(tx)
        self.announced.extend(tx.announced)
        return result

    def read(self, query: Callable[[ReadTx], T]) -> T:
        """Ask something."""
        with self.engine.begin() as connection:
            return query(ReadTx(connection))

    def step(self, letter: str, code: str = CODE) -> StepId:
        """The id of a step."""
        if (code, letter) not in self.ids:
            review = self.read(lambda tx: queries.review_of(tx, code))
            for step in self.read(lambda tx: store.steps_of(tx, review.id)):
                self.ids[code, step.letter] = step.id
        return self.ids[code, letter]

    def state(self, letter: str) -> str:
        """Where a step stands."""
        return self.read(lambda tx: queries.step_place(tx, self.step(letter)))[1].state

    def section(self, key: str) -> SectionFacts:
        """The section with this key in the review."""
        rows = self.read(lambda tx: queries.sections_of(tx, self.step(key[0])))
        return next(row for row in rows if row.key == key)

    def asked(self, who: str, letter: str) -> Seen:
        """What the person's State votes on, as the text is now."""
        facts = self.read(lambda tx: queries.step_facts(tx, self.step(letter)))
        assert facts.digests is not None
        return rules.asked_of(PEOPLE[who], facts.place, facts.digests)

    def vote(self, who: str, letter: str, seen: Seen | None = None) -> bool:
        """Vote on what is there, or on what was seen; whether it sealed the step."""
        step, on = self.step(letter), self.asked(who, letter) if seen is None else seen
        cast = self.write(lambda tx: commands.cast_vote(tx, PEOPLE[who], step, seen=on, at=self.at))
        return cast.sealed

    def take(self, who: str, key: str, *, alone: bool = False, join: bool = False) -> str:
        """Take a section; the claim's id."""
        section = self.section(key).id
        return self.write(
            lambda tx: commands.take_section(tx, PEOPLE[who], section, alone=alone, join=join, at=self.at)
        ).id

    def edit(self, who: str, key: str, words: str | None, *, lazily: bool = False) -> bool:
        """Commit a text as the journal does; False when the section is frozen. None: the same text.

        lazily: without votes the digest is left behind, as it is between two looks at the text.
        """
        section = self.section(key)
        return self.write(lambda tx: self.commit_text(tx, section.id, PEOPLE[who], words, lazily=lazily))

    def bring_up_to_date(self, letter: str) -> None:
        """As the handler of the vote page does. What `edit` left behind is stored beside the section."""
        self.write(lambda tx: self._bring_up_to_date(tx, self.step(letter)))

    def commit_text(
        self, tx: WriteTx, section: SectionId, by: Actor, words: str | None, *, lazily: bool
    ) -> bool:
        """What the journal does in one transaction: advance the revision, and with votes the digest."""
        row = tx.execute(
            text("update sections set rev = rev + 1 where id = :id and frozen = 0 returning rev"),
            {"id": section},
        ).one_or_none()
        if row is None:
            return False
        facts = queries.section_facts(tx, section)
        assert facts is not None
        pending = self.behind.get(section)
        old = store.text(tx, facts.digest) if pending is None else pending
        new = old if words is None else canonical_of(facts, words)
        assert new is not None
        if not queries.votes_are_live(tx, section):
            if lazily:
                self.behind[section] = new
                return True
            self.behind.pop(section, None)
            return commands.store_text(
                tx, section, rev=row.rev, text=new, digest=canonical.section_digest(new)
            )
        digest = canonical.section_digest(new)
        commands.text_moved(
            tx,
            section,
            by=by.account,
            rev_from=row.rev,
            rev=row.rev,
            before=facts.digest,
            after=digest,
            place={"field": "text", "block": 1},
            at=self.at,
        )
        return commands.store_text(tx, section, rev=row.rev, text=new, digest=digest)

    def _bring_up_to_date(self, tx: WriteTx, step: StepId) -> None:
        for section in queries.sections_behind(tx, step):
            facts = queries.section_facts(tx, section)
            assert facts is not None
            new = self.behind.pop(section)
            commands.store_text(tx, section, rev=facts.rev, text=new, digest=canonical.section_digest(new))

    def live(self, letter: str) -> set[str]:
        """The States whose votes count."""
        return {v.state for v in self.read(lambda tx: queries.live_votes(tx, self.step(letter)))}

    def advance_to(self, letter: str) -> None:
        """Seal the steps before by the votes of everybody, in order."""
        voters = {"0": "ann ben cleo dan", "a": "ann", "b": "ben cleo dan", "c": "ann ben cleo dan"}
        for before, names in voters.items():
            if before < letter and not self.has_closed(before):
                for who in names.split():
                    self.vote(who, before)

    def has_closed(self, letter: str) -> bool:
        """Whether a step is sealed, or of step 0 a version agreed."""
        return self.read(lambda tx: queries.step_row(tx, self.step(letter))).digest is not None

    def log(self, letter: str) -> list[Any]:
        """All entries of the event log about a step, the oldest first."""
        return self.read(
            lambda tx: list(
                tx.execute(
                    text("select * from event_log where step = :s order by id"), {"s": self.step(letter)}
                )
            )
        )

    def copy(self) -> World:
        """The same, in a file of its own."""
        with closing(self.engine.raw_connection()) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(tempfile.mkdtemp(prefix="revmod-world-")) / "world.sqlite3"
        shutil.copyfile(self.path, path)
        return World(_engine(path), path, self.at)

    def close(self) -> None:
        """Let go of the file and remove it."""
        self.engine.dispose()
        shutil.rmtree(self.path.parent)


@cache
def content() -> Content:
    """What the mechanism prescribes."""
    return load()


def canonical_of(section: SectionFacts, words: str) -> bytes:
    """The canonical bytes of a section whose every field has these words."""
    fields = content().fields(section.key)
    return canonical.section_bytes(Section(section.key, {name: plain(words) for name in fields}))


def a_world() -> World:
    """A world of its own, with the review just begun."""
    path = Path(tempfile.mkdtemp(prefix="revmod-world-")) / "world.sqlite3"
    shutil.copyfile(_template(), path)
    return World(_engine(path), path, START)


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="revmod-world-template-")) / "world.sqlite3"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    shutil.copyfile(template(), path)
    world = World(_engine(path), path, START)
    world.write(_populate)
    with closing(world.engine.raw_connection()) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    world.engine.dispose()
    return path


def _populate(tx: WriteTx) -> None:
    for name, actor in PEOPLE.items():
        add_account(
            tx,
            Account(
                actor.account,
                f"{name}@example.org",
                actor.name,
                actor.role,
                actor.state,
                standing=Standing.APPROVED,
                standing_at=START,
                reason="",
                language="en",
                created_at=START,
            ),
            password=None,
        )
    commands.create_review(tx, content=content(), code=CODE, phase=1, cast=CAST, at=START)


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's own
        raw.isolation_level = None
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA journal_mode=WAL")
        # a test's file need not survive the machine
        raw.execute("PRAGMA synchronous=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's own
        connection.exec_driver_sql("BEGIN")

    return engine


def suspend(world: World, who: str) -> Actor:
    """Suspend somebody, in the database too; the actor as rules now see it."""
    world.write(lambda tx: set_standing(tx, PEOPLE[who].account, Standing.SUSPENDED, START))
    actor = PEOPLE[who]
    return Actor(actor.account, actor.name, actor.state, actor.role, active=False)


def said(decision: Allowed | Refused) -> str:
    """`yes`, or the reason of a refusal: for tables."""
    return decision.because if isinstance(decision, Refused) else "yes"


def letter(text: str) -> StepLetter:
    """A step's letter."""
    return StepLetter(text)


def digest(text: str) -> Digest:
    """A digest that no text has."""
    return Digest(text * 64)
