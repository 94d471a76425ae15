"""The tables of accounts, sessions, access tokens and tries to sign in, and the statements on them.

Rows in, frozen values out. Knows no rule: who may do what, and what is recorded or announced, is
for the modules that call it. Secrets come in as digests only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
    text,
)

from revmod_live.accounts.model import AccessToken, Account, Actor, Gender, Role, Session, Standing
from revmod_live.ids import AccountId, SessionId, StateCode
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.tables import Moment, Serial, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("state", String(3)),
    Column("active", Boolean(create_constraint=False), nullable=False),
    Column("standing", String(20), nullable=False),
    Column("standing_at", Moment, nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("language", String(8), nullable=False),
    Column("password", String(200)),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("email"),
    CheckConstraint(f"role in ({', '.join(repr(r.value) for r in Role)})", name="role_known"),
    CheckConstraint("(role = 'secretariat') = (state is null)", name="state_unless_secretariat"),
    CheckConstraint(f"standing in ({', '.join(repr(s.value) for s in Standing)})", name="standing_known"),
    CheckConstraint("active = (standing = 'approved')", name="active_when_approved"),
)
"""`password` is the encoded argon2id hash; null until one was chosen. `reason`: why it was refused or
disabled, in the officer's words; else empty."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("token_sha256", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("authenticated_at", Moment, nullable=False),
    Column("device", String(200), nullable=False),
    UniqueConstraint("token_sha256"),
    Index("ix_sessions_account", "account"),
)
"""Live sessions; the event log remembers those that ended. `ends_at` is the absolute end;
`authenticated_at`: when the password was last given in it."""

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("token_sha256", String(64), nullable=False),
    Column("label", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("token_sha256"),
    Index("ix_access_tokens_account", "account"),
)
"""Live tokens; the event log remembers those that were revoked."""

tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("address_sha256", String(64), nullable=False),
    Column("network", String(64), nullable=False),
    Index("ix_sign_in_tries_address_at", "address_sha256", "at"),
    Index("ix_sign_in_tries_network_at", "network", "at"),
    Index("ix_sign_in_tries_at", "at"),
)
"""Tries to sign in that did not succeed, or not yet. The address is a digest: what people type into
the wrong field is sometimes their password."""

profiles = Table(
    "profiles",
    metadata,
    Column("account", String(26), ForeignKey("accounts.id"), primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False),
    Column("role", String(20), nullable=False),
    Column("state", String(3)),
    Column("phone", String(60), nullable=False),
    Column("office_hours", String(200), nullable=False),
    Column("location", String(300), nullable=False),
    Column("working_language", String(8), nullable=False),
    Column("expertise", String(2000), nullable=False),
    Column("gender", String(10)),
    Column("show_phone", Boolean(create_constraint=False), nullable=False),
    Column("show_expertise", Boolean(create_constraint=False), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Column("decided_at", Moment),
    Column("decided_by", String(26), ForeignKey("accounts.id")),
    CheckConstraint(f"role in ({', '.join(repr(r.value) for r in Role)})", name="role_known"),
    CheckConstraint(f"gender in ({', '.join(repr(g.value) for g in Gender)})", name="gender_known"),
)
"""What a person says of themselves. Name, address, role and State take effect when it is approved;
`rev` counts the saves, so that what is approved is what was seen."""

notes_verbales = Table(
    "notes_verbales",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("state", String(3)),
    Column("role", String(20), nullable=False),
    Column("email", String(254), nullable=False),
    Column("name", String(200), nullable=False),
    Column("reference", String(200), nullable=False),
    Column("dated", Date, nullable=False),
    Column("scan_sha256", String(64)),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String(26), ForeignKey("accounts.id")),
    Index("ix_notes_verbales_account_recorded_at", "account", "recorded_at"),
)
"""What a State said of a person: the newest of an account holds. Never changed."""

