"""Files of FHIR: JSON, ndjson and gzip; broken ones are told, not passed over."""

import gzip
import json
import tracemalloc

import pytest

from service.chart import files
from service.chart.files import read_files
from service.errors import NotFound
from tests.service.chart.builders import a_bundle, a_patient, a_record


def refs(*paths):
    return [incoming.ref or incoming.reason for incoming in read_files(paths)]


@pytest.mark.parametrize(
    "kind", ["transaction", "batch", "collection", "searchset", "document", "message", "history"]
)
def test_every_kind_of_bundle_is_opened(tmp_path, kind):
    path = tmp_path / "b.json"
    path.write_text(json.dumps(a_bundle(a_patient(), a_record("Condition"), kind=kind), indent=2))
    assert refs(path) == ["Patient/p1", "Condition/1"]


def test_single_resources_and_lists_of_them(tmp_path):
    one, many = tmp_path / "1.json", tmp_path / "2.json"
    one.write_text(json.dumps(a_patient()))
    many.write_text(json.dumps([a_patient(), a_record("Goal")]))
    assert refs(tmp_path) == ["Patient/p1", "Patient/p1", "Goal/1"]


def test_ndjson_plain_gzipped_and_under_another_name(tmp_path):
    lines = "\n".join(json.dumps(a_record("Goal", str(n))) for n in range(3)) + "\n\n"
    (tmp_path / "1.ndjson").write_text(lines)
    (tmp_path / "2.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "3.json").write_text("\ufeff" + lines)
    assert refs(tmp_path) == ["Goal/0", "Goal/1", "Goal/2"] * 3


def test_a_broken_line_does_not_stop_the_others(tmp_path):
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'{"resourceType":"Goal","id":"1"}\n{"bro\xff\n' + b'{"resourceType":"Goal"')
    found = list(read_files([path]))
    assert [bool(i.resource) for i in found] == [True, False, False]
    assert "\\xff" in found[1].raw


def test_a_gzip_that_breaks_off_is_told(tmp_path):
    path = tmp_path / "x.ndjson.gz"
    lines = "".join(json.dumps(a_record("Goal", str(n))) + "\n" for n in range(2000))
    path.write_bytes(gzip.compress(lines.encode())[:-2000])
    found = refs(path)
    assert found[0] == "Goal/0"
    assert "the file cannot be read" in found[-1]


def test_a_line_without_end_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 1000)
    path = tmp_path / "x.ndjson"
    path.write_text("x" * 50_000 + "\n" + json.dumps(a_patient()) + "\n")
    found = refs(path)
    assert ["too large" in found[0], found[1]] == [True, "Patient/p1"]


def test_other_files_in_a_folder_are_left_alone_but_a_named_one_is_read(tmp_path):
    (tmp_path / "LICENSE").write_text("words")
    assert refs(tmp_path) == []
    assert "not JSON" in refs(tmp_path / "LICENSE")[0]


def test_a_path_that_is_not_there_is_said(tmp_path):
    with pytest.raises(NotFound, match="check the path"):
        refs(tmp_path / "nothing")


def test_a_long_ndjson_is_read_in_little_memory(tmp_path):
    path = tmp_path / "long.ndjson"
    with path.open("w") as out:
        for n in range(20_000):
            out.write(json.dumps(a_record("Goal", str(n), note=[{"text": "x" * 400}])) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in read_files([path]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 3_000_000  # the file has 10 MB
