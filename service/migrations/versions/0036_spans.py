"""A row a span of who takes part, all looked for anew; and when the EHR told all of a person's
patients."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

TABLE, KEY = "participations", "pk_participations"


def upgrade() -> None:
    op.execute("DELETE FROM participations")
    op.add_column(TABLE, sa.Column("number", sa.Integer(), nullable=False))
    op.drop_constraint(KEY, TABLE)
    op.create_primary_key(KEY, TABLE, ["record_id", "number"])
    op.create_table(
        "whole_listings",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_whole_listings"),
    )


def downgrade() -> None:
    op.drop_table("whole_listings")
    op.execute("DELETE FROM participations")
    op.drop_constraint(KEY, TABLE)
    op.drop_column(TABLE, "number")
    op.create_primary_key(KEY, TABLE, ["record_id", "actor_ref"])
