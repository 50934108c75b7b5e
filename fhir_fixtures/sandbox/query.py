"""Reading a search: query parameters in, a Query out; nothing here touches the store."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from fhir_fixtures.sandbox.dates import Span, span
from fhir_fixtures.sandbox.outcomes import Refused
from fhir_fixtures.sandbox.parameters import Kind, parameters_of

DEFAULT_COUNT = 100
MAX_COUNT = 1000  # protects a reader from one answer of the whole chart
MAX_ALTERNATIVES = 500  # SQLite refuses an expression deeper than 1000

PREFIXES = ("eq", "ne", "gt", "ge", "lt", "le", "sa", "eb")
_MODIFIERS = {Kind.TOKEN: {"not"}, Kind.STRING: {"exact"}}
# Understood and needing nothing: JSON is the only format and a total is always given.
_IGNORED_QUIETLY = {"_format", "_pretty", "_total"}

Pair = tuple[str, str]


@dataclass(frozen=True)
class When:
    prefix: str
    span: Span


@dataclass(frozen=True)
class Condition:
    """One parameter; its alternatives (comma) are joined by or, conditions by and.

    An alternative is (system, value), with None for "any system", or a When.
    """

    name: str
    kind: Kind | None  # None: _id, which is a column
    alternatives: tuple[tuple[str | None, str] | When, ...]
    modifier: str = ""


@dataclass
class Query:
    type: str
    conditions: list[Condition] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)  # (parameter, newest first?)
    count: int = DEFAULT_COUNT
    only_total: bool = False
    includes: list[str] = field(default_factory=list)  # search parameters of this type
    reverse_includes: list[tuple[str, str]] = field(default_factory=list)  # (other type, parameter)
    not_understood: list[str] = field(default_factory=list)


def read_query(resource_type: str, pairs: Iterable[Pair], *, base: str = "") -> Query:
    """The search that these parameters ask for; `base` is this server's own address, if known.

    Raises Refused (400) for a value or modifier that cannot be read. Parameters that the sandbox
    does not have are listed in `not_understood`: the caller decides whether that is an error.
    """
    query = Query(resource_type)
    for name, value in pairs:
        if name in _CONTROLS:
            _CONTROLS[name](query, value)
        elif name not in _IGNORED_QUIETLY:
            _read_condition(query, name, value.replace(base, "") if base else value)
    return query


def _read_condition(query: Query, full_name: str, value: str) -> None:
    name, _, modifier = full_name.partition(":")
    kind = _kinds(query.type).get(name)
    if name != "_id" and kind is None:
        query.not_understood.append(full_name)
        return
    texts = [text.replace("\\,", ",") for text in re.split(r"(?<!\\),", value)]
    if len(texts) > MAX_ALTERNATIVES:
        raise Refused(400, "too-costly", f"{name} takes at most {MAX_ALTERNATIVES} values.")
    if kind is Kind.REFERENCE and modifier not in ("", "missing"):
        texts = [text if "/" in text else f"{modifier}/{text}" for text in texts]
    elif modifier not in {"", "missing"} | _MODIFIERS.get(kind or Kind.DATE, set()):
        raise Refused(400, "not-supported", f"Modifier :{modifier} of {name} is not supported.")
    if modifier == "missing":
        texts = [_boolean(full_name, value)]
    alternatives = tuple(_alternative(name, kind, modifier, text) for text in texts)
    query.conditions.append(Condition(name, kind, alternatives, modifier))


def _alternative(
    name: str, kind: Kind | None, modifier: str, text: str
) -> tuple[str | None, str] | When:
    if kind is None or modifier == "missing":
        return None, text
    if kind is Kind.DATE:
        return _when(name, text)
    if kind is Kind.STRING:
        return None, text.lower()
    if kind is Kind.REFERENCE:
        return _reference(name, text)
    system, bar, value = text.rpartition("|")
    return (system if bar else None), value


def _reference(name: str, text: str) -> tuple[str | None, str]:
    """`Type/id`, a bare id, or an outside address (indexed whole, without a type)."""
    parts = text.split("/")
    if len(parts) == 2:
        return parts[0], parts[1]
    if len(parts) > 2:
        return "", text
    return ("Patient" if name == "patient" else None), text


def _when(name: str, text: str) -> When:
    prefix = text[:2] if text[:2] in PREFIXES else ""
    try:
        return When(prefix or "eq", span(text.removeprefix(prefix)))
    except ValueError as error:
        sentence = f"{name} needs a date such as ge2024-01-31; this one cannot be read."
        raise Refused(400, "value", sentence) from error


def _kinds(resource_type: str) -> dict[str, Kind]:
    kinds = {name: parameter.kind for name, parameter in parameters_of(resource_type).items()}
    return kinds | {"_lastUpdated": Kind.DATE}


def _boolean(name: str, value: str) -> str:
    if value not in ("true", "false"):
        raise Refused(400, "value", f"{name} takes true or false.")
    return value


def _set_count(query: Query, value: str) -> None:
    if not value.isdecimal():
        raise Refused(400, "value", "_count takes a whole number.")
    query.count = min(int(value), MAX_COUNT)
    query.only_total = query.only_total or query.count == 0


def _set_summary(query: Query, value: str) -> None:
    if value == "count":
        query.only_total = True
    elif value != "false":
        query.not_understood.append("_summary")


def _set_sort(query: Query, value: str) -> None:
    kinds = _kinds(query.type)
    for text in value.split(","):
        name = text.removeprefix("-")
        if name == "_id" or kinds.get(name) is Kind.DATE:
            query.sort.append((name, text.startswith("-")))
        else:
            query.not_understood.append(f"_sort={name}")


def _add_include(query: Query, value: str) -> None:
    """`Type:parameter[:target type]`; the target type is not needed to find the resource."""
    source, _, rest = value.partition(":")
    name = rest.split(":")[0]
    if source == query.type and _kinds(source).get(name) is Kind.REFERENCE:
        query.includes.append(name)
    else:
        query.not_understood.append("_include")


def _add_reverse_include(query: Query, value: str) -> None:
    source, _, rest = value.partition(":")
    name = rest.split(":")[0]
    if _kinds(source).get(name) is Kind.REFERENCE:
        query.reverse_includes.append((source, name))
    else:
        query.not_understood.append("_revinclude")


_CONTROLS = {
    "_count": _set_count,
    "_summary": _set_summary,
    "_sort": _set_sort,
    "_include": _add_include,
    "_revinclude": _add_reverse_include,
}
