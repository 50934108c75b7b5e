"""Numbers, dates and the like: one value for all ways of writing it."""

import time

import pytest

from service.reading.assertions import Value
from service.reading.values import agrees, conflicts, daily_total, same, values

ON = "2026-03-14"  # a Saturday


def told(text: str) -> list[tuple[str, object, str, str]]:
    return [(v.what, v.value, v.per, v.comparator) for v in values(text, ON)]


def test_a_number_with_points_and_slashes_is_no_date() -> None:
    assert ("route", "vaginal", "", "") in told("NuvaRing 0.12/0.015 MG per 24HR Vaginal System")
    assert told("losartan/HCTZ 100/12.5 mg") == [("dose", ("mass", 0.1, 0.0125), "", "")]


@pytest.mark.parametrize(
    "derived",
    ["three points lower", "an hour longer", "twice as long", "half of what it was", "two thirds"],
)
def test_a_number_reckoned_from_others_is_no_value_of_its_own(derived: str) -> None:
    assert {what for what, *_ in told(derived)} <= {"change"}


def test_a_number_that_names_a_thing_is_told_with_its_word() -> None:
    assert told("session 7, CKD stage 3") == [
        ("stage", ("session", 7.0), "", ""),
        ("stage", ("stage", 3.0), "", ""),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("seen on 4/3", "4 March"), ("Nov 24", "November 2024"), ("1990s", "1998")]
)
def test_a_date_that_may_be_read_two_ways_is_held_against_neither(one: str, other: str) -> None:
    assert same(first(one), first(other))


def first(text: str) -> Value:
    return values(text, ON)[0]


ONE_VALUE = [
    ("Clonazepam .5 mg", "0.5 mg"),
    ("0,5 mg", "500 micrograms"),
    ("1.0 mg", "1 milligram"),
    ("1,200 mg", "1.2 g"),
    ("100 µg", "0.1 mg"),
    ("50mg", "fifty mg"),
    ("2 tabs of 5 mg", "10 mg"),
    ("half a tablet", "1/2 tablet"),
    ("10 U", "10 units"),
    ("twenty-five mg", "25 mg"),
    ("10 mg BID", "10 mg twice daily"),
    ("mirtazapine 15 qhs", "15 mg"),
    ("3/7 history of cough", "three days"),
    ("cough 2/52", "two weeks"),
    ("x 3/12", "three months"),
    ("for a week", "7 days"),
    ("a month and a half", "6 weeks"),
    ("an hour and a half", "90 minutes"),
    ("four weeks", "one month"),
    ("March 14, 2026", "2026-03-14"),
    ("14 Mar 2026", "3/14/26"),
    ("14.03.2026", "3/14/2026"),
    ("Nov 2025", "11/2025"),
    ("yesterday", "March 13"),
    ("3 days ago", "2026-03-11"),
    ("last Tuesday", "2026-03-10"),
    ("RTC in 2 weeks", "March 28, 2026"),
    ("last month", "Feb 2026"),
    ("last year", "2025"),
    ("seen on 1/17", "January 17, 2026"),
    ("since May", "May 2025"),
    ("hearing on the 18th.", "2026-03-18"),
    ("34F", "34 years old"),
    ("67 y/o", "aged 67"),
    ("half past four", "4:30 am"),
    ("7 pm", "19:00"),
    ("at 2330", "half past eleven"),
    ("five in the morning", "05:00"),
    ("98.6 F", "37.0 °C"),
    ("154 lb", "69.853 kg"),
    ("0.8 mmol/L", "0.8 mEq/L"),
    ("50 ng/mL", "50 mcg/L"),
    ("ECT x6", "6 times"),
    ("twice", "two times"),
    ("a dozen", "12"),
    ("14/27", "14 out of 27"),
    ("q6h", "every 6 hours"),
    ("q8h", "TID"),
    ("monthly", "every 4 weeks"),
    ("every other day", "qod"),
    ("fortnightly", "q2wk"),
    ("3 times a week", "three times weekly"),
    ("3 nights a week", "three times a week"),
    ("five days per week", "5 times a week"),
    ("5 mg nocte", "5 mg qhs"),
    ("left arm", "L arm"),
    ("50 mg po", "50 mg by mouth"),
    ("metoprolol ER 50 mg", "metoprolol extended release 50 mg"),
]


@pytest.mark.parametrize(("one", "other"), ONE_VALUE)
def test_one_value_however_it_is_written(one: str, other: str) -> None:
    for mine, theirs in zip(values(one, ON), values(other, ON), strict=False):
        assert same(mine, theirs) or mine.what != theirs.what
    assert any(same(mine, theirs) for mine in values(one, ON) for theirs in values(other, ON))
    assert not conflicts(first(one), first(other))


