"""Two statements on allergies that cannot both be so are shown as a conflict."""

import pytest

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


@pytest.mark.parametrize(
    "line",
    [
        "Allergies: penicillin - Rash (mild) · NKDA. (2026-05-01)",
        "Conflict: Chart said NKDA in ED. (2025-08-02) · penicillin - Rash (mild)",
        "Conflict: Penicillin, rash as a child. (Chart said NKDA; husband interpreted.)",
    ],
)
def test_a_line_that_tells_both_sides_denies_no_allergy(line):
    assert not conflicts("Allergies: penicillin - Rash (mild)", line)
    assert not conflicts(line)


def test_a_line_that_only_denies_does_though_it_is_composed():
    assert conflicts("Allergy to penicillin", "Allergies: NKDA (2026-05-01)")
