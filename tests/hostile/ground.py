"""The ground of the attacks: a running server, a section under attack, another room where people draft on.

The attacker is a drafter who holds the section, so that nothing is refused for want of a right.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession, WSMsgType
from sqlalchemy import create_engine

from revmod_live.accounts import people
from revmod_live.accounts.sessions import start_session
from revmod_live.accounts.store import set_account
from revmod_live.accounts.tokens import make_token
from revmod_live.content.load import load
from revmod_live.docs.canonical import section_bytes, section_digest
from revmod_live.storage.database import WriteTx
from revmod_live.sync import frames, protocol, statevector, ydoc, yjs_protocol
from tests.hostile.corpus import Victim
from tests.peer import Drafter, Gone, Line, a_line, add_block, settled
from tests.server_process import Server, a_server
from tests.sync.yupdates import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

KEY: Final = "b/untoc/general"
FIELD: Final = "text"
ELSEWHERE: Final = "b/tip/general"
WITHIN_S: Final = 30
NOTICED_S: Final = 10.0
"""A typist who waits longer than this for an Ack has noticed something, even on a busy machine."""
GROWTH_MIB: Final = 256
"""What the server may have grown by when all is over."""
FENCE: Final = "s:fence"
WAYS: Final = (
    "push",
    "late",
    "sync",
    "presence",
    "raw",
    "yjs-update",
    "yjs-answer",
    "yjs-vector",
    "yjs-awareness",
)
"""Every way by which bytes of a client's own making get into the server."""


@dataclass(frozen=True)
class Text:
    """A section as the server gives it out."""

    rev: int
    digest: str


@dataclass
class Ground:
    """The server, and how to get at it."""

    server: Server
    http: ClientSession
    tokens: dict[str, str]
    section: str
    page: str
    writer: Writer
    genuine: list[bytes] = field(default_factory=list)
    holding: AsyncExitStack = field(default_factory=AsyncExitStack)
    victims: int = 0

    async def restart(self) -> None:
        """Kill the server, start it again on what it stored, and take the section again."""
        await self.server.kill_and_start()
        await self.holding.aclose()
        await self.hold()

    async def hold(self) -> None:
        """The attacker takes the section."""
        await self.holding.enter_async_context(held(self, "attacker", self.section))

    async def victim(self) -> Victim:
        """A new block for the attack: whatever was done to earlier ones, this one is there."""
        self.victims += 1
        writer = Writer(7_500_000 + self.victims, FIELD)
        await self.push([writer.opens("A text under attack"), writer.types(", and more of it. ")])
        return Victim(FIELD, (writer.client, 0), (writer.client, 1), writer.client, writer.clock)

    async def push(self, updates: list[bytes]) -> None:
        """The attacker writes what any drafter might."""
        async with a_line(self.http, self.server.url, self.tokens["attacker"]) as line:
            drafter = Drafter(self.section, FIELD)
            await drafter.open(line)
            for seq, update in enumerate(updates, 1):
                answer = await drafter.push(line, update, seq)
                assert isinstance(answer, frames.Ack), answer

    async def text(self) -> Text:
        """The section as it is now."""
        headers = {"Authorization": f"Bearer {self.tokens['attacker']}"}
        async with self.http.get(
            f"{self.server.url}/api/section/{self.section}/text", headers=headers
        ) as answer:
            assert answer.status == 200, await answer.text()
            body = await answer.json()
        return Text(body["rev"], body["digest"])

    async def replica_digest(self) -> str:
        """The digest of what a newcomer gets by the wire, worked out by the newcomer."""
        newcomer = await self._newcomer()
        fields = load().fields(KEY)
        doc = ydoc.load(fields, [newcomer.doc.get_update()])
        return section_digest(section_bytes(ydoc.section_of(doc, KEY, fields)))

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait for another process, which has no event of ours to wait for."""
        async with asyncio.timeout(30):
            while not await holds():  # noqa: ASYNC110 -- as said
                await asyncio.sleep(0.05)

    async def clock_of(self, client: int) -> int:
        """How far a Yjs client has come in the section, by what newcomers get."""
        newcomer = await self._newcomer()
        return statevector.read(newcomer.doc.get_state()).get(client, 0)

    async def _newcomer(self) -> Drafter:
        async with a_line(self.http, self.server.url, self.tokens["reader"]) as line:
            newcomer = Drafter(self.section, FIELD)
            await newcomer.open(line)
            return newcomer

    def is_up(self) -> bool:
        """Whether it is still the process that was started."""
        return self.server.process.returncode is None

    def resident_mib(self) -> int:
        """Memory of the server's process."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) // 1024

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """What lies in the server's database."""
        with closing(sqlite3.connect(self.server.data / "revmod.sqlite3", timeout=30)) as raw:
            return list(raw.execute(query, values))


