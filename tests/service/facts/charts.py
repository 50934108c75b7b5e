"""Small charts: notes through the reader of notes, resources through that of their elements."""

from datetime import UTC
from itertools import count

import orjson

from service.facts import Fact, FactKind, Facts, ReadRecord, facts_of
from service.facts.patient import read_record_of
from service.reading.read import read_text
from service.reading.record import read_record
from service.verification.charts import records_of

TODAY = "2026-03-10"
_numbers = count(1)


def a_note(text, on="2026-03-01", author="Dr. A"):
    """A note of that day, as read."""
    number = str(next(_numbers))
    said = read_text(text, on=on).assertions
    ref = f"DocumentReference/{number}"
    return ReadRecord(number, ref, "DocumentReference", on, True, "Note", author, text, said)


def resources(*given):
    """FHIR resources of one patient, as read."""
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1980-05-01"}
    return read_bundle([patient, *(_of_patient(each) for each in given)])


def read_bundle(given):
    """Every usable record of these resources, as read."""
    entry = [{"resource": each} for each in given]
    records = records_of({"resourceType": "Bundle", "type": "collection", "entry": entry})
    held = {record.resource_ref: orjson.loads(record.raw) for record in records}
    return [
        read_record_of(each, read_record(each, find=held.get).assertions, UTC) for each in records
    ]


def _of_patient(resource):
    of = "patient" if resource["resourceType"] == "AllergyIntolerance" else "subject"
    number = f"r{next(_numbers)}"
    return {"id": number, of: {"reference": "Patient/p"}, **resource}


def an_order(name, dose=None, unit="mg", on="2026-01-05", **more):
    dosage = {"doseAndRate": [{"doseQuantity": {"value": dose, "unit": unit}}]} if dose else {}
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": on,
        "dosageInstruction": [{**dosage, **more.pop("dosage", {})}],
        **more,
    }


def facts(*records, on=TODAY) -> Facts:
    """Of records, and of lists of them."""
    flat = []
    for each in records:
        flat += each if isinstance(each, list) else [each]
    return facts_of(flat, on=on)


def the_fact(found: Facts, kind: FactKind, key: str) -> Fact:
    fact = found.find(kind, key)
    assert fact is not None, [(f.kind.value, f.key) for f in found.facts]
    return fact


def said(fact: Fact, what: str) -> list[str]:
    """The words of its values of one name."""
    return [value.said for value in fact.values if value.what == what]
