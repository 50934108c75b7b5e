"""What the reader of a draft asked of the next one, in their words and so sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_SEALED = """octet_length(returned) = 0 OR (
    substring(returned FROM 1 FOR 1) IN ('\\x01'::bytea, '\\x02'::bytea)
    AND substring(returned FROM 18 FOR 16)
        = substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 16))"""


def upgrade() -> None:
    op.add_column(
        "summaries", sa.Column("returned", sa.LargeBinary(), server_default="", nullable=False)
    )
    op.create_check_constraint("summaries_returned_sealed", "summaries", _SEALED)


def downgrade() -> None:
    op.drop_column("summaries", "returned")
