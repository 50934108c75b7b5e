"""Samples and ratings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "qa_samples",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("frame_hash", sa.String(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_samples")),
    )
    op.create_table(
        "qa_items",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sample_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["qa_samples.id"], name=op.f("fk_qa_items_sample_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["summary_id"],
            ["summaries.id"],
            name=op.f("fk_qa_items_summary_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["summary_versions.id"],
            name=op.f("fk_qa_items_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_items")),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_qa_items_sample_id_position")),
        sa.UniqueConstraint(
            "sample_id", "version_id", name=op.f("uq_qa_items_sample_id_version_id")
        ),
    )
    op.create_index(op.f("ix_qa_items_sample_id"), "qa_items", ["sample_id"], unique=False)
    op.create_index(op.f("ix_qa_items_summary_id"), "qa_items", ["summary_id"], unique=False)
    op.create_index(op.f("ix_qa_items_version_id"), "qa_items", ["version_id"], unique=False)
    op.create_table(
        "qa_ratings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["qa_items.id"], name=op.f("fk_qa_ratings_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_ratings")),
        sa.UniqueConstraint("item_id", "person_id", name=op.f("uq_qa_ratings_item_id_person_id")),
    )
    op.create_index(op.f("ix_qa_ratings_item_id"), "qa_ratings", ["item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("qa_ratings")
    op.drop_table("qa_items")
    op.drop_table("qa_samples")
