"""The program as an operator runs it: a process of its own, killed and started again at will."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

READY_WITHIN_S = 60


@dataclass
class Server:
    """A running `revmod-live demo`, and what it printed when it was ready."""

    process: asyncio.subprocess.Process
    ready: dict[str, Any]
    data: Path
    reviews: int = 0

    @property
    def url(self) -> str:
        """Where it serves."""
        return str(self.ready["url"])

    def account(self, role: str, state: str | None) -> dict[str, str]:
        """The account of the first person with this role and State."""
        return next(a for a in self.ready["accounts"] if a["role"] == role and a["state"] == state)

    def review(self, step: str) -> dict[str, Any]:
        """The first review that stands in `step`."""
        return next(r for r in self.ready["reviews"] if r["step"] == step)

    def section(self, step: str, key: str) -> str:
        """The id of a section by its key, in the first review that stands in `step`."""
        return str(next(s["id"] for s in self.review(step)["steps"][step] if s["key"] == key))

    def kill(self) -> None:
        """SIGKILL: no goodbye, no flush."""
        self.process.send_signal(signal.SIGKILL)

    async def kill_and_start(self) -> None:
        """SIGKILL, then the same program on the same folder and the same port."""
        self.kill()
        await self.start_again()

    async def start_again(self) -> None:
        """After `kill`: the same program on the same folder and the same port."""
        port = URL(self.url).port
        assert port is not None
        await self.process.wait()
        self.process, self.ready = await _start(self.data, reviews=self.reviews, port=port)

    async def token(self, email: str) -> str:
        """A personal access token, made while the server runs."""
        made = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "revmod_live", "token", email, "--data", str(self.data),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await made.communicate()
        assert made.returncode == 0, out
        return out.decode().strip()


@asynccontextmanager
async def a_server(data: Path, *, reviews: int = 0, port: int = 0) -> AsyncIterator[Server]:
    """Start the demonstration on `data`, yield it when it is ready, end it afterwards.

    A fault that it logged meanwhile fails the test, also when nobody noticed it.
    """
    server = Server(*await _start(data, reviews=reviews, port=port), data, reviews)
    try:
        yield server
    finally:
        await _end(server.process)
    faults = _said(data).read_text()
    assert "Traceback" not in faults, faults


def _said(data: Path) -> Path:
    """What the program said on its standard error."""
    return data.with_name(f"{data.name}.stderr")


async def _start(data: Path, *, reviews: int, port: int) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
    with _said(data).open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "revmod_live", "demo", "--json",
            "--port", str(port), "--data", str(data), "--reviews", str(reviews),
            stdout=asyncio.subprocess.PIPE, stderr=stderr,
            env={**os.environ, "PYTHONUNBUFFERED": "1"}, limit=2**24,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(READY_WITHIN_S):
            line = await process.stdout.readline()
        assert line, f"the server ended before it was ready: {_said(data).read_text()}"
        return process, json.loads(line)
    except BaseException:
        await _end(process)
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()
