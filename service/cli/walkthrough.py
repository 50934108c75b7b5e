"""`countersign demo --walkthrough`: the whole job once, over REST, as a person would do it."""

import base64
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import click
import httpx

from fhir_fixtures.stories import story
from service.errors import CountersignError
from service.settings import NO_MODEL, Settings
from service.summary.lifecycle import Owner

STORIES = (("depression_two_trials", "pre-visit"), ("bipolar_lithium", "psychiatric-progress"))
LIMIT_S = 120  # for all but the model
SHOWN_STATEMENTS = 4


class WalkthroughFailed(CountersignError):
    """A step of the walkthrough did not come out as it must."""


class Clinician:
    """The demo clinician at the REST door: a session cookie and a CSRF token."""

    def __init__(self, url: str, limit_s: float) -> None:
        self.limit_s = limit_s
        self._http = httpx.Client(base_url=url, timeout=60.0)
        answer = self._post("/demo/session", {"persona": "clinician"})
        self._http.headers["X-CSRF-Token"] = answer["csrf_token"]
        self.name: str = answer["person"]["name"]

    def request(self, patient: str, summary_type: str) -> str:
        asked = {"patient": patient, "type": summary_type}
        return str(self._post("/api/v1/summaries", asked)["id"])

    def resolve(self, summary_id: str, finding: dict[str, Any]) -> None:
        path = f"/api/v1/summaries/{summary_id}/findings/{finding['number']}/resolution"
        self._post(path, {"action": "accepted", "reason": "Seen by the demo clinician."})

    def sign(self, summary_id: str, digest: str) -> None:
        self._post(f"/api/v1/summaries/{summary_id}/sign", {"digest": digest})

    def wait_until_our_turn(self, summary_id: str, patient: str) -> dict[str, Any]:
        """Follow a summary until the system has nothing more to do on it."""
        deadline, seen, said = time.monotonic() + self.limit_s, "", ""
        while time.monotonic() < deadline:
            row = self._row(summary_id, patient)
            if row["status"] != seen:
                seen = row["status"]
                click.echo(f"    {seen}")
            if row["status_reason"] not in ("", said):
                said = row["status_reason"]
                click.echo(f"      {said}")
            if row["owner"] != Owner.SYSTEM:
                return self._answer(self._http.get(f"/api/v1/summaries/{summary_id}"))
            time.sleep(0.1)
        raise WalkthroughFailed(
            f"Still {seen} after {self.limit_s:g} s; see the logs in the data folder."
        )

    def _row(self, summary_id: str, patient: str) -> dict[str, Any]:
        # Of the list, not the summary itself: each look at a summary is an audited view.
        found = self._answer(self._http.get("/api/v1/summaries", params={"patient": patient}))
        return next(row for row in found["rows"] if row["id"] == summary_id)

    def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        key = {"Idempotency-Key": uuid4().hex}
        return self._answer(self._http.post(path, json=body, headers=key))

    @staticmethod
    def _answer(response: httpx.Response) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        if response.is_error:
            raise WalkthroughFailed(f"{response.status_code}: {answer.get('detail')}")
        return answer


def walk_through(url: str, fhir_url: str, *, limit_s: float = LIMIT_S) -> int:
    """Ingest, draft, verify, sign and file for each story; 0 when each was read back whole."""
    clinician = Clinician(url, limit_s)
    for name, summary_type in STORIES:
        _one(clinician, fhir_url, story(name).patient_ref, summary_type)
    click.echo("Each summary was signed by its digest and read back from the EHR, word for word.")
    return 0


def patience_s(settings: Settings) -> float:
    """How long one summary may take: as long as a draft may wait for its model and be written."""
    if settings.model == NO_MODEL:
        return LIMIT_S
    return LIMIT_S + settings.model_wait_s + settings.model_draft_timeout_s


def _one(clinician: Clinician, fhir_url: str, patient: str, summary_type: str) -> None:
    click.secho(f"\n{patient}: {summary_type}", bold=True)
    click.echo("  asked for; its chart comes out of the EHR, is indexed, drafted and verified:")
    summary_id = clinician.request(patient, summary_type)
    summary = clinician.wait_until_our_turn(summary_id, patient)
    if summary["status"] != "in-review":
        raise WalkthroughFailed(f"The draft is {summary['status']}: {summary['status_reason']}")
    _tell_draft(summary)
    for finding in summary["findings"]:
        click.echo(f"  finding {finding['number']} ({finding['severity']}): {finding['message']}")
        if finding["severity"] == "major":
            clinician.resolve(summary_id, finding)
            click.echo("    accepted by the demo clinician")
    clinician.sign(summary_id, summary["digest"])
    click.echo(f"  signed by {clinician.name}: {summary['digest']}")
    filed = clinician.wait_until_our_turn(summary_id, patient)
    if filed["status"] != "filed":
        raise WalkthroughFailed(f"The EHR answered {filed['status']}: {filed['status_reason']}")
    _read_back(fhir_url, summary)


def _tell_draft(summary: dict[str, Any]) -> None:
    statements = [s for section in summary["sections"] for s in section["statements"]]
    cited = sum(len(s["citations"]) for s in statements)
    click.echo(f"  a draft of {len(statements)} statements with {cited} citations, such as:")
    for statement in statements[:SHOWN_STATEMENTS]:
        citation = statement["citations"][0]
        click.echo(f"    {statement['text']}")
        click.secho(f'      {citation["source_ref"]}: "{citation["quote"]}"', dim=True)
    click.echo(f"    ... and {max(0, len(statements) - SHOWN_STATEMENTS)} more")


def _read_back(fhir_url: str, summary: dict[str, Any]) -> None:
    """Find the document in the EHR by our identifier and compare it, byte for byte."""
    with suppress(httpx.HTTPError):
        found = httpx.get(
            f"{fhir_url}/DocumentReference", params={"patient": summary["patient"], "_count": 500}
        ).json()
        for entry in found.get("entry", []):
            document = entry["resource"]
            named = str(document.get("identifier"))
            if summary["id"] in named and summary["digest"] in named:
                return _tell_document(document, summary["text"])
    raise WalkthroughFailed("The EHR does not show the document that it said it had kept.")


def _tell_document(document: dict[str, Any], signed_text: str) -> None:
    attachments = [content["attachment"] for content in document["content"]]
    plain = next(a for a in attachments if a["contentType"].startswith("text/plain"))
    if base64.b64decode(plain["data"]) != signed_text.encode():
        raise WalkthroughFailed("The EHR holds another text than the one that was signed.")
    click.echo(
        f"  filed and read back: DocumentReference/{document['id']}, docStatus "
        f"{document['docStatus']}, {document['type']['coding'][0]['display']}, "
        f"{plain['size']} bytes, the same as signed"
    )
