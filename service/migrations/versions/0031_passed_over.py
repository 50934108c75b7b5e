"""Which work was passed over, because as much of one person or patient is under way."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("passed_over_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "passed_over_at")
