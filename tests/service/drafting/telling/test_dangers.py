"""What can do harm is told before what is only out of range, and what is over is no danger."""

import pytest

from service.drafting.telling import glue
from tests.service.drafting.builders import a_note
from tests.service.drafting.telling.test_brief import a_visit, line, lines, of, told

CRITICAL = {"interpretation": [{"coding": [{"code": "LL"}]}]}
LOW = {"interpretation": [{"coding": [{"code": "L"}]}]}


def a_lab(name, value, unit, day="2026-05-20", **more):
    quantity = {"value": value, "unit": unit}
    shown = {"status": "final", "effectiveDateTime": day, "code": {"text": name}}
    return of("Observation", valueQuantity=quantity, **shown, **more)


LOW_ONES = (("Albumin", 29, "g/L"), ("Calcium", 2.0, "mmol/L"), ("Ferritin", 9, "ug/L"))


# Results
@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [("Potassium", 2.6, "mmol/L"), ("Sodium", 118, "mmol/L"), ("Phosphate", 0.3, "mmol/L")],
)
@pytest.mark.parametrize("words", [150, 12])
def test_a_critical_result_is_told_before_all_that_is_only_out_of_range(name, value, unit, words):
    others = [a_lab(*each, **LOW) for each in LOW_ONES]
    found = lines(*others, a_lab(name, value, unit, **CRITICAL), words=words)
    assert f"{name} {value} {unit} (2026-05-20)" in line(found, glue.RESULTS)


def test_a_critical_result_since_the_last_visit_is_the_first_change():
    visits = [a_visit("2026-05-01")]
    others = [a_lab(*each, **LOW) for each in (*LOW_ONES, ("Hemoglobin", 9, "g/dL"))]
    found = lines(*visits, *others, a_lab("Potassium", 2.6, "mmol/L", **CRITICAL))
    assert line(found, glue.CHANGED).partition(glue.LABEL)[2].startswith("Potassium 2.6")


# What binds
FULL = a_note("Full code, wants all treatment.", effective="2026-04-01")


@pytest.mark.parametrize(
    "word", ["DNR.", "DNR/DNI.", "Comfort measures only.", "Do not resuscitate."]
)
def test_full_code_is_no_alert_once_less_is_to_be_done(word):
    found = lines(FULL, a_note(f"Family meeting. {word}"))
    assert "ull code" not in line(found, glue.ALERTS)
    assert word in line(found, glue.CONFLICT)
    assert "Full code" in line(found, glue.CONFLICT)


def test_what_a_conflict_has_is_no_alert_again():
    assert "DNR" not in line(lines(FULL, a_note("DNR.")), glue.ALERTS)


def test_where_the_conflict_has_no_room_the_newest_word_is_the_alert():
    found = lines(FULL, a_note("DNR."), words=6)
    assert line(found, glue.ALERTS) == f"{glue.ALERTS}{glue.LABEL}DNR. (2026-05-01)"


def test_full_code_that_is_no_longer_so_is_over():
    assert "ull code" not in told(glue.ALERTS, a_note("Full code of 3/30 no longer valid."))


@pytest.mark.parametrize(
    "word", ["Stayed commitment to 01/09/2027.", "Mental health commitment until June."]
)
def test_a_commitment_binds(word):
    assert word in told(glue.ALERTS, a_note(word))


def test_of_what_binds_the_sentence_that_says_until_when_is_told_before_the_heading():
    body = "NOTICE OF LEGAL STATUS - filed to chart\n\nCommitment stayed, to 01/09/2027.\n"
    assert "Commitment stayed, to 01/09/2027." in told(glue.ALERTS, a_note(body))


# Flags of risk
def a_flag(text, status):
    return of("Flag", status=status, code={"text": text}, period={"start": "2026-02-01"})


@pytest.mark.parametrize("text", ["Violence risk: staff to see in pairs", "Suicide risk: high"])
def test_a_flag_of_risk_that_was_ended_is_no_word_on_risk(text):
    assert text in told(glue.RISK, a_flag(text, "active"), a_note("Denies SI."))
    assert text not in told(glue.RISK, a_flag(text, "inactive"), a_note("Denies SI."))
