"""A statement that cites facts carries their values: what it has of its own is found by reading."""

import pytest

from service.drafting.model.carried import not_carried
from service.drafting.model.numbered import Numbers
from service.drafting.telling.given import with_facts
from tests.service.drafting.builders import a_note, a_request

MEDICINES = a_note(
    "MEDICATIONS\nLithium 600 mg at bedtime, started 2026-01-03.\n"
    "Valproate 1500 mg nightly was stopped on 2025-11-02 because of tremor.\n",
    effective="2026-05-20",
)
PROBLEMS = a_note("PROBLEMS\nAsthma since 2019, active.\n", effective="2026-05-20")
LABS = a_note("LABS\nLithium level 0.8 mmol/L on 2026-05-01.\n", effective="2026-05-20")
CHART = [MEDICINES, PROBLEMS, LABS]


@pytest.fixture(scope="module")
def request_():
    return with_facts(a_request("discharge", CHART), on="2026-06-01")


@pytest.fixture(scope="module")
def facts(request_):
    """Every numbered fact, by its name."""
    numbers = Numbers(request_, lambda name: f"F{abs(hash(name)) % 10_000}")
    of_results = a_request("handoff", CHART).sections
    return {n.fact.name: n for s in (*request_.sections, *of_results) for n in numbers.of(s)}


def wrong(request_, facts, text, *names):
    return not_carried(text, [facts[name] for name in names], (), request_.read)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("She has been on lithium, 600 mg each night, since 3 January 2026.", "lithium"),
        ("Lithium 600 mg at bedtime continues.", "lithium"),
        ("Takes lithium since January 2026.", "lithium"),
        ("Valproate was stopped in November 2025 because of tremor.", "valproate"),
        ("She no longer takes valproate.", "valproate"),
        ("There is a diagnosis of asthma.", "asthma"),
        ("The last lithium level was 0.8 mmol/L, on 1 May 2026.", "lithium level"),
        ("She had valproate before.", "valproate"),
        ("Valproate is not among her medicines.", "valproate"),
    ],
)
def test_a_fact_may_be_told_in_other_words(request_, facts, text, name):
    assert wrong(request_, facts, text, name) is None


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("She takes lithium 900 mg at bedtime.", "lithium", "“900 mg” is no value"),
        ("She takes lithium 600 mg twice daily.", "lithium", "“twice daily” is no value"),
        ("She takes lithium since 3 March 2026.", "lithium", "is no date"),
        ("She takes quetiapine 600 mg at bedtime.", "lithium", "does not speak of the fact"),
        ("She no longer takes lithium.", "lithium", "lithium is current"),
        ("Lithium was stopped.", "lithium", "lithium is current"),
        ("Valproate was started on 2025-11-02.", "valproate", "valproate is past"),
        ("She takes valproate 1500 mg nightly.", "valproate", "valproate is past"),
        ("There is no asthma.", "asthma", "asthma is current"),
        ("She has not stopped valproate.", "valproate", ""),
        ("She never had valproate.", "valproate", ""),
        ("She has asthma and diabetes.", "asthma", "is not named"),
        ("The last lithium level was 1.8 mmol/L.", "lithium level", "is no value"),
        ("She takes lithium, her 14th trial.", "lithium", "is no number"),
        (
            "Lithium was begun on 3 January 2026 and was stopped later.",
            "lithium",
            "“stopped” is said",
        ),
        ("Lithium causes no reaction.", "lithium", "“no” is said of what stands"),
        ("Valproate remains part of her treatment.", "valproate", ""),
    ],
)
def test_what_it_has_of_its_own_is_told(request_, facts, text, name, why):
    assert why in (wrong(request_, facts, text, name) or "nothing")


def test_two_facts_lend_their_values_only_to_what_they_are_of(request_, facts):
    both = ("lithium", "valproate")
    true = "She takes lithium 600 mg at bedtime; valproate 1500 mg was stopped."
    assert wrong(request_, facts, true, *both) is None
    swapped = "She takes lithium 1500 mg at bedtime; valproate 600 mg was stopped."
    assert "is no value" in wrong(request_, facts, swapped, *both)


def test_a_fact_is_shown_in_words_with_its_standing_values_and_dates(facts):
    line = facts["lithium"].line
    assert line.startswith("lithium (medicine): current; ") and "600 mg" in line
    assert "stopped" in facts["valproate"].line and "2025-11-02" in facts["valproate"].line


def test_a_fact_has_words_of_its_own_that_stand_in_the_chart(facts):
    for each in facts.values():
        assert each.citations
        assert not each.own or all(c.quote for c in each.own.citations)


@pytest.mark.parametrize(
    "text",
    [
        "She takes lithium 600 mg at bedtime with good effect.",
        "She takes lithium 600 mg at bedtime reluctantly.",
        "She takes lithium 600 mg at bedtime, prescribed by Dr Okafor.",
    ],
)
def test_what_is_added_in_plain_words_is_its_own_too(request_, facts, text):
    assert "is no word of the facts" in (wrong(request_, facts, text, "lithium") or "nothing")
