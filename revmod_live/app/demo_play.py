"""How a review of the demonstration gets to where it stands: texts written, then real votes, step by step."""

from __future__ import annotations

import json
import secrets
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from revmod_live.docs import canonical
from revmod_live.docs.model import Block, Run, Section
from revmod_live.sync import store, ydoc
from revmod_live.workflow import commands, queries
from revmod_live.workflow.model import StepState
from revmod_live.workflow.store import steps_of
from revmod_live.workflow.transitions import STEPS, voters, votes_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revmod_live.accounts.model import Actor
    from revmod_live.ids import AccountId, StateCode, StepLetter
    from revmod_live.portal.services import Services
    from revmod_live.storage.database import ReadTx, WriteTx
    from revmod_live.workflow.model import Review, SectionFacts, Step

Texts = dict[str, dict[str, dict[str, list[dict[str, Any]]]]]
TEXTS: Final = "demo_texts.json"


async def play_to(
    services: Services, code: str, stands_in: StepLetter, focal_points: Mapping[StateCode, Actor]
) -> None:
    """Write the texts of every step up to `stands_in`, and close by votes those before it.

    Each step in a transaction of its own; what was done before is not done again.
    """
    texts: Texts = json.loads((files("revmod_live.app") / TEXTS).read_text("utf-8"))
    for letter in STEPS:
        here = {"services": services, "code": code, "letter": letter, "focal_points": focal_points}
        await services.db.write(partial(_write_texts, texts=texts.get(letter, {}), **here))  # type: ignore[arg-type]
        if letter == stands_in:
            return
        await services.db.write(partial(close_step, **here))  # type: ignore[arg-type]


def _write_texts(
    tx: WriteTx,
    *,
    services: Services,
    code: str,
    letter: StepLetter,
    texts: Mapping[str, Mapping[str, list[dict[str, Any]]]],
    focal_points: Mapping[StateCode, Actor],
) -> None:
    review, step = _review_and_step(tx, code, letter)
    if step.state is not StepState.OPEN:
        return
    author = focal_points[voters(review.cast, letter)[0]].account
    for section in queries.sections_of(tx, step.id):
        words = texts.get(section.name)
        if words and section.rev == 0:
            _write(tx, services, section, words, author)


def _write(
    tx: WriteTx,
    services: Services,
    section: SectionFacts,
    words: Mapping[str, list[dict[str, Any]]],
    author: AccountId,
) -> None:
    declared = services.content.fields(section.key)
    fields = {name: tuple(_block(b) for b in words.get(name, ())) for name in declared}
    client = secrets.randbelow(2**32)
    store.write_first_text(
        tx, section.id, ydoc.seed(fields, client=client), client=client, account=author, at=services.now
    )
    data = canonical.section_bytes(Section(section.key, fields))
    commands.store_text(tx, section.id, rev=1, text=data, digest=canonical.section_digest(data))


def _review_and_step(tx: ReadTx, code: str, letter: StepLetter) -> tuple[Review, Step]:
    review = queries.review_of(tx, code)
    return review, next(step for step in steps_of(tx, review.id) if step.letter == letter)


def _block(spec: Mapping[str, Any]) -> Block:
    return Block((Run(spec["text"]),), kind=spec.get("kind"), dir=spec.get("dir"))


def close_step(
    tx: WriteTx,
    *,
    services: Services,
    code: str,
    letter: StepLetter,
    focal_points: Mapping[StateCode, Actor],
) -> None:
    """Everybody who votes in this step does, on what is there; nothing where it is closed already."""
    review, step = _review_and_step(tx, code, letter)
    if step.state is not StepState.OPEN or (not STEPS[letter].seals and step.digest is not None):
        return
    for state in voters(review.cast, letter):
        facts = queries.step_facts(tx, step.id)
        assert facts.digests is not None  # noqa: S101 -- every text above was stored with its digest
        mine = votes_on(review.cast, letter, state)
        seen = facts.digests.step if mine is None else {i: facts.digests.instruments[i] for i in mine}
        commands.cast_vote(
            tx, focal_points[state], step.id, seen=seen, at=services.now, signing=services.signing
        )
