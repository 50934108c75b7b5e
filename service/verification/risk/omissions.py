"""Risk that the sources tell and a summary does not carry."""

from collections.abc import Iterator, Sequence

from service.summary.vocabulary import Severity
from service.verification.context.people import is_relative
from service.verification.context.vocabulary import PATIENT, Polarity, Time
from service.verification.facts import agrees, facts
from service.verification.models import Omission, Span
from service.verification.risk.alike import QUESTIONS, critical
from service.verification.risk.mentions import Mention, mentions
from service.verification.risk.values import means, months, times
from service.verification.speakers import asserted, is_transcript

Sourced = tuple[str, str]  # (id, text) of a source


def uncarried(sources: Sequence[Sourced], summary: str) -> list[Omission]:
    """What the sources say of risk and no statement of the summary carries, each thing once."""
    said = mentions(summary)
    found: dict[tuple[object, ...], Omission] = {}
    for source_id, text in sources:
        for each, span in _told(source_id, text):
            if _is_kept(each) and not _is_carried(each, said, summary):
                reading = each.reading
                key = (each.topic, reading.polarity, reading.subject, critical(each))
                found.setdefault(key, _omission(each, span))
    return list(found.values())


def _told(source_id: str, text: str) -> Iterator[tuple[Mention, Span]]:
    """The mentions of a source, each with the place that bears it."""
    if is_transcript(text):
        for told in asserted(text):
            span = Span(source_id, told.start, told.end, text[told.start : told.end])
            yield from ((each, span) for each in mentions(told.said))
        return
    for each in mentions(text):
        end = each.at + len(each.sentence)
        yield each, Span(source_id, each.at, end, each.sentence)


def _is_carried(held: Mention, said: Sequence[Mention], summary: str) -> bool:
    carrying = [mine for mine in said if mine.topic == held.topic and _carries(mine, held)]
    return bool(carrying) and _has_values(summary, held)


def _has_values(summary: str, held: Mention) -> bool:
    """What happened keeps its date and its means."""
    if held.reading.polarity is not Polarity.AFFIRMED:
        return True
    said = facts(summary)
    dates = [fact for fact in facts(held.sentence) if fact.check == "date"]
    return (
        means(held.sentence) <= means(summary)
        and times(held.sentence) <= times(summary) | months(summary)
        and all(agrees(fact, said) for fact in dates)
    )


def _is_kept(mention: Mention) -> bool:
    """What a warning or a plan only names, and what befell a stranger, is no fact of the chart."""
    reading = mention.reading
    is_real = reading.time not in (Time.HYPOTHETICAL, Time.PLANNED)
    return is_real and (reading.subject == PATIENT or is_relative(reading.subject))


def _carries(said: Mention, held: Mention) -> bool:
    return all(is_carried(said, held) for check, is_carried in QUESTIONS if check != "attribution")


def _omission(mention: Mention, span: Span) -> Omission:
    fact = f"{mention.topic}: {' '.join(mention.sentence.split())}"[:300]
    return Omission("risk", fact, Severity.MAJOR, "What is said of risk must be carried.", (span,))
