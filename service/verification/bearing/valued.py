"""The values of one assertion beside those of another: which of them the source has otherwise."""

from collections.abc import Iterator, Sequence, Set

from service.reading.assertions import Act, Assertion, Concept, Kind, Value
from service.reading.lexicon import implies, kind_of
from service.reading.values import conflicts, daily_total, digits_of, same, tells

# What is measured out: "3 mg" of one is nothing said of another.
_MEASURED = frozenset((Kind.MEDICINE, Kind.SUBSTANCE, Kind.MEASUREMENT, Kind.SCORE))
_WHEN = frozenset(("date", "time"))
_SERIES = frozenset((Kind.MEASUREMENT, Kind.SCORE))
_AMOUNTS = frozenset(("dose", "strength", "quantity"))
_REASONS = frozenset((Kind.PROBLEM, Kind.SYMPTOM, Kind.FINDING, Kind.PROCEDURE, Kind.MEDICINE))
_BESIDE = 16  # characters between a number and what it counts: "two earlier overdoses"
# Values that a statement may not have otherwise than its source; the rest only tell more.
EXACT = frozenset(
    (
        "dose",
        "strength",
        "quantity",
        "count",
        "score",
        "level",
        "frequency",
        "route",
        "form",
        "date",
        "time",
        "duration",
        "age",
        "side",
        "severity",
        "grade",
        "change",
        "reason",
        "number",
        "stage",
        "item",
        "order",
        "name",
        "standing",
        "sequence",
    )
)


def refuted_values(said: Assertion, held: Assertion, unit: Sequence[Assertion]) -> set[str]:
    """What the values are of that the source has otherwise: those that stand nowhere in its unit,
    where it has one of the kind that the statement lacks."""
    beside = [v for each in unit if not _is_apart_from(each, held) for v in _shared(each, held)]
    keys = {each.concept.key for each in unit}
    is_change = any(v.what == "change" for v in held.values)
    left = [v for v in held.values if not _tells_one(v, said.values, is_change=is_change)]
    found = {
        value.what
        for value in said.values
        if value.what in EXACT
        and not _tells_one(value, held.values, is_change=is_change)
        and not any(same(value, each) for each in beside)
        and _counts(value, said, keys)
        and any(_excludes(value, each) and _counts(each, held, keys) for each in left)
    }
    if _is_always(said, held):
        found.add("frequency")
    if _is_one_total(said, held):
        found -= _AMOUNTS | {"frequency"}
    return found | ({"frequency"} if _is_otherwise_needed(said, held) else set())


def _shared(each: Assertion, held: Assertion) -> Iterator[Value]:
    """What of a thing beside may be of this one as well: not what both have one of, "mild mitral
    regurgitation, severe aortic stenosis"."""
    if each.concept == held.concept or each.concept.kind is Kind.WORD:
        yield from each.values
        return
    own = {value.what for value in held.values}
    if each.concept.kind is Kind.PERSON and held.concept.kind is not Kind.PERSON:
        own -= _WHEN  # of what a doctor did it is the day
    yield from (value for value in each.values if value.what not in own)


def _is_anothers(each: Assertion, held: Assertion) -> bool:
    """Is it another medicine, scale or measurement, whose values are its own?"""
    return each.concept.kind in _MEASURED and each.concept.key != held.concept.key


def _is_apart_from(each: Assertion, held: Assertion) -> bool:
    """Another thing that is measured, or another result of the same: "2.1 in May, 2.0 in June"."""
    is_series = each.concept == held.concept and each.concept.kind in _SERIES and each is not held
    return is_series or _is_anothers(each, held)


def _tells_one(value: Value, among: Sequence[Value], *, is_change: bool) -> bool:
    """Where the source tells from what to what (`is_change`), the one is not the other."""
    return any(
        tells(value, each)
        for each in among
        if (value.what == "change") == (each.what == "change") or not is_change
    )


def _is_otherwise_needed(said: Assertion, held: Assertion) -> bool:
    """One is taken as needed, the other on a schedule."""
    if said.concept.kind is not Kind.MEDICINE or said.polarity is not held.polarity:
        return False
    needed, regular = (said, held) if _is_as_needed(said) else (held, said)
    return _is_as_needed(needed) and not _is_as_needed(regular) and _is_regular(regular)


def _is_as_needed(each: Assertion) -> bool:
    return each.act is Act.AS_NEEDED or any("as-needed" in str(v.value) for v in each.values)


def _is_regular(each: Assertion) -> bool:
    often = [v.value for v in each.values if v.what == "frequency" and isinstance(v.value, tuple)]
    return any(times[0] for times in often)


def _is_one_total(said: Assertion, held: Assertion) -> bool:
    """ "5 mg a day" is "BID 2.5"."""
    one, other = daily_total(list(said.values)), daily_total(list(held.values))
    if one is None or other is None or one.value != other.value:
        return False
    return _rates(said) != _rates(held)  # with one rate, morning and night are two


def _rates(each: Assertion) -> set[object]:
    rates = {
        v.value[0] for v in each.values if v.what == "frequency" and isinstance(v.value, tuple)
    }
    return {rate for rate in rates if rate}


def _is_always(said: Assertion, held: Assertion) -> bool:
    """What is taken as needed is told as taken so often."""
    is_prn = [any("as-needed" in str(v.value) for v in each.values) for each in (said, held)]
    return is_prn == [False, True] and bool(_rates(said)) and said.act is not Act.AS_NEEDED


def _counts(value: Value, of: Assertion, keys: Set[str]) -> bool:
    """A count stands beside what it counts; a reason is a thing known and not one of the unit's."""
    if value.what == "reason":
        why = str(value.value)
        kind = kind_of(why)
        others = (Concept(Kind.WORD, key) for key in keys - {why})
        return kind in _REASONS and not any(implies(each, Concept(kind, why)) for each in others)
    if value.what != "count" or not value.said.isalnum() or value.said == "twice":
        return True
    return 0 <= of.start - value.end <= _BESIDE or 0 <= value.start - of.end <= 2


def _excludes(value: Value, held: Value) -> bool:
    if value.what != held.what:
        return False
    if value.what == "reason":
        one, other = (Concept(Kind.WORD, str(each.value)) for each in (value, held))
        return not implies(one, other) and not implies(other, one)
    return conflicts(value, held) or _is_of_another_unit(value, held)


def _is_of_another_unit(value: Value, held: Value) -> bool:
    """ "10 mg" beside 10 units, "20 mg" beside 20 mg/kg: the number alone is the same."""
    if value.what not in _AMOUNTS | {"level"} or not _has_unit(value) or not _has_unit(held):
        return False
    is_other = value.per != held.per or value.value[0] != held.value[0]  # type: ignore[index]
    return is_other and digits_of(value) == digits_of(held)


def _has_unit(value: Value) -> bool:
    return isinstance(value.value, tuple) and isinstance(value.value[0], str)
