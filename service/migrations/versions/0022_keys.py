"""Chart text as bytes, which can be sealed; each patient's key has an id; texts have marks.

What is held stays plain, with a zero before it, until `upgrade()` has sealed it (plain.py).
"""

import sqlalchemy as sa
from alembic import op

from service.sealing.plain import unseal

revision = "0022"
down_revision = "0021"

TEXT, JSON_LIST, JSON, BYTES = "text", "list", "dict", "bytes"
COLUMNS = {
    "source_records": {
        "raw": TEXT,
        "title": TEXT,
        "headline": TEXT,
        "text": TEXT,
        "code": TEXT,
        "category": TEXT,
        "status": TEXT,
        "author": TEXT,
        "author_role": TEXT,
    },
    "charts": {"gaps": JSON_LIST, "unanswered": TEXT},
    "quarantined": {"raw": TEXT, "reason": TEXT},
    "uploads": {"content": BYTES},
    "record_readings": {"reading": BYTES},
    "passages": {"heading": TEXT},
    "summaries": {"status_reason": TEXT},
    "summary_versions": {
        "document": JSON,
        "text": TEXT,
        "coverage": JSON,
        "assessments": JSON_LIST,
        "edit": JSON,
    },
    "findings": {
        "message": TEXT,
        "said": TEXT,
        "source": TEXT,
        "evidence": JSON_LIST,
        "resolution_reason": TEXT,
    },
    "unsaved_words": {"words": TEXT},
    "jobs": {"said": TEXT},
    "filings": {"refusal": TEXT},
    "kept_answers": {"body": TEXT},
    "model_answers": {"answer": JSON},
    "model_switches": {"reason": TEXT},
    "qa_ratings": {"marks": JSON_LIST, "comment": TEXT},
}
_EMPTY = {TEXT: "''", JSON: "'{}'", JSON_LIST: "'[]'", BYTES: "''"}
_INTO = {
    TEXT: "convert_to({0}, 'UTF8')",
    JSON: "convert_to({0}::text, 'UTF8')",
    JSON_LIST: "convert_to({0}::text, 'UTF8')",
    BYTES: "{0}",
}
_BACK = {
    TEXT: ("varchar", "convert_from({0}, 'UTF8')"),
    JSON: ("jsonb", "convert_from({0}, 'UTF8')::jsonb"),
    JSON_LIST: ("jsonb", "convert_from({0}, 'UTF8')::jsonb"),
    BYTES: ("bytea", "{0}"),
}
_MARKED = ("record_readings", "indexed_records")
_SAME = """UPDATE {0} SET text_mark = s.text_mark FROM source_records s
WHERE {0}.record_id = s.id AND {0}.text_mark = encode(sha256(convert_to(s.text, 'UTF8')), 'hex')"""


def upgrade() -> None:
    op.add_column("patient_keys", sa.Column("id", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE patient_keys SET id = uuid_send(gen_random_uuid())")
    op.alter_column("patient_keys", "id", nullable=False)
    op.create_unique_constraint(op.f("uq_patient_keys_id"), "patient_keys", ["id"])
    _mark_texts()
    for table, columns in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} {', '.join(_into(*each) for each in columns.items())}")


def _mark_texts() -> None:
    """A name for each wording in the place of its hash, by which a short text can be guessed."""
    op.add_column("source_records", sa.Column("text_mark", sa.String(), nullable=True))
    op.execute("UPDATE source_records SET text_mark = replace(gen_random_uuid()::text, '-', '')")
    op.alter_column("source_records", "text_mark", nullable=False)
    for table in _MARKED:
        op.alter_column(table, "text_hash", new_column_name="text_mark")
        op.execute(_SAME.format(table))


def _into(name: str, kind: str) -> str:
    # EXTERNAL: ciphertext cannot be made smaller, and what stands before it is read by itself.
    empty, bytes_ = f"{name}::text IN ('', '{{}}', '[]')", _INTO[kind].format(name)
    plain = f"CASE WHEN {empty} THEN ''::bytea ELSE '\\x00'::bytea || {bytes_} END"
    return (
        f"ALTER COLUMN {name} DROP DEFAULT, ALTER COLUMN {name} TYPE bytea USING {plain}, "
        f"ALTER COLUMN {name} SET STORAGE EXTERNAL"
    )


def downgrade() -> None:
    unseal(op.get_bind())
    for table, columns in COLUMNS.items():
        op.execute(f"ALTER TABLE {table} {', '.join(_back(*each) for each in columns.items())}")
    op.alter_column("summary_versions", "edit", server_default="{}")
    op.alter_column("charts", "unanswered", server_default="")
    for table in _MARKED:  # each is read and indexed anew
        op.alter_column(table, "text_mark", new_column_name="text_hash")
    op.drop_column("source_records", "text_mark")
    op.drop_column("patient_keys", "id")


def _back(name: str, kind: str) -> str:
    type_, value = _BACK[kind]
    whole = value.format(f"substring({name} FROM 2)")
    using = f"CASE WHEN octet_length({name}) = 0 THEN {_EMPTY[kind]} ELSE {whole} END"
    return (
        f"ALTER COLUMN {name} TYPE {type_} USING {using}, ALTER COLUMN {name} SET STORAGE EXTENDED"
    )
