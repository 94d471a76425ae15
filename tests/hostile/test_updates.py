"""Every hostile update there is on record, as it was found and made over, by every way into the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.deep import is_deep
from tests.hostile import corpus
from tests.hostile.ground import WAYS, Attacker, others_notice_nothing

if TYPE_CHECKING:
    from tests.hostile.ground import Ground

FRAME_ENDS: Final = 900_000
"""What is larger is sent by the stock clients' door alone: a frame ends at 1 MiB."""

LEGITIMATE: Final = frozenset({"out-of-order-loses-pending"})
"""Cases of which a form made over is a genuine letter in the section's own text, from a drafter who
holds it: what was harmful was the order alone. Such a letter is taken."""


def sendable() -> list[dict[str, Any]]:
    return [case for case in corpus.cases() if case["name"] not in corpus.LIBRARY_ALONE]


def ways(number: int, data: bytes) -> tuple[str, ...]:
    """By which ways payload `number` of a case goes: the first by all, the others by turns."""
    chosen = WAYS if number == 0 or is_deep() else ("push", WAYS[1 + number % (len(WAYS) - 1)])
    return tuple(way for way in chosen if len(data) < FRAME_ENDS or way.startswith("yjs"))


def test_every_case_is_sent_or_known_to_be_the_librarys_alone() -> None:
    assert len(corpus.cases()) == 30
    assert {case["name"] for case in corpus.cases()} >= corpus.LIBRARY_ALONE | LEGITIMATE
    victim = corpus.Victim("text", (1, 0), (1, 1), 1, 9)
    sent = {case["name"]: len(list(corpus.payloads(case, victim))) for case in sendable()}
    assert all(sent.values()), sent


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("case", sendable(), ids=lambda case: case["name"])
async def test_the_server_stays_up_and_the_text_as_it_is(ground: Ground, case: dict[str, Any]) -> None:
    victim = await ground.victim()
    before = await ground.text()
    attacker = Attacker(ground)
    async with others_notice_nothing(ground):
        for number, data in enumerate(corpus.payloads(case, victim)):
            for way in ways(number, data):
                await attacker.send(way, data)
        await attacker.leave()
    after = await ground.text()
    assert await ground.replica_digest() == after.digest
    if case["name"] not in LEGITIMATE:
        assert after.digest == before.digest, attacker.answers
    # and whoever drafts here goes on: nothing of it stands in the way of a genuine update
    await ground.victim()