@asynccontextmanager
async def a_ground(data: Path) -> AsyncIterator[Ground]:
    """A server of its own, with some genuine text in the section, typed by the attacker."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(a_server(data))
        http = await stack.enter_async_context(ClientSession())
        who = {
            "attacker": server.account("expert", "BOR"),
            "bystander": server.account("focal_point", "BOR"),
            "reader": server.account("secretariat", None),
        }
        tokens = {name: signed_in(data, account["email"])[0] for name, account in who.items()}
        section = server.section("b", KEY)
        ground = Ground(server, http, tokens, section, "", Writer(7_000_001, FIELD))
        ground.page = str(
            ground.rows(
                "select pages.id from pages join sections on sections.step = pages.step"
                " and sections.instrument = pages.instrument where sections.id = ?",
                section,
            )[0][0]
        )
        stack.push_async_exit(ground.holding)
        await ground.hold()
        await _type_something(ground)
        yield ground


def signed_in(data: Path, email: str, *, name: str | None = None) -> tuple[str, dict[str, str]]:
    """A token of this person, and what their browser sends once they are signed in; straight from the
    database, which is much quicker. name: what they call themselves from now on.
    """
    engine = create_engine(f"sqlite:///{data / 'revmod.sqlite3'}", connect_args={"timeout": 30})
    at = datetime.now(UTC)
    with engine.begin() as connection:
        tx = WriteTx(connection)
        account = people.find_by_email(tx, email)
        assert account is not None
        if name is not None:
            set_account(tx, account.id, name=name)
        token = make_token(tx, account, at, "hostile", at + timedelta(days=1))
        session, csrf = start_session(tx, account, at)
    engine.dispose()
    return token, {"Cookie": f"revmod-session={session}", "X-CSRF-Token": csrf}


@asynccontextmanager
async def held(ground: Ground, who: str, section: str) -> AsyncIterator[None]:
    """The section held by somebody, as long as a stock client of theirs is there."""
    url = f"{ground.server.url}/yjs/{section}?take=1&token={ground.tokens[who]}"
    async with ground.http.ws_connect(url, max_msg_size=0) as socket:
        # answered once the section is taken
        await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep1(b"\x00")))
        await socket.receive(timeout=WITHIN_S)
        yield


async def _type_something(ground: Ground) -> None:
    writer = ground.writer
    writer.opens("Measures were taken ")
    for word in ("in law, ", "in practice ", "and 😀 in الممارسة ", "by all."):
        writer.types(word)
    writer.deletes(writer.client, 4, 3)
    writer.deletes(writer.client, 20, 2)
    ground.genuine.extend(writer.sent)
    await ground.push(writer.sent)


# ------------------------------------------------------------------ the attacker


@dataclass
class Attacker:
    """Sends anything by any way; whenever a socket is closed on it, it comes again."""

    ground: Ground
    who: str = "attacker"
    closes: dict[int, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _line: Line | None = None
    _seq: int = 0

    async def _connected(self) -> Line:
        if self._line is None:
            ground = self.ground
            line = await self._stack.enter_async_context(
                a_line(ground.http, ground.server.url, ground.tokens[self.who])
            )
            self._line, self._seq = line, 0
            opening = frames.OpenSection(
                schema=1, epoch=None, outbox=str(uuid.uuid4()), client=1, resume=False
            )
            await line.send(self.section, opening, frames.SyncStep1(b"\x00"))
            await line.send(protocol.page_name(ground.page), frames.OpenPage())
            await self._dealt_with(line)
        return self._line

    @property
    def section(self) -> str:
        """The section's name on the wire."""
        return protocol.section_name(self.ground.section)

    async def _dealt_with(self, line: Line) -> list[frames.ServerFrame]:
        opening = frames.OpenSection(schema=1, epoch=None, outbox=str(uuid.uuid4()), client=1, resume=False)
        await line.send(FENCE, opening)
        found: list[frames.ServerFrame] = []
        while True:
            name, frame = await line.next()
            if name == FENCE:
                return found
            found.append(frame)

    async def send(self, way: str, data: bytes) -> str:
        """Send `data` by one way; what came of it: `acked`, `refused <code>`, `closed <code>`, `nothing`."""
        if way.startswith("yjs"):
            word = await self._send_yjs(way, data)
        else:
            try:
                word = await self._send_live(await self._connected(), way, data)
            except (Gone, ConnectionError) as gone:
                await self.leave()
                word = f"closed {gone.code if isinstance(gone, Gone) else None}"
        self.answers[f"{way}: {word}"] = self.answers.get(f"{way}: {word}", 0) + 1
        return word

    async def _send_live(self, line: Line, way: str, data: bytes) -> str:
        self._seq += 1
        match way:
            case "push":
                await line.send(self.section, frames.Push(self._seq, data, 0))
            case "late":
                await line.send(self.section, self.late(data))
            case "sync":
                await line.send(self.section, frames.SyncStep1(data))
            case "presence":
                await line.send(protocol.page_name(self.ground.page), frames.Presence(data))
            case "raw":
                await line.send_raw(data)
            case _:
                raise AssertionError(way)
        word = "nothing"
        acked = False
        while not acked and way in ("push", "late"):
            _, frame = await line.next()
            if isinstance(frame, frames.Ack) and frame.seq >= self._seq:
                word, acked = "acked", True
            elif isinstance(frame, frames.Refuse) and frame.seq == self._seq:
                word, acked = f"refused {frame.code}", True
        if word == "nothing":
            await self._dealt_with(line)
        return word

    def late(self, data: bytes) -> frames.Late:
        """`data` handed in as text that came too late."""
        return frames.Late(
            seq=self._seq,
            update=data,
            id=str(uuid.uuid4()),
            code="frozen",
            epoch=None,
            base=data[:200],
            before="",
            after=data[:200].decode("latin-1"),
        )

    async def _send_yjs(self, way: str, data: bytes) -> str:
        ground = self.ground
        url = f"{ground.server.url}/yjs/{ground.section}?token={ground.tokens[self.who]}"
        async with ground.http.ws_connect(url, max_msg_size=0) as socket:
            messages: dict[str, yjs_protocol.Message] = {
                "yjs-update": yjs_protocol.Update(data),
                "yjs-answer": yjs_protocol.SyncStep2(data),
                "yjs-vector": yjs_protocol.SyncStep1(data),
                "yjs-awareness": yjs_protocol.Awareness(data),
            }
            message = messages.get(way)
            await socket.send_bytes(data if message is None else yjs_protocol.encode(message))
            # answered by whoever is still there
            await socket.send_bytes(yjs_protocol.encode(yjs_protocol.SyncStep1(b"\x00")))
            while True:
                heard = await socket.receive(timeout=WITHIN_S)
                if heard.type is not WSMsgType.BINARY:
                    code = socket.close_code or 0
                    self.closes[code] = self.closes.get(code, 0) + 1
                    return f"closed {code}"
                parts = yjs_protocol.decode(heard.data)
                if any(isinstance(part, yjs_protocol.SyncStep2) for part in parts):
                    return "nothing"

    async def leave(self) -> None:
        """Give up the socket."""
        self._line = None
        await self._stack.aclose()


