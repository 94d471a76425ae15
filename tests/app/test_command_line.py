"""Accounts from the command line, in processes of their own, also while a server runs on the same data."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import stat
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from revmod_live.accounts import invitations, people, profiles
from revmod_live.accounts.model import Role, Standing
from revmod_live.accounts.papers import Profile
from revmod_live.app.keys import signing_key
from revmod_live.events import AccountChanged, Event, SessionEnded
from revmod_live.ids import StateCode
from revmod_live.mail import store
from revmod_live.mail.model import Letter
from revmod_live.storage.database import WriteTx
from tests.houses import TestHouse, a_house
from tests.peer import Gone, Line
from tests.portal.browsing import a_live_line, start_session

NOTE = ("--reference", "NV 1/2026", "--dated", "2026-05-04")
ANA = ("ana@example.org", "--name", "Ana Example", "--role", "focal_point", "--state", "EAS", *NOTE)
WITHIN_S = 5


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def link(self) -> str:
        found = re.search(r"https?://\S+/invitation/(\S+)", self.out)
        assert found is not None, self
        return found[1]


async def run(data: Path, *words: str) -> Said:
    """`revmod-live` with these words on this data folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "revmod_live", *words, "--data", str(data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "LANG": "en"},
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


async def letters(house: TestHouse) -> list[Letter]:
    return list(await house.services.db.read(partial(store.newest, at_most=100)))


async def gone(line: Line) -> None:
    """Wait until the socket is closed, whatever comes before."""
    with contextlib.suppress(Gone):
        while True:
            await line.next()


class Ear:
    """Waits for one announcement."""

    def __init__(self, house: TestHouse, wanted: Event) -> None:
        self.heard = asyncio.Event()
        house.services.bus.subscribe(lambda event: self.heard.set() if event == wanted else None)


async def test_init_makes_the_first_officer_and_the_signing_key_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = await run(data, "init", "sec@example.org", "--name", "Sec", "--url", "https://review.example")
    assert first.code == 0, first.err
    assert "https://review.example/invitation/" in first.out
    key = data / "keys" / "signing.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = signing_key(data / "keys").private_bytes_raw()
    again = await run(data, "init", "sec@example.org", "--name", "Sec")
    assert (again.code, again.link != first.link) == (0, True)
    assert signing_key(data / "keys").private_bytes_raw() == before
    other = await run(data, "init", "other@example.org", "--name", "Other")
    assert other.code == 1
    assert "There is an account of the secretariat already." in other.err


async def test_invite_and_approve_while_the_server_runs(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        data, db = house.services.settings.data_dir, house.services.db

        # invited: the running server sends the letter
        said = await run(data, "invite", *ANA)
        assert said.code == 0, said.err
        ana = await db.read(lambda tx: people.find_by_email(tx, "ana@example.org"))
        assert ana is not None
        folder = house.services.settings.outbox
        while (await letters(house))[0].sent_at is None:
            pass
        (found,) = folder.glob("*.eml")
        text = found.read_text("utf-8")
        plain = re.search(r"/invitation/(\S+)", text)
        assert plain is not None, text

        # approved: what was submitted
        def submitted(tx: WriteTx) -> None:
            now = house.services.now
            invitations.accept(tx, plain[1], "hash", now)
            said = Profile("Ana Other", "ana@example.org", Role.FOCAL_POINT, StateCode("EAS"))
            profiles.save(tx, ana.id, said, now)
            profiles.submit(tx, ana.id, now)

        await db.write(submitted)
        approved = Ear(house, AccountChanged(ana.id))
        said = await run(data, "approve", "ANA@example.org")
        assert (said.code, "name: Ana Other ≠ Ana Example" in said.out) == (0, True)
        assert (await db.read(lambda tx: people.account(tx, ana.id))).active
        async with asyncio.timeout(WITHIN_S):
            await approved.heard.wait()


async def test_the_outbox_lists_letters_and_shows_one_with_its_link_while_it_waits(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert (await run(data, "invite", *ANA)).code == 0
    listed = await run(data, "outbox")
    assert "ana@example.org" in listed.out
    assert "waits until the server runs" in listed.out
    shown = await run(data, "outbox", listed.out.split()[0])
    assert shown.link


async def test_disabled_at_the_command_line_an_open_socket_closes_within_five_seconds(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        person = house.person("expert", "BOR")
        token = await start_session(house, "expert", "BOR")
        account = await house.services.db.read(lambda tx: people.find_by_email(tx, person.email))
        assert account is not None
        ended = Ear(house, SessionEnded(account.id, None))
        async with a_live_line(house, token) as line:
            said = await run(house.services.settings.data_dir, "disable", person.email, "--reason", "left")
            assert said.code == 0, said.err
            async with asyncio.timeout(WITHIN_S):
                await ended.heard.wait()
                await gone(line)
        after = await house.services.db.read(lambda tx: people.account(tx, account.id))
        assert (after.standing, after.reason) == (Standing.DISABLED, "left")


async def test_whoever_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for words in (("approve", "nobody@example.org"), ("disable", "nobody@example.org", "--reason", "x")):
        said = await run(data, *words)
        assert (said.code, said.err) == (1, "There is no account with that e-mail address.\n")


async def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path) -> None:
    data = tmp_path / "data"
    dated = await run(data, "invite", *ANA[:-1], "tomorrow")
    assert (dated.code, "dated" in dated.err) == (1, True)
    state = await run(data, "invite", *(("Eastland" if word == "EAS" else word) for word in ANA))
    assert (state.code, "state" in state.err) == (1, True)
    assert state.out == ""
