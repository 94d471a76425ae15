"""The walk: everybody, through every door, before every spot. What came of it is only written down here.

Nothing is judged while walking; `test_rights` does that, from what each person's bytes held and from
what lies in the database afterwards.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from revmod_live.accounts.sessions import sessions_of
from revmod_live.accounts.tokens import make_token, tokens_of
from revmod_live.sync import frames, presence, protocol, yjs_protocol
from revmod_live.workflow import commands, queries
from tests.deep import is_deep
from tests.rights import table
from tests.rights.world import Mark, Person, Spot, World, marks_in
from tests.sync import yupdates

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from revmod_live.accounts.model import Actor
    from revmod_live.ids import ClaimId
    from revmod_live.storage.database import WriteTx

WITHIN_S: Final = 30
FENCE: Final = "s:fence"
"""No such section: an Open of it is answered when everything before it has been."""
_PING: Final = protocol.encode("", frames.Ping())
_PONG: Final = protocol.encode("", frames.Pong())


class Came(NamedTuple):
    """What came of one request or one frame: a status or word, and the marks in it."""

    what: str
    marks: frozenset[Mark] = frozenset()


@dataclass
class Walk:
    """Everything that was tried, and what came of it: by person, spot and door."""

    came: dict[tuple[int, int, str], Came] = field(default_factory=dict)
    routes: set[tuple[str, str]] = field(default_factory=set)
    sent: set[type[object]] = field(default_factory=set)
    released: dict[tuple[int, int], bool] = field(default_factory=dict)
    bodies: dict[tuple[int, str], str] = field(default_factory=dict)
    others: dict[tuple[int, str], str] = field(default_factory=dict)

    def note(self, person: Person, spot: Spot, door: str, came: Came) -> None:
        """Write down what came of it."""
        self.came[person.number, spot.number, door] = came


class Line:
    """One person's `/live` socket; a task of its own reads it, hears every byte and answers Pings."""

    def __init__(self, person: Person, socket: ClientWebSocketResponse, walk: Walk) -> None:
        self._person: Final = person
        self._socket: Final = socket
        self._walk: Final = walk
        self._messages: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting: deque[tuple[str, frames.ServerFrame]] = deque()

    async def read(self) -> None:
        """Hear everything until the socket ends."""
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                self._person.hear(message.data, "live")
                if message.data == _PING:
                    await self._socket.send_bytes(_PONG)
                self._messages.put_nowait(message.data)

    async def _next(self) -> tuple[str, frames.ServerFrame]:
        while not self._waiting:
            self._waiting.extend(protocol.decode_server(await self._messages.get()))
        return self._waiting.popleft()

    async def close(self) -> None:
        """Say goodbye."""
        await self._socket.close()

    async def still_there(self) -> None:
        """Say so, asked or not."""
        await self.send(("", frames.Pong()))

    async def send(self, *named: tuple[str, frames.Frame]) -> None:
        """Send these frames as one message."""
        self._walk.sent.update(type(frame) for _, frame in named)
        await self._socket.send_bytes(b"".join(protocol.encode(*one) for one in named))

    async def asked(self, *named: tuple[str, frames.Frame]) -> list[tuple[str, frames.ServerFrame]]:
        """Send these frames; all that comes until they have been dealt with."""
        opening = frames.OpenSection(schema=1, epoch=None, outbox=str(uuid.uuid4()), client=1, resume=False)
        await self.send(*named, (FENCE, opening))
        found: list[tuple[str, frames.ServerFrame]] = []
        async with asyncio.timeout(WITHIN_S):
            while True:
                name, frame = await self._next()
                if name == FENCE:
                    return found
                found.append((name, frame))

    async def answer(self, name: str, push: frames.Push) -> frames.Ack | frames.Refuse:
        """Send a Push; its answer."""
        await self.send((name, push))
        async with asyncio.timeout(WITHIN_S):
            while True:
                heard, frame = await self._next()
                if heard == name and isinstance(frame, frames.Ack | frames.Refuse) and frame.seq == push.seq:
                    return frame


