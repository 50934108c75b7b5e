"""What people type about an act, beside the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "typed_reasons",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            """octet_length(words) = 0 OR (
            substring(words FROM 1 FOR 1) IN ('\\x01'::bytea, '\\x02'::bytea)
            AND substring(words FROM 18 FOR 16)
                = substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 16))""",
            name="typed_reasons_words_sealed",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_reasons")),
    )
    op.create_index(op.f("ix_typed_reasons_patient_ref"), "typed_reasons", ["patient_ref"])


def downgrade() -> None:
    op.drop_table("typed_reasons")
