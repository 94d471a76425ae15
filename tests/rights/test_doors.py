"""Every door, knocked at by everybody: who comes in is what the table written by hand says of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import uvloop
from aiohttp import ClientSession
from sqlalchemy import create_engine

from revmod_live.accounts import people, sessions, standings
from revmod_live.accounts.model import Role, Standing
from revmod_live.accounts.store import set_standing
from revmod_live.app.building import running
from revmod_live.ids import StateCode
from revmod_live.portal.routes import ROUTES
from revmod_live.portal.visitors import form_token
from revmod_live.settings import Settings
from revmod_live.storage.database import WriteTx
from revmod_live.workflow import chats
from tests.databases import template
from tests.rights import doors

if TYPE_CHECKING:
    from pathlib import Path

    from revmod_live.accounts.model import Account


# who knocks, and what kind of person that is
CALLERS = {
    "stranger": ("nobody", None),
    "disabled": ("nobody", (Role.FOCAL_POINT, Standing.DISABLED)),
    "new": ("own", (Role.EXPERT, Standing.NEW)),
    "submitted": ("own", (Role.FOCAL_POINT, Standing.SUBMITTED)),
    "refused": ("own", (Role.OBSERVER, Standing.REFUSED)),
    "suspended": ("own", (Role.FOCAL_POINT, Standing.SUSPENDED)),
    "suspended-officer": ("own", (Role.SECRETARIAT, Standing.SUSPENDED)),
    "fp": ("approved", (Role.FOCAL_POINT, Standing.APPROVED)),
    "ge": ("approved", (Role.EXPERT, Standing.APPROVED)),
    "obs": ("approved", (Role.OBSERVER, Standing.APPROVED)),
    "rep": ("approved", (Role.REPRESENTATIVE, Standing.APPROVED)),
    "officer": ("officer", (Role.SECRETARIAT, Standing.APPROVED)),
}
SECRET = "Zqmsaid-to-the-secretariat-alone"
REFUSED = (401, 403, 404)
KEPT_OUT = ("sign-in", "token", "suspended", "role", "origin", "form-expired", "401", "403")
"""What the gate and the rules say to whoever has no business there."""


@dataclass
class Caller:
    """Somebody who knocks, and what came back: status and where to, by door."""

    kind: str
    account: Account | None
    headers: dict[str, str]
    came: dict[doors.Door, tuple[int, str]] = field(default_factory=dict)
    heard: dict[doors.Door, bytes] = field(default_factory=dict)

    def is_in(self, door: doors.Door) -> bool:
        """Whether they came in: that a password is wrong or nothing is there, is said inside."""
        _, to = self.came[door]
        # signing in and out end at the same place for everybody
        is_about_signing = door.path.startswith("/sign-")
        return is_about_signing or (to.split("?")[0] != "/sign-in" and self.code(door) not in KEPT_OUT)

    def code(self, door: doors.Door) -> str:
        """The word for what was answered to a form, unless it is shown again; of a page its status."""
        status, _ = self.came[door]
        if status >= 400 and self.heard[door][:1] == b"{":
            return str(json.loads(self.heard[door])["error"]["code"])
        return str(status) if door.method == "GET" else ""


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Caller]:
    folder = tmp_path_factory.mktemp("doors")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_knock(folder))


async def _knock(folder: Path) -> dict[str, Caller]:
    shutil.copyfile(template(), folder / "revmod.sqlite3")
    engine = create_engine(f"sqlite:///{folder / 'revmod.sqlite3'}")
    with engine.begin() as connection:
        found, somebody = _people(WriteTx(connection))
    engine.dispose()
    async with running(Settings(data_dir=folder, port=0)) as house, ClientSession() as http:
        for name, caller in found.items():
            for door in doors.ROWS:
                async with http.request(
                    door.method,
                    house.url + door.address(somebody.id),
                    headers=caller.headers | {"Origin": house.url} | _accepts(door),
                    data=doors.FORM | {"id": f"message-of-{name}"} if door.method == "POST" else None,
                    allow_redirects=False,
                ) as answer:
                    caller.came[door] = answer.status, answer.headers.get("Location", "")
                    caller.heard[door] = await answer.read()
    return found


def _people(tx: WriteTx) -> tuple[dict[str, Caller], Account]:
    """Everybody who knocks; and somebody else, who has said something to the secretariat."""
    at = datetime.now(UTC)
    ava = StateCode("AVA")
    somebody = people.create_account(
        tx, email="somebody@example.org", name="Somebody", role=Role.FOCAL_POINT, state=ava, at=at
    )
    wanted = chats.chat_of(somebody.id)
    chats.say(tx, somebody.actor, wanted, message_id="0123456789", text=SECRET, at=at)
    found = {}
    for name, (kind, who) in CALLERS.items():
        if who is None:
            found[name] = Caller(kind, None, _form())
            continue
        role, standing = who
        account = people.create_account(
            tx,
            email=f"{name}@example.org",
            name=name.title(),
            role=role,
            state=None if role is Role.SECRETARIAT else ava,
            at=at,
        )
        session, csrf = sessions.start_session(tx, account, at)
        if standing is Standing.DISABLED:
            standings.disable(tx, account.id, "left", at, by=None)
        elif standing is not Standing.APPROVED:
            set_standing(tx, account.id, standing, at)
        headers = {"Cookie": f"revmod-session={session}", "X-CSRF-Token": csrf}
        if kind == "nobody":
            headers = _form(f"; revmod-session={session}")
        found[name] = Caller(kind, account, headers)
    return found, somebody


def _accepts(door: doors.Door) -> dict[str, str]:
    """Pages are asked for as a browser does; forms as a page's script, which is told a code."""
    return {"Accept": "application/json" if door.method == "POST" else "text/html"}


def _form(more: str = "") -> dict[str, str]:
    """The form cookie of whoever is not signed in, and what their forms carry."""
    secret = "x" * 32
    return {"Cookie": f"revmod-form={secret}{more}", "X-CSRF-Token": form_token(secret)}


def test_every_route_is_in_a_row() -> None:
    # a route that is missing here needs a row in `doors.DOORS`; a row without a route is to go
    assert {(door.method, door.path) for door in doors.ROWS} == {(r.method, r.path) for r in ROUTES}


@pytest.mark.parametrize("name", CALLERS)
def test_each_door_opens_to_whom_the_table_says(callers: dict[str, Caller], name: str) -> None:
    caller = callers[name]
    wrong = [
        f"{door.method} {door.path}: {caller.came[door]}"
        for door in doors.ROWS
        if caller.is_in(door) != (caller.kind in door.opens)
        # what is only refused as not there tells as little
        and not (caller.kind not in door.opens and caller.came[door][0] in REFUSED)
    ]
    assert not wrong


@pytest.mark.parametrize("name", CALLERS)
def test_no_door_is_a_fault(callers: dict[str, Caller], name: str) -> None:
    caller = callers[name]
    assert not [door.path for door in doors.ROWS if caller.came[door][0] >= 500]


def test_what_is_said_to_the_secretariat_reaches_nobody_else(callers: dict[str, Caller]) -> None:
    heard = {
        name
        for name, caller in callers.items()
        if any(SECRET.encode() in body for body in caller.heard.values())
    }
    assert heard == {"officer"}
