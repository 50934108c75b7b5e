"""A question's time phrase is read as a clinician means it; what has no meaning stays words."""

from datetime import UTC, datetime, timedelta

import pytest

from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import open_chart
from service.retrieval.periods import EVER, read_period
from tests.service.retrieval.charts import FIRST_DAY, a_note, a_record

TODAY = datetime(2026, 11, 23, 15, tzinfo=UTC)


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "words", "since", "until"),
    [
        ("lithium level before 2024", "lithium level", None, "2024-01-01"),
        ("PHQ-9 in the last 6 months", "PHQ-9", "2026-05-24", None),
        ("falls in the past year", "falls", "2025-11-23", None),
        ("last two weeks sleep", "sleep", "2026-11-09", None),
        ("labs after Jan 5, 2024", "labs", "2024-01-06", None),
        ("dose since 3/4/2024", "dose", "2024-03-04", None),
        ("admissions between 2022 and 2023", "admissions", "2022-01-01", "2024-01-01"),
        ("mood in 2020", "mood", "2020-01-01", "2021-01-01"),
    ],
)
def test_a_range_is_taken_out_of_the_words(question, words, since, until):
    asked = read_period(question, [], today=TODAY)
    assert asked.words == words
    assert asked.period.since == (day(since) if since else None)
    assert asked.period.until == (day(until) if until else None)
    assert not asked.period.is_open


@pytest.mark.parametrize(
    ("question", "since", "form"),
    [
        ("overdose on 2024-05-01", "2024-05-01", "5/1/24"),
        ("overdose on May 1, 2024", "2024-05-01", "2024-05-01"),
        ("rash in March 2023", "2023-03-01", "2023-03"),
        ("feeling down in last 2 weeks on 29 November 2022", "2022-11-29", "11/29/22"),
    ],
)
def test_a_named_day_is_no_limit_and_brings_its_other_forms(question, since, form):
    asked = read_period(question, [], today=TODAY)
    assert asked.words == question
    assert asked.period.is_open
    assert asked.period.since == day(since)
    assert form in asked.period.forms


@pytest.mark.parametrize(
    "question",
    [
        "mood since last visit",
        "weight during the admission",
        "in 3 months",
        "on 13/45",
        "before 2024-13-45",
        "150 mg in 2 doses",
        "falls in the last 9999 years",
        f"falls in the last {'9' * 5000} days",
        f"falls in the last {'9' * 9} days",
        "",
    ],
)
def test_a_phrase_without_a_meaning_here_stays_words(question):
    asked = read_period(question, [], today=TODAY)
    assert (asked.words, asked.period) == (question, EVER)


def an_encounter(session, day, kind="AMB", **fields):
    return a_record(
        session,
        f"Visit {day}",
        resource_type="Encounter",
        category=kind,
        day=day,
        status="finished",
        **fields,
    )


@pytest.fixture
def chart(session, index):
    """Notes of days 0, 50, 105, 200; a stay from day 100 to 110 and visits on days 1 and 150."""
    for when in (0, 50, 105, 200):
        a_note(session, f"HPI:\nMood was low on day {when}, sleep poor.", day=when)
    a_note(session, "HPI:\nMood low in 2016, sleep poor then.", day=201)
    an_encounter(session, 1)
    an_encounter(session, 100, "IMP", details="Period: 2025-04-11 to 2025-04-21")
    an_encounter(session, 150)
    return open_chart(session, "Patient/a", index=index)


def days_found(chart, question):
    """The days told first: those of the period, where the question names one."""
    notes = SectionQuery("q", "Q", record_types=("DocumentReference",))
    told = [e for e in chart.ask(question, notes).evidence if " on day " in e.text]
    of_it = [e for e in told if "of the period named" in e.why] or told
    assert told[: len(of_it)] == of_it
    return {e.text.split(" on day ")[1].split(",")[0] for e in of_it}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("low mood since the last visit", {"200"}),
        ("low mood during the admission", {"105"}),
        ("low mood before the admission", {"0", "50"}),
        ("low mood since discharge", {"200"}),
        ("low mood", {"0", "50", "105", "200"}),
    ],
)
def test_encounters_give_phrases_their_meaning(chart, question, expected):
    assert days_found(chart, question) == expected


def test_a_later_note_answers_too_and_a_later_coded_record_does_not(chart, session, index):
    found = chart.ask("low mood before 2020").evidence
    assert "Mood low in 2016, sleep poor then." in [e.text for e in found]
    a_record(session, "Low mood score 7", resource_type="Observation")
    later = open_chart(session, "Patient/a", index=index)
    assert not [e for e in later.ask("low mood before 2020").evidence if "score" in e.text]
    assert [e for e in later.ask("low mood").evidence if "score" in e.text]


def test_of_coded_records_only_the_date_decides_within_the_year_too(session, index):
    for day in (4, 330):
        when = (FIRST_DAY + timedelta(days=day)).date()
        a_record(session, f"Lithium level 0.{day} ({when})", resource_type="Observation", day=day)
    labs = open_chart(session, "Patient/a", index=index)
    found = labs.ask("lithium level since 2025-11-20").evidence
    assert [e.effective for e in found] == ["2025-11-27"]


def test_a_named_day_comes_first_and_says_so(chart):
    first = chart.ask("low mood on February 20, 2025").evidence[0]
    assert "on day 50" in first.text
    assert "of the period named ×1.30" in first.why


def test_an_empty_answer_says_the_period_it_looked_in(chart):
    assert "before 2019-01-01" in chart.ask("xyzzy before 2019").looked_for


def test_days_are_those_that_the_record_writes_not_those_of_utc(session, index):
    evening = {"effective": "2025-03-01T16:30:00-08:00", "effective_at": day("2025-03-02T00:30:00")}
    a_record(
        session,
        "Office visit",
        resource_type="Encounter",
        category="AMB",
        status="finished",
        **evening,
    )
    for when in ("2025-02-28", "2025-03-01"):
        a_note(session, f"Mood was low on day {when}", effective=when, effective_at=day(when))
    chart = open_chart(session, "Patient/a", index=index)
    assert days_found(chart, "low mood since the last visit") == {"2025-03-01"}
    since = SectionQuery("q", "Q", since=day("2025-03-01"))
    assert len(chart.gather(since).evidence) == 2
    labs = chart.ask("office visit before 2025-03-02").evidence
    assert [e.text for e in labs if e.resource_type == "Encounter"] == ["Office visit"]
