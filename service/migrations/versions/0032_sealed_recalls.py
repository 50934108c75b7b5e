"""Why a model's work is recalled, sealed with a key of its own: it may speak of any patient."""

import sqlalchemy as sa
from alembic import op

from service.sealing.plain import opened_column, seal_here

revision = "0032"
down_revision = "0031"

_AS_PLAIN = """CASE WHEN reason = '' THEN ''::bytea
    ELSE '\\x00'::bytea || convert_to(reason, 'UTF8') END"""
_CHECK = """octet_length(reason) = 0 OR (
    substring(reason FROM 1 FOR 1) IN ('\\x01'::bytea, '\\x02'::bytea)
    AND substring(reason FROM 18 FOR 16)
        = substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 16))"""


def upgrade() -> None:
    op.alter_column("recalls", "reason", type_=sa.LargeBinary(), postgresql_using=_AS_PLAIN)
    seal_here(op.get_bind(), "recalls")
    op.create_check_constraint("recalls_reason_sealed", "recalls", _CHECK)


def downgrade() -> None:
    told = opened_column(op.get_bind(), "recalls", "reason")
    op.drop_constraint("recalls_reason_sealed", "recalls", type_="check")
    op.alter_column("recalls", "reason", type_=sa.String(), postgresql_using="''")
    write = sa.text("UPDATE recalls SET reason = :words WHERE id = :id")
    for id_, words in told.items():
        op.get_bind().execute(write, {"id": id_, "words": words})
    op.execute("DELETE FROM patient_keys WHERE patient_ref LIKE 'recalls/%'")
