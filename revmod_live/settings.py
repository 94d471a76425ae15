"""What an operator can set, read once from the environment and the command line, then frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

from revmod_live.errors import Malformed

PREFIX = "REVMOD_"
HIGHEST_PORT = 65_535
MAIL_FROM: Final = "Review platform <no-reply@localhost>"
ROLES: Final = frozenset({"focal_point", "expert", "observer", "secretariat", "representative"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one running program.

    data_dir:       folder of the database and of files; made when missing.
    database_url:   SQLAlchemy URL, empty for SQLite in `data_dir`.
    host, port:     where to listen; port 0 lets the system choose.
    origins:        exact origins that pages and sockets are served to, such as `https://review.example`;
                    empty: the address that is listened on.
    secure:         pages are reached over https: cookies get the `__Host-` prefix and `Secure`.
    smtp_url:       mail server, `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`;
                    empty: letters are written to the folder `outbox` in `data_dir`.
    mail_from:      what letters have as their sender.
    second_factor_for: roles that must sign in with a second factor, such as `secretariat`.
    suspend_on:     which changes of a profile suspend: `any`, or `identity` (decision D-10).
    """

    data_dir: Path
    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8420
    origins: tuple[str, ...] = ()
    secure: bool = False
    smtp_url: str = ""
    mail_from: str = MAIL_FROM
    second_factor_for: tuple[str, ...] = ()
    suspend_on: Literal["any", "identity"] = "any"

    @property
    def site(self) -> str:
        """The address that letters lead to: the first origin, or what is listened on."""
        return self.origins[0] if self.origins else f"http://{self.host}:{self.port}"

    @property
    def outbox(self) -> Path:
        """The folder that letters are written to when there is no mail server."""
        return self.data_dir / "outbox"

    @property
    def keys(self) -> Path:
        """The folder of the keys; it belongs into the operator's backup, apart from the database's."""
        return self.data_dir / "keys"

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'revmod.sqlite3'}"


def from_environment(environ: Mapping[str, str], *, data_dir: Path | None = None) -> Settings:
    """Settings from `REVMOD_DATA_DIR`, `_DATABASE_URL`, `_HOST`, `_PORT`, `_ORIGINS` (comma-separated).

    Also `_SMTP_URL`, `_MAIL_FROM`, `_SECOND_FACTOR_FOR` (roles, comma-separated), `_SUSPEND_ON`.
    `secure` follows from the origins: it holds when all of them are https.
    Raises Malformed, naming the variable.
    """
    port = environ.get(f"{PREFIX}PORT", "8420")
    if not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise Malformed("a port is a number from 0 to 65535", place=f"{PREFIX}PORT")
    origins = tuple(o.strip() for o in environ.get(f"{PREFIX}ORIGINS", "").split(",") if o.strip())
    for origin in origins:
        if re.fullmatch(r"https?://[^/]+", origin) is None:
            raise Malformed("an origin is scheme://host[:port], nothing behind", place=f"{PREFIX}ORIGINS")
    required = tuple(r.strip() for r in environ.get(f"{PREFIX}SECOND_FACTOR_FOR", "").split(",") if r.strip())
    if not set(required) <= ROLES:
        raise Malformed(f"roles are {', '.join(sorted(ROLES))}", place=f"{PREFIX}SECOND_FACTOR_FOR")
    suspend_on = environ.get(f"{PREFIX}SUSPEND_ON", "any")
    if suspend_on not in ("any", "identity"):
        raise Malformed("any or identity", place=f"{PREFIX}SUSPEND_ON")
    return Settings(
        data_dir=data_dir or Path(environ.get(f"{PREFIX}DATA_DIR", "var")),
        database_url=environ.get(f"{PREFIX}DATABASE_URL", ""),
        host=environ.get(f"{PREFIX}HOST", "127.0.0.1"),
        port=int(port),
        origins=origins,
        secure=bool(origins) and all(o.startswith("https://") for o in origins),
        smtp_url=environ.get(f"{PREFIX}SMTP_URL", ""),
        mail_from=environ.get(f"{PREFIX}MAIL_FROM", MAIL_FROM),
        second_factor_for=required,
        suspend_on="identity" if suspend_on == "identity" else "any",
    )
