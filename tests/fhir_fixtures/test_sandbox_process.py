"""The sandbox EHR as a process: what it answered outlives kill -9, and how it fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.fhir_fixtures.resources import a_patient

ROOT = Path(__file__).parents[2]
FAULTS = "/_sandbox/faults"

pytestmark = pytest.mark.processes


@contextmanager
def running(data_dir: Path, *options: str, port: int = 0) -> Iterator[httpx.Client]:
    """A client of a server that is killed (SIGKILL) at the end, as a crash would."""
    command = [sys.executable, "-m", "fhir_fixtures.sandbox", "--data-dir", str(data_dir)]
    server = subprocess.Popen(
        [*command, "--port", str(port), *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        address = server.stdout.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=10) as client:
            yield client
    finally:
        os.kill(server.pid, signal.SIGKILL)
        rest, _ = server.communicate(timeout=10)
        assert rest == "", "the ready line is all that it prints"


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as ehr:
        for name in ("p1", "p2", "p3"):
            ehr.put(f"/Patient/{name}", json=a_patient(id=name))
        page = ehr.get("/Patient?_count=2").json()
    with running(tmp_path, port=httpx.URL(page["link"][1]["url"]).port or 0) as ehr:
        ehr.put("/Patient/p4", json=a_patient(id="p4"))
        rest = ehr.get(page["link"][1]["url"]).json()
        assert [entry["resource"]["id"] for entry in rest["entry"]] == ["p3"]
        assert ehr.get("/Patient/p1").headers["etag"] == 'W/"1"'


def test_a_lost_answer_has_done_its_work(tmp_path: Path) -> None:
    with running(tmp_path) as ehr:
        fault = {"match": {"method": "POST"}, "action": "drop-after-processing"}
        ehr.put(FAULTS, json=[fault])
        with pytest.raises(httpx.RemoteProtocolError):
            ehr.post("/Patient", json=a_patient())
        assert ehr.get("/Patient").json()["total"] == 1


def test_a_hung_request_has_done_nothing_and_blocks_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as ehr:
        ehr.put(FAULTS, json=[{"match": {"method": "POST"}, "action": "hang"}])
        with pytest.raises(httpx.ReadTimeout):
            ehr.post("/Patient", json=a_patient(), timeout=0.3)
        assert ehr.get("/Patient").json()["total"] == 0


def test_another_host_name_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as ehr:
        assert ehr.get("/metadata", headers={"Host": "ehr.example.org"}).status_code == 400


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--host", "0.0.0.0"], 2), (["--load", "absent.json"], 1), (["--load", __file__], 1)],
)
def test_what_it_cannot_do_it_says_in_a_sentence(
    tmp_path: Path, options: list[str], code: int
) -> None:
    command = [sys.executable, "-m", "fhir_fixtures.sandbox", "--port", "0"]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_seeds_and_token_come_from_the_command_line(tmp_path: Path) -> None:
    seed = tmp_path / "patient.json"
    seed.write_text('{"resourceType": "Patient", "id": "p1"}')
    with running(tmp_path / "ehr", "--load", str(seed), "--token", "t0ken") as ehr:
        assert ehr.get("/Patient/p1").status_code == 401
        allowed = {"Authorization": "Bearer t0ken"}
        assert ehr.get("/Patient/p1", headers=allowed).status_code == 200


def test_sigterm_stops_it_even_while_a_request_hangs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fhir_fixtures.sandbox", "--data-dir", str(tmp_path)]
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        httpx.put(f"{address}_sandbox/faults", json=[{"action": "hang"}])
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{address}Patient", timeout=0.2)
        server.terminate()
        assert server.wait(timeout=10) in (0, -signal.SIGTERM)


def test_many_at_once_create_one(tmp_path: Path) -> None:
    wish = {"If-None-Exist": "identifier=urn:example|1"}
    patient = a_patient(identifier=[{"system": "urn:example", "value": "1"}])
    with running(tmp_path) as ehr, ThreadPoolExecutor(60) as pool:
        answers = pool.map(
            lambda _: ehr.post("/Patient", json=patient, headers=wish).status_code, range(60)
        )
        assert sorted(answers) == [200] * 59 + [201]
