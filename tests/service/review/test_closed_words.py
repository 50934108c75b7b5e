"""The words of a record that was closed after the draft come back by no edit."""

import json

import pytest

from service.chart.models import SnapshotRecord
from service.errors import NotFound
from service.review import editing, edits
from service.review.desk import open_desk
from service.review.recite import places_for
from service.summary.models import Finding
from service.summary.vocabulary import FindingKind, Severity
from tests.service.review.builders import CLINICIAN, a_record, a_summary

SAID = "He keeps the heron of Aldwark in a shed.\nHe dreams of drowning swans."
WORDS = ("heron", "Aldwark", "swans", "drowning")


def by_label(session, note):
    note.labels = ["PSYTHPN"]


def by_a_later_version(session, note):
    note.is_latest = False
    session.flush()
    a_record(session, SAID, ref=note.resource_ref, version="2", labels=["PSYTHPN"], is_note=True)


def by_consent(session, note):
    names = {"type": "deny", "data": [{"meaning": "instance", "reference": {"reference": note}}]}
    names["data"][0]["reference"]["reference"] = note.resource_ref
    consent = {"status": "active", "scope": {"coding": [{"code": "patient-privacy"}]}}
    consent["provision"] = names
    a_record(session, "Consent", ref="Consent/c", raw=json.dumps(consent))


@pytest.fixture(params=[by_label, by_a_later_version, by_consent])
def closed(request, session):
    """A summary whose draft had read a note that is closed since; the note."""
    summary = a_summary(session)
    note = a_record(session, SAID, ref="DocumentReference/7", is_note=True)
    session.add(SnapshotRecord(summary_id=summary.id, record_id=note.id))
    edits.carry_out(session, summary.id, editing.rewording(0, "Sertraline 50 mg."), by=CLINICIAN)
    request.param(session, note)
    session.flush()
    return summary, note


def told(session, summary):
    """Everything that the desk says, in one text, and the version with its findings."""
    version = summary.current
    found = [(f.message, f.said, f.source, f.evidence) for f in version.findings]
    return repr((open_desk(session, summary.id, CLINICIAN), version.assessments, found))


@pytest.mark.parametrize("text", ["He dreams.", "He has a heron in a shed.", "Swans drown."])
@pytest.mark.parametrize("way", ["added", "reworded"])
def test_what_is_typed_is_not_compared_with_it(session, closed, text, way):
    summary, _ = closed
    adding = editing.adding("all", text)
    plan = adding if way == "added" else editing.rewording(0, text)
    edits.carry_out(session, summary.id, plan, by=CLINICIAN)
    said = told(session, summary).replace(text, "")
    assert [word for word in WORDS if word in said] == []


def test_no_place_of_it_is_offered(session, closed):
    summary, _ = closed
    assert places_for(session, summary, "He dreams of swans.", person=CLINICIAN) == []


def a_finding_of(session, version, note):
    place = {"record_id": note.id, "source": note.resource_ref, "start": 0, "end": 10}
    finding = Finding(
        version_id=version.id,
        number=9,
        kind=FindingKind.OMITTED,
        severity=Severity.MAJOR,
        check="risk",
        message="Not carried.",
        evidence=[place | {"quote": SAID[:10]}],
    )
    session.add(finding)
    session.flush()
    session.expire(version, ["findings"])


def test_it_is_neither_cited_nor_inserted(session, closed):
    summary, note = closed
    a_finding_of(session, summary.current, note)
    for plan in (
        editing.citing(1, note.id, "He dreams of drowning swans."),
        editing.adding("all", "He dreams.", place=(note.id, "drowning swans")),
        editing.adding("all", "He dreams.", finding=9),
        editing.inserting(9),
    ):
        with pytest.raises(NotFound, match="not open any more"):
            edits.carry_out(session, summary.id, plan, by=CLINICIAN)
    assert "swans" not in told(session, summary)


def test_what_was_cited_before_is_shown_without_its_words(session):
    summary = a_summary(session)
    note = a_record(session, SAID, ref="DocumentReference/7", is_note=True)
    session.add(SnapshotRecord(summary_id=summary.id, record_id=note.id))
    plan = editing.adding("all", "Has an animal.", place=(note.id, SAID.splitlines()[0]))
    edits.carry_out(session, summary.id, plan, by=CLINICIAN)
    assert "Aldwark" in told(session, summary)
    by_label(session, note)
    session.flush()
    assert "Aldwark" not in repr(open_desk(session, summary.id, CLINICIAN).sections)
