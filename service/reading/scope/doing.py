"""What is done with a thing, and when: its words, its list and its plan together."""

from collections.abc import Sequence

from service.reading.assertions import Act, Kind, Polarity, Time, Value
from service.reading.layout import Section
from service.reading.scope.sense import Sense

_SUBSTANCES = frozenset((Kind.MEDICINE, Kind.SUBSTANCE))
_AMOUNTS = frozenset(("dose", "strength", "quantity", "frequency", "route"))
# "Not stopped" is taken, "did not miss" too: what ends an act, denied, leaves it going on.
_ENDING = frozenset(
    (Act.STOPPED, Act.HELD, Act.MISSED, Act.DECLINED, Act.NOT_FILLED, Act.TAPER, Act.AVOID)
)
_GOING_ON = frozenset((Act.TAKEN, Act.STARTED, Act.PRESCRIBED, Act.INCREASED, Act.REDUCED))
_BEGUN = frozenset((Act.STARTED, Act.TAKEN, Act.PRESCRIBED, Act.ONCE, Act.CONTINUED))
CHANGES = {Act.INCREASED: "increase", Act.REDUCED: "reduce"}
_UNDONE = _ENDING | _BEGUN | frozenset(CHANGES)
# Kinds of which an act is told only where it ends or forbids ("nausea stopped").
_UNACTED = frozenset(
    (
        Kind.SYMPTOM,
        Kind.FINDING,
        Kind.PROBLEM,
        Kind.MEASUREMENT,
        Kind.SCORE,
        Kind.RISK,
        Kind.PERSON,
        Kind.ALLERGY,
    )
)
_DONE = frozenset((Kind.MEDICINE, Kind.SUBSTANCE, Kind.PROCEDURE))
# Acts of other things than these: "stopped working", "declined admission".
_LEFT = (Act.DECLINED, Act.HELD)
_DEED = "deed"  # the part of a test that is denied where it was not done
TESTED = (Kind.MEASUREMENT, Kind.SCORE)
_MEASURED = (Kind.MEASUREMENT, Kind.SCORE, Kind.PERSON)
_EVENTFUL = _ENDING | frozenset((Act.CONTINUED, Act.STARTED, Act.PRESCRIBED, Act.CONSIDERED))
_EVENTFUL -= frozenset((Act.HELD, Act.NOT_FILLED, Act.TAPER))
_ORDERS = frozenset((Act.HELD, Act.STOPPED, Act.INCREASED, Act.REDUCED, Act.CONTINUED, Act.AVOID))
_ORDERS_TOO = frozenset((Act.NONE, Act.TAKEN, Act.AS_NEEDED, Act.TAPER, Act.ONCE))


def done_with(
    kind: Kind, sense: Sense, base: Act, held: Sequence[Value], *, is_aside: bool
) -> tuple[Act, Polarity, str]:
    """What is done with a thing, whether it is so, and the part of it that is denied only."""
    act, polarity, part = sense.done.act, sense.answer.polarity, sense.answer.part
    if part == _DEED:
        part = ""
        polarity = Polarity.UNKNOWN if kind in TESTED else polarity
    if kind in _SUBSTANCES and act is Act.NONE and polarity is Polarity.NEGATED and is_aside:
        polarity = Polarity.AFFIRMED  # "no side effects from sertraline"
    if sense.done.is_whole or (act in _LEFT and polarity is Polarity.UNKNOWN):
        polarity = Polarity.AFFIRMED
    if sense.answer.is_over:
        return Act.STOPPED, polarity, part
    if kind in _UNACTED and (act not in (Act.STOPPED, Act.AVOID) or kind in _MEASURED):
        return Act.NONE, polarity, part
    if kind not in _DONE and act not in _EVENTFUL:
        return Act.NONE, polarity, part
    if act is Act.NONE or kind not in _SUBSTANCES:
        return act or _default(kind, base, held), polarity, part
    if base in _ENDING and act in _GOING_ON:
        return base, polarity, part  # "took for 3 weeks" under what was stopped
    is_denied = sense.is_done_denied and act in _UNDONE
    return _undone(act) if is_denied else (act, polarity, part)


def _undone(act: Act) -> tuple[Act, Polarity, str]:
    """What "not" makes of an act: what has not been started is not so, the rest goes on."""
    if act in _ENDING:
        return Act.TAKEN, Polarity.AFFIRMED, ""
    if act in CHANGES:
        return act, Polarity.AFFIRMED, CHANGES[act]
    return act, Polarity.NEGATED, ""


def _default(kind: Kind, base: Act, held: Sequence[Value]) -> Act:
    """A medicine of a list, or with a dose, is taken."""
    if kind not in (Kind.MEDICINE, Kind.PROCEDURE):
        return Act.NONE
    if base is not Act.NONE:
        return base
    if turned := _turned(held):
        return turned
    has_amount = any(value.what in _AMOUNTS for value in held)
    return Act.TAKEN if has_amount and kind is Kind.MEDICINE else Act.NONE


def _is_as_needed(value: Value) -> bool:
    return value.what == "frequency" and "as-needed" in str(value.value)


def _turned(held: Sequence[Value]) -> Act | None:
    """ "Venlafaxine 150 mg (from 225)": told by the two doses alone."""
    now = next((v.value for v in held if v.what == "dose"), None)
    was = next((v.value for v in held if v.what == "change"), None)
    match now, was:
        case (str() as kind, float() as new), ("from", (str() as before, float() as old)):
            if kind == before and new != old:
                return Act.INCREASED if new > old else Act.REDUCED
    return None


def _is_over(held: Sequence[Value]) -> bool:
    return any(value.what == "standing" and value.value == "over" for value in held)


def time_of(kind: Kind, sense: Sense, act: Act, section: Section, held: Sequence[Value]) -> Time:
    """When it is so: an order of the plan holds at once, what is stopped was, a medicine "as
    needed" is there."""
    if kind is Kind.MEDICINE and sense.time is Time.IF and any(map(_is_as_needed, held)):
        return Time.NOW
    is_order = act in _ORDERS or (kind is Kind.MEDICINE and act in _ORDERS_TOO)
    if sense.time is Time.PLANNED and section is Section.PLAN and is_order:
        return Time.PAST if act is Act.STOPPED else Time.NOW
    if (act is Act.STOPPED or _is_over(held)) and sense.time in (Time.NOW, Time.EVER):
        return Time.PAST
    if act is Act.DECLINED and sense.time is Time.PLANNED:
        return Time.NOW
    return sense.time
