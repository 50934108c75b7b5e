"""Every way to edit at the desk and over REST verifies before it asks for a connection."""

import numpy as np
import pytest

from service.verification.held import CHARTS, SCORER, new_charts
from tests.service.review.builders import a_summary

NEW = "She takes sertraline every day, half a hundred milligrams of it, by mouth."
WAYS = {
    "save": ("/summaries/{}/statements/0", {"act": "save", "text": NEW}),
    "add": ("/summaries/{}/statements", {"section": "all", "text": NEW}),
    "cite": ("/summaries/{}/statements/1/cite", {"place": "{record} Sertraline 50 mg"}),
    "patch": ("/api/v1/summaries/{}/statements/0", {"text": NEW}),
    "post": ("/api/v1/summaries/{}/statements", {"section": "all", "text": NEW}),
}


class Watching:
    """A scorer that notes how many connections are out while it weighs a retelling."""

    name = "watching"

    def __init__(self, engine):
        self.engine, self.out = engine, []

    def score(self, pairs):
        self.out.append(self.engine.pool.checkedout())
        return np.full((len(pairs), 3), (0.9, 0.05, 0.05), np.float32)


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
