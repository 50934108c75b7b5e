"""What was closed of a patient when an answer was kept."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    column = sa.Column("basis", sa.String(), nullable=False, server_default="")
    op.add_column("kept_answers", column)


def downgrade() -> None:
    op.drop_column("kept_answers", "basis")
