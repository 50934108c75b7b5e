"""When the EHR was asked anew, where a record came from, what an edit was, words not yet saved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for name in ("asked_at", "answered_at"):
        op.add_column("charts", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("charts", sa.Column("unanswered", sa.String(), server_default="", nullable=False))
    op.add_column(
        "source_records", sa.Column("origin", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "summary_versions",
        sa.Column("edit", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.create_table(
        "unsaved_words",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_unsaved_words_summary_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "summary_id", "form", name=op.f("pk_unsaved_words")),
    )


def downgrade() -> None:
    op.drop_table("unsaved_words")
    op.drop_column("summary_versions", "edit")
    op.drop_column("source_records", "origin")
    for name in ("unanswered", "answered_at", "asked_at"):
        op.drop_column("charts", name)
