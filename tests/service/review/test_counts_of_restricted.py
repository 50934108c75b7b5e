"""A list counts what its reader could open: a number more would tell that something is withheld."""

import pytest

from service.review.desk import open_desk
from service.review.worklist import row, worklist
from service.summary.people import SERVICE_ACCOUNT, Person
from service.summary.vocabulary import FindingKind, Role, Severity
from service.web.cds.cards import cards_of
from tests.service.review.builders import (
    ATTENDING,
    CLINICIAN,
    IT,
    QA,
    a_finding,
    a_record,
    a_summary,
)
from tests.service.review.test_changes_of_restricted import PROGRAM, decide
from tests.service.review.test_changes_of_restricted import summary as changed

__all__ = ["changed"]

READERS = [QA, PROGRAM, SERVICE_ACCOUNT]
OFFICER = Person("s", "S", Role.SECURITY)


def points_at(session, summary, record, severity=Severity.MINOR, *, number):
    finding = a_finding(session, summary.current, severity, number=number)
    finding.evidence = [{"record_id": record.id, "source": record.resource_ref}]
    finding.kind = FindingKind.OMITTED
    session.flush()


@pytest.fixture
def summary(session):
    """One open finding on what everybody reads, two on a record for who treats alone."""
    summary = a_summary(session)
    hidden = a_record(session, "Methadone 80 mg", ref="MedicationRequest/9", labels=["42CFRPart2"])
    points_at(session, summary, hidden, Severity.MAJOR, number=1)
    points_at(session, summary, hidden, number=2)
    a_finding(session, summary.current, Severity.MINOR, number=3)
    session.commit()
    return summary


def counted(session, reader):
    (only,) = worklist(session, reader).rows
    return only.open_major, only.open_minor


@pytest.mark.parametrize("reader", READERS)
def test_a_list_counts_no_finding_that_its_reader_is_not_shown(session, summary, reader):
    assert counted(session, reader) == (0, 1)
    told = row(session, summary, reader)
    assert (told.open_major, told.open_minor) == (0, 1)


@pytest.mark.parametrize("reader", [CLINICIAN, ATTENDING])
def test_who_decides_about_them_counts_them_all(session, summary, reader):
    assert counted(session, reader) == (1, 2)
    told = row(session, summary, reader)
    assert (told.open_major, told.open_minor) == (1, 2)


@pytest.mark.parametrize("reader", [IT, OFFICER, Person("t", "T", Role.SERVICE, None, frozenset())])
def test_who_opens_no_finding_is_told_no_number(session, summary, reader):
    if reader.role is not Role.SERVICE:
        assert counted(session, reader) == (None, None)
    told = row(session, summary, reader)
    assert (told.open_major, told.open_minor) == (None, None)


@pytest.mark.parametrize("reader", READERS)
def test_a_list_and_a_page_count_alike(session, changed, reader):
    open_desk(session, changed.id, CLINICIAN)  # who treats finds the change
    session.commit()
    assert counted(session, CLINICIAN) == (1, 0)
    page = open_desk(session, changed.id, reader)
    assert counted(session, reader) == (page.summary.open_major, page.summary.open_minor) == (0, 0)


def test_what_is_decided_is_not_open(session, changed):
    decide(session, changed)
    session.commit()
    assert counted(session, CLINICIAN) == (0, 0)


def test_a_card_beside_the_chart_says_nothing_of_what_is_withheld(session, summary):
    (card,) = cards_of(worklist(session, SERVICE_ACCOUNT).rows, "http://ours/launch")
    assert card.indicator == "info" and card.detail == "1 smaller thing to look at."


def test_nor_does_it_say_that_nothing_is_open(session, changed):
    """It does not know: somebody who treats the patient may have something to settle."""
    open_desk(session, changed.id, CLINICIAN)
    session.commit()
    (card,) = cards_of(worklist(session, SERVICE_ACCOUNT).rows, "http://ours/launch")
    assert card.detail == "Open it to read it."