@dataclass
class Walker:
    """Goes everywhere. Phases are methods, in the order in which they are called."""

    world: World
    http: ClientSession
    walk: Walk
    lines: dict[int, Line] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)

    # ---------------------------------------------------------------- asking

    async def ask(
        self,
        person: Person,
        method: str,
        route: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        token: bool = False,
    ) -> tuple[int, str, frozenset[Mark]]:
        """One request, as a browser of theirs sends it or (token) as their program does."""
        self.walk.routes.add((method, route))
        headers = {"Accept-Language": "en"}
        if token:
            headers["Authorization"] = f"Bearer {self.tokens[person.number]}"
        else:
            headers |= person.headers | {"Origin": self.world.url}
        async with self.http.request(
            method, self.world.url + path, headers=headers, data=form, allow_redirects=False
        ) as answer:
            body = await answer.read()
            door = f"{method} {route}"
            marks = person.hear(body + repr(answer.raw_headers).encode(), door)
            return answer.status, body.decode(errors="replace"), frozenset(marks)

    async def _note(
        self, person: Person, spot: Spot, door: str, asked: tuple[int, str, frozenset[Mark]]
    ) -> None:
        self.walk.note(person, spot, door, Came(str(asked[0]), asked[2]))

    # ---------------------------------------------------------------- pages

    async def read_pages(self, person: Person, spot: Spot) -> None:
        """Every page and answer that shows something of this spot."""
        here = f"/reviews/{spot.review}/{spot.letter}/{spot.instrument}"
        page = "/reviews/{code}/{step}/{instrument}"
        log = "log?fragment=1" if shows_fragment(person, spot) else "log"
        doors = [("page", "GET", page, here), ("log", "GET", f"{page}/log", f"{here}/{log}")]
        if _votes_here(person, spot):
            vote = f"/reviews/{spot.review}/{spot.letter}/vote"
            doors.append(("vote-page", "GET", "/reviews/{code}/{step}/vote", vote))
            doors.append(("receipt", "GET", "/reviews/{code}/{step}/vote/receipt", f"{vote}/receipt"))
            package = f"/reviews/{spot.review}/{spot.letter}/package"
            doors.append(("package", "GET", "/reviews/{code}/{step}/package", package))
        for door, method, route, path in doors:
            await self._note(person, spot, door, await self.ask(person, method, route, path))
        route = "/api/section/{section}/text"
        text = await self.ask(
            person, "GET", route, f"/api/section/{spot.section}/text", token=spot.number % 3 == 0
        )
        await self._note(person, spot, "text", text)

    async def read_reviews(self, person: Person) -> None:
        """Home and reviews: pages that show no text at all."""
        for route, path in (("/", "/"), ("/reviews/{code}", "/reviews/no-such-review")):
            status, body, _ = await self.ask(person, "GET", route, path)
            self.walk.bodies[person.number, path] = f"{status} {body}"
        for number, code in enumerate(sorted({spot.review for spot in self.world.spots})):
            if is_deep() or (number + person.number) % 5 == 0:
                path = f"/reviews/{code}"
                status, body, _ = await self.ask(person, "GET", "/reviews/{code}", path)
                self.walk.bodies[person.number, path] = f"{status} {body}"

    # ---------------------------------------------------------------- the page's socket

    async def try_socket(self, person: Person, spot: Spot) -> None:
        """Every frame a client has, on this section and its page, without a claim."""
        line, section = self.lines[person.number], protocol.section_name(spot.section)
        page = protocol.page_name(spot.page)
        opening = frames.OpenSection(
            schema=1, epoch=None, outbox=str(uuid.uuid4()), client=client_of(person, spot), resume=True
        )
        late = frames.Late(
            seq=2,
            update=b"\x00\x00",
            id=str(uuid.uuid4()),
            code="frozen",
            epoch=None,
            base=b"\x00",
            before="",
            after=spot.mark("l", person.number).word(),
        )
        found = await line.asked(
            (section, opening),
            (section, frames.SyncStep1(b"\x00")),
            (section, push_of(person, spot, seq=1)),
            (section, late),
            (page, frames.OpenPage()),
            (page, presence_of(person, spot, clock=1)),
        )
        for name, frame in found:
            match frame:
                case frames.Opened() | frames.Denied() if name in (section, page):
                    word = "opened" if isinstance(frame, frames.Opened) else f"denied {frame.reason}"
                    self.walk.note(person, spot, f"open-{name[0]}", Came(word))
                case frames.Meta() if name == section:
                    self.walk.note(person, spot, "meta", Came(f"{frame.mode} {frame.why}"))
                case frames.SyncStep2() if name == section:
                    self.walk.note(person, spot, "sync", Came("sync", marks_of(frame.update)))
                case frames.Refuse() | frames.Ack() if name == section:
                    door = "push" if frame.seq == 1 else "late"
                    word = f"refused {frame.code}" if isinstance(frame, frames.Refuse) else "acked"
                    self.walk.note(person, spot, door, Came(word))
                case _:
                    pass

    # ---------------------------------------------------------------- writing

    async def draft(self, person: Person, spot: Spot) -> None:
        """Take the section, and whoever could, type in it, be seen in it, and let it go again."""
        by_program = spot.number % 4 == 1
        root = "/api/sections" if by_program else "/sections"
        take, release = f"{root}/{{section}}/take", f"{root}/{{section}}/release"
        here = f"{root}/{spot.section}"
        await self.world.keep_voting(spot)
        taken = await self.ask(person, "POST", take, f"{here}/take", form={"join": "1"}, token=by_program)
        await self._note(person, spot, "take", taken)
        if taken[0] in (200, 303):
            line, section = self.lines[person.number], protocol.section_name(spot.section)
            answer = await line.answer(section, push_of(person, spot, seq=3))
            word = "acked" if isinstance(answer, frames.Ack) else f"refused {answer.code}"
            self.walk.note(person, spot, "push-with-claim", Came(word))
            await line.asked((protocol.page_name(spot.page), presence_of(person, spot, clock=2)))
        elif spot.instrument == "fa":
            # one's own, where there is none: another door that says no more than the first
            return
        released = await self.ask(person, "POST", release, f"{here}/release", form={}, token=by_program)
        await self._note(person, spot, "release", released)

    async def leave(self, person: Person, spot: Spot) -> None:
        """Close the section and its page; first hear all that was sent meanwhile."""
        names = protocol.section_name(spot.section), protocol.page_name(spot.page)
        await self.lines[person.number].asked(*((name, frames.Close("")) for name in names))

    async def try_votes(self, person: Person, spot: Spot) -> None:
        """Vote on the very text there is, then withdraw it."""
        await self.world.keep_voting(spot)
        seen = await self.world.asked(spot, person.account.state)
        form: dict[str, str] = (
            {"digest": seen} if isinstance(seen, str) else {f"digest-{i}": d for i, d in seen.items()}
        )
        vote = "/reviews/{code}/{step}/vote"
        here = f"/reviews/{spot.review}/{spot.letter}/vote"
        await self._note(person, spot, "vote", await self.ask(person, "POST", vote, here, form=form))
        withdraw = await self.ask(person, "POST", f"{vote}/withdraw", f"{here}/withdraw", form={})
        await self._note(person, spot, "withdraw", withdraw)

    async def try_releases(self, holder: Person, spot: Spot) -> None:
        """End somebody's claim, each person in turn."""
        actor = holder.account.actor
        visitors = {person.number for person, visited in self.world.visits() if visited is spot}
        for person in self.world.walkers(spot.troupe):
            if person.number not in visitors and person.role not in ("fp", "sec"):
                continue
            claim = await self._claim(actor, spot)
            release = await self.ask(
                person,
                "POST",
                "/sections/{section}/release",
                f"/sections/{spot.section}/release",
                form={"claim": claim},
            )
            await self._note(person, spot, "release-of-other", release)
            live = await self.world.services.db.read(lambda tx: queries.live_claims(tx, spot.section))
            self.walk.released[person.number, spot.number] = claim not in {one.id for one in live}

    async def _claim(self, actor: Actor, spot: Spot) -> ClaimId:
        def take(tx: WriteTx) -> ClaimId:
            at = self.world.services.now
            return commands.take_section(tx, actor, spot.section, alone=False, join=True, at=at).id

        return await self.world.services.db.write(take)

    # ---------------------------------------------------------------- stock clients

    async def try_yjs(self, person: Person, spot: Spot) -> None:
        """A stock client: reads, then brings text of its own. Whoever could, has taken the section."""
        self.walk.routes.add(("GET", "/yjs/{section}"))
        await self.world.keep_voting(spot)
        path = f"/yjs/{spot.section}?take=1&token={self.tokens[person.number]}"
        try:
            async with self.http.ws_connect(f"{self.world.url}{path}") as socket:
                word, marks = await self._stock(person, spot, socket)
                self.walk.note(person, spot, "yjs", Came(word, marks))
        except WSServerHandshakeError as problem:
            self.walk.note(person, spot, "yjs", Came(str(problem.status)))

    async def _stock(
        self, person: Person, spot: Spot, socket: ClientWebSocketResponse
    ) -> tuple[str, frozenset[Mark]]:
        await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep1(b"\x00")))
        found: set[Mark] = set()
        asked = 0
        while True:
            message = await socket.receive(timeout=WITHIN_S)
            if message.type is not WSMsgType.BINARY:
                return f"closed {socket.close_code}", frozenset(found)
            found |= person.hear(message.data, "yjs")
            for part in yjs_protocol.decode(message.data):
                if not isinstance(part, yjs_protocol.SyncStep1):
                    continue
                asked += 1
                if asked == 1:
                    update = update_of(person, spot, client_of(person, spot, stock=True))
                    await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep2(update)))
                    # answered only if that was taken
                    await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep1(b"\x00")))
                else:
                    return "stays", frozenset(found)

    # ---------------------------------------------------------------- what belongs to others

    async def try_what_is_others(self, person: Person, other: Person) -> None:
        """Another person's sessions, tokens and late text."""
        services, account = self.world.services, other.account.id
        mine, keys = await services.db.read(
            lambda tx: (sessions_of(tx, account, services.now), tokens_of(tx, account, services.now))
        )
        late = await services.rooms.late_of(account)
        for route, found in (
            ("/account/sessions/{id}/end", mine),
            ("/account/tokens/{id}/revoke", keys),
            ("/api/late/{id}/dismiss", late),
        ):
            if not found:
                continue
            path = route.replace("{id}", found[0].id)
            status, _, _ = await self.ask(person, "POST", route, path, form={})
            self.walk.others[person.number, route] = str(status)


