"""What was read of each record version."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "record_readings",
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["source_records.id"],
            name=op.f("fk_record_readings_record_id"),
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_readings")),
    )
    for column in ("patient_ref", "reader"):
        op.create_index(op.f(f"ix_record_readings_{column}"), "record_readings", [column])


def downgrade() -> None:
    op.drop_table("record_readings")
