"""What kind of finding a doubted statement is."""

import pytest

from service.drafting.citing import cite
from service.drafting.prompts import packaged_prompts
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import FindingKind, Severity, SummaryType
from service.verification.examine import examine
from tests.service.drafting.builders import a_note

TRAZODONE = "Takes trazodone about 1 night a week"


@pytest.mark.parametrize(
    ("key", "held", "said", "is_risk"),
    [
        ("plan", f"{TRAZODONE}.", TRAZODONE.replace("1", "5"), False),
        ("plan", f"Denies SI; {TRAZODONE}.", f"Denies SI; {TRAZODONE.replace('1', '5')}", False),
        ("plan", "Denies SI since May.", "Reports SI since May", True),
        ("risk", f"{TRAZODONE}.", TRAZODONE.replace("1", "5"), True),
    ],
)
def test_a_finding_is_of_risk_only_where_the_doubted_words_are(key, held, said, is_risk):
    note = a_note(held)
    start = note.text.index(held)
    statement = Statement(said, (cite(note, start, start + len(held)),), "dr-a")
    document = Document("t", (), (Section(key, key, (statement,)),))
    prompt = packaged_prompts()[SummaryType.MEDICATION_HISTORY]
    found = [f for f in examine(document, [note], prompt, {})[1] if f.statement_index == 0]
    assert found and {f.kind is FindingKind.RISK for f in found} == {is_risk}


def a_family_document(section, said):
    note = a_note("FAMILY HISTORY\nSuicide attempt by hanging.\n")
    start = note.text.index("Suicide")
    statement = Statement(said, (cite(note, start, start + 27),), "dr-a")
    return Document("t", (), (Section("s", section, (statement,)),)), note


@pytest.mark.parametrize(("section", "is_found"), [("Risk", True), ("Family history", False)])
def test_a_relatives_attempt_told_as_the_patients_is_a_risk_finding(section, is_found):
    document, note = a_family_document(section, "Suicide attempt by hanging.")
    prompt = packaged_prompts()[SummaryType.MEDICATION_HISTORY]
    found = [f for f in examine(document, [note], prompt, {})[1] if f.statement_index == 0]
    assert {f.kind for f in found} == ({FindingKind.RISK} if is_found else set())


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("Assaulted by her partner.", "She assaulted her partner."),
        ("Passive SI.", "Active SI."),
        ("Denies SI.", "Denies SI, low risk."),
        ("SI not assessed.", "Denies SI."),
    ],
)
def test_altered_risk_is_a_major_risk_finding(held, said):
    note = a_note(held)
    start = note.text.index(held)
    statement = Statement(said, (cite(note, start, start + len(held)),), "dr-a")
    document = Document("t", (), (Section("plan", "Plan", (statement,)),))
    prompt = packaged_prompts()[SummaryType.MEDICATION_HISTORY]
    found = [f for f in examine(document, [note], prompt, {})[1] if f.statement_index == 0]
    assert FindingKind.RISK in {f.kind for f in found}
    assert {f.severity for f in found} == {Severity.MAJOR}
