"""The kinds of a patient's records as an index: who may see a record is decided by the visits and
consents of the chart, a handful in 5,000, at every page."""

from alembic import op

revision = "0027"
down_revision = "0026"

NAME = "ix_source_records_patient_type"


def upgrade() -> None:
    op.create_index(NAME, "source_records", ["patient_ref", "resource_type"])


def downgrade() -> None:
    op.drop_index(NAME, "source_records")
