"""The visit that the EHR had open when a summary was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("summaries", sa.Column("encounter_ref", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("summaries", "encounter_ref")
