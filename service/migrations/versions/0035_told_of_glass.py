"""A receiver is told of broken glass too."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"

TABLE = "hook_messages"
OF_ONE = "(summary_id IS NULL) <> (glass_id IS NULL)"


def upgrade() -> None:
    op.alter_column(TABLE, "summary_id", nullable=True)
    op.add_column(TABLE, sa.Column("glass_id", sa.String(), nullable=True))
    op.create_foreign_key(
        "fk_hook_messages_glass_id",
        TABLE,
        "broken_glass",
        ["glass_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_hook_messages_glass_id", TABLE, ["glass_id"])
    op.create_check_constraint(
        "hook_messages_of_one", TABLE, "(summary_id IS NULL) <> (glass_id IS NULL)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM hook_messages WHERE summary_id IS NULL")
    op.drop_constraint("hook_messages_of_one", TABLE)
    op.drop_column(TABLE, "glass_id")
    op.alter_column(TABLE, "summary_id", nullable=False)
