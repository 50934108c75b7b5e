"""A long upload is brought in by a worker, in parts, in its turn, and a bad one only so often."""

import json
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from service.chart import uploads
from service.chart.ingest import ingest
from service.chart.models import SourceRecord, Upload
from service.database import now, transaction
from service.queue import TaskName
from tests.service.chart.builders import a_concept, a_patient, a_record


def some_lines(count, of="p1"):
    records = [
        a_record("Condition", f"{of}-{n}", code=a_concept("Anxiety")) for n in range(count - 1)
    ]
    return "\n".join(map(json.dumps, [a_patient(of), *records])).encode()


@pytest.fixture
def sent(sessions):
    def send(content, sent_by="feed"):
        with transaction(sessions) as session:
            given = {"name": "upload.ndjson", "sha256": "0", "sent_by": sent_by}
            return uploads.receive(session, content, **given).id

    return send


@pytest.fixture
def work(sessions):
    """A worker takes the upload of this id."""
    return partial(uploads.ingest_upload, partial(transaction, sessions), bases=())


def held(sessions, upload_id):
    with transaction(sessions) as session:
        return session.get_one(Upload, upload_id)


def test_an_upload_comes_into_the_charts_and_its_copy_goes(sessions, sent, work, rung):
    upload_id = sent(some_lines(8))
    assert rung == [(TaskName.INGEST_UPLOAD, {"upload_id": upload_id})]
    work(upload_id)
    upload = held(sessions, upload_id)
    assert (upload.state, upload.kept, upload.content) == ("done", 8, None)
    work(upload_id)
    assert held(sessions, upload_id).kept == 8


def test_others_can_write_and_see_progress_between_its_parts(sessions, sent, work, monkeypatch):
    monkeypatch.setattr(uploads, "PART_ROWS", 3)
    upload_id, seen = sent(some_lines(8)), []

    def looking(session, origin, part, **sent):
        seen.append(held(sessions, upload_id).kept)
        with transaction(sessions) as another:
            ingest(another, "test", [a_patient("p9", gender=str(len(seen)))])
        return ingest(session, origin, part, **sent)

    monkeypatch.setattr(uploads, "ingest", looking)
    work(upload_id)
    assert seen == [0, 3, 6]


def test_what_is_too_much_is_refused_whole_with_its_reason(sessions, sent, work):
    upload_id = sent(some_lines(3) + b"\n{}" * 1001)
    work(upload_id)
    upload = held(sessions, upload_id)
    assert (upload.state, upload.content) == ("refused", None)
    assert "Nothing was kept" in upload.reason
    with transaction(sessions) as session:
        assert session.scalars(select(SourceRecord)).all() == []


def test_one_sender_has_one_worker_and_the_oldest_comes_first(sessions, sent, work, monkeypatch):
    first, second, other = sent(some_lines(2)), sent(some_lines(2)), sent(some_lines(2), "other")
    begun = []

    def during(session, origin, part, **sent):
        if not begun:
            begun.append(first)
            work(second)
            work(other)
        return ingest(session, origin, part, **sent)

    monkeypatch.setattr(uploads, "ingest", during)
    work(second)
    assert held(sessions, second).state == "waiting", "an older one of the same sender waits"
    work(first)
    states = [held(sessions, each).state for each in (first, second, other)]
    assert states == ["done", "waiting", "done"]
    with transaction(sessions) as session:
        assert uploads.owed_uploads(session) == [second]


def test_one_that_ends_its_worker_again_and_again_is_tried_no_more(
    sessions, sent, work, monkeypatch
):
    upload_id, tries = sent(some_lines(2)), []

    def dies(*_, **__):
        tries.append(1)
        raise SystemExit

    monkeypatch.setattr(uploads, "ingest", dies)
    for _ in range(6):
        with pytest.raises(SystemExit) if len(tries) < 3 else pytest.MonkeyPatch.context():
            work(upload_id)
        with transaction(sessions) as session:
            session.execute(update(Upload).values(seen_at=now() - timedelta(hours=1)))
    assert len(tries) == 3
    assert held(sessions, upload_id).state == "refused"
    assert "ended the process" in held(sessions, upload_id).reason
