"""Each time that a signed text was sent; when all of a chart was last read."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "filing_sends",
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("summary_id", "digest", name=op.f("pk_filing_sends")),
    )
    op.create_index(op.f("ix_filing_sends_patient_ref"), "filing_sends", ["patient_ref"])
    op.add_column("charts", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("charts", "looked_at")
    op.drop_table("filing_sends")
