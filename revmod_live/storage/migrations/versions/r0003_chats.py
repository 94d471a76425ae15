"""Chats, their messages, and how far each reader has come."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of chats."""
    op.create_table(
        "chats",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=True),
        sa.Column("step", sa.String(length=26), nullable=True),
        sa.Column("instrument", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'profile') = (account is not null)", name=op.f("ck_chats_account_of_profile")
        ),
        sa.CheckConstraint("(account is null) <> (step is null)", name=op.f("ck_chats_account_or_step")),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_chats_account")),
        sa.ForeignKeyConstraint(["step"], ["steps.id"], name=op.f("fk_chats_step")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("key", name=op.f("uq_chats_key")),
    )
    op.create_table(
        "chat_messages",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("chat", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=3), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_chat_messages_account")),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_chat_messages_chat")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chat_messages")),
        sa.UniqueConstraint("id", name=op.f("uq_chat_messages_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_chat_messages_chat_number", "chat_messages", ["chat", "number"], unique=False)
    op.create_table(
        "chat_marks",
        sa.Column("chat", sa.String(length=26), nullable=False),
        sa.Column("account", sa.String(length=26), nullable=False),
        sa.Column("read_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_chat_marks_account")),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name=op.f("fk_chat_marks_chat")),
        sa.PrimaryKeyConstraint("chat", "account", name=op.f("pk_chat_marks")),
    )
