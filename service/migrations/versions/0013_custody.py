"""Where the labels of a record come from, and the seal of an attestation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    marking = sa.Column(
        "marking", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}"
    )
    op.add_column("source_records", marking)
    op.alter_column("source_records", "marking", server_default=None)
    op.add_column("attestations", sa.Column("seal", sa.String(), nullable=False, server_default=""))
    op.alter_column("attestations", "seal", server_default=None)


def downgrade() -> None:
    op.drop_column("attestations", "seal")
    op.drop_column("source_records", "marking")
