"""A Query as SQL over the version table, as it stood at one instant.

Clauses are literals of this file put together; what came with a request is a question mark.
"""
# ruff: noqa: S608

from typing import Any

from fhir_fixtures.sandbox.parameters import Kind
from fhir_fixtures.sandbox.query import Condition, Query, When

Sql = tuple[str, list[Any]]  # a clause and the values of its question marks, in order

# How far each kind narrows a chart: the first condition drives the query through the index, the
# others are looked up for each version that it leaves. This keeps a search within one patient at
# a few ms however many patients there are.
_RANK = {None: 0, Kind.REFERENCE: 1, Kind.STRING: 2, Kind.TOKEN: 3, Kind.DATE: 4}

# http://hl7.org/fhir/R4/search.html#prefix: an element's span {low}..{high} against :low..:high.
_COMPARE = {
    "eq": "{low} >= :low AND {high} <= :high",
    "ne": "NOT ({low} >= :low AND {high} <= :high)",
    "gt": "{high} > :high",
    "ge": "{high} >= :low",
    "lt": "{low} < :low",
    "le": "{low} <= :high",
    "sa": "{low} > :high",
    "eb": "{high} < :low",
}


def select(query: Query, as_of: int) -> Sql:
    """The sequence numbers of the versions that matched at `as_of`, in the order asked for."""
    clauses = [
        "v.type = ? AND v.seq <= ? AND v.body IS NOT NULL",
        "(v.replaced_by IS NULL OR v.replaced_by > ?)",
    ]
    values: list[Any] = [query.type, as_of, as_of]
    for position, condition in enumerate(sorted(query.conditions, key=_rank)):
        clause, more = _clause(query.type, condition, driving=position == 0)
        clauses.append(clause)
        values += more
    order, more = _order(query)
    sql = f"SELECT v.seq FROM version v WHERE {' AND '.join(clauses)} ORDER BY {order}"
    return sql, [*values, *more]


def _rank(condition: Condition) -> int:
    return 0 if condition.name == "identifier" else _RANK[condition.kind]


def _clause(resource_type: str, condition: Condition, *, driving: bool) -> Sql:
    if condition.modifier == "missing":
        return _missing(condition)
    if condition.name == "_lastUpdated":
        return _any_of(condition, low="v.updated_ms", high="v.updated_ms")
    if condition.kind is Kind.DATE:
        inner, values = _any_of(condition, low="m.low", high="m.high")
        return _exists("moment m", "m", inner), [condition.name, *values]
    inner, values = _any_of(condition)
    if condition.kind is None:
        return inner, values
    if driving and condition.modifier != "not":
        sql = f"v.seq IN (SELECT t.seq FROM term t WHERE t.type = ? AND t.name = ? AND {inner})"
        return sql, [resource_type, condition.name, *values]
    negation = "NOT " if condition.modifier == "not" else ""
    return negation + _exists("term t", "t", inner), [condition.name, *values]


def _exists(table: str, alias: str, inner: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {table} WHERE {alias}.seq = v.seq AND {alias}.name = ? AND {inner})"
    )


def _missing(condition: Condition) -> Sql:
    table = "moment m" if condition.kind is Kind.DATE else "term m"
    negation = "NOT " if (None, "true") in condition.alternatives else ""
    return negation + _exists(table, "m", "1"), [condition.name]


def _any_of(condition: Condition, *, low: str = "", high: str = "") -> Sql:
    clauses: list[str] = []
    values: list[Any] = []
    for alternative in condition.alternatives:
        if isinstance(alternative, When):
            clause, more = _when(alternative, low, high)
        else:
            clause, more = _word(condition, *alternative)
        clauses.append(f"({clause})")
        values += more
    return f"({' OR '.join(clauses)})", values


def _when(when: When, low: str, high: str) -> Sql:
    text = _COMPARE[when.prefix].format(low=low, high=high)
    names = [word for word in text.replace(")", " ").split() if word in (":low", ":high")]
    values = [when.span[name == ":high"] for name in names]
    return text.replace(":low", "?").replace(":high", "?"), values


def _word(condition: Condition, system: str | None, value: str) -> Sql:
    if condition.kind is None:
        return "v.id = ?", [value]
    if condition.kind is Kind.STRING and condition.modifier != "exact":
        return "t.value >= ? AND t.value < ?", [value, value + "\U0010ffff"]
    if system is None:
        return "t.value = ?", [value]
    if not value:  # "system|": any code of that system
        return "t.system = ?", [system]
    return "t.value = ? AND t.system = ?", [value, system]


def _order(query: Query) -> Sql:
    """Ties, and a search without _sort, in the order in which the versions were written."""
    parts: list[str] = []
    names: list[Any] = []
    for name, newest_first in query.sort:
        direction = "DESC" if newest_first else "ASC"
        column = {"_lastUpdated": "v.updated_ms", "_id": "v.id"}.get(name)
        if column is None:
            column = "(SELECT min(m.low) FROM moment m WHERE m.seq = v.seq AND m.name = ?)"
            names.append(name)
        parts.append(f"{column} {direction} NULLS LAST")
    return ", ".join([*parts, "v.seq"]), names
