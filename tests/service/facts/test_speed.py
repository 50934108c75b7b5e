"""A large chart is reconciled within the time of a page."""

import time

from service.facts import ReadRecord, facts_of
from service.reading.assertions import Act, Assertion, Concept, Kind, Polarity, Value

KINDS = [kind for kind in Kind if kind is not Kind.WORD]
DOSE = (Value("dose", ("mass", 0.05), "50 mg"), Value("frequency", (1.0, ""), "daily"))


def a_record(number):
    """Every fifth is a note of 26 assertions."""
    is_note = number % 5 == 0
    said = tuple(_assertion(number + at, at) for at in range(26 if is_note else 1))
    kind = "DocumentReference" if is_note else ("MedicationRequest", "Condition")[number % 2]
    on = f"{2015 + number % 11}-{1 + number % 12:02}-{1 + number % 28:02}"
    return ReadRecord(
        str(number), f"{kind}/{number}", kind, on, is_note, "", "", "said " * 99, said
    )


def _assertion(number, at):
    kind = KINDS[number % len(KINDS)]
    concept = Concept(kind, f"{kind.value}-{number % 61}")
    act, polarity = list(Act)[number % len(Act)], list(Polarity)[number % 3]
    place = (at * 10, at * 10 + 8)
    return Assertion(concept, *place, at // 8, at // 4, polarity, act=act, values=DOSE)


def test_a_chart_of_5000_records_takes_less_than_a_page():
    records = [a_record(number) for number in range(5000)]
    assert sum(len(record.assertions) for record in records) == 30_000
    began = time.process_time()
    facts = facts_of(records, on="2026-03-10").facts
    assert len(facts) > 300
    assert time.process_time() - began < 5  # 0.5 s on an idle core