# ------------------------------------------------------------------ the others


@dataclass
class Bystanders:
    """Somebody who types in another room and somebody who reads along; they notice nothing, or fail."""

    ground: Ground
    typed: int = 0
    slowest_s: float = 0.0

    async def draft_on(self, until: asyncio.Event) -> None:
        """Type, and see each keystroke arrive on the other screen, until told."""
        ground, loop = self.ground, asyncio.get_running_loop()
        section = ground.server.section("b", ELSEWHERE)
        async with (
            held(ground, "bystander", section),
            a_line(ground.http, ground.server.url, ground.tokens["bystander"]) as ben_line,
            a_line(ground.http, ground.server.url, ground.tokens["reader"]) as sue_line,
        ):
            ben, sue = Drafter(section, FIELD), Drafter(section, FIELD)
            await ben.open(ben_line)
            await sue.open(sue_line)
            metas = len(ben.metas), len(sue.metas)
            while not until.is_set():
                began = loop.time()
                ben.edit(add_block(f"keystroke {self.typed}"))
                await ben.push_rows(ben_line)
                await settled(sue_line, sue, rev=ben.rev)
                self.typed += 1
                self.slowest_s = max(self.slowest_s, loop.time() - began)
                await asyncio.sleep(0.05)
            assert ben.text() == sue.text()
            assert not ben.refused
            # the digest of every ten seconds comes in a Meta; nothing else has happened here
            assert len(ben.metas) - metas[0] <= 2 + self.typed
            assert {meta.mode for meta in ben.metas} == {frames.Mode.WRITE}
            assert {meta.epoch for meta in ben.metas} == {ben.epoch}


@asynccontextmanager
async def others_notice_nothing(ground: Ground) -> AsyncIterator[None]:
    """Around an attack: somebody drafts in another room as ever, and memory stays bounded."""
    done = asyncio.Event()
    bystanders = Bystanders(ground)
    before = ground.resident_mib()
    async with asyncio.TaskGroup() as group:
        group.create_task(bystanders.draft_on(done))
        yield
        # at least one keystroke after the last blow
        typed = bystanders.typed
        async with asyncio.timeout(WITHIN_S):
            while bystanders.typed <= typed:  # noqa: ASYNC110 -- a count, not a condition of ours
                await asyncio.sleep(0.02)
        done.set()
    assert bystanders.slowest_s < NOTICED_S
    assert ground.is_up()
    assert ground.resident_mib() - before < GROWTH_MIB


PRESENCE_TRAVELS_WITHIN_S: Final = 0.05
"""How long the server may keep presence for a commit to travel with; it is the subject, not a hope."""


async def presence_has_travelled() -> None:
    """Let the server's pause for presence pass: that nothing comes can only be told after it."""
    await asyncio.sleep(PRESENCE_TRAVELS_WITHIN_S)
