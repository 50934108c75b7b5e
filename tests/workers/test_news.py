"""What beat asks for beside the sweep, through the tasks themselves: news, recalls, webhooks."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from pydantic import SecretStr

from service import webhook
from service.chart.arrival.follow import note_arrivals
from service.chart.arrival.models import Arrival, Poll
from service.database import transaction
from service.queue import TaskName
from service.summary import progress
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from service.webhook import HookSettings
from service.writeback.recall.recall import report_on, start_recall
from service.writeback.recall.touched import Criteria
from tests.bulk_server import Exports, serving
from tests.service.writeback.builders import a_signed_summary

SECRET = "a-secret-of-the-worklist-engine"


@pytest.fixture
def run(task_with, worker_app, monkeypatch):
    """Carry out a task by its name, as a worker with these settings does."""
    from workers import periodic, pipeline

    def act(name, *args, **settings):
        runtime = task_with(**settings).runtime
        monkeypatch.setattr(periodic, "runtime", runtime)
        monkeypatch.setattr(pipeline, "runtime", runtime)
        return worker_app.tasks[name.value](*args)

    return act


@contextmanager
def a_receiver():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/in", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_receiver_is_told_over_the_network(run, sessions):
    with a_receiver() as (url, got):
        hook = HookSettings(name="engine", url=url, secret=SecretStr(SECRET))
        run(TaskName.SEND_HOOKS, webhooks=(hook,))
        with transaction(sessions) as session:
            summary_id = a_signed_summary(session).id
        run(TaskName.SEND_HOOKS, webhooks=(hook,))
        run(TaskName.SEND_HOOKS)  # nobody is told where no receiver is set
    assert [json.loads(body)["type"] for _, body in got] == ["summary.ready", "summary.signed"]
    for headers, body in got:
        assert json.loads(body)["data"]["summary"] == summary_id
        lower = {name.lower(): value for name, value in headers.items()}
        assert webhook.proven_id([SECRET], lower, body)


def test_a_recall_goes_on_by_itself(run, sessions):
    it = DEMO_PEOPLE["it"]
    with transaction(sessions) as session:
        summary = a_signed_summary(session)
        progress.advance(session, summary, S.FILING_REFUSED, actor="dr-a")
        recall_id = start_recall(session, Criteria(model="extractive"), "Wrong.", by=it).id
    run(TaskName.STEP_RECALLS)
    with sessions() as session:
        assert report_on(session, recall_id, by=it).counts == {"rejected": 1}


def test_news_are_rung_for_again_and_followed(run, sessions, worker_app):
    with transaction(sessions) as session:
        note_arrivals(session, ["Patient/nobody"])
    worker_app.control.purge()
    assert run(TaskName.SWEEP_OWED, sweep_every_s=0.0001) == 1
    worker_app.control.purge()
    with serving(Exports()) as ehr:  # it knows no patient
        run(TaskName.FOLLOW_ARRIVAL, "Patient/nobody", fhir_url=ehr.url)
    with sessions() as session:
        assert session.query(Arrival).all() == []


def test_an_ehr_is_asked_for_news_as_its_profile_says(run, sessions, tmp_path):
    profile = tmp_path / "site.toml"
    profile.write_text('[arrival]\nway = "poll"\ntypes = ["Goal"]\n', "utf-8")
    with serving(Exports()) as ehr:
        run(TaskName.KEEP_ARRIVALS, fhir_url=ehr.url, fhir_profile=str(profile))
    with sessions() as session:
        assert [poll.resource_type for poll in session.query(Poll)] == ["Goal"]
    run(TaskName.KEEP_ARRIVALS)  # no EHR, no news
