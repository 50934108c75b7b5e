"""Does a summary carry a risk that a source tells? The topic, how it is meant, and its values."""

from collections.abc import Iterator, Sequence

from service.verification.context.people import is_relative
from service.verification.context.vocabulary import PATIENT, Polarity, Time
from service.verification.facts import agrees, facts
from service.verification.risk.alike import QUESTIONS
from service.verification.risk.mentions import Mention
from service.verification.risk.values import means, months, times

_DEATH = "death by suicide"
_IN_FAMILY = (_DEATH, "suicide attempt")  # of a relative these are the patient's risk
_DATED = ("suicide attempt", "self-harm")  # what happened at a time, by a means
_OF_RELATIVES = ("polarity", "subject")  # what must be told of a relative's


def is_fact(mention: Mention) -> bool:
    """What is asked, what a warning or a plan only names, and what befell a stranger, is none."""
    reading = mention.reading
    is_real = reading.time not in (Time.HYPOTHETICAL, Time.PLANNED)
    is_near = mention.topic in _IN_FAMILY and is_relative(reading.subject)
    is_near |= is_own(mention) and mention.topic != _DEATH  # the patient lives
    return is_real and is_near and not mention.sentence.rstrip().endswith("?")


def is_own(mention: Mention) -> bool:
    return mention.reading.subject == PATIENT


def is_event(mention: Mention) -> bool:
    """Did it happen, or is it so?"""
    return mention.reading.polarity is Polarity.AFFIRMED


def missing_of(held: Mention, said: Sequence[Mention], summary: str) -> tuple[str, ...] | None:
    """What of it the summary lacks; () when nothing; None where it does not speak of it so."""
    topics = (held.topic,) if is_own(held) else _IN_FAMILY  # "shot himself" may tell either
    same = [mine for mine in said if mine.topic in topics]
    if not same:
        return None
    lost = min((tuple(dict.fromkeys(_unlike(mine, held))) for mine in same), key=len)
    return lost or tuple(_lost_values(summary, held))


def _unlike(said: Mention, held: Mention) -> Iterator[str]:
    """The questions that the two answer differently; who says so may be left out."""
    answer = "denial" if held.reading.polarity is Polarity.NEGATED else held.reading.polarity.value
    for check, is_carried in QUESTIONS:
        is_asked = check in _OF_RELATIVES or (is_own(held) and check != "attribution")
        if is_asked and not is_carried(said, held) and not _is_dated_kin(check, said, held):
            yield answer if check == "polarity" else check


def _is_dated_kin(check: str, said: Mention, held: Mention) -> bool:
    """A relative by another name, known by the date: a mother's sister is an aunt."""
    if check != "subject" or is_own(said) or is_own(held):
        return False
    dates = [fact for fact in facts(held.sentence) if fact.check == "date"]
    return bool(dates) and all(agrees(fact, facts(said.sentence)) for fact in dates)


def _lost_values(summary: str, held: Mention) -> Iterator[str]:
    if not (is_event(held) and is_own(held) and held.topic in _DATED):
        return
    said = facts(summary)
    if not all(agrees(fact, said) for fact in facts(held.sentence) if fact.check == "date"):
        yield "date"
    if not times(held.sentence) <= times(summary) | months(summary):
        yield "time"
    if not means(held.sentence) <= means(summary):
        yield "means"
