"""`countersign check`: its answers, its refusals, and that no line of a batch stops the rest."""

import json

import pytest

from service.cli import batch

NOTE = {"id": "n", "text": "Sertraline 50 mg once daily."}


def a_case(id_, dose=50):
    return json.dumps({"id": id_, "sources": [NOTE], "summary": f"Sertraline {dose} mg."})


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(NOTE["text"])
    return str(path)


@pytest.fixture
def answers(command, tmp_path):
    """Checks these lines as a batch: exit code, answers, what stderr says."""

    def run(*lines):
        path = tmp_path / "cases.jsonl"
        path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines))
        said = command("check", "--batch", str(path))
        return said.code, [json.loads(line) for line in said.out.splitlines()], said.err

    return run


def test_check_finds_the_wrong_dose(command, note, tmp_path):
    summary = tmp_path / "summary.txt"
    summary.write_text("Takes sertraline 100 mg once daily.")
    said = command("check", "--source", note, "--summary", str(summary), "--json")
    (statement,) = json.loads(said.out)["statements"]
    assert (said.code, statement["support"]) == (1, "contradicted")
    assert statement["reasons"][0]["said"] == "100 mg"
    shown = command("check", "--source", note, "--summary", str(summary)).out
    assert "contradicted" in shown and "note.txt at 0" in shown
    summary.write_text("Takes sertraline 50 mg once daily.")
    assert command("check", "--source", note, "--summary", str(summary)).code == 0


def test_a_judging_word_is_shown_and_alone_is_no_problem(command, note, tmp_path):
    summary = tmp_path / "summary.txt"
    summary.write_text("Sertraline 50 mg once daily. Drug-seeking.")
    said = command("check", "--source", note, "--summary", str(summary))
    assert "language (minor)" in said.out


def test_a_batch_is_answered_in_order_one_line_a_case(answers):
    code, found, told = answers(a_case("0"), "", a_case("1", 100), a_case("2", 150))
    assert (code, [each["id"] for each in found]) == (1, ["0", "1", "2"])
    assert told == "3 cases: 1 without problems, 2 with problems, 0 not checked.\n"
    assert answers(a_case("0"))[0] == 0


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        "null",
        '"text"',
        "{}",
        '{"summary": 7}',
        '{"summary": "x"}',
        '{"summary": "x", "sources": "y"}',
        '{"summary": "x", "sources": [1]}',
        '{"summary": "x", "sources": [{"text": 5}]}',
        '{"summary": "x", "chart": 5}',
        '{"summary": "x", "chart": {"resourceType": "Patient"}}',
        '{"summary": "x", "sources": [], "type": "novel"}',
        '{"summary": "x", "sources": [], "type": 1}',
        b"\xff\xfe\x00",
        b'{"summary": "\x00"}',
        '{"summary": "\\ud800", "sources": []}',
        "[" * 5000,
        '{"summary": ' + "9" * 5000 + "}",
    ],
)
def test_a_malformed_line_is_answered_and_the_rest_goes_on(answers, line):
    code, found, told = answers(a_case("before"), line, a_case("after"))
    assert code == 1 and "1 not checked" in told
    assert [each["id"] for each in found] == ["before", "", "after"]
    assert found[1]["line"] == 2 and found[1]["error"].endswith(".")
    assert "Traceback" not in told


def test_an_error_names_the_case_where_its_id_can_be_read(answers):
    _, (found,), _ = answers('{"id": 7, "summary": "x"}')
    assert found["id"] == 7 and '"sources" or "chart"' in found["error"]


def test_a_line_that_is_too_long_is_refused_and_skipped_whole(answers, monkeypatch):
    monkeypatch.setattr(batch, "LONGEST_LINE", 200)
    _, found, _ = answers(a_case("a"), '{"summary": "' + "x" * 1000 + '"}', a_case("b"))
    assert [each["id"] for each in found] == ["a", "", "b"]
    assert "Split the case" in found[1]["error"]


def test_what_the_engine_did_not_foresee_is_told_without_its_words(answers, monkeypatch):
    def fails(case, meaning):
        raise ValueError("Jane Doe")

    monkeypatch.setattr(batch, "answer_of", fails)
    code, (found,), _ = answers(a_case("a"))
    assert code == 1 and "ValueError" in found["error"] and "Jane" not in str(found)


def test_an_empty_batch_has_no_problems(answers):
    assert answers("", "  ") == (
        0,
        [],
        "0 cases: 0 without problems, 0 with problems, 0 not checked.\n",
    )


def test_a_batch_stands_alone(command, note):
    assert command("check", "--batch", note, "--source", note).code == 2


def test_two_files_of_one_name_stay_apart(command, note, tmp_path):
    other = tmp_path / "b"
    other.mkdir()
    (other / "note.txt").write_text("Lives alone.")
    said = command(
        "check",
        "--source",
        note,
        "--source",
        str(other / "note.txt"),
        "--summary",
        str(other / "note.txt"),
        "--json",
    )
    (statement,) = json.loads(said.out)["statements"]
    assert statement["evidence"][0]["source"] == str(other / "note.txt")


def test_what_is_no_text_is_refused_in_one_sentence(command, note, tmp_path):
    binary = tmp_path / "scan.pdf"
    binary.write_bytes(b"%PDF\xff\xfe\x00")
    for argv in (
        ["--source", str(binary), "--summary", note],
        ["--source", note, "--summary", str(binary)],
        ["--chart", str(binary), "--summary", note],
    ):
        said = command("check", *argv)
        assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
        assert "scan.pdf" in said.err
