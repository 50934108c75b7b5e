"""Answers of drafts under way, the state of model endpoints, and switches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "model_answers",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_model_answers")),
    )
    op.create_index(
        op.f("ix_model_answers_patient_ref"), "model_answers", ["patient_ref"], unique=False
    )
    op.create_index(
        op.f("ix_model_answers_summary_id"), "model_answers", ["summary_id"], unique=False
    )
    op.create_table(
        "model_endpoints",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_model_endpoints")),
    )
    op.create_table(
        "model_switches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("switch", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_switches")),
        sa.UniqueConstraint("switch", name=op.f("uq_model_switches_switch")),
    )
    op.create_index(
        op.f("ix_model_switches_patient_ref"), "model_switches", ["patient_ref"], unique=False
    )


def downgrade() -> None:
    op.drop_table("model_switches")
    op.drop_table("model_endpoints")
    op.drop_table("model_answers")
