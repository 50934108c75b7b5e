"""Resources of our own and what is read from them, as sets of tags."""

from typing import Any

from service.chart.render.registry import render
from service.chart.render.scene import Scene
from service.reading.assertions import Assertion
from service.reading.resources import read_resource

TODAY = "2026-06-15"
PATIENT = {"reference": "Patient/1"}


def a_resource(resource_type: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": resource_type, "id": "1", "subject": PATIENT, **elements}


def a_name(text: str) -> dict[str, Any]:
    return {"text": text}


def a_coding(*codes: str) -> dict[str, Any]:
    return {"coding": [{"code": code} for code in codes]}


def an_amount(value: float, unit: str = "") -> dict[str, Any]:
    return {"value": value, "unit": unit} if unit else {"value": value}


def an_order(name: str = "Sertraline", **elements: Any) -> dict[str, Any]:
    order = {
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-01-05",
        "medicationCodeableConcept": a_name(name),
    }
    return a_resource("MedicationRequest", **(order | elements))


def read(resource: dict[str, Any], *others: dict[str, Any]) -> list[Assertion]:
    """As it would be read beside its own rendering."""
    held = {f"{r['resourceType']}/{r['id']}": r for r in others}
    text = render(Scene(resource, find=held.get)).text()
    found = read_resource(resource, text, find=held.get, on=TODAY)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    return list(found)


def tags(each: Assertion) -> set[str]:
    """Kind, key and attributes; "what=value" and "what<=" of values; "gone" where not current."""
    said = {each.concept.kind, each.concept.key, each.polarity, each.certainty, each.time}
    said |= {each.act or "no-act", each.subject, f"says-{each.says}", f"on-{each.on}"}
    said |= {f"{v.what}={v.value}" for v in each.values}
    said |= {f"{v.what}{v.comparator}" for v in each.values if v.comparator}
    said |= {f"{v.what}/{v.per}" for v in each.values if v.per}
    return {str(tag) for tag in said} | (set() if each.is_current else {"gone"})


def says(resource: dict[str, Any], wanted: str, *others: dict[str, Any]) -> bool:
    """Does one assertion have all of these tags, given with " & "?"""
    return any(set(wanted.split(" & ")) <= tags(each) for each in read(resource, *others))
