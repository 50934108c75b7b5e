"""A patient whose own record is restricted: who does not treat them is not told their name by a
text's head either, nor that there is such a text."""

import pytest

from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.errors import BadInput, NotFound
from service.qa.sampling import draw_sample
from service.review.desk import open_desk
from service.review.worklist import worklist
from service.summary.people import SERVICE_ACCOUNT
from tests.service.chart.builders import PATIENT, a_patient
from tests.service.review.builders import CLINICIAN, QA, a_summary


@pytest.fixture
def summary(session):
    summary = a_summary(session, patient=PATIENT)
    ingest(session, "test", [a_patient("p1")])
    record = session.query(SourceRecord).filter_by(resource_ref=PATIENT).one()
    record.labels = ["V"]
    session.commit()
    return summary


@pytest.mark.parametrize("reader", [QA, SERVICE_ACCOUNT])
def test_their_text_is_not_there_for_others(session, summary, reader):
    assert worklist(session, reader).rows == ()
    with pytest.raises(NotFound, match="No summary"):
        open_desk(session, summary.id, reader)


def test_nor_in_a_sample(session, summary):
    with pytest.raises(BadInput, match="Nothing fits"):
        draw_sample(session, seed="s", size=1, statuses="drafts", by=QA)


def test_who_treats_them_reads_and_signs_it(session, summary):
    desk = open_desk(session, summary.id, CLINICIAN)
    assert desk.header and desk.can.sign
