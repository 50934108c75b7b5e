"""Verdicts rest on a dated record by somebody who may give them, or block the signature."""

import pytest

from service.chart.models import SourceRecord
from service.drafting.prompts import packaged_prompts
from service.summary.document import OWN, Citation, Document, Section, Statement
from service.summary.vocabulary import Severity, SummaryType
from service.verification.cited import Chart
from service.verification.examine import examine
from service.verification.warrant import CHECK

# Written for this test; one a line.
VERDICTS = """
Cleared for discharge.
Medically cleared.
Clearance was given for surgery.
Safe for discharge home.
May return to work.
Fit for firearm licence.
Unfit to drive.
May possess firearms.
Competent to stand trial.
Has capacity to consent.
Lacks decision-making capacity.
The hold was lifted.
Low risk of suicide.
No longer at risk of self-harm.
Not a danger to himself.
""".strip().splitlines()
ORDINARY = """
The rash has cleared.
Creatinine clearance 48 mL/min.
Sertraline 50 mg daily.
Denies suicidal ideation.
Had a fit in 2019.
High risk of falls.
Owns two guns, locked.
Lung capacity was reduced.
Probation officer is Mr Hale.
At risk of refeeding.
Discharge from the left ear.
""".strip().splitlines()


def warranted(text, *, writer="model", role="Psychiatrist", quote=None, **fields):
    """The findings of this check on one statement that cites one note in the same words."""
    said = quote or text
    given = {
        "id": "r1",
        "resource_ref": "DocumentReference/1",
        "resource_type": "DocumentReference",
        "version": "1",
        "is_note": True,
        "title": "Progress note",
        "headline": "Progress note",
        "effective": "2026-08-01",
        "author": "Sofia Lind",
        "author_role": role,
        "labels": [],
        "gaps": [],
        "text": f"Progress note\n\n{said}",
        "patient_ref": "Patient/a",
        "raw": "{}",
        "code": "",
        "category": "",
        "status": "",
        "refers_to": {},
        "encounter_ref": None,
    }
    record = SourceRecord(**given | fields)
    start = record.text.index(said)
    cited = Citation("r1", record.resource_ref, "1", said, start, start + len(said))
    statement = Statement(text, (cited,), writer=writer)
    document = Document("", (), (Section("hpi", "History", (statement,)),))
    prompt = packaged_prompts()[SummaryType.PRE_VISIT]
    _, found = examine(document, Chart([record]), prompt, {})
    return [each for each in found if each.check == CHECK]


@pytest.mark.parametrize("text", VERDICTS)
def test_a_verdict_by_who_may_give_it_stands(text):
    assert warranted(text) == []


@pytest.mark.parametrize("text", VERDICTS)
@pytest.mark.parametrize("role", ["patient", "Medical records clerk", "Mother", "Volunteer"])
def test_a_verdict_by_anybody_else_is_major(text, role):
    (found,) = warranted(text, role=role)[:1]
    assert found.severity is Severity.MAJOR and role in found.message


@pytest.mark.parametrize("text", VERDICTS[:5])
def test_it_needs_a_date_an_author_and_a_record_of_its_kind(text):
    (undated,) = warranted(text, effective="")
    assert "no date" in undated.message
    (nobodys,) = warranted(text, role="", author="")
    assert "nobody named" in nobodys.message
    assert warranted(text, resource_type="Communication")


@pytest.mark.parametrize("role", ["Emergency medicine", "Hospital medicine", "Surgery"])
def test_a_service_in_the_place_of_a_role_is_one(role):
    assert warranted("Medically cleared.", role=role) == []


def test_letters_behind_a_name_are_a_role():
    assert warranted("Cleared for discharge.", role="", author="Sofia Lind, MD") == []
    assert warranted("Cleared for discharge.", role="", author="Sofia Lind")
    assert warranted("Cleared for discharge.", role="", author="Do Thi Lan")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_sentences_need_no_warrant(text):
    assert warranted(text, role="", author="") == []


def test_what_a_clinician_says_of_their_own_is_theirs():
    assert warranted("Cleared for discharge.", writer=OWN, role="patient") == []
