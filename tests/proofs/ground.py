"""Data folders to prove things on: the demonstration and a token for everybody, made once, then copied."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from revmod_live.accounts.people import find_by_email
from revmod_live.accounts.tokens import make_token
from revmod_live.app import demo
from revmod_live.app.building import parts
from revmod_live.settings import Settings
from tests.server_process import Server, a_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from revmod_live.storage.database import WriteTx

Tokens = dict[tuple[str, str | None], str]
"""Role and State → a personal access token."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A running server on a folder of its own, and everybody's token."""

    server: Server
    tokens: Tokens


_made: Final[dict[int, tuple[Path, Tokens]]] = {}


async def _template(reviews: int) -> tuple[Path, Tokens]:
    if reviews not in _made:
        folder = Path(tempfile.mkdtemp(prefix="revmod-proofs-"))
        async with parts(Settings(data_dir=folder)) as services:
            made = await demo.ensure(services, more=reviews)

            def make(tx: WriteTx) -> Tokens:
                tokens: Tokens = {}
                for person in made.accounts:
                    account = find_by_email(tx, person.email)
                    assert account is not None
                    now = services.now
                    token = make_token(tx, account, now, "proofs", now + timedelta(days=2))
                    tokens[person.role, person.state] = token
                return tokens

            tokens = await services.db.write(make)
        _made[reviews] = (folder, tokens)
    return _made[reviews]


async def folder(place: Path, *, reviews: int = 0) -> tuple[Path, Tokens]:
    """A fresh data folder in `place`."""
    template, tokens = await _template(reviews)
    data = place / "data"
    shutil.copytree(template, data)
    return data, tokens


@asynccontextmanager
async def ground(place: Path, *, reviews: int = 0) -> AsyncIterator[Ground]:
    """A server as a process, on a fresh folder."""
    data, tokens = await folder(place, reviews=reviews)
    async with a_server(data, reviews=reviews) as server:
        yield Ground(server, tokens)
