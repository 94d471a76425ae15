"""The last missing vote and an edit at the same moment: one of two outcomes, never both, never neither.

Either the vote is refused with a diff (the edit came first and took the other votes back), or the step
is sealed and the edit is kept as late text for its author.
"""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from aiohttp import ClientSession

from revmod_live.sync import frames
from tests.deep import counts
from tests.peer import Drafter, Line, a_line, add_block
from tests.proofs.aim import Aim, at_once
from tests.proofs.desks import Place, take
from tests.proofs.ground import ground
from tests.proofs.voters import VOTERS, Voters, signed_in_voters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.portal.browsing import Page
    from tests.server_process import Server

RACES: Final = counts(20, 1000)
REVIEWS: Final = counts(4, 240)
OFTEN: Final = 0.15
"""Each outcome's least share."""
EDITOR: Final = ("expert", "BOR")
SECTIONS: Final = {
    "b": ("b/untoc/art-2", "measures"),
    "c": ("c/untoc/gaps", "text"),
    "d": ("d/untoc/art-2", "gaps"),
}


@dataclass(frozen=True, slots=True)
class Arena:
    """A step that is open, and the section of it that is edited."""

    code: str
    step: str
    section: str
    field: str


class Editor:
    """The drafter who goes on writing: one line, one section at a time."""

    def __init__(self, http: ClientSession, url: str, token: str, line: Line) -> None:
        self._http: Final = http
        self._url: Final = url
        self._token: Final = token
        self._line: Final = line
        self._drafter = Drafter("", "")

    async def go_to(self, arena: Arena) -> None:
        """Take the section and open it, if it is another one."""
        if self._drafter.section != arena.section:
            await take(self._http, Place(self._url, self._token, arena.section))
            if self._drafter.section:
                await self._line.send(self._drafter.name, frames.Close())
            self._drafter = Drafter(arena.section, arena.field)
            await self._drafter.open(self._line)

    async def edit(self, word: str) -> frames.ServerFrame:
        """Add a block with this word; what the server says to it."""
        update = self._drafter.edit(add_block(word))
        return await self._drafter.push(self._line, update, self._drafter.seq)

    async def hand_in(self, word: str) -> str:
        """Hand the refused edit in as late text; its id."""
        drafter = self._drafter
        late = frames.Late(
            seq=drafter.seq + 1,
            update=drafter.rows[drafter.seq],
            id=str(uuid.uuid4()),
            code="frozen",
            epoch=drafter.epoch,
            base=drafter.doc.get_state(),
            before="",
            after=word,
        )
        await self._line.send(drafter.name, late)
        while True:
            frame = await drafter.hear(self._line)
            if isinstance(frame, frames.Ack) and frame.seq == late.seq:
                assert frame.rev == 0
                return late.id

    async def drawer(self) -> dict[str, str]:
        """My late text as any device of mine shows it: id → text."""
        found = await self._ask("/api/late")
        return {item["id"]: item["text"] for item in found["items"]}

    async def digest(self, arena: Arena) -> tuple[str, str]:
        """The section's digest and its text by field, as anybody reads it now."""
        found = await self._ask(f"/api/section/{arena.section}/text")
        return found["digest"], str(found["html"])

    async def _ask(self, path: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._http.get(f"{self._url}{path}", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())


def arenas(server: Server) -> Iterator[Arena]:
    """Every step of every review that stands in B, in the order in which sealing opens them."""
    for review in server.ready["reviews"]:
        for step, (key, field) in SECTIONS.items():
            if review["step"] == "b":
                section = next(s["id"] for s in review["steps"][step] if s["key"] == key)
                yield Arena(review["code"], step, section, field)


async def race(arena: Arena, voters: Voters, editor: Editor, word: str, aim: Aim) -> bool:
    """One race; whether the step is sealed now."""
    await editor.go_to(arena)
    *first, last = VOTERS[arena.step]
    for state in first:
        ballot = await voters.read(state, arena.code, arena.step)
        began_s = time.monotonic()
        page = await voters.cast(state, ballot)
        aim.took(time.monotonic() - began_s)
        assert page.status == 303, page.words
    before, _ = await editor.digest(arena)
    ballot = await voters.read(last, arena.code, arena.step)
    page, said = await at_once(voters.cast(last, ballot), editor.edit(word), wait_s=aim.wait_s())
    after, text = await editor.digest(arena)
    if page.status == 303:
        # sealed: the text is what was voted on, and the edit is refused, then kept
        assert isinstance(said, frames.Refuse), (arena.step, said, "sealed, and the edit taken")
        assert said.code is frames.RefuseCode.FROZEN
        assert (after, word in text) == (before, False)
        late = await editor.hand_in(word)
        assert (await editor.drawer())[late] == word
        return True
    # refused: the edit stands, and the page shows it
    assert page.status == 409, page.words
    assert isinstance(said, frames.Ack), (said, "not sealed, and the edit refused")
    assert (after != before, word in text) == (True, True)
    assert word in inserted(page), page.words[:400]
    return False


def inserted(page: Page) -> str:
    """What the page marks as inserted."""
    return " ".join(re.findall(r"<ins\b.*?</ins>", page.text, re.DOTALL))


@pytest.mark.timeout(counts(280, 7200))
async def test_a_vote_and_an_edit_at_the_same_moment_have_one_of_two_outcomes(tmp_path: Path) -> None:
    aim = Aim(seed=4)
    outcomes: Counter[bool] = Counter()
    async with (
        ground(tmp_path, reviews=REVIEWS) as place,
        ClientSession() as http,
        a_line(http, place.server.url, place.tokens[EDITOR]) as line,
        signed_in_voters(place.server) as voters,
    ):
        editor = Editor(http, place.server.url, place.tokens[EDITOR], line)
        open_arenas = arenas(place.server)
        arena = next(open_arenas)
        for number in range(RACES):
            is_sealed = await race(arena, voters, editor, f"word{number}x", aim)
            outcomes[is_sealed] += 1
            aim.learn(is_sealed=is_sealed)
            if number % 50 == 49:
                print(number + 1, "races, sealed:", outcomes[True], flush=True)
            if is_sealed:
                arena = next(open_arenas)
    print(f"{RACES} races: sealed and kept as late {outcomes[True]}, refused with a diff {outcomes[False]}")
    assert min(outcomes[True], outcomes[False]) >= RACES * OFTEN
