"""What people say of a statement beside the text: to a colleague, or that it is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def _sealed(column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"""octet_length({column}) = 0 OR (
        substring({column} FROM 1 FOR 1) IN ('\\x01'::bytea, '\\x02'::bytea)
        AND substring({column} FROM 18 FOR 16)
            = substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 16))""",
        name=f"remarks_{column}_sealed",
    )


def upgrade() -> None:
    op.create_table(
        "remarks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_remarks_summary_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["summary_versions.id"], name=op.f("fk_remarks_version_id")
        ),
        *(_sealed(column) for column in ("said", "words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_summary_id"), "remarks", ["summary_id"])
    op.create_index(op.f("ix_remarks_version_id"), "remarks", ["version_id"])
    op.create_index(op.f("ix_remarks_kind"), "remarks", ["kind"])


def downgrade() -> None:
    op.drop_table("remarks")
