"""Which period a summary is about is read from the visits in the chart."""

from datetime import UTC, datetime

import pytest

from service.drafting.windows import PSYCHIATRIC, resolve
from service.retrieval.visits import last_visit
from tests.service.drafting.builders import a_note, a_record


def a_visit(day, title="Office visit", category="AMB", status="finished", headline=None):
    return a_record(
        "Encounter",
        headline or f"Outpatient visit: {title} ({day})",
        title=title,
        effective=day,
        category=category,
        status=status,
    )


def a_stay(start, end):
    return a_record(
        "Encounter",
        f"Inpatient stay: Psychiatric admission ({start} to {end})",
        title="Psychiatric admission",
        effective=start,
        category="IMP",
        status="finished",
    )


def test_since_the_last_visit_begins_with_that_visit():
    visits = [a_visit("2026-03-02"), a_visit("2026-05-01")]
    window = resolve("since-last-visit", visits)
    assert window.says == "since the visit of 2026-05-01"
    assert window.holds(visits[1]) and not window.holds(visits[0])


def test_a_visit_that_did_not_take_place_does_not_count():
    visits = [a_visit("2026-03-02"), a_visit("2026-05-01", status="planned")]
    assert resolve("since-last-visit", visits).says == "since the visit of 2026-03-02"


@pytest.mark.parametrize("status", ["arrived", "triaged", "in-progress", "onleave"])
def test_the_visit_that_has_just_begun_is_not_the_last_one(status):
    visits = [a_visit("2026-03-02"), a_visit("2026-05-01", status=status)]
    assert resolve("since-last-visit", visits).says == "since the visit of 2026-03-02"
    assert last_visit(visits) == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_psychiatric_window_counts_from_the_psychiatric_visit_not_from_the_dentist():
    visits = [a_visit("2026-03-02", "Psychiatry follow-up"), a_visit("2026-05-01", "Dental visit")]
    window = resolve("since-last-visit", visits, prefer=PSYCHIATRIC)
    assert window.says == "since the visit of 2026-03-02"


def test_a_visit_is_psychiatric_by_the_note_written_in_it():
    visit = a_visit("2026-03-02")
    note = a_note("Seen.", encounter_ref=visit.resource_ref)
    window = resolve("since-last-visit", [visit, a_visit("2026-05-01"), note], prefer=PSYCHIATRIC)
    assert window.says == "since the visit of 2026-03-02"


def test_a_psychiatric_visit_of_long_ago_does_not_stretch_the_window():
    visits = [a_visit("2001-03-02", "Psychiatry follow-up"), a_visit("2026-05-01")]
    window = resolve("since-last-visit", visits, prefer=PSYCHIATRIC)
    assert window.says == "since the visit of 2026-05-01"


def test_the_last_admission_ends_with_its_last_day():
    window = resolve("last-admission", [a_stay("2026-04-18", "2026-04-23"), a_visit("2026-05-01")])
    assert window.says == "admission of 2026-04-18 to 2026-04-23"
    assert window.holds(a_note("x", effective="2026-04-23"))
    assert not window.holds(a_note("x", effective="2026-04-25"))


def test_acute_in_a_reason_does_not_make_a_visit_a_stay():
    visit = a_visit("2026-05-01", headline="Outpatient visit: Check, for acute bronchitis")
    assert resolve("last-admission", [visit]).since is None


def test_a_chart_without_visits_is_read_whole_and_says_so():
    assert "no visit is recorded" in resolve("since-last-visit", []).says
    assert "no admission is recorded" in resolve("last-admission", []).says


def test_a_record_of_unknown_date_is_never_left_out():
    window = resolve("since-last-visit", [a_visit("2026-05-01")])
    assert window.holds(a_record("Condition", "Asthma", effective=""))


def test_days_are_those_that_the_record_writes_not_those_of_utc():
    visit = a_record(
        "Encounter",
        "Outpatient visit: Office visit (2026-05-01)",
        category="AMB",
        status="finished",
        effective="2026-05-01T16:30:00-08:00",
        effective_at=datetime(2026, 5, 2, 0, 30, tzinfo=UTC),
    )
    window = resolve("since-last-visit", [visit])
    assert window.says == "since the visit of 2026-05-01"
    assert window.holds(visit) and window.holds(a_note("Seen.", effective="2026-05-01"))
    assert not window.holds(a_note("Before.", effective="2026-04-30"))


def test_the_evening_of_the_last_day_is_within_the_admission_and_the_next_day_is_not():
    window = resolve("last-admission", [a_stay("2026-04-18", "2026-04-23")])
    late = datetime(2026, 4, 24, 5, tzinfo=UTC)
    assert window.holds(a_note("x", effective="2026-04-23T22:00:00-07:00", effective_at=late))
    assert not window.holds(a_note("x", effective="2026-04-24"))
