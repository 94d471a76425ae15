"""Keystroke to ack, and deliveries per CPU second of the server: `python -m tests.bench.keystrokes 10 50`.

The server runs in a process of its own, on the stage of the rehearsals; typists are sockets of this
process. Prints a line a number of typists; a measurement, never a pass or fail.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from aiohttp import ClientSession, WSMsgType, web
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from revmod_live.accounts.model import Actor, Role
from revmod_live.accounts.store import add_account, Account
from revmod_live.clock import SystemClock
from revmod_live.events import Bus
from revmod_live.ids import AccountId, StateCode
from revmod_live.portal.live_socket import LiveSocket
from revmod_live.storage.database import opened as database
from revmod_live.sync import frames, lib0, protocol, rooms
from revmod_live.workflow import commands
from tests.databases import url_of
from tests.rehearsal import GAPS, _section, stage
from tests.workflow.world import START, content

KEYS_PER_S = 5.0


def person(number: int) -> Actor:
    return Actor(AccountId(f"typist-{number}"), f"Typist {number}", StateCode("BOR"), Role.EXPERT, active=True)


async def serve(folder: Path, port: int, typists: int) -> None:
    path = folder / "revmod.sqlite3"
    bus = Bus()
    async with database(url_of(path), bus) as db:
        section = await db.read(lambda tx: _section(tx, GAPS))

        def prepare(tx):
            for n in range(typists):
                who = person(n)
                add_account(tx, Account(who.account, f"{n}@x.example", who.name, who.role, who.state, active=True, language="en", created_at=START), password=None)
                commands.take_section(tx, who, section.id, alone=False, join=True, at=SystemClock().now())

        await db.write(prepare)
        async with rooms.opened(db=db, bus=bus, clock=SystemClock(), fields=content().fields) as live:

            async def handler(request: web.Request) -> web.WebSocketResponse:
                socket = web.WebSocketResponse(protocols=("revmod.1",), compress=False, max_msg_size=4 << 20, autoping=True)
                await socket.prepare(request)
                await live.serve(LiveSocket(socket, request), person(int(request.query["n"])), session=None)
                return socket

            async def cpu(_: web.Request) -> web.Response:
                use = resource.getrusage(resource.RUSAGE_SELF)
                return web.json_response({"cpu": use.ru_utime + use.ru_stime, "rss": use.ru_maxrss, "main": time.thread_time(), "sys": use.ru_stime, "section": section.id, "page": section.page})

            app = web.Application()
            app.router.add_get("/live", handler)
            app.router.add_get("/cpu", cpu)
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            print("ready", flush=True)
            try:
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()


async def typist(n, http, url, section, page, seconds, results, ready, go):
    doc = Doc()
    root = doc.get("text", type=XmlFragment)
    name, pname = f"s:{section}", f"p:{page}"
    async with http.ws_connect(f"{url}/live?n={n}", protocols=("revmod.1",), max_msg_size=0) as ws:
        await ws.send_bytes(
            protocol.encode(pname, frames.OpenPage())
            + protocol.encode(name, frames.OpenSection(1, None, f"0b0e7a5e-2f2c-4d2a-9a53-{n:012x}", doc.client_id))
            + protocol.encode(name, frames.SyncStep1(doc.get_state()))
        )
        sent: dict[int, float] = {}
        acks, delivered, rev, t_seen = [], 0, 0, []
        synced = asyncio.Event()
        stop = False

        async def read():
            nonlocal delivered, rev
            async for message in ws:
                if message.type is not WSMsgType.BINARY:
                    break
                now = time.perf_counter()
                for of, frame in protocol.decode_server(message.data):
                    if isinstance(frame, frames.Ack):
                        for seq in [s for s in sent if s <= frame.seq]:
                            acks.append(now - sent.pop(seq))
                    elif isinstance(frame, frames.Updates):
                        delivered += len(frame.updates)
                    elif isinstance(frame, frames.SyncStep2):
                        synced.set()
                    elif isinstance(frame, frames.Refuse):
                        print("refused", frame)

        async with asyncio.TaskGroup() as group:
            reader = group.create_task(read())
            await synced.wait()
            # own block
            before = doc.get_state()
            block = XmlElement("para")
            root.children.append(block)
            run = XmlText()
            block.children.append(run)
            run.insert(0, "x")
            seq = 1
            sent[seq] = time.perf_counter()
            await ws.send_bytes(protocol.encode(name, frames.Push(seq, doc.get_update(before), 0)))
            ready.append(n)
            await go.wait()
            acks.clear()
            delivered = 0
            rng = random.Random(n)
            await asyncio.sleep(rng.random() / KEYS_PER_S)
            end = time.perf_counter() + seconds
            cursor = f'{{"cursors":{{"{section}":{{"anchor":{{"item":{{"client":1,"clock":1}}}},"head":{{"item":{{"client":1,"clock":1}}}}}}}},"seen":{{}}}}'
            while time.perf_counter() < end:
                start = time.perf_counter()
                before = doc.get_state()
                run.insert(len(run), rng.choice("abcdefgh "))
                update = doc.get_update(before)
                seq += 1
                message = protocol.encode(name, frames.Push(seq, update, 0))
                presence = lib0.uint(1) + lib0.uint(doc.client_id) + lib0.uint(seq) + lib0.string(cursor)
                message += protocol.encode(pname, frames.Presence(presence))
                sent[seq] = time.perf_counter()
                await ws.send_bytes(message)
                await asyncio.sleep(max(0, 1 / KEYS_PER_S - (time.perf_counter() - start)))
            await asyncio.sleep(0.5)
            results.append((acks, delivered))
            reader.cancel()


async def measure(typists: int, seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="revmod-bench-"))
    shutil.copyfile(stage("c"), folder / "revmod.sqlite3")
    port = 20000 + random.randrange(20000)
    server = await asyncio.create_subprocess_exec(
        *(["taskset", "-c", "0"] if os.environ.get("PIN") else []), sys.executable, "-m", "tests.bench.keystrokes", "--serve", str(folder), str(port), str(typists),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        await server.stdout.readline()
        url = f"http://127.0.0.1:{port}"
        async with ClientSession() as http:
            info = await (await http.get(f"{url}/cpu")).json()
            results, ready, go = [], [], asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for n in range(typists):
                    group.create_task(typist(n, http, url, info["section"], info["page"], seconds, results, ready, go))
                while len(ready) < typists:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(1)
                cpu0 = (await (await http.get(f"{url}/cpu")).json())["cpu"]
                go.set()
            after = await (await http.get(f"{url}/cpu")).json()
            cpu = after["cpu"] - cpu0
        acks = sorted(a for r in results for a in r[0])
        delivered = sum(r[1] for r in results)
        print(f"main thread {after['main']:.2f} sys {after['sys']:.2f}")
        print(f"{typists} typists: {len(acks)} acks, p50 {statistics.median(acks)*1e3:.1f} ms, p99 {acks[int(len(acks)*.99)-1]*1e3:.1f} ms; {delivered} deliveries, cpu {cpu:.2f} s, {delivered/cpu:,.0f} deliveries per CPU s; {cpu/max(1,len(acks))*1e6:.0f} us a key; rss {after['rss']//1024} MB", flush=True)
    finally:
        server.terminate()
        await server.wait()
        shutil.rmtree(folder)


def main() -> None:
    if sys.argv[1] == "--serve":
        import signal
        async def run():
            loop = asyncio.get_running_loop()
            task = asyncio.current_task()
            loop.add_signal_handler(signal.SIGTERM, task.cancel)
            try:
                await serve(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
            except asyncio.CancelledError:
                pass
        if os.environ.get("PROF"):
            import cProfile
            prof = cProfile.Profile(time.thread_time)
            prof.runcall(uvloop.run, run())
            prof.dump_stats("/tmp/revmod-prof.out")
        else:
            uvloop.run(run())
        return
    for count in sys.argv[1:]:
        uvloop.run(measure(int(count), 8))


if __name__ == "__main__":
    main()
