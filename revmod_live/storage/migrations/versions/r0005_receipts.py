"""Receipts of votes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of receipts. Votes that were cast before have none."""
    op.create_table(
        "receipts",
        sa.Column("vote", sa.String(length=26), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["vote"], ["votes.id"], name=op.f("fk_receipts_vote")),
        sa.PrimaryKeyConstraint("vote", name=op.f("pk_receipts")),
    )
