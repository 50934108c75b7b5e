"""The whole story over REST, as a hospital's IT and a clinician would live it.

`countersign up` runs as a process of its own in demo mode, with its worker and its parts, on the
sandbox EHR. The tests tell one story in order: each goes on from where the one before it stopped.
"""

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from fhir_fixtures.stories import STORIES, Story, story
from service.embedded import free_port
from tests import commands
from tests.commands import LIMIT_S, clean_env

pytestmark = pytest.mark.processes

TOKEN = "token-of-the-story"
STORY = "ptsd_substance_use"
PATIENT = "Patient/raymond-tillery"
# What POST /bundles brings: something that the EHR does not hold.
SCORE = {
    "resourceType": "Observation",
    "id": "story-phq9",
    "status": "final",
    "subject": {"reference": PATIENT},
    "effectiveDateTime": "2026-08-30T09:00:00-05:00",
    "code": {
        "coding": [{"system": "http://loinc.org", "code": "44261-6"}],
        "text": "PHQ-9 total score",
    },
    "valueInteger": 6,
}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": SCORE}]}


class Demo:
    """`countersign up` in a folder, and what it leaves behind there."""

    def __init__(self, folder: Path, ehr_url: str) -> None:
        self.folder, self.data_dir, self.ehr_url = folder, folder / "data", ehr_url
        self._env = clean_env(
            data_dir=str(self.data_dir), api_token=TOKEN, fhir_url=ehr_url, demo="true"
        )
        with open(folder / "stderr.log", "wb") as log:
            self.process = commands.start(
                "up", "--port", "0", env=self._env, stderr=log, stdout=subprocess.PIPE
            )

    @cached_property
    def url(self) -> str:
        assert self.process.stdout
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, (self.folder / "stderr.log").read_text()
        return found.group()

    def command(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return commands.run(*argv, env=self._env)

    def document(self, summary: dict[str, Any]) -> dict[str, Any]:
        """The one DocumentReference in the EHR that carries this text."""
        named = f"urn:countersign:filing|{summary['id']}:{summary['digest']}"
        found = httpx.get(f"{self.ehr_url}/DocumentReference", params={"identifier": named}).json()
        (entry,) = found["entry"]
        return entry["resource"]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """What lies on the disk beside the database, where the chart belongs."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and self.data_dir / "postgres" not in path.parents:
                with suppress(FileNotFoundError):  # a journal that Chroma has just finished
                    yield str(path.relative_to(self.folder)), path.read_bytes()


class Caller:
    """Somebody at the REST door; every write carries a key of its own."""

    keys = count()

    def __init__(self, demo: Demo, persona: str = "") -> None:
        self.http = httpx.Client(base_url=demo.url, timeout=60)
        if persona:
            begun = self.http.post("/demo/session", json={"persona": persona}).json()
            self.http.headers["X-CSRF-Token"] = begun["csrf_token"]
        else:
            self.http.headers["Authorization"] = f"Bearer {TOKEN}"

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/v1{path}")
        assert answer.is_success, answer.text
        return answer.json()

    def act(self, path: str, body: Any, *, method: str = "POST", key: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key or f"story-{next(self.keys)}"}
        return self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    def done(self, path: str, body: Any, *, method: str = "POST") -> dict[str, Any]:
        answer = self.act(path, body, method=method)
        assert answer.is_success, answer.text
        return answer.json()

    def summary(self, id_: str, *, at: str) -> dict[str, Any]:
        """The summary, once it stands at this status."""
        deadline = time.monotonic() + LIMIT_S
        while (found := self.get(f"/summaries/{id_}"))["status"] != at:
            assert time.monotonic() < deadline, f"{found['status']}: {found['status_reason']}"
            time.sleep(0.2)
        return found

    def signed(self, summary: dict[str, Any]) -> dict[str, Any]:
        """Decide about what is open, sign the current text, and wait until it is filed."""
        for finding in summary["findings"]:
            if finding["severity"] == "major" and finding["resolution"] is None:
                path = f"/summaries/{summary['id']}/findings/{finding['number']}/resolution"
                self.done(path, {"action": "accepted", "reason": "Compared with the chart."})
        self.done(f"/summaries/{summary['id']}/sign", {"digest": summary["digest"]})
        return self.summary(summary["id"], at="filed")


@pytest.fixture(scope="module")
def ehr_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An EHR that was there before us."""
    port = free_port()
    argv = [
        "-m",
        "fhir_fixtures.sandbox",
        "--port",
        str(port),
        "--load",
        str(STORIES / "people.json"),
        str(STORIES / STORY / "bundle.json"),
        "--data-dir",
        str(tmp_path_factory.mktemp("ehr")),
    ]
    ehr = subprocess.Popen([sys.executable, *argv])
    yield f"http://127.0.0.1:{port}"
    ehr.terminate()
    ehr.wait(LIMIT_S)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, ehr_url: str) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("story"), ehr_url)
    yield demo
    demo.process.terminate()
    demo.process.communicate(timeout=LIMIT_S)


