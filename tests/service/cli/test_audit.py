"""`countersign audit export`: a file that leaves tells no more than its reader may know."""

import json

import pytest

from service import audit
from service.access.rulings import CONFIRMED, LISTED, confirm
from service.audit import AuditEvent
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.database import transaction
from service.review.history import WantedActs, audit_page
from service.summary.people import Person
from service.summary.vocabulary import Role
from tests.service.access.test_rulings import TEXT
from tests.service.chart.builders import PATIENT, a_bundle, a_note, a_patient
from tests.service.review.builders import IT

OFFICER = Person("officer", "O", Role.SECURITY)
NOTE = "DocumentReference/n1"


@pytest.fixture
def ruled(sessions):
    """A note that an officer has found in the list, confirmed, and looked up in the audit."""
    with transaction(sessions) as session:
        ingest(session, "test", [a_bundle(a_patient(), a_note(TEXT))])
    with transaction(sessions) as session:
        note = session.query(SourceRecord).filter_by(resource_ref=NOTE).one()
        audit.record(session, LISTED, actor=OFFICER.id, patients=[PATIENT])
        confirm(session, note.id, by=OFFICER.id)
        wanted = WantedActs(patient_ref=PATIENT, action=f"note.{CONFIRMED}")
        audit_page(session, OFFICER, wanted=wanted)
    with transaction(sessions) as session:
        return {a.seq for a in session.query(AuditEvent) if a.actor == OFFICER.id}


def exported(command, path, *more):
    assert command("audit", "export", str(path), *more).code == 0
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_export_tells_nobody_whose_notes_look_protected(command, ruled, tmp_path):
    told = {int(e["id"].rpartition("-")[2]): e for e in exported(command, tmp_path / "audit")}
    assert ruled <= set(told) and len(ruled) == 3
    for seq in ruled:
        said = json.dumps(told[seq])
        assert not any(word in said for word in (PATIENT, NOTE, "note.", "withheld", "PSYTHPN"))
        assert "hash" in said and "previous" in said, "a copy can still be held against the chain"


def test_the_officer_can_have_it_whole(command, ruled, tmp_path, sessions):
    whole = json.dumps(exported(command, tmp_path / "audit", "--with-withheld"))
    assert all(said in whole for said in (LISTED, f"note.{CONFIRMED}", NOTE, PATIENT))
    with transaction(sessions) as session:
        act = session.query(AuditEvent).filter_by(action="audit.exported").one()
        assert act.detail["with_withheld"] is True


def test_what_the_officer_looked_up_is_no_row_for_others(session, ruled):
    rows, _ = audit_page(session, IT, wanted=WantedActs(actor=OFFICER.id))
    assert rows == ()
    rows, _ = audit_page(session, OFFICER, wanted=WantedActs(actor=OFFICER.id))
    assert {row.seq for row in rows} == ruled
