"""Two statements on allergies that cannot both be so are shown as a conflict."""

from service.summary.document import Document, Section, Statement
from service.summary.vocabulary import Severity
from service.verification.conflicts import conflict_findings

ALLERGY = "Allergy: penicillin - anaphylaxis (severe); active"


def conflicts(*said):
    section = Section("s", "S", tuple(Statement(text) for text in said))
    return list(conflict_findings(Document("t", (), (section,))))


def test_nkda_beside_an_allergy_is_a_major_conflict():
    (finding,) = conflicts(ALLERGY, "NKDA. (dental note, 2026-07-14)")
    assert finding.severity is Severity.MAJOR and finding.statement_index == 1


def test_a_note_that_says_the_nkda_was_wrong_is_none():
    assert conflicts(ALLERGY, "The dental form lists NKDA, which is wrong.") == []
    assert conflicts(ALLERGY, "Allergies: penicillin. (Chart said NKDA in the ED.)") == []


def test_nkda_alone_is_none():
    assert conflicts("NKDA.") == []
