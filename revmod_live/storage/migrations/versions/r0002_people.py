"""People: standing, profiles, notes verbales, focal points, links, second factors, letters."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = "role in ('focal_point', 'expert', 'observer', 'secretariat', 'representative')"
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Widen accounts and sessions, make the new tables, name each State's focal point."""
    _accounts()
    _sessions()
    _people()
    _signing_in()
    _letters()
    _first_focal_points()


def _accounts() -> None:
    """Whoever was active is approved; whoever was not was suspended."""
    with op.batch_alter_table("accounts") as table:
        table.add_column(sa.Column("standing", sa.String(20)))
        table.add_column(sa.Column("standing_at", sa.DateTime()))
        table.add_column(sa.Column("reason", sa.String(2000)))
    op.execute(
        "update accounts set standing = case when active then 'approved' else 'suspended' end,"
        " standing_at = created_at, reason = ''"
    )
    with op.batch_alter_table("accounts") as table:
        table.alter_column("standing", existing_type=sa.String(20), nullable=False)
        table.alter_column("standing_at", existing_type=sa.DateTime(), nullable=False)
        table.alter_column("reason", existing_type=sa.String(2000), nullable=False)
        table.create_check_constraint(
            op.f("ck_accounts_standing_known"),
            "standing in ('invited', 'new', 'saved', 'submitted', 'approved', 'refused', 'suspended',"
            " 'disabled')",
        )
        table.create_check_constraint(
            op.f("ck_accounts_active_when_approved"), "active = (standing = 'approved')"
        )


def _sessions() -> None:
    with op.batch_alter_table("sessions") as table:
        table.add_column(sa.Column("authenticated_at", sa.DateTime()))
    op.execute("update sessions set authenticated_at = created_at")
    with op.batch_alter_table("sessions") as table:
        table.alter_column("authenticated_at", existing_type=sa.DateTime(), nullable=False)


def _people() -> None:
    op.create_table(
        "profiles",
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("office_hours", sa.String(length=200), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("working_language", sa.String(length=8), nullable=False),
        sa.Column("expertise", sa.String(length=2000), nullable=False),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("show_phone", sa.Boolean(), nullable=False),
        sa.Column("show_expertise", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint(ROLES, name=op.f("ck_profiles_role_known")),
        sa.CheckConstraint("gender in ('woman', 'man', 'other')", name=op.f("ck_profiles_gender_known")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_profiles_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_profiles_decided_by")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_profiles")),
    )
    op.create_table(
        "notes_verbales",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("scan_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_notes_verbales_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts.id"], name=op.f("fk_notes_verbales_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes_verbales")),
    )
    op.create_index(
        "ix_notes_verbales_account_recorded_at", "notes_verbales", ["account", "recorded_at"], unique=False
    )
    op.create_table(
        "focal_points",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_focal_points_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_points")),
    )
    op.create_index("ix_focal_points_state_since", "focal_points", ["state", "since"], unique=False)
    op.create_index(
        "uq_focal_points_state",
        "focal_points",
        ["state"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("purpose in ('invitation', 'password')", name=op.f("ck_links_purpose_known")),
        sa.CheckConstraint("used_at is null or ended_at is null", name=op.f("ck_links_used_or_ended")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_links_account")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_links_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_links_token_sha256")),
    )
    op.create_index("ix_links_account", "links", ["account"], unique=False)


def _signing_in() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_second_factors_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_recovery_codes_account")),
        sa.PrimaryKeyConstraint("account", "code_sha256", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "pending_sign_ins",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_pending_sign_ins_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_sign_ins")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_pending_sign_ins_token_sha256")),
    )
    op.create_index("ix_pending_sign_ins_account", "pending_sign_ins", ["account"], unique=False)


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("last_problem", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_next_try_at", "letters", ["next_try_at"], unique=False)
    op.create_index("ix_letters_account_made_at", "letters", ["account", "made_at"], unique=False)


def _first_focal_points() -> None:
    """Of each State, the active focal point whose account is the oldest."""
    op.execute(
        "insert into focal_points (state, account, since)"
        " select a.state, a.id, a.created_at from accounts a"
        " where a.role = 'focal_point' and a.active and not exists ("
        "  select 1 from accounts b where b.role = 'focal_point' and b.active and b.state = a.state"
        "  and (b.created_at < a.created_at or (b.created_at = a.created_at and b.id < a.id)))"
    )
