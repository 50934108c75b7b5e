"""What kind of finding a doubted statement is."""

import pytest

from service.drafting.citing import cite
from service.drafting.progress import Watch
from service.drafting.prompts import packaged_prompts
from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import FindingKind, Severity, SummaryType, Support
from service.verification.cited import Chart
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
    found = [f for f in examine(document, Chart([note]), prompt, {})[1] if f.statement_index == 0]
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
    found = [f for f in examine(document, Chart([note]), prompt, {})[1] if f.statement_index == 0]
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
    found = [f for f in examine(document, Chart([note]), prompt, {})[1] if f.statement_index == 0]
    assert FindingKind.RISK in {f.kind for f in found}
    assert {f.severity for f in found} == {Severity.MAJOR}


def test_a_true_statement_with_a_wrong_citation_is_a_minor_finding_that_names_the_place():
    cited = a_note("Sleeps well. Lives with Rosa.")
    other = a_note("Clozapine 100 mg daily since May.", effective="2026-04-02")
    start = cited.text.index("Lives")
    statement = Statement("Clozapine 100 mg once a day.", (cite(cited, start, start + 16),))
    document = Document("t", (), (Section("plan", "Plan", (statement,)),))
    prompt = packaged_prompts()[SummaryType.MEDICATION_HISTORY]
    assessments, findings = examine(document, Chart([cited, other]), prompt, {})
    (finding,) = [f for f in findings if f.statement_index == 0]
    assert assessments[0].support is Support.SUPPORTED
    assert (finding.severity, finding.check) == (Severity.MINOR, "citation")
    assert "2026-04-02" in finding.message
    assert assessments[0].evidence[0].source == other.resource_ref


def test_what_its_own_citation_denies_is_not_rescued_by_another_record():
    cited = a_note("Clozapine 50 mg daily since May.")
    other = a_note("Clozapine 100 mg daily since May.")
    start = cited.text.index("Clozapine")
    statement = Statement("Clozapine 100 mg daily since May.", (cite(cited, start, start + 32),))
    document = Document("t", (), (Section("plan", "Plan", (statement,)),))
    prompt = packaged_prompts()[SummaryType.MEDICATION_HISTORY]
    assessments, findings = examine(document, Chart([cited, other]), prompt, {})
    assert assessments[0].support is Support.CONTRADICTED
    assert Severity.MAJOR in {f.severity for f in findings if f.statement_index == 0}


def test_a_text_is_examined_once_a_chart_and_anew_for_another_coverage():
    document, note = a_family_document("Risk", "Suicide attempt by hanging.")
    prompt, chart = packaged_prompts()[SummaryType.MEDICATION_HISTORY], Chart([note])
    looks = []  # one a statement that is gone through
    watch = Watch(cancelled=lambda: bool(looks.append(1)))
    _, found = examine(document, chart, prompt, {}, watch)
    found.clear()  # what is handed out is the asker's own
    assert examine(document, chart, prompt, {}, watch)[1]
    assert len(looks) == 1
    examine(document, chart, prompt, {"carried": {"Another.": "current"}}, watch)
    examine(document, Chart([note]), prompt, {}, watch)
    assert len(looks) == 3
