"""Recalls, and where each summary that they concern stands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "recalls",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("criteria", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_recalls"),
    )
    op.create_table(
        "recall_items",
        sa.Column("recall_id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("recall_id", "summary_id", name="pk_recall_items"),
        sa.ForeignKeyConstraint(["recall_id"], ["recalls.id"], name="fk_recall_items_recall_id"),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name="fk_recall_items_summary_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_recall_items_summary_id", "recall_items", ["summary_id"])


def downgrade() -> None:
    op.drop_table("recall_items")
    op.drop_table("recalls")
