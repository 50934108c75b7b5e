"""Charts and source records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "charts",
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gaps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("patient_ref", name=op.f("pk_charts")),
    )
    op.create_table(
        "source_records",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=True),
        sa.Column("resource_ref", sa.String(), nullable=False),
        sa.Column("resource_type", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("refers_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("effective", sa.String(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("encounter_ref", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_role", sa.String(), nullable=False),
        sa.Column("is_note", sa.Boolean(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "evidence",
                "replaced",
                "excluded",
                "unreadable",
                name="standing",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("standing_reason", sa.String(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gaps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_records")),
        sa.UniqueConstraint(
            "resource_ref",
            "version",
            "content_hash",
            name=op.f("uq_source_records_resource_ref_version_content_hash"),
        ),
    )
    op.create_index(
        "ix_source_records_patient_standing",
        "source_records",
        ["patient_ref", "is_latest", "standing"],
        unique=False,
    )
    op.create_index(
        op.f("ix_source_records_resource_ref"), "source_records", ["resource_ref"], unique=False
    )
    op.create_table(
        "quarantined",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_quarantined_content_hash")),
    )
    op.create_table(
        "snapshot_records",
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_snapshot_records_record_id")
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_snapshot_records_summary_id")
        ),
        sa.PrimaryKeyConstraint("summary_id", "record_id", name=op.f("pk_snapshot_records")),
    )


def downgrade() -> None:
    op.drop_table("snapshot_records")
    op.drop_table("quarantined")
    op.drop_table("source_records")
    op.drop_table("charts")
