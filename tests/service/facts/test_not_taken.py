"""What was not taken, and which order that disputes where less than a medicine's name is told."""

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import a_note, an_order, facts, resources
from tests.service.facts.test_medicines import conflict_kinds, medicine


@pytest.mark.parametrize(
    "told",
    [
        "Has not taken clozapine since Thursday.",
        "No clozapine for 4 days.",
        "Clozapine not given 2/26 to 2/28.",
    ],
)
def test_how_long_it_was_not_taken_disputes_the_order(told):
    found = facts(resources(an_order("clozapine", 300)), a_note(told))
    assert medicine(found, "clozapine").standing is Standing.DISPUTED


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Insulin glargine", "Insulin refused for 3 days."),
        ("Insulin glargine", "Has not taken any insulin since Monday."),
        ("Paliperidone palmitate LAI", "Refused his injection today."),
        ("Haloperidol decanoate", "Missed the depot in February."),
    ],
)
def test_what_is_told_by_less_than_its_name_disputes_the_order_it_can_mean(name, told):
    found = facts(resources(an_order(name, 100)), a_note(told))
    disputed = [f for f in found.of(FactKind.MEDICINE) if f.standing is Standing.DISPUTED]
    assert len(disputed) == 1 and ConflictKind.NOT_TAKEN in conflict_kinds(found)


@pytest.mark.parametrize(
    "told", ["Declined opioids for pain.", "Refused a flu injection.", "Refused his injection."]
)
def test_what_can_mean_another_medicine_disputes_no_order(told):
    orders = [an_order("methadone", 80), an_order("sertraline", 50)]
    found = facts(resources(*orders), a_note(told))
    assert ConflictKind.NOT_TAKEN not in conflict_kinds(found)
