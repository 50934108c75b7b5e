"""Builders of charts: records as the chart stage would have kept them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from itertools import count

from service.chart.models import Chart, SourceRecord

_number = count(1)
FIRST_DAY = datetime(2025, 1, 1, 9, tzinfo=UTC)


def a_record(
    session,
    headline,
    *,
    patient="Patient/a",
    resource_type="Condition",
    day=0,
    details="",
    **fields,
):
    number = next(_number)
    when = FIRST_DAY + timedelta(days=day)
    given = {
        "patient_ref": patient,
        "resource_ref": f"{resource_type}/{number}",
        "version": "1",
        "resource_type": resource_type,
        "content_hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "raw": json.dumps({"resourceType": resource_type}),
        "title": headline[:60],
        "headline": headline,
        "text": f"{headline}\n{details}" if details else headline,
        "effective": when.date().isoformat(),
        "effective_at": when,
    }
    record = SourceRecord(**given | fields)
    session.add(record)
    session.flush()
    return record


def a_note(session, body, *, title="Progress note", day=0, role="physician", **fields):
    when = (FIRST_DAY + timedelta(days=day)).date().isoformat()
    headline = f"{title}, {when}, {role}"
    given = {
        "resource_type": "DocumentReference",
        "is_note": True,
        "title": title,
        "text": f"{headline}\n\n{body}",
        "author_role": role,
    }
    return a_record(session, headline, day=day, **given | fields)


def a_patient(session, **fields):
    """Who Patient/a is; a chart whose patient has no name is shown to no model."""
    named = {"resourceType": "Patient", "name": [{"family": "Quill", "given": ["Ada"]}]}
    return a_record(
        session,
        "Patient: Ada Quill",
        resource_type="Patient",
        resource_ref="Patient/a",
        raw=json.dumps(named),
        **fields,
    )


def a_chart(session, patient="Patient/a"):
    """A small chart: two visits, the second with text copied from the first."""
    chart = Chart(patient_ref=patient)
    session.add(chart)
    a_record(
        session,
        "Major depressive disorder, recurrent (active)",
        patient=patient,
        status="active",
        code="http://snomed.info/sct|66344007",
    )
    a_record(session, "Hypertension (resolved)", patient=patient, status="resolved")
    a_record(
        session,
        "Allergy: penicillin G - anaphylaxis (severe); active",
        patient=patient,
        resource_type="AllergyIntolerance",
    )
    a_note(session, FIRST_VISIT, patient=patient, day=10)
    a_note(session, SECOND_VISIT, patient=patient, day=100, author="Dr B")
    return chart


FIRST_VISIT = """HPI:
Low mood for six months after the move. Sleeps four hours. Stopped rowing.

Past psychiatric history:
One admission in 2016 after an overdose of paracetamol. Citalopram helped then.

Risk assessment:
Passive thoughts of being better off dead, no plan, no intent. Keeps no firearms at home.

Plan:
Start sertraline 50 mg daily. Review in four weeks."""

SECOND_VISIT = """HPI:
Mood better since sertraline was raised. Rowing again on Sundays.

Past psychiatric history:
One admission in 2016 after an overdose of paracetamol. Citalopram helped then.

Risk assessment:
Denies suicidal ideation. Safety plan reviewed with sister.

Plan:
Continue sertraline 100 mg daily. PHQ-9 next visit."""
