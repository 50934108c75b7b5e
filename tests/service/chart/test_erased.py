"""A patient who is erased while their chart is read, or is on its way, does not come back."""

from functools import partial
from threading import Thread

import httpx
import pytest

from service.chart import asking, uploads
from service.chart.arrival.follow import follow_arrival, note_arrivals
from service.chart.bulk.models import Export, ExportFile
from service.chart.bulk.reading import read_export_file
from service.chart.erased import PatientErased
from service.chart.ingest import ingest
from service.chart.pull import refresh_chart
from service.database import now, transaction
from service.fhir.client import FhirClient
from service.retrieval.erase import erase_patient, remaining
from tests.service.chart.builders import PATIENT, a_concept, a_patient, a_record
from tests.service.chart.test_pull import BASE, wire
from tests.service.chart.test_uploads import some_lines

__all__ = ["wire"]


class NoVectors:
    def spaces(self):
        return ()


def erase(sessions):
    with transaction(sessions) as session:
        erase_patient(session, PATIENT, index=NoVectors())


def held(sessions):
    with transaction(sessions) as session:
        return remaining(session, PATIENT)


@pytest.fixture
def known(sessions):
    with transaction(sessions) as session:
        ingest(session, "test", [a_patient("p1"), a_record("Condition", "c", code=a_concept("X"))])
    assert held(sessions)


@pytest.fixture
def client(sessions, known):
    """An EHR during whose first answer the patient is erased."""
    told = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    erasing = []

    def answer(request):
        if not erasing:
            erasing.append(Thread(target=erase, args=(sessions,)))
            erasing[0].start()
            erasing[0].join(20)
        if request.url.path.endswith(PATIENT):
            return httpx.Response(200, json=a_patient("p1"))
        return httpx.Response(200, json=told)

    return FhirClient(BASE, transport=httpx.MockTransport(answer), sleep=lambda _: None)


def test_news_of_a_chart_that_was_being_read(sessions, client):
    with transaction(sessions) as session:
        note_arrivals(session, [PATIENT])
    follow_arrival(partial(transaction, sessions), PATIENT, client=client)
    assert held(sessions) == {}


def test_a_chart_that_was_being_read_for_a_summary(sessions, client):
    with pytest.raises(PatientErased), transaction(sessions) as session:
        refresh_chart(session, PATIENT, client=client)
    assert held(sessions) == {}


def test_a_desk_that_was_asking_what_is_new(sessions, client):
    with transaction(sessions) as session:
        asked = asking.question(session, PATIENT)
    answer = asking.ask(asked, client=client, within_s=30, is_held=lambda _: set())
    with pytest.raises(PatientErased), transaction(sessions) as session:
        asking.keep(session, asked, answer, client=client)
    assert held(sessions) == {}


def test_an_upload_that_was_waiting(sessions, known):
    with transaction(sessions) as session:
        sent = some_lines(3)
        upload = uploads.receive(session, sent, name="u.ndjson", sha256="0", sent_by="feed")
    erase(sessions)
    uploads.ingest_upload(partial(transaction, sessions), upload.id, bases=())
    assert held(sessions) == {}


def test_an_export_that_was_made_before(sessions, known, tmp_path):
    with transaction(sessions) as session:
        export = Export(scope="Patient", status_url="https://ehr.test/x", as_of=now())
        session.add(export)
        session.flush()
        session.add(ExportFile(export_id=export.id, number=1, kind="output", url="x"))
    erase(sessions)
    path = tmp_path / "export"
    path.write_bytes(some_lines(3))
    with transaction(sessions) as session, path.open("rb") as stream:
        file = session.get_one(ExportFile, (export.id, 1))
        begin = partial(transaction, sessions)
        read_export_file(begin, file, stream, bases=(), report=lambda _: None)
    assert held(sessions) == {}


def test_what_is_sent_after_the_erasure_is_kept(sessions, known):
    erase(sessions)
    with transaction(sessions) as session:
        ingest(session, "rest", [a_patient("p1")], sent_at=now())
    assert held(sessions)
