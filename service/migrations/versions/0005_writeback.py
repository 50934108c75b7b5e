"""Filings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "filings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sending",
                "filed",
                "refused",
                "unknown",
                "superseded",
                "retracted",
                name="filingstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("document_ref", sa.String(), nullable=True),
        sa.Column("provenance_ref", sa.String(), nullable=True),
        sa.Column("device_ref", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_filings_summary_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filings")),
        sa.UniqueConstraint("summary_id", "digest", name=op.f("uq_filings_summary_id_digest")),
    )
    op.create_index(op.f("ix_filings_summary_id"), "filings", ["summary_id"], unique=False)


def downgrade() -> None:
    op.drop_table("filings")
