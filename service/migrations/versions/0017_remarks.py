"""What people say of a statement beside the text: to a colleague, or that it is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_remarks_summary_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["summary_versions.id"], name=op.f("fk_remarks_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_summary_id"), "remarks", ["summary_id"])
    op.create_index(op.f("ix_remarks_version_id"), "remarks", ["version_id"])
    op.create_index(op.f("ix_remarks_kind"), "remarks", ["kind"])


def downgrade() -> None:
    op.drop_table("remarks")
