"""Observations: what was measured, asked or seen, of whom, with value, flag, range and items."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, typed, words
from service.chart.render.observations import interpretation
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.lexicon import mentions
from service.reading.resources import answers, risks, verdicts
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame, as_said, frame_of, modified, text_value
from service.reading.resources.naming import Named, concept_text, lead, named
from service.reading.resources.quantities import bounds, found, number, quantity
from service.reading.resources.source import Element, Source, codes, loincs
from service.reading.resources.written import values_of

_PRESSURES = {
    **dict.fromkeys(("8480-6", "systolic blood pressure", "systolic"), "systolic"),
    **dict.fromkeys(("8462-4", "diastolic blood pressure", "diastolic"), "diastolic"),
}
_UNDONE = ("registered", "cancelled", "unknown")


def observation(source: Source) -> Iterator[Assertion]:
    """The observation itself, then its components and members."""
    frame = frame_of_result(source)
    yield from pressure(source, frame)
    yield from told(source, frame, source.resource, 0)
    for count, part in enumerate(words.each(source.get("component")), 1):
        yield from told(source, modified(frame, part), part, count)
    yield from held_results(source, "hasMember")


def frame_of_result(source: Source) -> Frame:
    """Of whom, when and how final; what has no result yet leaves all unknown."""
    when = dates.when(source.resource, "effective") or dates.text_of(source.get("issued"))
    frame = frame_of(source, when, teller=words.first(source.get("performer")))
    return frame.said(Polarity.UNKNOWN) if source.get("status") in _UNDONE else frame


def held_results(source: Source, element: str) -> Iterator[Assertion]:
    """Members of a panel or results of a report, as far as they are held: each with its own date,
    status and subject, where this record's text tells them."""
    for count, (_, held) in enumerate(source.scene.targets(source.get(element)), 1):
        if held is not None and held.get("resourceType") == "Observation":
            inner = Source(held, source.text, source.find, source.on)
            frame = frame_of_result(inner)
            for part in (held, *words.each(held.get("component"))):
                own = frame if part is held else modified(frame, part)
                yield from told(inner, own, part, count)


def pressure(source: Source, frame: Frame) -> Iterator[Assertion]:
    """Systolic and diastolic as the one value that a note has: 120/80."""
    found: dict[str, float] = {}
    for part in words.each(source.get("component")):
        amount = number(words.first(part.get("valueQuantity")).get("value"))
        which = next((_PRESSURES[c] for c in codes(part.get("code")) if c in _PRESSURES), "")
        if which and amount is not None:
            found[which] = amount
    if len(found) == 2:
        both = ("pressure", found["systolic"], found["diastolic"])
        value = Value("level", both, f"{both[1]:g}/{both[2]:g} mmHg")
        concept = named("blood pressure", Kind.MEASUREMENT)[0].concept
        yield frame.tell(concept, source.headline, value)


def told(source: Source, frame: Frame, part: Element, clause: int) -> Iterator[Assertion]:
    """What an observation or one component says; nothing for a panel without a value."""
    name = concept_text(part.get("code")) or next(codes(part.get("code")), "")
    concepts = concepts_of(part, name)
    values = tuple(_values(source, part, concepts[0][0].kind)) if concepts else ()
    said, polarity = answers.result(part)
    if not said and not values and (clause or part.get("component") or part.get("hasMember")):
        return
    known = {concept for concept, _ in concepts}
    frame = frame.said(polarity) if polarity else _led(frame, said, known)
    start = source.place(f"{name}:")[0] if clause else 0  # a panel may name what its item does
    if Kind.RISK in {concept.kind for concept in known} and risks.asks_ever(name):
        frame = replace(frame, time=Time.EVER)
    for concept, shown in concepts:
        own = frame.said(Polarity.NEGATED) if answers.is_zero(part, concept) else frame
        if polarity is None and not answers.leading(said, known):
            own = verdicts.judged(own, name, said, concept)
        more = (*answers.as_value(concept, said, polarity), *values)
        yield led(own, lead(name)).tell(concept, source.place(shown, start), *more, clause=clause)
    if polarity and Kind.MEASUREMENT in {concept.kind for concept in known}:
        yield from (frame.names(source, each, clause=clause) for each in screened(name))
    if polarity is None:
        yield from answers.in_words(source, frame, said, known, clause)


def _led(frame: Frame, said: str, known: set[Concept]) -> Frame:
    """With what an answer's first words say: "Never smoked", "Former smoker"."""
    first = answers.leading(said, known)
    return led(frame, first) if first else frame


def screened(name: str) -> list[Named]:
    """The substances that a test looks for: what "amphetamine screen: negative" denies."""
    found = [m for m in mentions(name) if m.concept.kind in (Kind.MEDICINE, Kind.SUBSTANCE)]
    return [Named(m.concept, m.said) for m in found]


def concepts_of(part: Element, name: str) -> list[tuple[Concept, str]]:
    """By LOINC code where it is a question of risk, else by the name."""
    if found := risks.by_loinc(loincs(part.get("code"))):
        return [(found, name)]
    if found := risks.by_words(name):
        return [(found, name)]
    return [(each.concept, each.said) for each in named(lead(name).rest or name, Kind.MEASUREMENT)]


def _values(source: Source, part: Element, kind: Kind) -> Iterator[Value]:
    """Numbers, ranges, dates, flags and reference ranges."""
    yield from (_called(v, kind) for v in quantity(source, part.get("valueQuantity")))
    if (count := number(part.get("valueInteger"))) is not None:
        yield _called(Value("number", count, words.text(part.get("valueInteger"))), kind)
    yield from (_called(v, kind) for v in bounds(source, part.get("valueRange")))
    written = values_of(source, words.text(part.get("valueString")))
    yield from (_called(v, kind) for v in written)
    if said := words.ratio(part.get("valueRatio")):
        yield Value("level", said, said, "", "", *found(source, said))
    for name in ("valueDateTime", "valueTime"):
        yield from as_said("date", dates.text_of(part.get(name)))
    yield from as_said("date", dates.period(part.get("valuePeriod")))
    yield from text_value("samples", typed.sampled(part.get("valueSampledData")))
    yield from _remarks(source, part)


def _called(value: Value, kind: Kind) -> Value:
    """A bare number is the score of a scale, the level of a measurement, else a count."""
    if value.what not in ("number", "dose"):
        return value
    what = {Kind.SCORE: "score", Kind.RISK: "score", Kind.MEASUREMENT: "level"}.get(kind, "count")
    return replace(value, what=what)


def _remarks(source: Source, part: Element) -> Iterator[Value]:
    """Flags by every coding, reference ranges, method and site."""
    for element in words.each(part.get("interpretation")):
        yield from text_value("flag", interpretation(element))
    for reference in words.each(part.get("referenceRange")):
        yield from bounds(source, reference, "range")
    yield from text_value("method", words.concept(part.get("method")))
    yield from text_value("site", words.concept(part.get("bodySite")))