@pytest.fixture(scope="module")
def machine(demo: Demo) -> Iterator[Caller]:
    """The service account of hospital IT."""
    with closing(Caller(demo)) as caller:
        yield caller


@pytest.fixture(scope="module")
def clinician(demo: Demo) -> Iterator[Caller]:
    with closing(Caller(demo, "clinician")) as caller:
        yield caller


@pytest.fixture(scope="module")
def drafted(machine: Caller) -> dict[str, Any]:
    """What the service account asked for, in review."""
    asked = machine.act("/summaries", {"patient": PATIENT, "type": "psychiatric-progress"})
    assert (asked.status_code, asked.json()["status"]) == (202, "requested")
    assert asked.headers["Location"] == f"/api/v1/summaries/{asked.json()['id']}"
    return machine.summary(asked.json()["id"], at="in-review")


@pytest.fixture(scope="module")
def filed(clinician: Caller, drafted: dict[str, Any]) -> dict[str, Any]:
    return clinician.signed(clinician.get(f"/summaries/{drafted['id']}"))


def test_a_bundle_is_taken_once_however_often_it_is_sent(machine):
    first, again = (machine.act("/bundles", BUNDLE, key="one-bundle") for _ in range(2))
    assert first.json() == again.json()
    assert first.json()["kept"] == 1
    assert machine.done("/bundles", BUNDLE)["unchanged"] == 1
    rows = machine.get(f"/patients/{PATIENT.removeprefix('Patient/')}/records?limit=200")["rows"]
    assert "Observation/story-phq9" in {row["source_ref"] for row in rows}


def test_every_statement_of_the_draft_shows_its_source(machine, drafted):
    statements = statements_of(drafted)
    assert len(statements) > 10
    for statement in statements:
        for citation in statement["citations"]:
            source = machine.get(f"/summaries/{drafted['id']}/sources/{citation['record_id']}")
            quoted = source["text"][citation["start"] : citation["end"]]
            assert quoted == citation["quote"] != ""
        assert statement["citations"] and statement["support"] == "supported"


def test_the_service_account_can_never_sign(machine, drafted):
    refused = machine.act(f"/summaries/{drafted['id']}/sign", {"digest": drafted["digest"]})
    assert (refused.status_code, refused.json()["status"]) == (403, 403)


def test_a_wrong_number_blocks_the_signature_until_it_is_taken_back(clinician, drafted):
    path = f"/summaries/{drafted['id']}"
    right = next(s for s in statements_of(drafted) if re.search(r"\d+ mg", s["text"]))
    wrong = clinician.done(
        f"{path}/statements/{right['index']}",
        {"text": re.sub(r"(\d+) mg", r"9\1 mg", right["text"], count=1)},
        method="PATCH",
    )
    found = [f for f in wrong["findings"] if f["statement_index"] == right["index"]]
    assert "major" in {f["severity"] for f in found}
    assert clinician.act(f"{path}/sign", {"digest": wrong["digest"]}).status_code == 422
    back = clinician.done(
        f"{path}/statements/{right['index']}", {"text": right["text"]}, method="PATCH"
    )
    assert (back["digest"], back["version"]) == (drafted["digest"], drafted["version"] + 2)
    assert clinician.act(f"{path}/sign", {"digest": wrong["digest"]}).status_code == 409


def test_what_was_signed_is_in_the_ehr_byte_for_byte(demo, filed):
    document = demo.document(filed)
    assert plain_text(document) == filed["text"].encode()
    assert (document["status"], document["docStatus"]) == ("current", "final")
    assert document["subject"]["reference"] == PATIENT
    assert document["author"][0]["reference"] == "Practitioner/demo-clinician"


def test_an_amendment_replaces_and_a_retraction_withdraws_what_was_filed(demo, clinician, filed):
    path = f"/summaries/{filed['id']}"
    clinician.done(f"{path}/amend", {"reason": "One statement too many."})
    last = statements_of(filed)[-1]["index"]
    shorter = clinician.done(f"{path}/statements/{last}", {"text": ""}, method="PATCH")
    amended = clinician.signed(shorter)
    first, second = demo.document(filed), demo.document(amended)
    assert plain_text(second) == shorter["text"].encode()
    assert (second["status"], second["docStatus"]) == ("current", "amended")
    replaced = {"code": "replaces", "target": {"reference": f"DocumentReference/{first['id']}"}}
    assert second["relatesTo"] == [replaced]
    assert first["status"] == "superseded"
    clinician.done(f"{path}/retract", {"reason": "Written for another visit."})
    clinician.summary(filed["id"], at="retracted")
    assert demo.document(amended)["status"] == "entered-in-error"


