"""Seeded mutations of genuine Pushes of the section, by every way into the server.

They are mutations of Pushes that the section holds already, sent by the drafter who holds it. A few
are, by chance, what that drafter might have sent: those are taken, and then the text that newcomers
get is still the text that is voted on.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from tests.deep import counts
from tests.hostile.ground import WAYS, Attacker, others_notice_nothing

if TYPE_CHECKING:
    from tests.hostile.ground import Ground

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRIES: Final = counts(1_500, 50_000)
SEED: Final = 7
EDGES: Final = (0x00, 0x01, 0x7F, 0x80, 0xFF)
LARGE_NUMBERS: Final = (
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x40",
    b"\xff" * 12,
)


def mutated(chance: random.Random, genuine: list[bytes]) -> bytes:
    """One to three small changes to one of them."""
    data = bytearray(chance.choice(genuine))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data)) if data else 0
        match chance.randrange(8):
            case 0:
                data[at : at + 1] = bytes((chance.choice(EDGES),))
            case 1:
                data[at : at + 1] = bytes((chance.randrange(256),))
            case 2:
                del data[at : at + chance.randint(1, 4)]
            case 3:
                data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
            case 4:
                data[at:at] = chance.choice(LARGE_NUMBERS)
            case 5:
                del data[at:]
            case 6:
                other = chance.choice(genuine)
                data[at:] = other[chance.randrange(len(other)) :]
            case _:
                data[at:at] = data[: chance.randrange(len(data) + 1)]
    return bytes(data)


async def test_mutations_of_genuine_pushes_change_nothing(ground: Ground) -> None:
    chance = random.Random(SEED)
    before = await ground.text()
    attacker = Attacker(ground)
    async with others_notice_nothing(ground):
        for number in range(TRIES):
            # a Push is answered, a closed socket has to be opened again: so most go as Pushes
            way = "push" if number % 5 else WAYS[number // 5 % len(WAYS)]
            await attacker.send(way, mutated(chance, ground.genuine))
            if number % 2_000 == 1_999:
                assert ground.is_up(), attacker.answers
        await attacker.leave()
    print(f"{TRIES} mutations, seed {SEED}: {dict(sorted(attacker.answers.items()))}")
    after = await ground.text()
    assert await ground.replica_digest() == after.digest
    taken = ground.rows(
        "select count(*) from journal where section = ? and rev > ?", ground.section, before.rev
    )
    if not taken[0][0]:
        assert after == before


async def test_from_whoever_may_not_write_not_even_a_lucky_one_is_taken(ground: Ground) -> None:
    chance = random.Random(SEED + 1)
    before = await ground.text()
    attacker = Attacker(ground, who="reader")
    async with others_notice_nothing(ground):
        for number in range(TRIES // 10):
            way = "push" if number % 4 else WAYS[number // 4 % len(WAYS)]
            await attacker.send(way, mutated(chance, ground.genuine))
        await attacker.leave()
    assert await ground.text() == before


async def test_the_server_can_be_started_anew_on_what_it_stored(ground: Ground) -> None:
    # poison in the journal would show only now
    before = await ground.text()
    await ground.restart()
    assert await ground.text() == before
    assert await ground.replica_digest() == before.digest
