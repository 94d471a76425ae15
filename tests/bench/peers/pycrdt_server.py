"""pycrdt-websocket with its SQLite store, on aiohttp and uvloop like ours, so that transports are alike.

`python -m tests.bench.peers.pycrdt_server FOLDER` prints its address when it serves. What its room
does with a message is its own; here is only what its documentation leaves to whoever runs it: a store
for each room, loaded before anybody is served, and rooms that stay open.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import WSMsgType, web
from pycrdt.store import SQLiteYStore, YDocNotFound
from pycrdt.websocket import WebsocketServer, YRoom


class Socket:
    """An aiohttp socket as the channel that a room serves."""

    def __init__(self, socket: web.WebSocketResponse, path: str) -> None:
        self._socket = socket
        self.path = path

    def __aiter__(self) -> Socket:
        return self

    async def __anext__(self) -> bytes:
        message = await self._socket.receive()
        if message.type is not WSMsgType.BINARY:
            raise StopAsyncIteration
        return bytes(message.data)

    async def send(self, message: bytes) -> None:
        if not self._socket.closed:
            await self._socket.send_bytes(message)

    async def recv(self) -> bytes:
        return await self.__anext__()


class Server(WebsocketServer):
    """Rooms with a store each, in one file."""

    def __init__(self, database: Path) -> None:
        super().__init__(auto_clean_rooms=False)
        self._store = type("Store", (SQLiteYStore,), {"db_path": str(database)})
        self._opening = asyncio.Lock()

    async def get_room(self, name: str) -> YRoom:
        async with self._opening:
            room = self.rooms.get(name)
            if room is None:
                store: Any = self._store(name)
                room = YRoom(ready=False, ystore=store)
                await self.start_room(room)
                await store.started.wait()
                with contextlib.suppress(YDocNotFound):  # a new document has nothing to read
                    await store.apply_updates(room.ydoc)
                room.ready = True
                await room.ydoc_observed.wait()
                self.rooms[name] = room
        return room


async def main(folder: Path) -> None:
    async with Server(folder / "documents.sqlite") as server:

        async def serve(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse(max_msg_size=0, compress=False)
            await socket.prepare(request)
            await server.serve(Socket(socket, request.path))
            return socket

        application = web.Application()
        application.router.add_get("/{name}", serve)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))
