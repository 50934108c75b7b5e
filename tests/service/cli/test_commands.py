"""Each command's answer, and its refusals: one sentence on stderr, and an exit code."""

import io
import json
import socket

import pytest
from sqlalchemy import select, text

from fhir_fixtures.stories import STORIES
from service.audit import AuditEvent
from service.cli import chart
from service.cli.doctor import share_of
from service.errors import WrongSetting
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import index_patient
from service.retrieval.place import place_of
from service.review.viewing import VIEWED
from service.sealing.keyring import key_of
from service.summary import progress
from service.summary.vocabulary import SummaryType
from tests.service.review.builders import S, a_summary_at

BUNDLE = str(STORIES / "depression_two_trials" / "bundle.json")


def is_one_sentence(said: str) -> bool:
    return said.count("\n") == 1 and said.strip().endswith((".", "--help"))


def test_doctor_says_of_each_part_whether_it_answers(command):
    said = command("doctor", "--json")
    answer = json.loads(said.out)
    assert (said.code, said.err) == (0, "")
    parts = {"database", "schema", "redis", "chroma", "ehr", "model", "entailment"}
    assert set(answer["parts"]) >= parts
    assert all(part["ok"] for part in answer["parts"].values())
    assert answer["settings"]["database_url"] == "(set, hidden)"
    assert "ok   redis" in command("doctor").out


