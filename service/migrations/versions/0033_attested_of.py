"""From which records the text was drafted that somebody attested."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

ONCE = "uq_attestations_summary_id_digest_person_id"
ONCE_A_DRAFT = "uq_attestations_summary_id_digest_person_id_snapshot"
PERSON = ["summary_id", "digest", "person_id"]


def upgrade() -> None:
    column = sa.Column("snapshot", sa.String(), nullable=False, server_default="")
    op.add_column("attestations", column)
    op.drop_constraint(ONCE, "attestations")
    op.create_unique_constraint(ONCE_A_DRAFT, "attestations", [*PERSON, "snapshot"])


def downgrade() -> None:
    op.drop_constraint(ONCE_A_DRAFT, "attestations")
    op.create_unique_constraint(ONCE, "attestations", PERSON)
    op.drop_column("attestations", "snapshot")
