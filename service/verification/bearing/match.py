"""One assertion of a statement beside one of a source: what the two say differently."""

from collections.abc import Iterator, Sequence

from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Kind,
    Polarity,
    Says,
    Tense,
    Time,
)
from service.verification.bearing.apart import is_of_same
from service.verification.bearing.valued import refuted_values

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
# Risks that come and go; the others happen.
_IDEATION = ("suicidal-ideation", "active-suicidal-ideation", "homicidal-ideation")
_MEANT = ("passive-death-wish", "suicide-plan", "suicide-intent", "self-harm-urges")
_STATES = frozenset((*_IDEATION, *_MEANT, "command-hallucinations"))
_UNTIMED = frozenset((Kind.PERSON, Kind.SETTING))
_ROLES = (frozenset(("agent", "object")), frozenset(("cause", "effect")))


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
    yield from sorted(refuted_values(said, held, unit))


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
    if said.time is held.time or said.concept.kind in _UNTIMED:
        return True
    if said.polarity is not Polarity.AFFIRMED or held.polarity is not Polarity.AFFIRMED:
        return not _is_denied_for_ever(said, held)
    if said.time is Time.EVER:
        return held.time is not Time.PAST or bool(said.on) or said.tense is Tense.PAST
    if said.time is not Time.NOW:
        return said.time is not Time.PAST or held.time is not Time.IF
    if held.time is Time.PAST:
        return said.tense is not Tense.PRESENT
    if held.time is Time.PLANNED:
        return said.concept.kind not in _PLANNED or said.tense is not Tense.PAST
    return held.time is not Time.IF or said.concept.kind not in _SUPPOSED


def _is_denied_for_ever(said: Assertion, held: Assertion) -> bool:
    """ "Never had SI" where a source has "no SI" of its day. Of what happens, and is no state, a
    denial is meant for ever: "no suicide attempts"."""
    is_state = said.concept.kind is Kind.SYMPTOM or (
        said.concept.kind is Kind.RISK and said.concept.key in _STATES
    )
    is_denied = said.polarity is held.polarity is Polarity.NEGATED
    return is_denied and is_state and said.time is Time.EVER and held.time is Time.NOW


def _is_as_done(said: Assertion, held: Assertion) -> bool:
    """What was once taken may be over, what was offered may be declined; a mere mention says
    nothing of what is done."""
    acts = said.act, _act_of(held)
    if said.concept.kind is Kind.PROCEDURE and said.time is held.time is Time.PAST:
        return True  # had, and over: a gallbladder removed, a course that was ended
    if acts[0] is acts[1] or held.act is Act.NONE or acts in _TOLD_APART:
        return True
    if said.act is Act.NONE:
        is_so = said.tense is Tense.PRESENT or said.concept.kind is Kind.ALLERGY
        is_over = held.act is Act.STOPPED and (is_so or _is_at_once(said, held))
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


def _act_of(held: Assertion) -> Act:
    """ "(stopped, ordered 2024-02-22)": the order's own word on how it stands."""
    is_over = any(v.what == "standing" and v.said == "stopped" for v in held.values)
    return Act.STOPPED if is_over else held.act


def _is_at_once(said: Assertion, held: Assertion) -> bool:
    """At the minute at which it ended it was not begun: "released from restraints at 14:10"."""
    mine = (v for v in said.values if v.what == "time")
    return any(v.value == each.value for v in mine for each in held.values if each.what == "time")


def _is_present(said: Assertion) -> bool:
    return said.tense is Tense.PRESENT and said.concept.kind is Kind.MEDICINE


def _is_told_by_same(said: Assertion, held: Assertion) -> bool:
    """A statement that names its teller needs that one; who told a source may be left out."""
    if said.says is Says.PATIENT and held.says is Says.QUOTED:
        return held.says_who in ("", PATIENT)
    if said.says in (Says.CLINICIAN, Says.QUOTED) or held.says is said.says:
        return True
    return held.says in (Says.CLINICIAN, Says.QUOTED)
