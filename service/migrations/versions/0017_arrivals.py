"""News of charts that nobody has looked at yet, the subscriptions that bring them, and polling."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def _at(name: str, *, is_known: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not is_known)


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("patient_ref", sa.String()),
        _at("first_at"),
        _at("told_at"),
        _at("free_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_arrivals"),
    )
    op.create_index("ix_arrivals_patient_ref", "arrivals", ["patient_ref"])
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("resource_type", sa.String(), nullable=False),
        sa.Column("ehr_ref", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        _at("made_at"),
        _at("heard_at"),
        _at("looked_at"),
        _at("gap_since", is_known=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint("token_hash", name="uq_subscriptions_token_hash"),
    )
    op.create_table(
        "polls",
        sa.Column("resource_type", sa.String(), nullable=False),
        _at("until"),
        sa.PrimaryKeyConstraint("resource_type", name="pk_polls"),
    )


def downgrade() -> None:
    op.drop_table("polls")
    op.drop_table("subscriptions")
    op.drop_table("arrivals")
