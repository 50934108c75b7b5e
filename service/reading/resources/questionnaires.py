"""Answered questionnaires: each answer as an answer, of the patient's, on its day."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, typed, words
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Says, Time, Value
from service.reading.resources import risks, verdicts
from service.reading.resources.frame import Frame, as_said, frame_of, modified
from service.reading.resources.naming import key, named
from service.reading.resources.quantities import number, quantity
from service.reading.resources.source import Element, Source
from service.reading.resources.tables import plain

MOST_WORDS = 4  # that a question may have beside what it asks about
MAX_DEPTH = 20  # questions inside questions


def response(source: Source) -> Iterator[Assertion]:
    """One assertion for each question that names something, with the answer's yes, no or value."""
    teller = source.get("source") or source.get("author")
    frame = frame_of(source, dates.text_of(source.get("authored")), teller=teller)
    if not teller:
        frame = replace(frame, says=Says.PATIENT)
    for count, (item, answers) in enumerate(_items(source.get("item"), MAX_DEPTH), 1):
        yield from _answered(source, modified(frame, item), item, answers, count)


def _items(items: object, depth: int) -> Iterator[tuple[Element, list[Element]]]:
    """Every question that was answered, in order, also those inside questions and answers."""
    for item in words.each(items) if depth else ():
        answers = words.each(item.get("answer"))
        if answers:
            yield item, answers
        yield from _items(item.get("item"), depth - 1)
        for answer in answers:
            yield from _items(answer.get("item"), depth - 1)


def _answered(
    source: Source, frame: Frame, item: Element, answers: list[Element], count: int
) -> Iterator[Assertion]:
    question = words.text(item.get("text")) or words.text(item.get("linkId"))
    concept = risks.by_loinc([words.text(item.get("linkId"))]) or risks.by_words(question)
    is_risk = concept is not None
    if is_risk and risks.asks_ever(question):
        frame = replace(frame, time=Time.EVER)
    concepts = [concept] if concept else _asked(question)
    place = source.place(question)
    for answer in answers:
        said = typed.value_of(answer)
        polarity = _polarity(answer, said, is_risk)
        values = list(_values(source, answer, said, polarity, place[1]))
        told = frame.said(polarity) if polarity else frame
        for each in concepts:
            own = told if polarity else verdicts.judged(told, question, said, each)
            yield own.tell(each, place, *values, clause=count)


def _asked(question: str) -> list[Concept]:
    """What a question asks about, where it names one thing: a score, a finding, a substance."""
    found = named(question, Kind.MEASUREMENT)
    named_one = [n.concept for n in found if len(n.words) <= MOST_WORDS]
    return named_one or [Concept(Kind.MEASUREMENT, key(question))] if found else []


def _polarity(answer: Element, said: str, is_risk: bool) -> Polarity | None:
    if isinstance(yes := answer.get("valueBoolean"), bool):
        return Polarity.AFFIRMED if yes else Polarity.NEGATED
    if is_risk and (count := number(answer.get("valueInteger"))) is not None:
        return Polarity.AFFIRMED if count > 0 else Polarity.NEGATED
    if not said:
        return Polarity.UNKNOWN
    code = words.text(words.first(answer.get("valueCoding")).get("code"))
    return risks.answered(said) or (risks.answered(code) if code else None)


def _values(
    source: Source, answer: Element, said: str, polarity: Polarity | None, after: int
) -> Iterator[Value]:
    """The answer as it was given, beside the question in the text."""
    if (count := number(answer.get("valueInteger") or answer.get("valueDecimal"))) is not None:
        yield Value("score", count, said)
    yield from quantity(source, answer.get("valueQuantity"))
    if said:
        start, end = source.place(said, after)
        what = "item" if polarity else "level"
        yield Value(what, plain(said), said, start=start, end=end)
    for name in ("valueDate", "valueDateTime"):
        yield from as_said("date", dates.text_of(answer.get(name)))
