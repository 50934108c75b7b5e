"""A large chart is reconciled within the time of a page, whatever it repeats."""

import gc
import time

import pytest

from service.facts import ConflictKind, ReadRecord, facts_of
from service.reading.assertions import Act, Assertion, Concept, Kind, Polarity, Says, Value

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


def _one(number, kind, concept, **more):
    """A record that says one thing, of one of 8,400 days."""
    on = f"{2000 + number // 336 % 25}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    said = Assertion(Concept(*concept), 0, 8, 0, 0, **more)
    is_note = kind == "DocumentReference"
    return ReadRecord(str(number), f"{kind}/{number}", kind, on, is_note, "", "", "said.", (said,))


def _dose(number):
    return (Value("dose", ("mass", number / 1000), f"{number} mg"),)


def orders_that_nobody_ended(count):
    """Of one medicine, each of another dose; and as many notes of a dose."""
    for number in range(1, count):
        kind, act = "MedicationRequest", Act.PRESCRIBED
        if number % 2:
            kind, act = "DocumentReference", Act.TAKEN
        concept = Kind.MEDICINE, "lithium"
        yield _one(number, kind, concept, act=act, values=_dose(number // 2 + 1))


def doses_that_were_missed(count):
    yield _one(0, "MedicationRequest", (Kind.MEDICINE, "lithium"), act=Act.PRESCRIBED)
    for number in range(1, count):
        act = Act.ONCE if number < count // 2 else Act.MISSED
        yield _one(number, "MedicationAdministration", (Kind.MEDICINE, "lithium"), act=act)


def denials(kind):
    def told(count):
        """By the patient, and by who writes the note that it is so."""
        for number in range(count):
            more = (
                {"polarity": Polarity.NEGATED, "says": Says.PATIENT}
                if number % 2
                else {"polarity": Polarity.AFFIRMED, "says": Says.CLINICIAN}
            )
            yield _one(number, "DocumentReference", (kind, "thing"), **more)

    return told


def substances(count):
    return (_one(n, "DocumentReference", (Kind.SUBSTANCE, f"s{n}")) for n in range(count))


@pytest.mark.parametrize(
    "chart",
    [
        orders_that_nobody_ended,
        doses_that_were_missed,
        denials(Kind.RISK),
        denials(Kind.SUBSTANCE),
        substances,
    ],
)
def test_four_times_the_records_take_no_sixteen_times_the_time(chart):
    def took(count):
        records = list(chart(count))
        gc.disable()  # what other tests left in this process is none of these records
        began = time.process_time()
        facts_of(records, on="2026-03-10")
        spent = time.process_time() - began
        gc.enable()
        return spent

    small, large = (min(took(count) for _ in range(2)) for count in (1_000, 4_000))
    assert large < 9 * small + 0.1


def test_of_many_orders_the_newest_are_told_apart():
    found = facts_of(list(orders_that_nobody_ended(200)), on="2026-03-10")
    doses = [f.values[0].said for f in found.facts if f.key == "lithium"]
    assert len(doses) == 12 and "100 mg" in doses
    assert 12 <= len([c for c in found.conflicts if c.kind is ConflictKind.DOSE]) <= 66
