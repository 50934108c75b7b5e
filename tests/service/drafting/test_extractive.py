"""The writer without a model: records' headlines and notes' own words, bounded, newest first."""

import time
from dataclasses import replace

from service.drafting.citing import misquotes
from service.drafting.extractive import ExtractiveWriter
from service.summary.document import Document
from tests.service.drafting.builders import (
    a_measure,
    a_note,
    a_record,
    a_request,
    section_of,
    texts,
)

MSE = "MENTAL STATUS EXAM\nWell groomed. Affect full range. Denies SI. Insight good.\n"


def written(summary_type, records):
    return ExtractiveWriter().write(a_request(summary_type, records))


def a_medicine(line, *, day="2026-05-01", status="active", code="rx|1"):
    return a_record(
        "MedicationRequest", f"{line} ({status}, {day})", title=line.split(",")[0],
        effective=day, status=status, code=code,
    )  # fmt: skip


def test_the_same_medicine_ordered_often_is_told_once_and_cites_every_order():
    orders = [a_medicine("Sertraline 50 mg, once daily", day=d) for d in
              ("2024-01-01", "2025-01-01", "2026-01-01")]  # fmt: skip
    section = section_of(written("pre-visit", orders), "current-medications")
    (statement,) = section.statements
    assert statement.text == (
        "Sertraline 50 mg, once daily (active, 2026-01-01) [3 records, first 2024-01-01]"
    )
    assert len({c.record_id for c in statement.citations}) == 3


def test_a_stopped_medicine_is_not_among_the_current_ones():
    records = [a_medicine("Lithium 300 mg"), a_medicine("Divalproex", status="stopped", code="2")]
    drafted = written("pre-visit", records)
    assert [t[:7] for t in texts(drafted, "current-medications")] == ["Lithium"]
    assert [t[:10] for t in texts(drafted, "stopped-medications")] == ["Divalproex"]


def test_scores_are_a_trend_in_order_of_time():
    scores = [a_measure("PHQ-9 total score", v, d) for v, d in
              (("9", "2026-05-01"), ("21", "2024-01-03"), ("17", "2025-02-01"))]  # fmt: skip
    section = section_of(written("psychiatric-progress", scores), "scores")
    (statement,) = section.statements
    assert statement.text == ("PHQ-9 total score: 21 (2024-01-03), 17 (2025-02-01), 9 (2026-05-01)")
    assert len(statement.citations) == 3


def test_sentences_are_whole_and_say_which_note_they_are_from():
    note = a_note(MSE, title="Psychiatry progress note")
    drafted = written("psychiatric-progress", [note])
    assert texts(drafted, "mental-state") == [
        "Well groomed. Affect full range. Denies SI. Insight good. "
        "(psychiatry progress note, 2026-05-01)"
    ]


def test_risk_is_carried_word_for_word_with_its_polarity():
    note = a_note("RISK ASSESSMENT\nDenies SI, plan or intent. Father died by suicide in 2003.\n")
    (risk,) = texts(written("handoff", [note]), "risk")
    assert risk.startswith("Denies SI, plan or intent. Father died by suicide in 2003. (")


def test_the_risk_of_an_old_note_is_found_when_the_newest_says_nothing():
    notes = [a_note("INTERVAL HISTORY\nDoing well.", effective="2026-05-01"),
             a_note("Denies HI. Passive SI last week.", effective="2026-02-01")]  # fmt: skip
    assert any("Passive SI" in t for t in texts(written("pre-visit", notes), "risk"))


def test_a_sentence_copied_forward_is_told_once_and_names_its_first_note():
    body = "PLAN\nContinue to walk the dog to the reservoir twice a week.\n"
    notes = [a_note(body, effective=d) for d in ("2026-05-01", "2026-03-01")]
    (plan,) = section_of(written("pre-visit", notes), "plan").statements
    assert plan.text.endswith("2026-05-01; same words since 2026-03-01)")
    assert len(plan.citations) == 2


def test_what_is_not_found_says_what_was_looked_for():
    drafted = written("pre-visit", [])
    for section in drafted.sections:
        assert section.statements == () and "searched" in section.absence
    assert "not a finding of no risk" in section_of(drafted, "risk").absence


def test_not_documented_and_could_not_be_read_are_said_apart():
    request = replace(a_request("handoff", []), unreadable=2)
    said = section_of(ExtractiveWriter().write(request), "risk").absence
    assert "nothing is documented" in said
    assert said.endswith("2 records of this chart could not be read.")


def test_what_is_over_the_limit_is_counted_not_silent():
    many = [a_record("Condition", f"Disorder number {n} (active)", code=f"c|{n}")
            for n in range(40)]  # fmt: skip
    drafted = written("pre-visit", many)
    section = section_of(drafted, "problems")
    assert drafted.not_shown["problems"] == 40 - len(section.statements)
    assert "not shown here" in section.absence


def test_a_chart_of_two_thousand_records_is_a_readable_summary_in_two_seconds():
    records = [a_measure(f"Lab {n % 60}", str(n), f"20{10 + n % 16}-01-01", f"l|{n % 60}",
                         "laboratory") for n in range(1600)]  # fmt: skip
    records += [a_medicine(f"Drug {n}", code=f"d|{n % 30}") for n in range(300)]
    records += [
        a_note(MSE + f"INTERVAL HISTORY\nVisit number {n} went well.\n") for n in range(150)
    ]
    started = time.perf_counter()
    drafted = written("pre-visit", records)
    assert time.perf_counter() - started < 2.0
    document = Document("t", (), drafted.sections)
    assert 10 <= len(document.placed()) <= 75
    assert misquotes(document, {r.id: r for r in records}) == []
