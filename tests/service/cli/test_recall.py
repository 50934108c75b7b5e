"""`countersign recall`: what it would concern, what became of it, and its exit codes."""

import io
import json

from service.database import transaction
from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from service.web.api.recalls import RecalledBody, ReportBody, TouchedBody
from tests.service.writeback.builders import a_signed_summary


def test_a_recall_from_the_list_to_the_report(command, sessions):
    with transaction(sessions) as session:
        summary = a_signed_summary(session)
        progress.advance(session, summary, S.FILING_REFUSED, actor="dr-a")
    (row,) = json.loads(command("recall", "list", "--model", "extractive", "--json").out)
    assert (row["summary_id"], row["prompt"]) == (summary.id, "pre-visit 1")
    said = command(
        "recall", "start", "--model", "extractive", "--reason", "Wrong.", "--json", "--yes"
    )
    told = json.loads(said.out)
    assert (said.code, told["counts"]) == (0, {"rejected": 1})
    assert set(told) == set(ReportBody.model_fields)  # as over REST
    assert set(told["summaries"][0]) == set(RecalledBody.model_fields)
    assert set(row) == set(TouchedBody.model_fields)
    again = command("recall", "report", told["id"])
    assert again.code == 0 and "rejected" in again.out
    assert told["id"] in command("recall", "list").out


def test_what_still_waits_is_exit_1(command, sessions):
    with transaction(sessions) as session:
        a_signed_summary(session)
    said = command("recall", "start", "--prompt", "pre-visit", "--reason", "Wrong.", "--yes")
    assert said.code == 1 and "waiting" in said.out


def test_nothing_is_recalled_that_nobody_agreed_to(command, sessions, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with transaction(sessions) as session:
        a_signed_summary(session)
    said = command("recall", "start", "--model", "extractive", "--reason", "Wrong.")
    assert said.code == 1 and "Nothing was recalled" in said.err
    assert command("recall", "list").out == "There was no recall.\n"
    assert command("recall", "start", "--reason", "Wrong.", "--yes").code == 1
    assert command("recall", "list", "--since", "soon").code == 2
    assert command("recall", "report", "none").code == 1