focal_points = Table(
    "focal_points",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("state", String(3), nullable=False),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Index("ix_focal_points_state_since", "state", "since"),
    Index(
        "uq_focal_points_state",
        "state",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)
"""Who was the focal point of a State, and when (D-08): one at a time. Other accounts with the role
are alternates or past ones."""

links = Table(
    "links",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("token_sha256", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(26), ForeignKey("accounts.id")),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("ended_at", Moment),
    UniqueConstraint("token_sha256"),
    CheckConstraint("purpose in ('invitation', 'password')", name="purpose_known"),
    CheckConstraint("used_at is null or ended_at is null", name="used_or_ended"),
    Index("ix_links_account", "account"),
)
"""Single-use links that were mailed. `ended_at`: revoked, or replaced by a newer one."""

second_factors = Table(
    "second_factors",
    metadata,
    Column("account", String(26), ForeignKey("accounts.id"), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("last_step", Integer, nullable=False),
)
"""TOTP secrets. It counts once confirmed by a code; `last_step`: the newest time step that was used."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account", String(26), ForeignKey("accounts.id"), primary_key=True),
    Column("code_sha256", String(64), primary_key=True),
    Column("used_at", Moment),
)
"""Codes for whoever lost the device: 80 random bits each, so a fast digest is enough."""

pending_sign_ins = Table(
    "pending_sign_ins",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("account", String(26), ForeignKey("accounts.id"), nullable=False),
    Column("token_sha256", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    UniqueConstraint("token_sha256"),
    Index("ix_pending_sign_ins_account", "account"),
)
"""The password was right, the code is still asked for. They may do nothing but give it."""

_ACTOR: Final = (accounts.c.name, accounts.c.state, accounts.c.role, accounts.c.active)

# ------------------------------------------------------------------ accounts


def add_account(tx: WriteTx, account: Account, *, password: str | None) -> None:
    """Store a new account with its encoded hash."""
    tx.execute(
        accounts.insert().values(
            id=account.id,
            email=account.email,
            name=account.name,
            role=account.role.value,
            state=account.state,
            active=account.active,
            standing=account.standing.value,
            standing_at=account.standing_at,
            reason=account.reason,
            language=account.language,
            password=password,
            created_at=account.created_at,
        )
    )


def account(tx: ReadTx, account_id: AccountId) -> Account | None:
    """The account with this id."""
    row = tx.execute(select(accounts).where(accounts.c.id == account_id)).one_or_none()
    return None if row is None else _account(row)


def account_by_email(tx: ReadTx, email: str) -> tuple[Account, str | None] | None:
    """The account of a normalised address, and its encoded hash."""
    row = tx.execute(select(accounts).where(accounts.c.email == email)).one_or_none()
    return None if row is None else (_account(row), row.password)


def all_accounts(tx: ReadTx) -> tuple[Account, ...]:
    """Everybody, by address."""
    return tuple(_account(row) for row in tx.execute(select(accounts).order_by(accounts.c.email)))


def set_account(tx: WriteTx, account_id: AccountId, **values: object) -> None:
    """Change columns of one account; its standing with `set_standing`."""
    tx.execute(accounts.update().where(accounts.c.id == account_id).values(**values))


def set_standing(
    tx: WriteTx, account_id: AccountId, standing: Standing, at: datetime, *, reason: str = ""
) -> None:
    """Change how far an account has come; `active`, which rules look at, follows."""
    set_account(
        tx,
        account_id,
        standing=standing.value,
        active=standing is Standing.APPROVED,
        standing_at=at,
        reason=reason,
    )


# ------------------------------------------------------------------ sessions


def add_session(tx: WriteTx, session: Session, *, digest: str, ends_at: datetime) -> None:
    """Store a new session under the digest of its token."""
    tx.execute(
        sessions.insert().values(
            id=session.id,
            account=session.actor.account,
            token_sha256=digest,
            created_at=session.created_at,
            seen_at=session.seen_at,
            ends_at=ends_at,
            authenticated_at=session.authenticated_at,
            device=session.device,
        )
    )


def session_rows(
    tx: ReadTx, *, digest: str | None = None, account: AccountId | None = None
) -> tuple[tuple[Session, datetime], ...]:
    """Sessions by the digest of the token or by account, each with its absolute end, newest first.

    `csrf` is empty and `expires_at` the absolute end: both are the caller's to work out.
    """
    query = select(sessions, *_ACTOR).join(accounts, accounts.c.id == sessions.c.account)
    if digest is not None:
        query = query.where(sessions.c.token_sha256 == digest)
    if account is not None:
        query = query.where(sessions.c.account == account)
    rows = tx.execute(query.order_by(sessions.c.created_at.desc(), sessions.c.id))
    return tuple(
        (
            Session(
                id=SessionId(row.id),
                actor=_actor(row),
                csrf="",
                created_at=row.created_at,
                seen_at=row.seen_at,
                expires_at=row.ends_at,
                authenticated_at=row.authenticated_at,
                device=row.device,
            ),
            row.ends_at,
        )
        for row in rows
    )


def set_session_seen(tx: WriteTx, session_id: SessionId, at: datetime) -> None:
    """Note activity, never earlier than what is noted already."""
    tx.execute(
        sessions.update().where(sessions.c.id == session_id, sessions.c.seen_at < at).values(seen_at=at)
    )


def spent_sessions(
    tx: ReadTx, *, at: datetime, seen_before: datetime
) -> tuple[tuple[SessionId, AccountId], ...]:
    """Sessions that are over at `at`, or were last seen before `seen_before`."""
    rows = tx.execute(
        select(sessions.c.id, sessions.c.account).where(
            (sessions.c.ends_at <= at) | (sessions.c.seen_at <= seen_before)
        )
    )
    return tuple((SessionId(row.id), AccountId(row.account)) for row in rows)


def drop_session(tx: WriteTx, session_id: SessionId) -> bool:
    """Remove one session; whether it was there."""
    return tx.execute(sessions.delete().where(sessions.c.id == session_id)).rowcount > 0


# ------------------------------------------------------------------ access tokens


def add_token(tx: WriteTx, token: AccessToken, *, digest: str) -> None:
    """Store a new token under the digest of its secret."""
    tx.execute(
        access_tokens.insert().values(
            id=token.id,
            account=token.actor.account,
            token_sha256=digest,
            label=token.label,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def tokens(
    tx: ReadTx, *, digest: str | None = None, account: AccountId | None = None
) -> tuple[AccessToken, ...]:
    """Tokens by the digest of the secret or by account, newest first."""
    query: Select[Any] = select(access_tokens, *_ACTOR).join(
        accounts, accounts.c.id == access_tokens.c.account
    )
    if digest is not None:
        query = query.where(access_tokens.c.token_sha256 == digest)
    if account is not None:
        query = query.where(access_tokens.c.account == account)
    return tuple(
        AccessToken(
            id=SessionId(row.id),
            actor=_actor(row),
            label=row.label,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
        for row in tx.execute(query.order_by(access_tokens.c.created_at.desc(), access_tokens.c.id))
    )


def spent_tokens(tx: ReadTx, *, at: datetime) -> tuple[tuple[SessionId, AccountId], ...]:
    """Tokens that are over at `at`."""
    rows = tx.execute(
        select(access_tokens.c.id, access_tokens.c.account).where(access_tokens.c.expires_at <= at)
    )
    return tuple((SessionId(row.id), AccountId(row.account)) for row in rows)


def drop_token(tx: WriteTx, token_id: SessionId) -> bool:
    """Remove one token; whether it was there."""
    return tx.execute(access_tokens.delete().where(access_tokens.c.id == token_id)).rowcount > 0


# ------------------------------------------------------------------ tries


def add_try(tx: WriteTx, *, address: str, network: str, at: datetime) -> int:
    """Count a try; its number."""
    key = tx.execute(
        tries.insert().values(at=at, address_sha256=address, network=network)
    ).inserted_primary_key
    return int(key[0]) if key else 0


def count_tries(
    tx: ReadTx, *, since: datetime, address: str | None = None, network: str | None = None
) -> int:
    """How many tries since, on an address, from a network, or both."""
    query = select(func.count()).select_from(tries).where(tries.c.at > since)
    if address is not None:
        query = query.where(tries.c.address_sha256 == address)
    if network is not None:
        query = query.where(tries.c.network == network)
    return int(tx.execute(query).scalar_one())


def forget_tries(tx: WriteTx, *, address: str, network: str) -> None:
    """Forget the tries on an address from a network."""
    tx.execute(tries.delete().where(tries.c.address_sha256 == address, tries.c.network == network))


def forget_tries_before(tx: WriteTx, at: datetime) -> None:
    """Forget tries too old to count."""
    tx.execute(tries.delete().where(tries.c.at <= at))


# ------------------------------------------------------------------ rows to values


def _account(row: Row[Any]) -> Account:
    return Account(
        id=AccountId(row.id),
        email=row.email,
        name=row.name,
        role=Role(row.role),
        state=None if row.state is None else StateCode(row.state),
        standing=Standing(row.standing),
        standing_at=row.standing_at,
        reason=row.reason,
        language=row.language,
        created_at=row.created_at,
    )


def _actor(row: Row[Any]) -> Actor:
    return Actor(
        account=AccountId(row.account),
        name=row.name,
        state=None if row.state is None else StateCode(row.state),
        role=Role(row.role),
        active=row.active,
    )
