"""How far an export of the EHR has come into the charts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

_COUNTS = ("kept", "unchanged", "quarantined", "gaps", "deleted", "errors")


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("types", JSONB(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True)),
        sa.Column("status_url", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("needs_token", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    op.create_index("ix_exports_scope", "exports", ["scope"])
    op.create_table(
        "export_files",
        sa.Column("export_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", "number", name="pk_export_files"),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name="fk_export_files_export_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("export_files")
    op.drop_table("exports")
