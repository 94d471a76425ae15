"""Every hostile update there is on record, as it was found and made over, by every way into the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.hostile import corpus
from tests.hostile.ground import Attacker, others_notice_nothing

if TYPE_CHECKING:
    from tests.hostile.ground import Ground

WAYS: Final = ("push", "late", "sync", "presence", "raw", "yjs-update", "yjs-answer", "yjs-vector", "yjs-awareness")
LARGE: Final = 900_000
"""Frames end at 1 MiB; what is larger is sent to stock clients' door alone."""

LEGITIMATE: Final = frozenset[str]()


def sendable() -> list[dict[str, Any]]:
    return [case for case in corpus.cases() if case["name"] not in corpus.LIBRARY_ALONE]


def test_every_case_is_sent_or_known_to_be_the_librarys_alone() -> None:
    assert len(corpus.cases()) == 30
    assert {case["name"] for case in corpus.cases()} >= corpus.LIBRARY_ALONE | LEGITIMATE
    victim = corpus.Victim("text", (1, 0), (1, 1), 1, 9)
    sent = {case["name"]: len(list(corpus.payloads(case, victim))) for case in sendable()}
    assert all(sent.values()), sent


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("case", sendable(), ids=lambda case: case["name"])
async def test_the_server_stays_up_and_the_text_as_it_is(ground: Ground, case: dict[str, Any]) -> None:
    before = await ground.text()
    attacker = Attacker(ground)
    async with others_notice_nothing(ground):
        for data in corpus.payloads(case, ground.victim):
            for way in WAYS:
                if len(data) > LARGE and not way.startswith("yjs"):
                    continue
                await attacker.send(way, data)
        await attacker.leave()
    print(case["name"], attacker.answers)
    assert await ground.text() == before
    assert await ground.replica_digest() == before.digest
