"""The order of facts hangs on no id and on no order of arrival."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from service.facts import facts_of
from tests.service.facts.charts import TODAY, a_note, an_order, resources

DAY = "2026-03-01"
CHART = (
    a_note("Denies SI. Has a plan to call his sister. Lithium 600 mg daily.", on=DAY),
    a_note("Allergies: penicillin (rash), latex. Drinks 4 beers a day.", on=DAY, author="Dr. B"),
    a_note("Lithium level awaited. TSH to be repeated. PHQ-9 was 12.", on=DAY, author="Dr. C"),
    a_note("PHQ-9 was 15. Stopped ibuprofen because of lithium.", on=DAY, author="Dr. D"),
    *resources(an_order("Lithium 300 mg", 300, on=DAY), an_order("Sertraline", 50, on=DAY)),
    *resources(an_order("Lithium 300 mg", 600, on=DAY)),
)
SHOWN = ("kind", "name", "standing", "why", "status", "values", "since", "until", "on")


def told(records):
    """Everything that is shown, in its order, each source by its record's text."""
    texts = {record.id: record.text for record in records}
    found = facts_of(records, on=TODAY)
    facts = [
        (*(getattr(f, name) for name in SHOWN), [(texts[s.record_id], s.start) for s in f.sources])
        for f in found.facts
    ]
    return facts, [(c.kind, c.why, [texts[s.record_id] for s in c.sides]) for c in found.conflicts]


@settings(max_examples=40, deadline=None)
@given(st.permutations(CHART), st.permutations(range(len(CHART))))
def test_facts_come_in_one_order_whatever_the_ids_are_and_who_came_first(records, numbers):
    renamed = [
        replace(record, id=f"{number}", resource_ref=f"{record.type}/{number}")
        for record, number in zip(records, numbers, strict=True)
    ]
    assert told(renamed) == told(list(CHART))
