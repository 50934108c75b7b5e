"""What no draft could be made with stops the start, in one sentence."""

import socket

import pytest

from service.cli.webserver import WebServer
from tests.commands import clean_env, run


@pytest.mark.parametrize("verb", ["up", "demo"])
def test_a_model_that_cannot_be_made_stops_the_start(command, monkeypatch, verb):
    monkeypatch.setenv("COUNTERSIGN_MODEL", "nonsense:thing")
    with socket.create_server(("127.0.0.1", 0)) as taken:  # whoever goes on stops here
        said = command(verb, "--port", str(taken.getsockname()[1]))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("COUNTERSIGN_MODEL: nonsense:thing cannot be used")


def test_prompts_that_cannot_be_read_stop_a_worker(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "question.md").write_text("{evidence:>10d}")
    said = run("worker", env=clean_env(data_dir=str(tmp_path), prompts_dir=str(tmp_path)))
    assert said.returncode == 1 and "question.md: {evidence} stands with a form" in said.stderr


def test_a_demo_does_not_start_on_an_ehr_elsewhere(command, monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_FHIR_URL", "https://ehr.example/fhir")
    said = command("demo", "--port", "0")
    assert said.code == 1 and "--i-know" in said.err


def test_at_its_start_it_says_what_the_ehr_is(command, monkeypatch):
    monkeypatch.setattr(WebServer, "run", lambda _: None)
    monkeypatch.setenv("COUNTERSIGN_FHIR_URL", "http://127.0.0.1:9/fhir")
    said = command("up", "--port", "0", "--no-worker")
    assert "EHR: The EHR cannot be reached" in said.err
