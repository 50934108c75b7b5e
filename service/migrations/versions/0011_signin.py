"""Signing in: sessions that rotate, journeys to providers, people who came, tokens of programs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

AN_INSTANT = sa.DateTime(timezone=True)
NEW_TEXT = ("former_hash", "provider_key", "patient_ref", "encounter_ref")
FOUND_BY = ("former_hash", "person_id", "patient_ref")


def upgrade() -> None:
    op.execute("DELETE FROM web_sessions")  # everybody signs in again: old cookies name no ticket
    op.add_column("web_sessions", sa.Column("ticket_hash", sa.String(), nullable=False))
    op.add_column("web_sessions", sa.Column("ticket_at", AN_INSTANT, nullable=False))
    op.add_column("web_sessions", sa.Column("ticket_used", sa.Boolean(), nullable=False))
    op.add_column("web_sessions", sa.Column("authenticated_at", AN_INSTANT, nullable=True))
    for name in NEW_TEXT:
        op.add_column("web_sessions", sa.Column(name, sa.String(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_web_sessions_ticket_hash"), "web_sessions", ["ticket_hash"]
    )
    for name in FOUND_BY:
        op.create_index(op.f(f"ix_web_sessions_{name}"), "web_sessions", [name])
    _create_attempts()
    _create_people()
    _create_tokens()


def _create_attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("provider_key", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("code_verifier", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=False),
        sa.Column("launched", sa.Boolean(), nullable=False),
        sa.Column("max_age_s", sa.Integer(), nullable=True),
        sa.Column("made_at", AN_INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_made_at"), "sign_in_attempts", ["made_at"])


def _create_people() -> None:
    op.create_table(
        "known_people",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("practitioner_ref", sa.String(), nullable=True),
        sa.Column("first_at", AN_INSTANT, nullable=False),
        sa.Column("last_at", AN_INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_people")),
    )


def _create_tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", AN_INSTANT, nullable=False),
        sa.Column("expires_at", AN_INSTANT, nullable=False),
        sa.Column("used_at", AN_INSTANT, nullable=True),
        sa.Column("revoked_at", AN_INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
    )
    op.create_table(
        "used_assertions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("expires_at", AN_INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_assertions")),
    )


def downgrade() -> None:
    for table in ("used_assertions", "api_tokens", "known_people", "sign_in_attempts"):
        op.drop_table(table)
    op.execute("DELETE FROM web_sessions")
    for name in FOUND_BY:
        op.drop_index(op.f(f"ix_web_sessions_{name}"), "web_sessions")
    for name in ("ticket_hash", "ticket_at", "ticket_used", "authenticated_at", *NEW_TEXT):
        op.drop_column("web_sessions", name)
