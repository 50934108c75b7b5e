"""Each time that a signed text was sent, written down before it was."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "filing_sends",
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("summary_id", "digest", name=op.f("pk_filing_sends")),
    )


def downgrade() -> None:
    op.drop_table("filing_sends")