def shows_fragment(person: Person, spot: Spot) -> bool:
    """Whether the log is asked for without its differences there, as a page's script does: mostly."""
    return (person.number // 2 + spot.number) % 4 != 0


def client_of(person: Person, spot: Spot, *, stock: bool = False) -> int:
    """A Yjs client id of this person's in this section."""
    return (2 if stock else 1) * 10_000 + person.number * 100 + spot.number % 100


def update_of(person: Person, spot: Spot, client: int) -> bytes:
    """A block with this person's word in it, at the beginning of the field."""
    return yupdates.update(
        (
            client,
            0,
            [
                yupdates.block(field_name=spot.field_name),
                yupdates.block_text(parent=(client, 0)),
                yupdates.text(spot.mark("p", person.number).word(), parent=(client, 1)),
            ],
        )
    )


def push_of(person: Person, spot: Spot, *, seq: int) -> frames.Push:
    """A Push of `update_of`."""
    return frames.Push(seq=seq, update=update_of(person, spot, client_of(person, spot)), device_time_ms=0)


def presence_of(person: Person, spot: Spot, *, clock: int) -> frames.Presence:
    """A cursor in this section, with a word of the spot's in it, and somebody else's name on it."""
    at = {"tname": spot.mark("c", person.number).word()}
    entry = presence.Entry(
        client=client_of(person, spot),
        clock=clock,
        present=presence.Present({spot.section: presence.Cursor(at, at)}),
        user=presence.User("nobody", "forged", "XXX"),
    )
    return frames.Presence(presence.write([entry]))


def marks_of(data: bytes) -> frozenset[Mark]:
    """The marks in these bytes."""
    return frozenset(marks_in(data))


@asynccontextmanager
async def a_walker(world: World) -> AsyncIterator[Walker]:
    """A walker with everybody's socket open."""
    walk = Walk()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession())
        walker = Walker(world, http, walk)
        for person in world.people:
            await _make_token(walker, person)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for person in world.people:
            socket = await stack.enter_async_context(
                http.ws_connect(
                    f"{world.url}/live",
                    protocols=("revmod.1",),
                    headers=person.headers | {"Origin": world.url},
                    max_msg_size=0,
                )
            )
            line = Line(person, socket, walk)
            walker.lines[person.number] = line
            group.create_task(line.read())
        walk.routes.add(("GET", "/live"))
        yield walker


