"""In which way a model's endpoint can be asked, and how fast it reads and writes."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COLUMNS = ("reads", "writes")


def upgrade() -> None:
    op.add_column(
        "model_endpoints", sa.Column("way", sa.String(), nullable=False, server_default="")
    )
    for name in COLUMNS:
        op.add_column("model_endpoints", sa.Column(name, sa.Float(), nullable=True))
    op.add_column(
        "model_endpoints", sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    for name in ("measured_at", *reversed(COLUMNS), "way"):
        op.drop_column("model_endpoints", name)
