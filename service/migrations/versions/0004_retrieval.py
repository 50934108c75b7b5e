"""Passages and the keys that hide them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "patient_keys",
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("patient_ref", name=op.f("pk_patient_keys")),
    )
    op.create_table(
        "indexed_records",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("splitter", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_indexed_records_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_indexed_records")),
    )
    op.create_index(
        op.f("ix_indexed_records_patient_ref"), "indexed_records", ["patient_ref"], unique=False
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("vector_id", sa.String(), nullable=False),
        sa.Column("copy_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_passages_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    op.create_index(op.f("ix_passages_patient_ref"), "passages", ["patient_ref"], unique=False)
    op.create_index(
        "ix_passages_patient_vector", "passages", ["patient_ref", "vector_id"], unique=False
    )
    op.create_index(op.f("ix_passages_record_id"), "passages", ["record_id"], unique=False)
    op.create_index(op.f("ix_passages_vector_id"), "passages", ["vector_id"], unique=False)


def downgrade() -> None:
    op.drop_table("passages")
    op.drop_table("indexed_records")
    op.drop_table("patient_keys")
