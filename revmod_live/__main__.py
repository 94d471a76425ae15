"""The command line: serve, the demonstration, accounts and their letters, access tokens, digests.

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

from revmod_live.accounts.model import Role
from revmod_live.accounts.papers import Nomination
from revmod_live.accounts.people import find_by_email
from revmod_live.accounts.tokens import make_token
from revmod_live.app import demo, desk
from revmod_live.app.building import House, parts, running
from revmod_live.app.keys import NAME as KEY
from revmod_live.app.stopping import until_told_to_stop
from revmod_live.content import load
from revmod_live.content.edition import read_edition
from revmod_live.content.places import Faulty
from revmod_live.docs import canonical
from revmod_live.docs.export import checking
from revmod_live.errors import Malformed, NotFound, Refused, RevmodError, Unavailable
from revmod_live.ids import LetterId, StateCode
from revmod_live.mail.model import Letter
from revmod_live.portal import languages, reasons, verify_page
from revmod_live.settings import Settings, from_environment
from revmod_live.storage.database import WriteTx
from revmod_live.sync import ydoc

DATA: Final = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the database and files (default: var, or REVMOD_DATA_DIR).",
)
URL: Final = click.option("--url", help="Address of the platform in letters (default: REVMOD_ORIGINS).")
PORT: Final = click.option("--port", type=click.IntRange(0, 65_535), help="0 lets the system choose.")


def _(message: str, **values: object) -> str:
    """A sentence in the language of the terminal."""
    return _language().text(message, **values)


def _language() -> languages.Language:
    wanted = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return _languages()[languages.choose(cookie=None, accepted=wanted[:2])]


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


@main.command("init")
@click.argument("email")
@click.option("--name", required=True, help="Name of the officer.")
@URL
@DATA
def init_command(email: str, name: str, url: str | None, data: Path | None) -> None:
    """Make the first account of the secretariat, and the key that receipts are signed with."""

    async def run() -> None:
        async with parts(_settings(data, url=url)) as services:
            link = await desk.first_officer(services, email=email, name=name)
            click.echo(_("Open this address once, within ten days, and choose a password:"))
            click.echo(link)
            click.echo(_("The signing key is in %(file)s. Keep a copy.", file=services.settings.keys / KEY))

    _run(run())


@main.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="Name of the person, as in the note verbale.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--state", help="Three letters; none for an officer of the secretariat.")
@click.option("--reference", required=True, help="Reference of the note verbale.")
@click.option("--dated", required=True, help="The day it bears, such as 2026-05-04.")
@click.option("--language", type=click.Choice(list(languages.OFFERED)), default="en")
@URL
@DATA
def invite_command(
    email: str,
    *,
    name: str,
    role: str,
    state: str | None,
    reference: str,
    dated: str,
    language: str,
    url: str | None,
    data: Path | None,
) -> None:
    """Record a note verbale and invite EMAIL, also while the server runs: it sends the letter."""

    async def run() -> None:
        code = StateCode(state) if state else None
        named = Nomination(code, Role(role), email, name, reference, desk.day(dated), language=language)
        async with parts(_settings(data, url=url)) as services:
            account = await desk.invite(services, named)
            click.echo(
                _("Invited: %(email)s. The letter goes out while the server runs.", email=account.email)
            )

    _run(run())


@main.command("approve")
@click.argument("email")
@URL
@DATA
def approve_command(email: str, url: str | None, data: Path | None) -> None:
    """Approve the profile that EMAIL has submitted, also while the server runs."""

    async def run() -> None:
        async with parts(_settings(data, url=url)) as services:
            account, differences = await desk.approve(services, email)
            for one in differences:
                click.echo(f"  {one.field}: {one.said} ≠ {one.noted}")
            click.echo(_("Approved: %(email)s.", email=account.email))

    _run(run())


@main.command("disable")
@click.argument("email")
@click.option("--reason", required=True, help="Kept in the log.")
@DATA
def disable_command(email: str, reason: str, data: Path | None) -> None:
    """End the access of EMAIL for good, also while the server runs: open pages close within seconds."""

    async def run() -> None:
        async with parts(_settings(data)) as services:
            account = await desk.disable(services, email, reason)
            click.echo(_("Disabled: %(email)s.", email=account.email))

    _run(run())


@main.command("outbox")
@click.argument("letter", required=False)
@click.option("--again", is_flag=True, help="Try to send LETTER again at once.")
@DATA
def outbox_command(letter: str | None, data: Path | None, *, again: bool) -> None:
    """List the newest letters, or print LETTER."""

    async def run() -> None:
        async with parts(_settings(data)) as services:
            if letter is None:
                for one in await desk.outbox(services):
                    click.echo(f"{one.id}  {one.made_at:%Y-%m-%d %H:%M}  {one.recipient:32} {one.kind}")
                    click.echo(f"    {_letter_state(one)}")
                if not services.settings.smtp_url:
                    click.echo(_("Letters are written to %(folder)s.", folder=services.settings.outbox))
            elif again:
                await desk.send_again(services, LetterId(letter))
            else:
                click.echo(await desk.read_letter(services, LetterId(letter)))

    _run(run())


def _letter_state(letter: Letter) -> str:
    if letter.sent_at is not None:
        return _("sent %(at)s UTC", at=f"{letter.sent_at:%Y-%m-%d %H:%M}")
    if letter.is_stuck:
        return _("not sent, and not tried again: %(problem)s", problem=letter.last_problem)
    if letter.last_problem:
        return _("not sent yet, will be tried again: %(problem)s", problem=letter.last_problem)
    return _("waits until the server runs")


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


@main.command()
@click.option("--key", help="Fingerprint that the package must be signed with, as in a vote receipt.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path, key: str | None) -> None:
    """Say whether the sealed package FILE is as it was sealed, or what was altered. Needs nothing else.

    Ends with 0 when everything is as it was sealed, with 1 when it is not.
    """
    report = checking.check(file.read_bytes(), key=None if key is None else key.strip().lower())
    for problem in report.problems:
        click.echo(_(verify_page.PROBLEMS[problem.code], name=problem.name), err=True)
    if report.problems or report.manifest is None:
        click.echo(_(verify_page.BAD), err=True)
        sys.exit(1)
    click.echo(_(verify_page.GOOD))
    of = report.manifest
    click.echo(_(verify_page.WHAT, review=of["review"], phase=of["phase"], step=of["step"].upper()))
    click.echo(_(verify_page.DIGEST, digest=of["digest"]))
    click.echo(_(verify_page.SIGNED_WITH, key=of["key"]))
    if not of["whole"]:
        click.echo(_(verify_page.EXCERPT, instruments=", ".join(of["instruments"])))


@main.group("content")
def content_group() -> None:
    """The questionnaire, the frames of documents and other texts of the mechanism, as files."""


@content_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def content_check(file: Path) -> None:
    """Say every mistake in FILE as file:line: field: what; else count what is in it. Changes nothing."""
    try:
        found = read_edition(file.read_bytes(), file=str(file), known=load.known(load.load()))
    except Faulty as faulty:
        click.echo(str(faulty), err=True)
        sys.exit(1)
    # The names of the format's tables, as in the file: no sentence to translate.
    for table, rows in (
        ("phase", found.phases),
        ("article", found.articles),
        ("question", found.questions),
        ("frame", found.frames),
    ):
        click.echo(f"{table}: {len(rows)}")


@content_group.command("export")
def content_export() -> None:
    """Print the samples, the pattern for a file of one's own."""
    click.echo(load.samples(), nl=False)


@asynccontextmanager
async def _demonstration(settings: Settings, *, more: int) -> AsyncIterator[tuple[House, demo.Made]]:
    async with running(settings) as house:
        yield house, await demo.ensure(house.services, more=more)


def _settings(
    data: Path | None, *, port: int | None = None, host: str | None = None, url: str | None = None
) -> Settings:
    settings = from_environment({**os.environ, **({"REVMOD_ORIGINS": url} if url else {})}, data_dir=data)
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
        case NotFound(what="letter"):
            return _("There is no such letter, or it was sent already.")
        case Refused():
            return reasons.sentence(_language(), problem)
        case _:
            return str(problem)


if __name__ == "__main__":
    main()
