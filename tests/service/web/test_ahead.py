"""Every way to edit at the desk and over REST verifies before it asks for a connection."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.verification.held import CHARTS, SCORER, new_charts
from tests.service.review.builders import a_summary
from tests.service.watching import Watching

NEW = "She takes sertraline every day, half a hundred milligrams of it, by mouth."
WAYS = {
    "save": ("/summaries/{}/statements/0", {"act": "save", "text": NEW}),
    "add": ("/summaries/{}/statements", {"section": "all", "text": NEW}),
    "cite": ("/summaries/{}/statements/1/cite", {"place": "{record} Sertraline 50 mg"}),
    "patch": ("/api/v1/summaries/{}/statements/0", {"text": NEW}),
    "post": ("/api/v1/summaries/{}/statements", {"section": "all", "text": NEW}),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_connection_is_held_while_it_is_verified(way, committed, sessions, engine, clinician):
    scorer = Watching(engine)
    hung = {SCORER: scorer, CHARTS: new_charts()}
    sessions.configure(info={**sessions.kw.get("info", {}), **hung})
    summary = committed(a_summary)
    path, asked = WAYS[way]
    record = summary.current.content.statement(0).citations[0].record_id
    asked = {name: each.replace("{record}", record) for name, each in asked.items()}
    asked["digest"] = summary.current.digest
    idle = engine.pool.checkedout()
    if path.startswith("/api"):
        send = clinician.patch if way == "patch" else clinician.post
        answer = send(path.format(summary.id), json=asked)
    else:
        answer = clinician.post(path.format(summary.id), data=asked, follow_redirects=False)
    assert answer.status_code in (200, 201, 303), answer.text
    assert scorer.out
    assert set(scorer.out) == {idle}


def test_what_is_made_ready_behind_the_answers_is_one_thing_at_a_time(
    committed, clinician, monkeypatch
):
    running, most, ends = [], [], threading.Event()

    def ahead(*_, **__):
        running.append(1)
        most.append(len(running))
        ends.wait(10)
        running.pop()

    monkeypatch.setattr("service.review.edits.verify_ahead", ahead)
    summary = committed(a_summary)
    words = {"form": "statement-0", "text": "She", "digest": summary.current.digest}

    def type_on():
        return clinician.post(f"/summaries/{summary.id}/unsaved", data=words).status_code

    with clinician, ThreadPoolExecutor(6) as people:
        typed = [people.submit(type_on) for _ in range(6)]
        time.sleep(1)
        ends.set()
        assert {each.result() for each in typed} == {204}
    assert max(most) == 1
