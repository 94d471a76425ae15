"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(role = 'secretariat') = (state is null)", name=op.f("ck_accounts_state_unless_secretariat")
        ),
        sa.CheckConstraint(
            "role in ('focal_point', 'expert', 'observer', 'secretariat', 'representative')",
            name=op.f("ck_accounts_role_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "client_ids",
        sa.Column("section", sa.String(length=26), nullable=False),
        sa.Column("client", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("section", "client", name=op.f("pk_client_ids")),
    )
    op.create_table(
        "event_log",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=3), nullable=True),
        sa.Column("review", sa.String(length=26), nullable=True),
        sa.Column("step", sa.String(length=26), nullable=True),
        sa.Column("section", sa.String(length=26), nullable=True),
        sa.Column("rev_from", sa.Integer(), nullable=True),
        sa.Column("rev_to", sa.Integer(), nullable=True),
        sa.Column("digest_before", sa.String(length=64), nullable=True),
        sa.Column("digest_after", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_log_account_id", "event_log", ["account", "id"], unique=False)
    op.create_index("ix_event_log_section_id", "event_log", ["section", "id"], unique=False)
    op.create_index("ix_event_log_step_id", "event_log", ["step", "id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("section", sa.String(length=26), nullable=False),
        sa.Column("rev", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("outbox", sa.String(length=36), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("device_ms", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("section", "rev", name=op.f("pk_journal")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_journal_outbox_seq", "journal", ["outbox", "seq"], unique=False)
    op.create_table(
        "late_texts",
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.String(length=64), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "id", name=op.f("pk_late_texts")),
    )
    op.create_table(
        "review_instruments",
        sa.Column("review", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("instrument", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "instrument in ('untoc', 'tip', 'som', 'fa')", name=op.f("ck_review_instruments_instrument_known")
        ),
        sa.PrimaryKeyConstraint("review", "state", "instrument", name=op.f("pk_review_instruments")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("uncac_party", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("code", "phase", name=op.f("uq_reviews_code_phase")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("address_sha256", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index("ix_sign_in_tries_address_at", "sign_in_tries", ["address_sha256", "at"], unique=False)
    op.create_index("ix_sign_in_tries_at", "sign_in_tries", ["at"], unique=False)
    op.create_index("ix_sign_in_tries_network_at", "sign_in_tries", ["network", "at"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("section", sa.String(length=26), nullable=False),
        sa.Column("rev", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("logged_rev", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('fold', 'kept', 'restore')", name=op.f("ck_snapshots_kind")),
        sa.PrimaryKeyConstraint("section", "rev", "kind", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "texts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_texts")),
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_access_tokens_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_access_tokens_token_sha256")),
    )
    op.create_index("ix_access_tokens_account", "access_tokens", ["account"], unique=False)
    op.create_table(
        "review_states",
        sa.Column("review", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("capacity", sa.String(length=8), nullable=False),
        sa.Column("in_place_of", sa.String(length=3), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mandate_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("capacity in ('sur', 'reviewer')", name=op.f("ck_review_states_capacity_known")),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_review_states_review")),
        sa.PrimaryKeyConstraint("review", "state", name=op.f("pk_review_states")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sessions_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sessions_token_sha256")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"], unique=False)
    op.create_table(
        "steps",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("review", sa.String(length=26), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.CheckConstraint("letter in ('0', 'a', 'b', 'c', 'd')", name=op.f("ck_steps_letter_known")),
        sa.CheckConstraint(
            "state <> 'sealed' or (digest is not null and sealed_at is not null)",
            name=op.f("ck_steps_seal_whole"),
        ),
        sa.CheckConstraint("state in ('locked', 'open', 'sealed')", name=op.f("ck_steps_state_known")),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_steps_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sa.UniqueConstraint("review", "letter", name=op.f("uq_steps_review_letter")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("review", sa.String(length=26), nullable=True),
        sa.Column("step", sa.String(length=26), nullable=True),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_notices_account")),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], name=op.f("fk_notices_review")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_notices_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_account_at", "notices", ["account", "at"], unique=False)
    op.create_table(
        "pages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=26), nullable=False),
        sa.Column("instrument", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_pages_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("step", "instrument", name=op.f("uq_pages_step_instrument")),
    )
    op.create_table(
        "seals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=26), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("digests", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("votes", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["texts.digest"], name=op.f("fk_seals_digest")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_seals_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.UniqueConstraint("step", "n", name=op.f("uq_seals_step_n")),
    )
    op.create_table(
        "sections",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=26), nullable=False),
        sa.Column("instrument", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=26), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("digest_rev", sa.Integer(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("digest_rev <= rev", name=op.f("ck_sections_digest_not_ahead")),
        sa.CheckConstraint(
            "frozen = false or digest_rev = rev", name=op.f("ck_sections_frozen_with_its_digest")
        ),
        sa.ForeignKeyConstraint(["digest"], ["texts.digest"], name=op.f("fk_sections_digest")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_sections_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("step", "key", name=op.f("uq_sections_step_key")),
    )
    op.create_table(
        "votes",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("digests", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint("(digest is null) <> (digests is null)", name=op.f("ck_votes_one_kind_of_digest")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_votes_account")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_votes_step")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_votes_withdrawn_by")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_votes")),
        sa.UniqueConstraint("id", name=op.f("uq_votes_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_votes_step_number", "votes", ["step", "number"], unique=False)
    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("section", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("offline_since", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_how", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint("(ended_at is null) = (ended_how is null)", name=op.f("ck_claims_end_whole")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_claims_account")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_claims_ended_by")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_claims_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(
        "uq_claims_alone",
        "claims",
        ["section"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND alone = 1"),
        postgresql_where=sa.text("ended_at IS NULL AND alone = 1"),
    )
    op.create_index(
        "uq_claims_live_account",
        "claims",
        ["section", "account"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "resets",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("step", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=26), nullable=False),
        sa.Column("section", sa.String(length=26), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("place", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("after_vote", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_resets_by")),
        sa.ForeignKeyConstraint(["section"], ["sections.id"], name=op.f("fk_resets_section")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_resets_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resets")),
    )
    op.create_index("ix_resets_step_after_vote", "resets", ["step", "after_vote"], unique=False)
