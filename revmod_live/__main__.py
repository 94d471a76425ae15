"""The command line: serve, the demonstration, access tokens, digests.

Parses words, opens what it needs, calls one thing, prints. Refusals go to standard error and end
with 1, words that cannot be read with 2.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
import uvloop

from revmod_live.accounts.people import find_by_email
from revmod_live.accounts.tokens import make_token
from revmod_live.app import demo
from revmod_live.app.building import House, parts, running
from revmod_live.app.stopping import until_told_to_stop
from revmod_live.docs import canonical
from revmod_live.errors import Malformed, NotFound, RevmodError, Unavailable
from revmod_live.portal import languages
from revmod_live.settings import Settings, from_environment
from revmod_live.storage.database import WriteTx
from revmod_live.sync import ydoc

DATA: Final = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database and files (default: var, or REVMOD_DATA_DIR).",
)
PORT: Final = click.option("--port", type=click.IntRange(0, 65_535), help="0 lets the system choose.")


def _(message: str, **values: object) -> str:
    """A sentence in the language of the terminal."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return _languages()[languages.choose(cookie=None, accepted=wanted[:2])].text(message, **values)


@cache
def _languages() -> Mapping[str, languages.Language]:
    return languages.load()


@click.group()
def main() -> None:
    """Draft, vote and seal the texts of a country review together."""


@main.command()
@DATA
@PORT
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
def serve(data: Path | None, port: int | None, host: str | None) -> None:
    """Serve the platform on the database in DATA."""

    async def run() -> None:
        async with running(_settings(data, port=port, host=host)) as house:
            click.echo(_("Serving at %(url)s. Stop with Ctrl+C.", url=house.url))
            await until_told_to_stop()

    _run(run())


@main.command("demo")
@DATA
@PORT
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready.")
@click.option("--reviews", type=click.IntRange(0, 1000), default=0, help="More reviews like the first.")
def demo_command(data: Path | None, port: int | None, *, as_json: bool, reviews: int) -> None:
    """Seed an invented mission with four invented States, and serve it."""

    async def run() -> None:
        async with _demonstration(_settings(data, port=port), more=reviews) as (house, made):
            if as_json:
                print(json.dumps({"url": house.url, **made.as_json()}, ensure_ascii=False), flush=True)
            else:
                click.echo(_told(house, made))
            await until_told_to_stop()

    _run(run())


@main.command()
@click.argument("email")
@DATA
@click.option("--days", type=click.IntRange(1, 366), default=30, help="Days until it expires.")
def token(email: str, data: Path | None, days: int) -> None:
    """Print a new personal access token of EMAIL, also while the server runs."""

    async def run() -> None:
        async with parts(_settings(data)) as services:
            now = services.now

            def make(tx: WriteTx) -> str:
                account = find_by_email(tx, email)
                if account is None:
                    raise NotFound("account")
                return make_token(tx, account, now, "command line", now + timedelta(days=days))

            print(await services.db.write(make))

    _run(run())


@main.command()
@click.option("--section", "key", required=True, help="Key of the section, such as b/untoc/art-5.")
@click.option("--fields", required=True, help="Names of its fields, separated by commas.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def digest(key: str, fields: str, file: Path) -> None:
    """Print the canonical bytes and the digest of a Yjs update in FILE."""
    names = tuple(name.strip() for name in fields.split(",") if name.strip())
    try:
        section = ydoc.read_update_file(file.read_bytes(), key, names)
        data = canonical.section_bytes(section)
    except Malformed as problem:
        raise click.ClickException(str(problem)) from None
    print(data.decode())
    print(canonical.section_digest(data))


@asynccontextmanager
async def _demonstration(settings: Settings, *, more: int) -> AsyncIterator[tuple[House, demo.Made]]:
    async with running(settings) as house:
        yield house, await demo.ensure(house.services, more=more)


def _settings(data: Path | None, *, port: int | None = None, host: str | None = None) -> Settings:
    settings = from_environment(os.environ, data_dir=data)
    return replace(
        settings,
        port=settings.port if port is None else port,
        host=settings.host if host is None else host,
    )


def _told(house: House, made: demo.Made) -> str:
    lines = [_("The demonstration is ready: %(url)s", url=house.url), ""]
    lines += [f"  {a.email:32} {a.password:24} {a.role:14} {a.state or ''}" for a in made.accounts]
    return "\n".join([*lines, "", _("Stop with Ctrl+C.")])


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; say a refusal of ours in one line."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except* RevmodError as group:
        for problem in _leaves(group):
            click.echo(_explained(problem), err=True)
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    """The single problems in a group of groups."""
    found: list[BaseException] = []
    for problem in group.exceptions:
        found += _leaves(problem) if isinstance(problem, BaseExceptionGroup) else [problem]
    return found


def _explained(problem: BaseException) -> str:
    match problem:
        case Unavailable(because="database-newer"):
            return _(
                "The database was written by a newer version of this program (schema %(revision)s). "
                "Start that version, or restore an older backup. Nothing was changed.",
                revision=problem.detail,
            )
        case Unavailable(because="port-taken"):
            return _(
                "Something else listens on %(address)s already. Choose another with --port.",
                address=problem.detail,
            )
        case NotFound(what="account"):
            return _("There is no account with that e-mail address.")
        case _:
            return str(problem)


if __name__ == "__main__":
    main()
