"""`countersign read`: of a text its units and assertions, of a chart its facts."""

import json

from fhir_fixtures.stories import STORIES

BUNDLE = str(STORIES / "depression_two_trials" / "bundle.json")
NOTE = "Denies suicidal ideation.\nMedications: sertraline 50 mg daily, started yesterday\n"


def test_a_text_is_shown_with_what_it_asserts(command, tmp_path):
    (tmp_path / "note.txt").write_text(NOTE)
    said = command("read", str(tmp_path / "note.txt"))
    assert (said.code, said.err) == (0, "")
    assert "risk suicidal ideation  no; says: patient" in said.out
    assert "[medicines]" in said.out and "dose: 50 mg" in said.out


def test_boxes_whose_label_stands_before_them_are_shown(command, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Fall risk: [ ] low  [ ] moderate  [x] high\n")
    found = command("read", str(note))
    assert found.code == 0 and "[answered yes]" in found.out


def test_the_day_of_a_text_resolves_its_dates(command, tmp_path):
    (tmp_path / "note.txt").write_text("Started sertraline 50 mg yesterday.")
    said = command("read", str(tmp_path / "note.txt"), "--on", "2026-03-01", "--json")
    told = json.loads(said.out)["assertions"]
    assert {a["on"] for a in told if a["concept"]["kind"] == "medicine"} == {"2026-02-28"}


def test_one_resource_is_shown_as_it_is_read(command, tmp_path):
    resource = {"resourceType": "Condition", "code": {"text": "Asthma"}, "id": "c"}
    resource |= {"subject": {"reference": "Patient/1"}}
    (tmp_path / "c.json").write_text(json.dumps(resource))
    assert "problem asthma" in command("read", str(tmp_path / "c.json")).out


def test_a_bundle_is_shown_as_facts(command):
    said = command("read", BUNDLE)
    assert said.code == 0 and "\nmedicine\n" in said.out and "source(s)" in said.out
    answer = json.loads(command("read", BUNDLE, "--json").out)
    assert {"facts", "conflicts", "on"} == set(answer)


def test_a_patient_of_the_database_is_shown_as_facts(command, a_patient):
    said = command("read", a_patient)
    assert said.code == 0 and "\nmedicine\n" in said.out
    assert json.loads(command("read", f"Patient/{a_patient}", "--json").out)["facts"]


def test_what_cannot_be_read_is_refused_in_a_sentence(command, tmp_path):
    (tmp_path / "broken.json").write_text('{"resourceType": ')
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "empty.json").write_text("[]")
    for argv in (
        ["read", str(tmp_path / "nowhere.txt")],
        ["read", str(tmp_path / "broken.json")],
        ["read", str(tmp_path / "latin.txt")],
        ["read", str(tmp_path / "empty.json")],
        ["read", "nobody"],
    ):
        said = command(*argv)
        assert (said.code, said.out) == (1, ""), argv
        assert said.err.count("\n") == 1 and said.err.strip().endswith("."), said.err
    assert command("read").code == 2


def test_what_could_move_the_cursor_is_not_printed(command, tmp_path):
    (tmp_path / "note.txt").write_text("Takes sertraline\x1b[2J 50 mg daily.")
    assert "\x1b[2J" not in command("read", str(tmp_path / "note.txt")).out
