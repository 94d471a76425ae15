"""Replicas that edit at random: pycrdt here, real Yjs in a Node process, both behind the same calls."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = ["a", "mot ", "été", "😀", "نص ", "条约", "é", "𠀋", "a longer piece of text ", "\t"]
ATTRIBUTES = {"kind": ["h2", "ul1", "ol2", "quote"], "dir": ["rtl", "ltr"], "align": ["center", "end"]}
MARKS: list[dict[str, Any]] = [
    {"strong": {}},
    {"em": None},
    {"underline": {}},
    {"link": {"href": "https://example.org/é"}},
]


class Replica(Protocol):
    """What a `Drafter` asks of a document, and a random edit."""

    @property
    def client_id(self) -> int: ...

    def get(self, name: str, *, type: type) -> Any: ...  # noqa: A002, ANN401 -- as pycrdt has it

    def get_state(self) -> bytes: ...

    def get_update(self, since: bytes | None = None) -> bytes: ...

    def apply_update(self, update: bytes) -> None: ...

    def transaction(self) -> Any: ...  # noqa: ANN401 -- as pycrdt has it

    def act(self, seed: int) -> None: ...


class PyReplica(Doc[Any]):
    """A pycrdt document."""

    own: tuple[bytes, ...] = ()

    def act(self, seed: int) -> None:
        chance, root = random.Random(seed), self.get("text", type=XmlFragment)
        blocks: list[Any] = list(root.children)
        what = chance.randrange(10) if blocks else 0
        if what == 0:
            block = XmlElement("para")
            root.children.insert(chance.randrange(len(blocks) + 1), block)
            run = XmlText()
            block.children.append(run)
            run.insert(0, chance.choice(PIECES))
            return
        if what == 1 and len(blocks) > 1:
            del root.children[chance.randrange(len(blocks))]
            return
        block = chance.choice(blocks)
        if what == 2:
            name = chance.choice(list(ATTRIBUTES))
            block.attributes[name] = chance.choice(ATTRIBUTES[name])
            return
        runs: list[Any] = list(block.children)
        if not runs:
            return
        run = runs[0]
        places = _places("".join(str(piece) for piece, _ in run.diff()))
        start, stop = sorted((chance.choice(places), chance.choice(places)))
        if what == 3 and stop > start:
            del run[start:stop]
        elif what == 4 and stop > start:
            run.format(start, stop, chance.choice(MARKS))
        else:
            run.insert(start, chance.choice(PIECES))


def _places(text: str) -> list[int]:
    """Where one may cut, in bytes of UTF-8."""
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return places


class Node:
    """A Node process with real Yjs in it."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).parent / "node_peer.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, **asked: object) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    def replica(self, client: int) -> NodeReplica:
        return NodeReplica(self, next(self._ids), client)

    def close(self) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.close()
        stdout.close()
        self._process.wait(timeout=10)


class NodeReplica:
    """A document of real Yjs. `own`: what it tidied up by itself when it heard of others; to be pushed."""

    def __init__(self, node: Node, number: int, client: int) -> None:
        self.node, self.number, self.client_id = node, number, client
        self.own: list[bytes] = []
        node.ask(do="new", id=number, client=client)

    def get(self, name: str, *, type: type) -> None:  # noqa: A002 -- as pycrdt has it
        del name, type

    def get_state(self) -> bytes:
        return base64.b64decode(self.node.ask(do="state", id=self.number)["data"])

    def get_update(self, since: bytes | None = None) -> bytes:
        coded = None if since is None else base64.b64encode(since).decode()
        return base64.b64decode(self.node.ask(do="update", id=self.number, since=coded)["data"])

    def apply_update(self, update: bytes) -> None:
        answer = self.node.ask(do="apply", id=self.number, update=base64.b64encode(update).decode())
        self.own += [base64.b64decode(own) for own in answer["own"]]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def act(self, seed: int) -> None:
        self.node.ask(do="act", id=self.number, seed=seed)
        assert not self.node.ask(do="pending", id=self.number)["is"]
