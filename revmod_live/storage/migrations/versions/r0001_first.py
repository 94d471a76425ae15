"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the event log."""
    op.create_table(
        "event_log",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("account", sa.String(26)),
        sa.Column("state", sa.String(3)),
        sa.Column("review", sa.String(26)),
        sa.Column("step", sa.String(26)),
        sa.Column("section", sa.String(26)),
        sa.Column("rev_from", sa.Integer),
        sa.Column("rev_to", sa.Integer),
        sa.Column("digest_before", sa.String(64)),
        sa.Column("digest_after", sa.String(64)),
        sa.Column("detail", sa.JSON(), nullable=False),
        sqlite_autoincrement=True,
    )
