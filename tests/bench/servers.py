"""The three servers as processes on one core, the load on the other; what they use, from /proc.

Owns starting, killing and asking the kernel. Knows no wire.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.wires import Client, Document, Hocuspocus, Ours, Yjs

PEERS: Final = Path(__file__).parent / "peers"
ROOT: Final = Path(__file__).parents[2]
READY_WITHIN_S: Final = 60
CORES: Final = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


@dataclass(frozen=True, slots=True)
class Kind:
    """A server that is measured: its name in the table, its command, its wire, whether it says "saved"."""

    name: str
    command: tuple[str, ...]
    client: type[Ours | Yjs | Hocuspocus]
    acknowledges: bool


OURS = Kind(
    "revmod-live",
    (sys.executable, "-m", "revmod_live", "serve", "--port", "0", "--data"),
    Ours,
    acknowledges=True,
)
PYCRDT = Kind(
    "pycrdt-websocket", (sys.executable, "-m", "tests.bench.peers.pycrdt_server"), Yjs, acknowledges=False
)
HOCUSPOCUS = Kind("Hocuspocus", ("node", str(PEERS / "hocuspocus.mjs")), Hocuspocus, acknowledges=True)
KINDS: Final = (OURS, HOCUSPOCUS, PYCRDT)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that serves."""

    kind: Kind
    process: subprocess.Popen[str]
    port: int

    def cpu_s(self) -> float:
        """CPU seconds of all its threads until now, those that ended included."""
        # the kernel's own clock of that process: finer than the ticks of /proc/<pid>/stat
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory_bytes(self) -> int:
        """Resident memory."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) * 1024

    def kill(self) -> None:
        """SIGKILL: no goodbye, no flush."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def client(self, document: Document, client: int, person: int) -> Client:
        """A client that speaks this server's wire."""
        return self.kind.client(document, client, person)


@contextmanager
def running(kind: Kind, folder: Path) -> Iterator[Running]:
    """Start a server on what is in `folder`; ended with SIGTERM, which lets it store what it holds."""
    os.sched_setaffinity(0, {SERVER_CORE})  # children inherit it
    try:
        process = subprocess.Popen(
            [*kind.command, str(folder)],
            stdout=subprocess.PIPE,
            stderr=(folder / "stderr.txt").open("a"),
            text=True,
            cwd=ROOT,
            env={**os.environ, "NODE_ENV": "production", "LC_ALL": "C.UTF-8"},
        )
    finally:
        os.sched_setaffinity(0, {LOAD_CORE})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[^\s:]+:(\d+)", line)
        if found is None:
            raise RuntimeError(f"{kind.name} does not start: {line} {(folder / 'stderr.txt').read_text()}")
        yield Running(kind, process, int(found[1]))
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class Ground:
    """Where data folders come from: ours is seeded once and copied, the peers begin with nothing."""

    folder: Path
    sections: tuple[Document, ...]

    def fresh(self, kind: Kind) -> Path:
        """A data folder of its own for one run."""
        made = self.folder / f"run-{time.monotonic_ns()}"
        if kind is OURS:
            shutil.copytree(self.folder / "seed", made)
        else:
            made.mkdir()
        return made


def prepare(folder: Path, *, sections: int) -> Ground:
    """Seed our data folder, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.seed", str(folder / "seed"), str(sections)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    said = json.loads(done.stdout)
    tokens = tuple(said["tokens"])
    documents = []
    for n, section in enumerate(said["sections"]):
        own = tokens if n == 0 else (tokens[2 * n % len(tokens)], tokens[(2 * n + 1) % len(tokens)])
        documents.append(Document(section["id"], section["field"], section["page"], own))
    return Ground(folder, tuple(documents))


def ensure_peers() -> None:
    """Install what the Node peer needs, once."""
    if not (PEERS / "node_modules" / "@hocuspocus" / "server").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS, check=True)


def versions() -> str:
    """What was measured."""
    from importlib.metadata import version  # noqa: PLC0415 -- only here

    node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    peer = json.loads((PEERS / "package.json").read_text())["dependencies"]["@hocuspocus/server"]
    return (
        f"Hocuspocus {peer} with its SQLite extension, "
        f"pycrdt-websocket {version('pycrdt-websocket')} with its SQLite store; "
        f"Python {sys.version.split()[0]}, Node {node.removeprefix('v')}, pycrdt {version('pycrdt')}"
    )
