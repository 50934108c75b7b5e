"""Which embedding a passage's vector is of, so that another can take its place without a pause."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # Passages of before are owed a vector: they were cut and named another way.
    op.add_column(
        "passages", sa.Column("model", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.alter_column("passages", "model", server_default=None)
    op.create_index(op.f("ix_passages_model"), "passages", ["model"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_passages_model"), table_name="passages")
    op.drop_column("passages", "model")
