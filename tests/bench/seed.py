"""A data folder of ours for measuring: the demonstration, a hundred drafters, as many sections as asked.

`python -m tests.bench.seed FOLDER SECTIONS` prints the sections and the drafters' tokens as JSON. In a
process of its own, so that nothing of it is in the memory of the server that is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from revmod_live.accounts.model import Role
from revmod_live.accounts.people import create_account, find_by_email
from revmod_live.accounts.tokens import make_token
from revmod_live.app import demo
from revmod_live.app.building import parts
from revmod_live.app.demo_play import close_step
from revmod_live.ids import SectionId, StepLetter
from revmod_live.settings import Settings
from revmod_live.workflow import commands, queries
from revmod_live.workflow.founding import create_review
from revmod_live.workflow.store import steps_of

if TYPE_CHECKING:
    from revmod_live.accounts.model import Account
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx, WriteTx

DRAFTERS = 100
BEFORE_B = (StepLetter("0"), StepLetter("a"))


async def seed(services: Services, sections: int) -> dict[str, object]:
    """Make what is missing; who may write where."""
    await demo.ensure(services, more=0)
    ids: list[SectionId] = []
    while len(ids) < sections:
        ids += await blank_review(services, f"2026-blank-{len(ids)}")
    del ids[sections:]

    def people(tx: WriteTx) -> list[Account]:
        return [
            create_account(
                tx,
                email=f"drafter-{n}@borovia.example",
                name=f"Drafter {n}",
                role=Role.EXPERT,
                state=demo.BOROVIA,
                at=services.now,
            )
            for n in range(DRAFTERS)
        ]

    drafters = await services.db.write(people)

    def tokens(tx: WriteTx) -> list[str]:
        until = services.now + timedelta(days=2)
        return [make_token(tx, drafter, services.now, "measuring", until) for drafter in drafters]

    def take(tx: WriteTx) -> None:
        for n, section in enumerate(ids):
            # everybody the first section, two drafters each of the others
            for drafter in (
                drafters if n == 0 else (drafters[2 * n % DRAFTERS], drafters[(2 * n + 1) % DRAFTERS])
            ):
                at = services.now
                commands.take_section(tx, drafter.actor, section, alone=False, join=True, at=at)

    await services.db.write(take)

    def described(tx: ReadTx) -> list[dict[str, str]]:
        found = []
        for section in ids:
            facts = queries.section_facts(tx, section)
            assert facts is not None
            fields = services.content.fields(facts.key)
            found.append({"id": section, "page": facts.page, "field": fields[0]})
        return found

    return {
        "tokens": await services.db.write(tokens),
        "sections": await services.db.read(described),
    }


async def blank_review(services: Services, code: str) -> list[SectionId]:
    """One more review of the demonstration, nothing written in it; its sections of step B, which is open."""

    def make(tx: WriteTx) -> list[SectionId]:
        create_review(
            tx,
            content=services.content,
            code=code,
            phase=1,
            cast=demo.CAST,
            at=services.now,
            make_id=services.make_id,
        )
        found = (find_by_email(tx, f"focal-point@{name}.example") for name in demo.NAMES.values())
        actors = {a.state: a.actor for a in found if a is not None and a.state is not None}
        for letter in BEFORE_B:
            close_step(tx, services=services, code=code, letter=letter, focal_points=actors)
        step = next(step for step in steps_of(tx, queries.review_of(tx, code).id) if step.letter == "b")
        return [section.id for section in queries.sections_of(tx, step.id)]

    return await services.db.write(make)


async def main(folder: Path, sections: int) -> None:
    async with parts(Settings(data_dir=folder)) as services:
        print(json.dumps(await seed(services, sections)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
