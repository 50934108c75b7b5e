"""Who may not read a text is not told that there is one: not by a refusal, a list or a sample."""

from collections.abc import Iterator
from itertools import chain

import pytest

from service.errors import BadInput, NotFound
from service.qa.rating import find_item
from service.qa.reading import item_for_rating, sample_items
from service.qa.sampling import draw_sample
from service.review.desk import open_desk, open_source
from service.review.worklist import status_counts, waiting_at, worklist
from service.summary.people import SERVICE_ACCOUNT
from service.summary.vocabulary import FindingKind
from tests.service.review.builders import CLINICIAN, IT, QA, S, a_record, a_summary
from tests.service.review.test_counts_of_restricted import PROGRAM, points_at
from tests.service.review.test_restriction import a_late_label

READERS = [QA, PROGRAM, SERVICE_ACCOUNT]
CLOSED = (2, 3, 5)


@pytest.fixture
def summaries(session):
    """Seven, the latest first; those of `CLOSED` rest on a record for who treats alone."""
    made = [a_summary(session, patient=f"Patient/{n}") for n in range(7)][::-1]
    for n in CLOSED:
        a_late_label(session, made[n])
    session.commit()
    return made


def pages(session, person, limit) -> Iterator[list[str]]:
    after, more = None, True
    while more:
        page = worklist(session, person, limit=limit, after=after)
        after, more = page.after, page.after is not None
        yield [row.id for row in page.rows]


def said(act) -> str:
    with pytest.raises(NotFound) as refusal:
        act()
    return refusal.value.sentence


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_a_list_has_full_pages_of_what_its_reader_may_open(session, summaries, reader, limit):
    open_ = [s.id for n, s in enumerate(summaries) if n not in CLOSED]
    read = list(pages(session, reader, limit))
    assert read == [open_[n : n + limit] for n in range(0, len(open_), limit)]


@pytest.mark.parametrize("reader", [CLINICIAN, IT])
def test_who_treats_and_who_reads_no_text_lists_all(session, summaries, reader):
    assert list(chain(*pages(session, reader, 3))) == [s.id for s in summaries]
    assert status_counts(session, reader) == {S.IN_REVIEW: 7}


@pytest.mark.parametrize("reader", READERS)
def test_no_count_tells_of_them(session, summaries, reader):
    assert status_counts(session, reader) is None


@pytest.mark.parametrize("reader", READERS)
def test_such_a_text_is_answered_as_one_that_is_not_there(session, summaries, reader):
    closed = summaries[CLOSED[0]].id
    nobodys = said(lambda: open_desk(session, "f" * 32, reader))
    assert said(lambda: open_desk(session, closed, reader)) == nobodys.replace("f" * 32, closed)
    record = summaries[CLOSED[0]].current.content.statement(1).citations[0].record_id
    assert said(lambda: open_source(session, closed, record, reader)) == said(
        lambda: open_desk(session, closed, reader)
    )


def test_nor_is_it_drawn_into_a_sample(session, summaries):
    sample = draw_sample(session, seed="s", size=50, statuses="drafts", by=QA)
    assert (sample.frame_size, len(sample.items)) == (4, 4)
    a_late_label(session, summaries[0])
    session.commit()
    rows = sample_items(session, sample.id, by=QA)
    assert len(rows) == 3
    (closed,) = {item.id for item in sample.items} - {row.id for row in rows}
    nobodys = said(lambda: find_item(session, "none"))
    assert said(lambda: item_for_rating(session, closed, by=QA)) == nobodys


def test_a_sample_is_not_drawn_by_findings_that_are_not_shown(session, summaries):
    last, ref = summaries[0], "MedicationRequest/9"
    hidden = a_record(session, "Methadone", ref=ref, patient=last.patient_ref, labels=["V"])
    points_at(session, last, hidden, number=1)
    session.commit()
    asked = {"seed": "s", "size": 5, "statuses": "drafts", "by": QA}
    with pytest.raises(BadInput, match="Nothing fits"):
        draw_sample(session, finding_kind=FindingKind.OMITTED, **asked)


def test_the_card_beside_the_chart_is_for_who_opens_it(session, summaries):
    closed = summaries[CLOSED[0]]
    assert [row.id for row in waiting_at(session, closed.patient_ref, [S.IN_REVIEW])] == [closed.id]