TWO_VALUES = [
    ("5 mg", "50 mg"),
    ("100 micrograms", "100 mg"),
    ("20 mg", "20 units"),
    ("daily", "BID"),
    ("once a week", "once daily"),
    ("5 mg in the morning", "5 mg at night"),
    ("left", "right"),
    ("2026-03-14", "2026-03-15"),
    ("Nov 2025", "Dec 2025"),
    ("34F", "43F"),
    ("three days", "three weeks"),
    ("4:30 am", "4:30 pm"),
    ("14/27", "24/27"),
    ("124/78 mmHg", "142/78 mmHg"),
    ("mild", "severe"),
    ("up to 3 mg", "5 mg"),
    ("metoprolol XR 50 mg", "metoprolol IR 50 mg"),
    ("0.8 mmol/L", "1.8 mmol/L"),
]


@pytest.mark.parametrize(("one", "other"), TWO_VALUES)
def test_two_values_that_cannot_both_be_so_conflict(one: str, other: str) -> None:
    pairs = [(a, b) for a in values(one, ON) for b in values(other, ON) if a.what == b.what]
    assert any(conflicts(a, b) and not same(a, b) for a, b in pairs)


NEITHER = [
    ("0.5 mg/kg", "0.5 mg"),
    ("25 mcg/h", "25 mcg"),
    ("at least 3 drinks", "5 drinks"),
    ("2026-03", "2026-03-14"),
    ("5 mg", "5 mg daily"),
]


@pytest.mark.parametrize(("one", "other"), NEITHER)
def test_what_may_both_be_so_does_not_conflict(one: str, other: str) -> None:
    assert not conflicts(first(one), first(other))


def test_an_amount_for_each_kilogram_is_not_the_amount() -> None:
    assert not same(first("20 mg/kg"), first("20 mg"))


def test_a_bare_number_is_a_dose_only_where_nothing_else_has_a_unit() -> None:
    assert not same(first("3 mg"), values("BARS 3", ON)[0])
    assert agrees(first("50 mg"), values("sertraline 50", ON))
    assert not agrees(first("3 mg"), values("BARS 3, haloperidol 5 mg", ON))


def test_a_reference_range_is_no_result() -> None:
    assert told("Cr 0.9 (ref 0.6-1.0), K 4.1 [3.5-5.1]") == [
        ("number", 0.9, "", ""),
        ("range", (0.6, 1.0), "", ""),
        ("number", 4.1, "", ""),
        ("range", (3.5, 5.1), "", ""),
    ]


def test_a_change_tells_where_it_began_and_by_how_much() -> None:
    assert told("venlafaxine 225 -> 150 -> 75 mg")[0][:2] == ("change", ("from", ("mass", 0.225)))
    assert told("venlafaxine 225 -> 150 -> 75 mg")[-1][:2] == ("dose", ("mass", 0.075))
    assert told("reduce by 2 mg")[0][:2] == ("change", ("by", ("mass", 0.002)))
    assert told("target 200 mg")[0][:2] == ("change", ("target", ("mass", 0.2)))
    assert not agrees(first("200 mg"), values("target 200 mg", ON))


def test_the_number_in_a_name_counts_nothing() -> None:
    assert told("PHQ-9 total 14") == [("number", 14.0, "", "")]
    assert told("T2DM and B12") == []


def test_a_day_without_its_year_and_a_score_are_told_apart() -> None:
    assert told("pain 7/10")[0][0] == "score"
    assert told("labs 3/2: normal")[0][:2] == ("date", "2026-03-02")
    assert told("BP 124/78")[0][0] == "level"


def test_left_is_a_side_only_where_it_is_one() -> None:
    assert told("left the house") == []
    assert told("has left") == []
    assert told("on the left")[0][:2] == ("side", "left")


def test_emergency_rooms_and_doctors_are_no_forms_of_release() -> None:
    assert told("Seen in the ER by Dr. Chen") == [("name", "chen", "", "")]


def test_a_daily_total_is_dose_times_frequency() -> None:
    total = daily_total(values("50 mg BID", ON))
    assert total is not None
    assert (total.value, total.per) == (("mass", 0.1), "day")
    assert daily_total(values("50 mg prn", ON)) is None


def test_without_the_day_of_the_note_nothing_is_reckoned() -> None:
    assert values("yesterday")[0].value == "-1d"
    assert values("on 3/14")[0].value == "--03-14"


def test_places_are_exact() -> None:
    text = "Takes .5 mg “twice” daily since 3/14/26, at least 2 tabs of 5 mg."
    for value in values(text, ON):
        assert text[value.start : value.end] == value.said


@pytest.mark.parametrize(
    "piece",
    ["1 ", "1 mg ", "q6h ", "from 1 to ", "(1-2) ", "a ", "1/", "-", "2026-03-14 ", "every "],
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Quadratic would be 64 times the time; what is less than that and a second is noise."""
    short, long = (_seconds(piece * (size // len(piece))) for size in (20_000, 160_000))
    assert long < 32 * short + 2.0


def _seconds(text: str) -> float:
    began = time.process_time()
    values(text, ON)
    return time.process_time() - began
