"""Nothing plain is taken any more, nor what was sealed for another row."""

from alembic import op

revision = "0023"
down_revision = "0022"

_ID = "id"
COLUMNS = {
    "source_records": (_ID, "raw title headline text code category status author author_role"),
    "charts": ("patient_ref", "gaps unanswered"),
    "quarantined": (_ID, "raw reason"),
    "jobs": ("summary_id", "said"),
    "filings": (_ID, "refusal"),
    "uploads": (_ID, "content"),
    "record_readings": ("record_id", "reading"),
    "passages": (_ID, "heading"),
    "summaries": (_ID, "status_reason"),
    "summary_versions": (_ID, "document text coverage assessments edit"),
    "findings": (_ID, "message said source evidence resolution_reason"),
    "unsaved_words": ("person_id || E'\\n' || summary_id || E'\\n' || form", "words"),
    "kept_answers": (_ID, "body"),
    "model_answers": ("key", "answer"),
    "model_switches": (_ID, "reason"),
    "qa_ratings": (_ID, "marks comment"),
}
# Empty, or sealed, with the first 16 bytes of the row's hash where cipher.py puts them.
CHECK = """octet_length({0}) = 0 OR (
    substring({0} FROM 1 FOR 1) IN ('\\x01'::bytea, '\\x02'::bytea)
    AND substring({0} FROM 18 FOR 16)
        = substring(sha256(convert_to({1}, 'UTF8')) FROM 1 FOR 16))"""


def upgrade() -> None:
    for table, (row, columns) in COLUMNS.items():
        for name in columns.split():
            op.create_check_constraint(f"{table}_{name}_sealed", table, CHECK.format(name, row))


def downgrade() -> None:
    for table, (_, columns) in COLUMNS.items():
        for name in columns.split():
            op.drop_constraint(f"{table}_{name}_sealed", table, type_="check")