def test_doctor_names_the_parts_that_need_a_hand_and_hides_secrets(command, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_REDIS_URL", "redis://:hush-hush@127.0.0.1:1")
    monkeypatch.setenv("COUNTERSIGN_CHROMA_URL", "http://127.0.0.1:1")
    said = command("doctor")
    assert said.code == 1
    assert "LOOK redis" in said.out and "LOOK chroma" in said.out and "LOOK workers" in said.out
    assert "hush-hush" not in said.out + said.err


@pytest.mark.parametrize(
    ("processes", "given", "said"),
    [
        ([], {}, "none answers"),
        ([4], {"worker_processes": 4}, "4 processes of one worker, 3 at most"),
        ([8], {"worker_processes": 4}, "3 at most"),  # its machine knows that it has eight
        ([1, 1], {"worker_processes": 1}, "1 at most"),
        ([4, 4], {"worker_processes": 4, "worker_share": 5}, "8 processes of 2 workers, 5 at most"),
    ],
)
def test_doctor_tells_what_one_person_may_have_of_the_workers(settings, processes, given, said):
    assert said in share_of(settings.model_copy(update=given), processes)


@pytest.mark.parametrize("processes", [[4, 4], [2, 4, 4]])
def test_doctor_tells_where_each_machine_counts_its_own_alone(settings, processes):
    here = settings.model_copy(update={"worker_processes": 4, "worker_share": None})
    with pytest.raises(WrongSetting, match=rf"alike on every machine; {sum(processes) - 1} leaves"):
        share_of(here, processes)


def test_doctor_says_which_scorer_is_in_force_or_what_is_wrong_with_it(command, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_ENTAILMENT", "none")
    assert "ok   entailment none: typed comparison alone decides" in command("doctor").out
    monkeypatch.setenv("COUNTERSIGN_ENTAILMENT", "onnx:/nowhere")
    said = command("doctor")
    assert said.code == 1 and "LOOK entailment COUNTERSIGN_ENTAILMENT: there is no m" in said.out


def test_ingest_counts_what_it_kept_and_a_second_time_nothing_is_new(command):
    first, again = (json.loads(command("ingest", BUNDLE, "--json").out) for _ in range(2))
    assert first["kept"] == first["received"] > 20
    assert (again["kept"], again["unchanged"]) == (0, first["received"])
    assert "0 quarantined" in command("ingest", BUNDLE).out


def test_ingest_of_what_is_no_fhir_keeps_it_apart_and_says_so(command, tmp_path):
    (tmp_path / "letter.json").write_text("Dear colleague,")
    (tmp_path / "empty.json").write_text("")
    said = command("ingest", str(tmp_path), "--json")
    assert (said.code, json.loads(said.out)["quarantined"]) == (1, 1)
    assert command("ingest", str(tmp_path / "empty.json")).code == 0


def test_wrong_usage_is_told_in_one_sentence_with_exit_2(command, tmp_path):
    for argv in (
        ["ingest", str(tmp_path / "nowhere")],
        ["ingest"],
        ["draft", "1", "--type", "novel"],
        ["draft", "1"],
        ["retrieve", "1"],
        ["check"],
        ["check", "--summary", BUNDLE],
        ["sing"],
        ["check", "--batch", str(tmp_path / "nowhere")],
        ["demo", "--port", "70000"],
    ):
        said = command(*argv)
        assert (said.code, said.out) == (2, ""), argv
        assert is_one_sentence(said.err), said.err


def test_draft_asks_and_says_where_it_stands(command, rung, a_patient):
    said = command("draft", a_patient, "--type", "pre-visit", "--json")
    assert (said.code, json.loads(said.out)["status"]) == (0, "requested")
    assert command("draft", "a/b/c", "--type", "pre-visit").code == 1


def test_a_text_that_draft_prints_is_a_view_of_it(command, rung, sessions, a_patient, monkeypatch):
    with sessions.begin() as session:
        made = a_summary_at(session, S.IN_REVIEW).id
    monkeypatch.setattr(chart, "_waited", lambda parts, runtime, _: chart._found(runtime, made))
    said = command("draft", a_patient, "--type", "pre-visit", "--wait", "--json")
    with sessions() as session:
        query = select(AuditEvent).where(AuditEvent.action == VIEWED, AuditEvent.subject_id == made)
        act = session.scalars(query.where(AuditEvent.actor == "command-line")).one()
    assert said.err == "" and act.detail["digest"] == json.loads(said.out)["digest"]


def test_retrieve_shows_what_it_finds_or_what_it_looked_for(
    command, settings, minilm, sessions, a_patient
):
    with sessions.begin() as session:
        index = PassageIndex(place_of(settings), minilm)
        index_patient(session, f"Patient/{a_patient}", index=index)
        index.close()
    found = json.loads(command("retrieve", a_patient, "sertraline", "--limit", "3", "--json").out)
    assert len(found) == 3
    assert "sertraline" in found[0]["text"].lower()
    shown = command("retrieve", f"Patient/{a_patient}", "sertraline")
    assert shown.code == 0 and found[0]["source_ref"] in shown.out
    nobody = command("retrieve", "nobody", "sertraline")
    assert (nobody.code, nobody.err) == (0, "") and nobody.out.strip()


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_erase_removes_nothing_unless_told_yes(command, monkeypatch, a_patient, answer):
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    refused = command("erase", a_patient)
    assert (refused.code, refused.out) == (1, "")
    assert "Nothing was removed" in refused.err
    assert json.loads(command("ingest", BUNDLE, "--json").out)["kept"] == 0


def test_erase_tells_what_it_removed(command, a_patient):
    removed = command("erase", a_patient, "--yes", "--json")
    assert (removed.code, json.loads(removed.out)["source records"] > 20) == (0, True)
    assert "source records" not in json.loads(command("erase", a_patient, "--yes", "--json").out)


def test_erase_tells_what_it_removed_where_the_queue_does_not_answer(
    command, monkeypatch, sessions, a_patient
):
    with sessions.begin() as session:
        progress.request_summary(session, f"Patient/{a_patient}", SummaryType.HANDOFF, actor="a")
    monkeypatch.setenv("COUNTERSIGN_REDIS_URL", "redis://127.0.0.1:1")
    said = command("erase", a_patient, "--yes", "--json")
    answer = json.loads(said.out)
    assert (said.code, answer["summaries"], answer["queue_reached"]) == (1, 1, False)
    assert "queue: not reached" in command("erase", a_patient, "--yes").out


def test_audit_verify_names_the_row_at_which_the_chain_breaks(command, sessions, engine):
    with sessions() as session:
        for number in range(3):
            progress.request_summary(session, f"Patient/{number}", SummaryType.HANDOFF, actor="a")
        session.commit()
    held = command("audit", "verify")
    assert (held.code, held.out.startswith("The chain holds over 3 rows.")) == (0, True)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_events SET actor = 'b' WHERE seq = 2"))
    broken = command("audit", "verify")
    assert (broken.code, "breaks at row 2" in broken.out) == (1, True)
    assert json.loads(command("audit", "verify", "--json").out)["broken_at"] == 2


def test_a_demo_listens_on_this_machine_only(command, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_HOST", "0.0.0.0")
    for argv in (["demo"], ["demo", "--walkthrough"]):
        said = command(*argv)
        assert said.code == 1 and "this machine only" in said.err
    monkeypatch.setenv("COUNTERSIGN_DEMO", "true")
    assert command("up").code == 1


def test_a_taken_port_is_told_before_anything_starts(command, monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTERSIGN_DATA_DIR", str(tmp_path / "never-made"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for argv in (["demo", "--port", port], ["up", "--port", port]):
            said = command(*argv)
            assert (said.code, said.out) == (1, "") and is_one_sentence(said.err)
            assert port in said.err and "--port" in said.err
    assert not (tmp_path / "never-made").exists()


def test_wrong_settings_are_named(command, monkeypatch, tmp_path):
    wrong = {
        "COUNTERSIGN_CONFIG": str(tmp_path / "nowhere.toml"),
        "COUNTERSIGN_DATA_DIR": __file__,
        "COUNTERSIGN_WORKER_PROCESSES": "many",
    }
    for name, value in wrong.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            said = command("audit", "verify")
        assert (said.code, said.out) == (1, ""), name
        assert name in said.err and is_one_sentence(said.err), said.err


@pytest.mark.parametrize("model", ["gpt", "scripted:nonsense", "scripted:hang:often"])
def test_the_demo_knows_its_own_model_only(command, model):
    said = command("demo", "--model", model)
    assert said.code == 2
    assert "There is no model" in said.err and "wrong-dose" in said.err


def test_reindex_rebuilds_one_or_everybody(command, a_patient):
    one = json.loads(command("reindex", a_patient, "--json").out)
    assert one["charts"] == 1
    assert one["embedded"] > 0
    every = json.loads(command("reindex", "--json").out)
    assert every["charts"] >= 1
    assert json.loads(command("retrieve", a_patient, "sertraline", "--json").out)


def test_the_keys_of_charts_are_wrapped_with_a_new_key_of_the_site(
    command, monkeypatch, settings, a_patient
):
    former = key_of(settings).decode()
    monkeypatch.setenv("COUNTERSIGN_CHART_KEY", "n" * 32)
    assert "COUNTERSIGN_CHART_KEY" in command("keys", "rewrap").err
    monkeypatch.setenv("COUNTERSIGN_FORMER_CHART_KEY", former)
    said = command("keys", "rewrap")
    assert (said.code, "Destroy the former one." in said.out) == (0, True), said.err
    monkeypatch.delenv("COUNTERSIGN_FORMER_CHART_KEY")
    assert command("keys", "rewrap").code == 0