def test_the_audit_tells_it_all_and_its_chain_holds(demo, filed):
    with closing(Caller(demo, "it")) as person:
        acts, page = [], person.get(f"/audit?subject_id={filed['id']}&limit=200")
        while True:  # who waits for a state looks often: that is many pages
            acts += page["rows"]
            if not page["next"]:
                break
            page = person.get(f"/audit?subject_id={filed['id']}&limit=200&cursor={page['next']}")
    told = [act["action"] for act in reversed(acts)]
    milestones = [
        "requested",
        "charted",
        "indexed",
        "drafted",
        "in-review",
        "signed",
        "filed",
        "in-review",
        "signed",
        "filed",
        "retracting",
        "retracted",
    ]
    changes = [act for act in told if act.removeprefix("summary.") in milestones]
    assert changes == [f"summary.{each}" for each in milestones]
    assert {"summary.viewed", "summary.edited"} <= set(told)
    verified = demo.command("audit", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["broken_at"] is None


def test_a_draft_of_nobody_fails_with_the_reason(demo):
    said = demo.command("draft", "nobody", "--type", "handoff", "--wait")
    assert (said.returncode, said.stderr) == (1, "")
    assert "is failed. Neither the EHR nor this service knows Patient/nobody" in said.stdout


def test_the_words_of_a_withheld_record_come_out_nowhere(demo, machine, clinician, filed):
    canaries = withheld_words(story(STORY))
    files = {where: searchable(content) for where, content in demo.files()}
    pages = {
        where: searchable(content)
        for caller in (clinician, machine)
        for where, content in shown(caller, filed)
    }
    assert len(canaries) > 50
    queue = "".join(text for name, text in files.items() if "appendonly" in name)  # by version
    assert filed["id"] in queue, "the queue can be read"
    assert {"stderr.log", "data/chroma/chroma.sqlite3", "data/logs/worker.log"} <= set(files)
    for where, text in (files | pages).items():
        assert not [each for each in canaries if each in text], where


def statements_of(summary: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for section in summary["sections"] for s in section["statements"]]


def plain_text(document: dict[str, Any]) -> bytes:
    attachments = [content["attachment"] for content in document["content"]]
    (plain,) = [a for a in attachments if a["contentType"].startswith("text/plain")]
    return base64.b64decode(plain["data"])


def shown(caller: Caller, filed: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Everything that a reader of the summary can be shown over HTTP."""
    summary = f"/api/v1/summaries/{filed['id']}"
    sources = [f"{summary}/sources/{s['record_id']}" for s in filed["sources"]]
    records = f"/api/v1/patients/{PATIENT.removeprefix('Patient/')}/records?limit=200"
    pages = ["/", f"/summaries/{filed['id']}", f"/summaries/{filed['id']}/history"]
    for path in [summary, *sources, records, "/metrics", "/openapi.json", *pages]:
        yield path, caller.http.get(path).content


def withheld_words(told: Story) -> set[str]:
    """Phrases of the records that must stay apart, that no other record of the chart has."""
    withheld = set(told.expected["withheld"])
    apart, rest = [], []
    for resource in told.resources:
        ref = f"{resource['resourceType']}/{resource['id']}"
        (apart if ref in withheld else rest).extend(strings_of(resource))
    known = searchable("\n".join(rest).encode())
    phrases = {
        phrase
        for text in apart
        for piece in re.split(r"[.\n]", text)
        if len(phrase := searchable(piece.encode())) >= 24 and " " in phrase
    }
    return {phrase for phrase in phrases if phrase not in known}


def strings_of(value: Any) -> Iterator[str]:
    """Every string of a resource but its labels; attachments decoded."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "data":
                yield base64.b64decode(each).decode("utf-8", "replace")
            elif name not in ("meta", "id", "reference", "system", "url", "custodian"):
                yield from strings_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings_of(each)
    elif isinstance(value, str):
        yield value


def searchable(content: bytes) -> str:
    """Text in lower case with single spaces; what is base64 (as in the queue) also decoded."""
    decoded = [
        base64.b64decode(found[: len(found) // 4 * 4])
        for found in re.findall(rb"[A-Za-z0-9+/]{40,}", content)
    ]
    whole = b"\n".join([content, *decoded]).decode("utf-8", "replace")
    return " ".join(whole.lower().split())
