"""Seed charts are loaded as they are, once, and never over what was written since."""

import gzip
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fhir_fixtures.sandbox.seed import UnreadableSeed, load_seeds
from fhir_fixtures.sandbox.store import Store
from tests.fhir_fixtures.resources import (
    a_document,
    a_patient,
    a_transaction,
    an_entry,
    an_observation,
)

PATIENT = "urn:uuid:11111111-0000-4000-8000-000000000001"


def write(path: Path, *documents: object) -> Path:
    path.write_text("\n".join(json.dumps(document) for document in documents))
    return path


def test_a_bundle_keeps_its_ids_and_its_references_are_led(
    store: Store, ehr: TestClient, tmp_path: Path
) -> None:
    broken = a_document(PATIENT, id="d1", status="superseded", type=None)
    entries = [an_entry(a_patient(), fullUrl=PATIENT), an_entry(broken)]
    path = write(tmp_path / "bundle.json", a_transaction(*entries))
    assert load_seeds(store, [path]) == 2
    patient = PATIENT.removeprefix("urn:uuid:")
    assert ehr.get(f"/Patient/{patient}").status_code == 200
    assert ehr.get("/DocumentReference/d1").json()["subject"]["reference"] == f"Patient/{patient}"


def test_loading_again_leaves_later_changes_alone(
    store: Store, ehr: TestClient, tmp_path: Path
) -> None:
    path = write(tmp_path / "p.ndjson", a_patient(id="p1"), a_patient(id="p2"))
    assert load_seeds(store, [path]) == 2
    ehr.put("/Patient/p1", json=a_patient(id="p1", gender="other"))
    ehr.delete("/Patient/p2")
    assert load_seeds(store, [path]) == 0
    assert ehr.get("/Patient/p1").json()["gender"] == "other"
    assert ehr.get("/Patient/p2").status_code == 410


def test_folders_are_searched_and_their_other_files_named(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a" / "drafts").mkdir(parents=True)
    write(tmp_path / "a" / "bundle.json", a_transaction(an_entry(a_patient(id="p1"))))
    write(tmp_path / "a" / "drafts" / "good.json", {"sections": []})
    lines = json.dumps(an_observation("Patient/p1", "not a date", id="o1")).encode()
    (tmp_path / "more.ndjson.gz").write_bytes(gzip.compress(lines))
    assert load_seeds(store, [tmp_path]) == 2
    assert "good.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "{"),
        ("a.json", "[]"),
        ("a.ndjson", '{"resourceType":"Basic"}\nx'),
        ("a.gz", "no"),
    ],
)
def test_a_named_file_that_is_not_fhir_stops_the_load(
    store: Store, ehr: TestClient, tmp_path: Path, name: str, content: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UnreadableSeed, match=name):
        load_seeds(store, [path])
    with pytest.raises(UnreadableSeed):
        load_seeds(store, [tmp_path / "absent.json"])
    assert ehr.get("/Basic").json()["total"] == 0
