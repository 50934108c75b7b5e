"""Who takes part in whose care, whom the EHR named as whose patients, and broken glass."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "participations",
        _word("record_id"),
        _word("actor_ref"),
        _at("starts_at", nullable=True),
        _at("ends_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_records.id"], name=op.f("fk_participations_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", "actor_ref", name=op.f("pk_participations")),
    )
    op.create_index(op.f("ix_participations_actor_ref"), "participations", ["actor_ref"])
    op.create_table(
        "listed_patients",
        _word("person_id"),
        _word("patient_ref"),
        _at("until"),
        sa.PrimaryKeyConstraint("person_id", "patient_ref", name=op.f("pk_listed_patients")),
    )
    op.create_index(op.f("ix_listed_patients_patient_ref"), "listed_patients", ["patient_ref"])
    op.create_table(
        "broken_glass",
        *(_word(name) for name in ("id", "person_id", "patient_ref", "reason", "seal")),
        _at("broken_at"),
        _at("until"),
        _at("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    for column in ("person_id", "patient_ref"):
        op.create_index(op.f(f"ix_broken_glass_{column}"), "broken_glass", [column])


def downgrade() -> None:
    for table in ("broken_glass", "listed_patients", "participations"):
        op.drop_table(table)
