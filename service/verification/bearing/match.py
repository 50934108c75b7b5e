"""One assertion of a statement beside one of a source: what the two say differently."""

from collections.abc import Iterator, Sequence, Set

from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Concept,
    Kind,
    Polarity,
    Says,
    Tense,
    Time,
    Value,
)
from service.reading.lexicon import implies, kind_of
from service.reading.values import conflicts, daily_total, digits_of, same, tells
from service.verification.bearing.apart import is_of_same

# What is done with a thing, told in other words, comes to one of these.
_GOING_ON = frozenset(
    (Act.TAKEN, Act.STARTED, Act.INCREASED, Act.REDUCED, Act.CONTINUED, Act.AS_NEEDED, Act.TAPER)
)
_NOT_GOING_ON = frozenset(
    (Act.STOPPED, Act.HELD, Act.DECLINED, Act.MISSED, Act.NOT_FILLED, Act.AVOID, Act.CONSIDERED)
)
# What was offered may be declined or taken later, what is taken may be left out once.
_TOLD_APART = (
    (Act.CONSIDERED, Act.DECLINED),
    (Act.DECLINED, Act.CONSIDERED),
    (Act.TAKEN, Act.CONSIDERED),
)
_FOR_ONCE = frozenset((Act.DECLINED, Act.HELD, Act.MISSED))
_OPPOSED = (
    frozenset((Act.INCREASED, Act.REDUCED)),
    frozenset((Act.INCREASED, Act.TAPER)),
    frozenset((Act.STARTED, Act.STOPPED)),
)
_BEGUN = frozenset((Act.TAKEN, Act.STARTED, Act.PRESCRIBED, Act.ONCE, Act.INCREASED, Act.REDUCED))
_NO_LONGER = frozenset((Act.STOPPED, Act.ONCE))
# Done on a day: of these a plan is no deed.
_DEEDS = frozenset((Kind.MEDICINE, Kind.PROCEDURE, Kind.MEASUREMENT, Kind.RISK))
_JUDGED = frozenset((Kind.PROBLEM, Kind.FINDING))  # made or only suspected
_PLANNED = _DEEDS | {Kind.EVENT}
_SUPPOSED = _DEEDS | _JUDGED | {Kind.SYMPTOM, Kind.EVENT}
_UNTIMED = frozenset((Kind.PERSON, Kind.SETTING))
# What is measured out: "3 mg" of one is nothing said of another.
_MEASURED = frozenset((Kind.MEDICINE, Kind.SUBSTANCE, Kind.MEASUREMENT, Kind.SCORE))
_SERIES = frozenset((Kind.MEASUREMENT, Kind.SCORE))
_AMOUNTS = frozenset(("dose", "strength", "quantity"))
_REASONS = frozenset((Kind.PROBLEM, Kind.SYMPTOM, Kind.FINDING, Kind.PROCEDURE, Kind.MEDICINE))
_BESIDE = 16  # characters between a number and what it counts: "two earlier overdoses"
_ROLES = (frozenset(("agent", "object")), frozenset(("cause", "effect")))
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


def differences(said: Assertion, held: Assertion, unit: Sequence[Assertion]) -> Iterator[str]:
    """The questions that the two answer differently: subject, polarity, certainty, time, act,
    attribution, role, then the values by what they are. None: the source says what the statement
    says.

    `unit` is all that the source's unit asserts: a value that stands there of nothing else that is
    measured refutes nothing.
    """
    if not is_of_same(said, held):
        yield "subject"
    if said.polarity is held.polarity or not _is_ended_by_both(said, held):
        yield from _of_state(said, held)
    if not _is_told_by_same(said, held):
        yield "attribution"
    if any({said.role, held.role} == pair for pair in _ROLES):
        yield "role"
    found = _refuted_values(said, held, unit)
    yield from sorted(found | ({"frequency"} if _is_otherwise_needed(said, held) else set()))


def _of_state(said: Assertion, held: Assertion) -> Iterator[str]:
    if not _is_as_so(said, held):
        yield "polarity"
    elif not _is_as_sure(said, held):
        yield "certainty"
    if not _is_as_timed(said, held):
        yield "time"
    if not _is_as_done(said, held):
        yield "act"


def _is_ended_by_both(said: Assertion, held: Assertion) -> bool:
    """Stopped, refused, offered only or not to be had, and not so: "off lithium"."""
    told, denied = (said, held) if held.polarity is Polarity.NEGATED else (held, said)
    is_denied = denied.polarity is Polarity.NEGATED and denied.act not in _NOT_GOING_ON
    return is_denied and told.polarity is Polarity.AFFIRMED and told.act in _NOT_GOING_ON


