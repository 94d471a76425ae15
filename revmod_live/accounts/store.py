"""The tables of accounts, sessions, access tokens and tries to sign in, and the statements on them.

Rows in, frozen values out. Knows no rule: who may do what, and what is recorded or announced, is
for the modules that call it. Secrets come in as digests only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
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
    and_,
    func,
    select,
    text,
)

from revmod_live.accounts.model import AccessToken, Account, Actor, Gender, Role, Session, Standing
from revmod_live.accounts.papers import (
    FocalPoint,
    Link,
    Nomination,
    Note,
    Pending,
    Profile,
    Purpose,
    Saved,
    SecondFactor,
)
from revmod_live.ids import AccountId, Digest, LinkId, NoteId, SessionId, StateCode
from revmod_live.storage.database import ReadTx, WriteTx
from revmod_live.storage.log import event_log
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


def has_password(tx: ReadTx, account_id: AccountId) -> bool:
    """Whether the account has a password."""
    found = tx.execute(select(accounts.c.password).where(accounts.c.id == account_id)).scalar_one_or_none()
    return found is not None


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


def set_session_authenticated(tx: WriteTx, session_id: SessionId, account: AccountId, at: datetime) -> bool:
    """Note that the password was given again in a session of this account; whether it is there."""
    mine = (sessions.c.id == session_id) & (sessions.c.account == account)
    return tx.execute(sessions.update().where(mine).values(authenticated_at=at)).rowcount > 0


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


# ------------------------------------------------------------------ links


def add_link(tx: WriteTx, link: Link, *, digest: str) -> None:
    """Store a new link under the digest of its secret."""
    tx.execute(links.insert().values(**asdict(link), token_sha256=digest))


def link_by_digest(tx: ReadTx, digest: str) -> Link | None:
    """The link whose secret has this digest, living or not."""
    row = tx.execute(select(links).where(links.c.token_sha256 == digest)).one_or_none()
    return None if row is None else _link(row)


def links_of(tx: ReadTx, account: AccountId) -> tuple[Link, ...]:
    """Every link of an account, newest first."""
    rows = tx.execute(select(links).where(links.c.account == account).order_by(links.c.made_at.desc()))
    return tuple(_link(row) for row in rows)


def set_link_used(tx: WriteTx, link: LinkId, at: datetime) -> bool:
    """Use a link up, if it lives; whether it did."""
    done = tx.execute(
        links.update()
        .where(
            links.c.id == link,
            links.c.used_at.is_(None),
            links.c.ended_at.is_(None),
            links.c.expires_at > at,
        )
        .values(used_at=at)
    )
    return done.rowcount == 1


def end_links(tx: WriteTx, account: AccountId, at: datetime, *, purpose: Purpose | None) -> int:
    """End links that were neither used nor ended; how many of them still lived."""
    mine = (links.c.account == account) & links.c.used_at.is_(None) & links.c.ended_at.is_(None)
    if purpose is not None:
        mine &= links.c.purpose == purpose.value
    living = tx.execute(select(func.count()).select_from(links).where(mine, links.c.expires_at > at))
    ended = int(living.scalar_one())
    tx.execute(links.update().where(mine).values(ended_at=at))
    return ended


# ------------------------------------------------------------------ notes verbales and terms


def add_note(tx: WriteTx, note: Note) -> None:
    """Store a note verbale."""
    said = note.nomination
    tx.execute(
        notes_verbales.insert().values(
            id=note.id,
            account=note.account,
            state=said.state,
            role=said.role.value,
            email=said.email,
            name=said.name,
            reference=said.reference,
            dated=said.dated,
            scan_sha256=said.scan_sha256,
            recorded_at=note.recorded_at,
            recorded_by=note.recorded_by,
        )
    )


def notes_of(tx: ReadTx, account: AccountId) -> tuple[Note, ...]:
    """The notes verbales of an account, newest first."""
    query = select(notes_verbales).where(notes_verbales.c.account == account)
    rows = tx.execute(query.order_by(notes_verbales.c.recorded_at.desc(), notes_verbales.c.id))
    return tuple(_note(row) for row in rows)


def add_focal_point(tx: WriteTx, term: FocalPoint) -> None:
    """Begin a term. The index refuses a second one of the same State."""
    tx.execute(focal_points.insert().values(**asdict(term)))


def terms_of(tx: ReadTx, state: StateCode) -> tuple[FocalPoint, ...]:
    """The terms of a State, newest first."""
    query = select(focal_points).where(focal_points.c.state == state)
    return tuple(
        FocalPoint(StateCode(row.state), AccountId(row.account), row.since, row.until)
        for row in tx.execute(query.order_by(focal_points.c.until.is_not(None), focal_points.c.id.desc()))
    )


def end_focal_point(tx: WriteTx, account: AccountId, at: datetime) -> bool:
    """End the term of an account; whether it had one."""
    done = tx.execute(
        focal_points.update()
        .where(focal_points.c.account == account, focal_points.c.until.is_(None))
        .values(until=at)
    )
    return done.rowcount > 0


# ------------------------------------------------------------------ profiles


def saved_profile(tx: ReadTx, account: AccountId) -> Saved | None:
    """The profile of an account."""
    row = tx.execute(select(profiles).where(profiles.c.account == account)).one_or_none()
    return None if row is None else _saved(row)


def put_profile(tx: WriteTx, account: AccountId, saved: Saved) -> None:
    """Store a profile, over the one that is there."""
    values = {**asdict(saved.profile), **asdict(saved)}
    del values["profile"]
    done = tx.execute(profiles.update().where(profiles.c.account == account).values(**values))
    if done.rowcount == 0:
        tx.execute(profiles.insert().values(account=account, **values))


def with_standing(tx: ReadTx, standing: Standing) -> tuple[Account, ...]:
    """Accounts of one standing, whoever has had it for longest first."""
    query = select(accounts).where(accounts.c.standing == standing.value)
    return tuple(_account(row) for row in tx.execute(query.order_by(accounts.c.standing_at, accounts.c.id)))


def genders(tx: ReadTx, roles: Collection[Role]) -> tuple[tuple[Role, Gender | None, int], ...]:
    """How many approved accounts of these roles there are, by role and gender; None: not said."""
    query = (
        select(accounts.c.role, profiles.c.gender, func.count().label("n"))
        .join(profiles, profiles.c.account == accounts.c.id, isouter=True)
        .where(accounts.c.role.in_([role.value for role in roles]), accounts.c.active)
        .group_by(accounts.c.role, profiles.c.gender)
    )
    return tuple(
        (Role(row.role), None if row.gender is None else Gender(row.gender), row.n)
        for row in tx.execute(query)
    )


# ------------------------------------------------------------------ second factor


def put_second_factor(tx: WriteTx, account: AccountId, factor: SecondFactor) -> None:
    """Store a second factor, over the one that is there."""
    tx.execute(second_factors.delete().where(second_factors.c.account == account))
    tx.execute(second_factors.insert().values(account=account, **asdict(factor)))


def second_factor(tx: ReadTx, account: AccountId) -> SecondFactor | None:
    """The second factor of an account, confirmed or not."""
    row = tx.execute(select(second_factors).where(second_factors.c.account == account)).one_or_none()
    return None if row is None else SecondFactor(row.secret, row.made_at, row.confirmed_at, row.last_step)


def drop_second_factor(tx: WriteTx, account: AccountId) -> bool:
    """Remove it, and its recovery codes; whether there was one."""
    tx.execute(recovery_codes.delete().where(recovery_codes.c.account == account))
    return tx.execute(second_factors.delete().where(second_factors.c.account == account)).rowcount > 0


def set_last_step(tx: WriteTx, account: AccountId, step: int) -> bool:
    """Note that a time step was used; False when it, or a later one, was already."""
    done = tx.execute(
        second_factors.update()
        .where(second_factors.c.account == account, second_factors.c.last_step < step)
        .values(last_step=step)
    )
    return done.rowcount == 1


def put_recovery_codes(tx: WriteTx, account: AccountId, digests: Sequence[str]) -> None:
    """Store new codes; the old ones are gone."""
    tx.execute(recovery_codes.delete().where(recovery_codes.c.account == account))
    for digest in digests:
        tx.execute(recovery_codes.insert().values(account=account, code_sha256=digest))


def use_recovery_code(tx: WriteTx, account: AccountId, digest: str, at: datetime) -> bool:
    """Use a code up; whether it was there, and not used before."""
    done = tx.execute(
        recovery_codes.update()
        .where(
            recovery_codes.c.account == account,
            recovery_codes.c.code_sha256 == digest,
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return done.rowcount == 1


def recovery_codes_left(tx: ReadTx, account: AccountId) -> int:
    """How many codes were not used yet."""
    query = select(func.count()).select_from(recovery_codes)
    mine = query.where(recovery_codes.c.account == account, recovery_codes.c.used_at.is_(None))
    return int(tx.execute(mine).scalar_one())


# ------------------------------------------------------------------ sign-ins that wait for a code


def add_pending(tx: WriteTx, pending: Pending, *, digest: str) -> None:
    """Store a sign-in that waits for its code."""
    tx.execute(pending_sign_ins.insert().values(**asdict(pending), token_sha256=digest))


def pending(tx: ReadTx, digest: str) -> Pending | None:
    """The waiting sign-in whose token has this digest."""
    query = select(pending_sign_ins).where(pending_sign_ins.c.token_sha256 == digest)
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return Pending(SessionId(row.id), AccountId(row.account), row.created_at, row.expires_at, row.tries)


def count_pending_try(tx: WriteTx, pending_id: SessionId) -> None:
    """Count a code that was given for it."""
    mine = pending_sign_ins.c.id == pending_id
    tx.execute(pending_sign_ins.update().where(mine).values(tries=pending_sign_ins.c.tries + 1))


def drop_pending(
    tx: WriteTx,
    *,
    account: AccountId | None = None,
    pending_id: SessionId | None = None,
    expired_at: datetime | None = None,
) -> None:
    """Remove waiting sign-ins: one, those of an account, or those whose time is over."""
    query = pending_sign_ins.delete()
    if account is not None:
        query = query.where(pending_sign_ins.c.account == account)
    if pending_id is not None:
        query = query.where(pending_sign_ins.c.id == pending_id)
    if expired_at is not None:
        query = query.where(pending_sign_ins.c.expires_at <= expired_at)
    tx.execute(query)


# ------------------------------------------------------------------ what other processes did


def last_entry(tx: ReadTx) -> int:
    """The number of the newest entry of the event log; 0 when it is empty."""
    return int(tx.execute(select(func.coalesce(func.max(event_log.c.id), 0))).scalar_one())


def entries_between(
    tx: ReadTx, after: int, upto: int, acts: Collection[str]
) -> tuple[tuple[str, AccountId | None, Mapping[str, Any]], ...]:
    """Acts of these kinds in the event log after one number and up to another, in order."""
    rows = tx.execute(
        select(event_log.c.act, event_log.c.account, event_log.c.detail)
        .where(event_log.c.id > after, event_log.c.id <= upto, event_log.c.act.in_(sorted(acts)))
        .order_by(event_log.c.id)
    )
    return tuple(
        (row.act, None if row.account is None else AccountId(row.account), row.detail) for row in rows
    )


# ------------------------------------------------------------------ rows to values


def _link(row: Row[Any]) -> Link:
    return Link(
        id=LinkId(row.id),
        account=AccountId(row.account),
        purpose=Purpose(row.purpose),
        made_at=row.made_at,
        made_by=None if row.made_by is None else AccountId(row.made_by),
        expires_at=row.expires_at,
        used_at=row.used_at,
        ended_at=row.ended_at,
    )


def _note(row: Row[Any]) -> Note:
    return Note(
        id=NoteId(row.id),
        account=AccountId(row.account),
        nomination=Nomination(
            state=None if row.state is None else StateCode(row.state),
            role=Role(row.role),
            email=row.email,
            name=row.name,
            reference=row.reference,
            dated=row.dated,
            scan_sha256=None if row.scan_sha256 is None else Digest(row.scan_sha256),
        ),
        recorded_at=row.recorded_at,
        recorded_by=None if row.recorded_by is None else AccountId(row.recorded_by),
    )


def _saved(row: Row[Any]) -> Saved:
    return Saved(
        profile=Profile(
            name=row.name,
            email=row.email,
            role=Role(row.role),
            state=None if row.state is None else StateCode(row.state),
            phone=row.phone,
            office_hours=row.office_hours,
            location=row.location,
            working_language=row.working_language,
            expertise=row.expertise,
            gender=None if row.gender is None else Gender(row.gender),
            show_phone=row.show_phone,
            show_expertise=row.show_expertise,
        ),
        rev=row.rev,
        saved_at=row.saved_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        decided_by=None if row.decided_by is None else AccountId(row.decided_by),
    )


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


# ------------------------------------------------------------------ focal points, as reviews ask for them


def focal_points_of(tx: ReadTx, states: Iterable[StateCode]) -> dict[StateCode, AccountId | None]:
    """The States among these that have an approved focal point, and who of them speaks for it, as recorded.

    None where it is not recorded, or whoever is has been suspended (D-08).
    """
    is_current = and_(
        focal_points.c.account == accounts.c.id,
        focal_points.c.state == accounts.c.state,
        focal_points.c.until.is_(None),
    )
    rows = tx.execute(
        select(accounts.c.state, func.max(focal_points.c.account).label("account"))
        .select_from(accounts)
        .outerjoin(focal_points, is_current)
        .where(
            accounts.c.state.in_(list(states)),
            accounts.c.role == Role.FOCAL_POINT.value,
            accounts.c.active,
        )
        .group_by(accounts.c.state)
    )
    return {StateCode(row.state): None if row.account is None else AccountId(row.account) for row in rows}
