"""Summaries, their versions, findings and attestations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "summaries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "pre-visit",
                "hospital-course",
                "discharge",
                "handoff",
                "psychiatric-progress",
                "medication-history",
                name="summarytype",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "charted",
                "indexed",
                "drafted",
                "in-review",
                "awaiting-cosign",
                "signed",
                "filed",
                "filing-refused",
                "filing-unknown",
                "retracting",
                "retracted",
                "failed",
                "rejected",
                "superseded",
                name="summarystatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_reason", sa.String(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
    )
    op.create_index(op.f("ix_summaries_patient_ref"), "summaries", ["patient_ref"], unique=False)
    op.create_index(op.f("ix_summaries_status"), "summaries", ["status"], unique=False)
    op.create_table(
        "summary_versions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("coverage", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assessments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_summary_versions_summary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_versions")),
        sa.UniqueConstraint(
            "summary_id", "number", name=op.f("uq_summary_versions_summary_id_number")
        ),
    )
    op.create_index(
        op.f("ix_summary_versions_digest"), "summary_versions", ["digest"], unique=False
    )
    op.create_index(
        op.f("ix_summary_versions_summary_id"), "summary_versions", ["summary_id"], unique=False
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unsupported",
                "contradicted",
                "omitted",
                "conflict",
                "risk",
                "language",
                "injection",
                name="findingkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum("major", "minor", name="severity", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("statement_index", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "resolution",
            sa.Enum(
                "accepted",
                "corrected",
                "dismissed",
                name="resolutionaction",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("resolution_reason", sa.String(), nullable=False),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["summary_versions.id"], name=op.f("fk_findings_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_findings_version_id_number")),
    )
    op.create_index(op.f("ix_findings_kind"), "findings", ["kind"], unique=False)
    op.create_index(op.f("ix_findings_version_id"), "findings", ["version_id"], unique=False)
    op.create_table(
        "attestations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("summary_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("practitioner_ref", sa.String(), nullable=False),
        sa.Column("meaning", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["summary_id"], ["summaries.id"], name=op.f("fk_attestations_summary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
        sa.UniqueConstraint(
            "summary_id",
            "digest",
            "person_id",
            name=op.f("uq_attestations_summary_id_digest_person_id"),
        ),
    )
    op.create_index(
        op.f("ix_attestations_summary_id"), "attestations", ["summary_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("attestations")
    op.drop_table("findings")
    op.drop_table("summary_versions")
    op.drop_table("summaries")