def _is_anothers(each: Assertion, held: Assertion) -> bool:
    """Is it another medicine, scale or measurement, whose values are its own?"""
    return each.concept.kind in _MEASURED and each.concept.key != held.concept.key


def _is_apart_from(each: Assertion, held: Assertion) -> bool:
    """Another thing that is measured, or another result of the same: "2.1 in May, 2.0 in June"."""
    is_series = each.concept == held.concept and each.concept.kind in _SERIES and each is not held
    return is_series or _is_anothers(each, held)


def _is_as_so(said: Assertion, held: Assertion) -> bool:
    """A denial of a part ("no increase in") denies no more than that."""
    if (part := held.negated_part) and not said.negated_part:
        is_told = any(word[:6] == part[:6] for word in said.words)  # "has increased"
        return said.polarity is Polarity.AFFIRMED and not is_told
    return said.polarity is held.polarity


def _is_as_sure(said: Assertion, held: Assertion) -> bool:
    """Of what is only suspected nobody may be sure; who doubts says no more than the source."""
    is_so = said.polarity is held.polarity is Polarity.AFFIRMED
    is_judged = said.concept.kind in _JUDGED and said.time not in (Time.IF, Time.PLANNED)
    is_sure = said.certainty is Certainty.SURE
    return not (is_so and is_judged and is_sure) or held.certainty is Certainty.SURE


def _is_as_timed(said: Assertion, held: Assertion) -> bool:
    """What is over is told as present, what is only planned or supposed is told as done; a mere
    mention tells no time, and what a source tells as present is past when it is retold."""
    is_so = said.polarity is held.polarity is Polarity.AFFIRMED
    if said.time is held.time or not is_so or said.concept.kind in _UNTIMED:
        return True
    if said.time is Time.EVER:
        return held.time is not Time.PAST or bool(said.on) or said.tense is Tense.PAST
    if said.time is not Time.NOW:
        return said.time is not Time.PAST or held.time is not Time.IF
    if held.time is Time.PAST:
        return said.tense is not Tense.PRESENT
    if held.time is Time.PLANNED:
        return said.concept.kind not in _PLANNED or said.tense is not Tense.PAST
    is_claimed = said.tense is not Tense.NONE and said.concept.kind in _SUPPOSED
    return held.time is not Time.IF or not is_claimed


def _is_as_done(said: Assertion, held: Assertion) -> bool:
    """What was once taken may be over, what was offered may be declined; a mere mention says
    nothing of what is done."""
    acts = said.act, held.act
    if said.concept.kind is Kind.PROCEDURE and said.time is held.time is Time.PAST:
        return True  # had, and over: a gallbladder removed, a course that was ended
    if said.act is held.act or held.act is Act.NONE or acts in _TOLD_APART:
        return True
    if said.act is Act.NONE:
        is_over = held.act is Act.STOPPED and said.tense is Tense.PRESENT
        return not is_over and (held.act not in _NOT_GOING_ON or not _is_present(said))
    if said.tense is not Tense.PRESENT and said.act in _BEGUN and held.act in _NO_LONGER:
        return said.tense is Tense.PAST or held.act is Act.ONCE
    if any({*acts} <= each for each in _OPPOSED):
        return False
    if said.act in _GOING_ON and held.act is Act.PRESCRIBED:
        return said.concept.kind is Kind.MEDICINE  # a medicine's order, not a referral
    if held.act is Act.AS_NEEDED and said.act in _GOING_ON:
        return True  # how often tells the two apart
    if said.act in _FOR_ONCE and said.tense is Tense.PAST and held.act in _GOING_ON:
        return True
    if said.act in _GOING_ON and held.act is Act.ONCE:
        return False
    return (said.act in _NOT_GOING_ON) == (held.act in _NOT_GOING_ON) and not (
        {*acts} <= _NOT_GOING_ON
    )


def _is_present(said: Assertion) -> bool:
    return said.tense is Tense.PRESENT and said.concept.kind is Kind.MEDICINE


def _is_told_by_same(said: Assertion, held: Assertion) -> bool:
    """A statement that names its teller needs that one; who told a source may be left out."""
    if said.says is Says.PATIENT and held.says is Says.QUOTED:
        return held.says_who in ("", PATIENT)
    if said.says in (Says.CLINICIAN, Says.QUOTED) or held.says is said.says:
        return True
    return held.says in (Says.CLINICIAN, Says.QUOTED)


def _refuted_values(said: Assertion, held: Assertion, unit: Sequence[Assertion]) -> set[str]:
    """What the values are of that the source has otherwise: those that stand nowhere in its unit,
    where it has one of the kind that the statement lacks."""
    beside = [v for each in unit if not _is_apart_from(each, held) for v in each.values]
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
    return found - _AMOUNTS - {"frequency"} if _is_one_total(said, held) else found


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