async def _make_token(walker: Walker, person: Person) -> None:
    services = walker.world.services
    at = services.now
    walker.tokens[person.number] = await services.db.write(
        lambda tx: make_token(tx, person.account, at, "walk", at + timedelta(days=1))
    )


async def a_walk(world: World) -> Walk:
    """The whole walk, spot by spot: all who visit it have it open while each of them drafts in it."""
    async with a_walker(world) as walker:
        visits = world.visits()
        for spot in world.spots:
            await _round(walker, spot, [person for person, visited in visits if visited is spot])
            for line in walker.lines.values():
                await line.still_there()
        for person in world.people:
            await walker.read_reviews(person)
        for person, other in zip(world.people[::3], world.people[1::3], strict=False):
            await walker.try_what_is_others(person, other)
        for line in walker.lines.values():
            await line.asked()
            await line.close()
        return walker.walk


async def _round(walker: Walker, spot: Spot, visitors: list[Person]) -> None:
    """Everything at one spot. Reading goes side by side, for it changes nothing; writing does not."""
    for door in (walker.try_socket, walker.read_pages):
        async with asyncio.TaskGroup() as group:
            for person in visitors:
                group.create_task(door(person, spot))
    for person in visitors:
        await walker.draft(person, spot)
    for person in visitors:
        if _votes_here(person, spot):
            await walker.try_votes(person, spot)
    for person in visitors:
        await walker.try_yjs(person, spot)
    holder = holder_of(walker.world, spot)
    if holder is not None:
        await walker.try_releases(holder, spot)
    for person in visitors:
        await walker.leave(person, spot)


def _votes_here(person: Person, spot: Spot) -> bool:
    """A step has one vote, whatever its instruments: asked once. In A the one vote would close the step."""
    column = person.column(spot.troupe) or "other"
    if (spot.letter, spot.state) == ("a", "open") and column == "sur-fp":
        return False
    return spot.instrument == "fa" or column[:3] not in ("dis", "add")


def holder_of(world: World, spot: Spot) -> Person | None:
    """A drafter who is no focal point, where there is one."""
    for person in world.walkers(spot.troupe):
        column = person.column(spot.troupe)
        if person.role != "ge" or column is None:
            continue
        if "W" in table.on_text(column, spot.letter, spot.state, spot.instrument):
            return person
    return None
