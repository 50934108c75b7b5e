"""What names a patient and those close to them: read from the resources, for masking."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.chart.models import SourceRecord
from service.chart.render.words import each, text
from service.fhir import wire

PERSONS = ("Patient", "RelatedPerson")


@dataclass
class Identity:
    """Single words of names; other values as they are written in the resources."""

    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)  # telephone numbers, addresses of e-mail
    addresses: set[str] = field(default_factory=set)
    births: set[str] = field(default_factory=set)  # FHIR dates


def identity(records: Iterable[SourceRecord]) -> Identity:
    """Of the Patient and every RelatedPerson among the records, contacts included."""
    found = Identity()
    for record in records:
        if record.resource_type in PERSONS:
            _add(found, wire.parse(record.raw))
    return found


def _add(found: Identity, person: Mapping[str, Any]) -> None:
    people = [person, *each(person.get("contact"))]
    for one in people:
        for name in _listed(one.get("name")):
            found.names.update(_name_words(name))
        found.contacts.update(_values(each(one.get("telecom"))))
        for address in _listed(one.get("address")):
            found.addresses.update(_address(address))
    found.numbers.update(_values(each(person.get("identifier"))))
    if person.get("resourceType") in PERSONS and (born := text(person.get("birthDate"))):
        found.births.add(born)


def _listed(value: object) -> Iterator[Mapping[str, Any]]:
    """A Patient has lists of names and addresses; a contact has one of each."""
    yield from each(value if isinstance(value, list) else [value] if value else [])


def _name_words(name: Mapping[str, Any]) -> Iterator[str]:
    given = name.get("given")
    parts = [text(name.get("text")), text(name.get("family"))]
    parts += [text(g) for g in given] if isinstance(given, list) else []
    for part in parts:
        yield from part.replace(",", " ").split()


def _values(elements: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield from (value for element in elements if (value := text(element.get("value"))))


def _address(address: Mapping[str, Any]) -> Iterator[str]:
    lines = address.get("line")
    found = [text(line) for line in lines] if isinstance(lines, list) else []
    found += [text(address.get(name)) for name in ("text", "city", "postalCode", "district")]
    yield from (value for value in found if value)
