"""Long uploads that wait for a worker, and how often a task was begun and never ended."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_COUNTS = ("tries", "kept", "unchanged", "quarantined", "gaps")


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_sent_by", "uploads", ["sent_by"])
    op.create_table(
        "begun_tasks",
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("task", "summary_id", name="pk_begun_tasks"),
        sa.ForeignKeyConstraint(["summary_id"], ["summaries.id"], name="fk_begun_tasks_summary_id"),
    )


def downgrade() -> None:
    op.drop_table("begun_tasks")
    op.drop_table("uploads")
