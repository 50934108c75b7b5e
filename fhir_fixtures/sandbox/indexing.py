"""Indexing: what of a resource can be searched, as rows.

What has not the shape that R4 gives it is passed over, not refused: seed charts hold such things.
"""

from collections.abc import Iterator
from typing import Any

from fhir_fixtures.sandbox import dates
from fhir_fixtures.sandbox.outcomes import Resource
from fhir_fixtures.sandbox.parameters import Kind, Parameter, parameters_of

Term = tuple[str, str, str]  # parameter name, system (of a reference: its type), value (its id)
Moment = tuple[str, int, int]  # parameter name, first and last millisecond


def terms(resource: Resource) -> set[Term]:
    return {
        (parameter.name, system, value)
        for parameter in parameters_of(resource["resourceType"]).values()
        if parameter.kind is not Kind.DATE
        for element in _elements(resource, parameter)
        for system, value in _words(element, parameter)
    }


def moments(resource: Resource) -> set[Moment]:
    return {
        (parameter.name, *when)
        for parameter in parameters_of(resource["resourceType"]).values()
        if parameter.kind is Kind.DATE
        for element in _elements(resource, parameter)
        if (when := _span(element))
    }


def split_reference(reference: str) -> tuple[str, str]:
    """`Type/id[/_history/n]` as (type, id); anything else (an outside address) as ("", itself)."""
    parts = reference.split("/_history/")[0].split("/")
    return (parts[0], parts[1]) if len(parts) == 2 else ("", reference)


def at_path(node: Any, path: list[str]) -> Iterator[Any]:
    """Every value at a path, lists walked through."""
    if isinstance(node, list):
        for item in node:
            yield from at_path(item, path)
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from at_path(node[path[0]], path[1:])


def _elements(resource: Resource, parameter: Parameter) -> Iterator[Any]:
    for path in parameter.paths:
        yield from at_path(resource, path.split("."))


def _words(element: Any, parameter: Parameter) -> Iterator[tuple[str, str]]:
    if parameter.kind is Kind.REFERENCE:
        yield from _reference_words(element, patients_only=parameter.name == "patient")
    elif parameter.kind is Kind.STRING:
        yield "", str(element).lower()
    elif isinstance(element, dict):
        codings = at_path(element, ["coding"]) if "coding" in element else [element]
        for coding in codings:
            if isinstance(coding, dict) and (word := coding.get("code") or coding.get("value")):
                yield str(coding.get("system", "")), str(word)
    else:
        yield "", str(element).lower() if isinstance(element, bool) else str(element)


def _reference_words(element: Any, *, patients_only: bool) -> Iterator[tuple[str, str]]:
    reference = element.get("reference") if isinstance(element, dict) else None
    if isinstance(reference, str):
        resource_type, value = split_reference(reference)
        if not patients_only or resource_type == "Patient":
            yield resource_type, value


def _span(element: Any) -> dates.Span | None:
    try:
        return dates.period(element) if isinstance(element, dict) else dates.span(str(element))
    except ValueError:
        return None
