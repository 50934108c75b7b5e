"""What could not be searched for is a finding, and its section says that it is not known."""

from dataclasses import replace

import pytest

from service.drafting.extractive import ExtractiveWriter
from service.summary.vocabulary import FindingKind, Severity
from service.verification.unread import unread_findings
from tests.service.drafting.test_extractive import a_request, section_of


def found(*gaps):
    return unread_findings({"searches_failed": list(gaps)})


def a_gap(source, **more):
    return {"kind": "search", "source": source, "reason": "refused (403)", **more}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("AllergyIntolerance", "allergies"),
        ("MedicationRequest", "medicines"),
        ("MedicationStatement", "medicines"),
        ("RiskAssessment", "risk"),
        ("DocumentReference category=clinical-note", "notes and documents"),
    ],
)
def test_what_is_grave_is_major(source, what):
    (finding,) = found(a_gap(source))
    assert (finding.severity, finding.check) == (Severity.MAJOR, "unread")
    assert f"Not all of the {what} could be read" in finding.message
    assert "refused (403)" in finding.message


def test_risk_is_a_finding_of_risk():
    assert found(a_gap("Flag"))[0].kind is FindingKind.RISK


def test_the_rest_is_minor_and_one_kind_is_one_finding():
    assert [f.severity for f in found(a_gap("Goal"))] == [Severity.MINOR]
    assert len(found(a_gap("MedicationRequest"), a_gap("MedicationDispense"))) == 1


def test_what_the_ehr_has_not_at_all_is_minor_where_the_kind_has_another_source():
    assert found(a_gap("MedicationDispense", unserved=True))[0].severity is Severity.MINOR
    assert found(a_gap("AllergyIntolerance", unserved=True))[0].severity is Severity.MAJOR


def test_strangers_left_aside_and_other_gaps_are_no_finding():
    assert found({"kind": "aside", "source": "Flag", "reason": "1 result"}) == []
    assert unread_findings({}) == []


def test_a_section_never_says_that_there_is_none_where_it_could_not_be_read():
    request = replace(a_request("pre-visit", []), unread_types=frozenset({"AllergyIntolerance"}))
    drafted = ExtractiveWriter().write(request)
    said = section_of(drafted, "allergies").absence
    assert said == "Not known: the EHR could not be read for this (AllergyIntolerance)."
    assert "Not known" not in section_of(drafted, "current-medications").absence
