"""Flags, assessments, predictions, detected issues, and what the patient permits or directs."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.lexicon import mentions
from service.reading.resources.conditions import led
from service.reading.resources.frame import Frame, as_said, frame_of, status_of, text_value
from service.reading.resources.naming import LONGEST, concept_text, is_risk_of, lead, named
from service.reading.resources.procedures import concluded
from service.reading.resources.source import Element, Source, codes
from service.reading.resources.tables import doing, plain, table

CONSENT = Concept(Kind.LEGAL, "consent")
_LEVELS = ("very high", "high", "moderate", "medium", "low", "severe", "imminent", "elevated")


def flag(source: Source) -> Iterator[Assertion]:
    """A warning that stands or stood, since when, with a level that its words name."""
    frame = frame_of(source, dates.period_start(source.get("period")), teller=source.get("author"))
    frame = frame.done(doing("plan_status", status_of(source)))
    until = dates.known_day(words.first(source.get("period")).get("end"))
    if until and source.on and until < source.on:
        frame = replace(frame, time=Time.PAST)
    name = concept_text(source.get("code")) or next(codes(source.get("code")), "")
    first = lead(name)
    more = (*level(name), *as_said("until", until), Value("role", "flag", "flag"))
    for each in named(first.rest, Kind.PROBLEM):
        told = led(frame, first)
        if told.time is Time.NOW and is_risk_of(name, each):
            told = replace(told, time=Time.IF)
        yield told.names(source, each, *more)


def level(name: str) -> Iterator[Value]:
    """ "high" of "High suicide risk"."""
    said = f" {plain(name)} "
    yield from (Value("level", word, word) for word in _LEVELS[:1] if f" {word} " in said)
    if f" {_LEVELS[0]} " not in said:
        found = next((word for word in _LEVELS[1:] if f" {word} " in said), "")
        yield from text_value("level", found)


def clinical_impression(source: Source) -> Iterator[Assertion]:
    """Findings and problems of an assessment; its summary is prose."""
    when = dates.when(source.resource, "effective") or dates.text_of(source.get("date"))
    frame = frame_of(source, when, teller=source.get("assessor"))
    if status_of(source) == "in-progress":
        frame = frame.with_(Value("status", "preliminary", "in progress"))
    for finding in words.each(source.get("finding")):
        name = concept_text(finding.get("itemCodeableConcept"))
        name = name or source.scene.name(finding.get("itemReference"))
        yield from concluded(source, frame, name)
    for problem in words.each(source.get("problem")):
        yield from concluded(source, frame, source.scene.name(problem))


def risk_assessment(source: Source) -> Iterator[Assertion]:
    """What is likely to happen, how likely."""
    when = dates.when(source.resource, "occurrence")
    frame = frame_of(source, when, teller=source.get("performer"))
    overall = concept_text(source.get("code")) or concept_text(source.get("method"))
    for count, prediction in enumerate(words.each(source.get("prediction"))):
        yield from _prediction(source, frame, prediction, overall, count)


def _prediction(
    source: Source, frame: Frame, given: Element, overall: str, count: int
) -> Iterator[Assertion]:
    how = words.concept(given.get("qualitativeRisk"))
    percent = words.text(given.get("probabilityDecimal"))
    more = [*text_value("level", how), *text_value("rationale", words.text(given.get("rationale")))]
    if percent:
        more.append(Value("level", ("percent", float(percent)), f"{percent}%"))
    name = concept_text(given.get("outcome")) or overall
    for each in named(name, Kind.PROBLEM):
        told = replace(frame, time=Time.NOW if each.concept.kind is Kind.RISK else Time.IF)
        yield told.names(source, each, *more, clause=count)


def detected_issue(source: Source) -> Iterator[Assertion]:
    """An interaction or duplication, with what it is between."""
    frame = frame_of(source, dates.when(source.resource, "identified"), teller=source.get("author"))
    between = [source.scene.name(each) for each in words.each(source.get("implicated"))]
    more = [
        *text_value("severity", words.text(source.get("severity"))),
        *(
            Value("between", n.concept.key, n.said)
            for s in between
            for n in named(s, Kind.MEDICINE)
        ),
    ]
    name = concept_text(source.get("code")) or "detected issue"
    for each in named(name, Kind.PROBLEM):
        yield frame.names(source, each, *more)


def consent(source: Source) -> Iterator[Assertion]:
    """A directive or permission: what is permitted, what denied, and whether it is in force."""
    frame = frame_of(source, dates.text_of(source.get("dateTime")), teller=source.get("performer"))
    frame = frame.done(doing("plan_status", status_of(source)))
    provision = words.first(source.get("provision"))
    until = dates.known_day(words.first(provision.get("period")).get("end"))
    if until and source.on and until < source.on:
        frame = replace(frame, time=Time.PAST)
    more = (*_rules(provision, 0), *as_said("until", until))
    denied = provision.get("type") == "deny"
    for concept in _directives(source):
        told = frame.said(Polarity.NEGATED) if denied and not _is_directive(concept) else frame
        yield told.tell(concept, source.headline, *more)


def _directives(source: Source) -> list[Concept]:
    """By category and policy where these name a directive, else consent as such."""
    given = [*words.each(source.get("category")), *words.each(source.get("policyRule"))]
    coded = table("statuses.toml")["directives"]
    names = [coded.get(code, code) for each in given for code in codes(each)]
    found = [m.concept for name in names for m in mentions(name[:LONGEST])]
    return [c for c in dict.fromkeys(found) if _is_directive(c)] or [CONSENT]


def _is_directive(concept: Concept) -> bool:
    return concept.kind is Kind.LEGAL and concept.key not in ("consent", "policy")


def _rules(provision: Element, depth: int) -> Iterator[Value]:
    """Each rule as "deny SUD": the decision and what it is on; exceptions one level at a time."""
    decision = words.text(provision.get("type"))
    parts = [
        words.concepts(provision.get(n)) for n in ("securityLabel", "class", "code", "purpose")
    ]
    said = " ".join(part for part in (decision, *parts) if part)
    yield from text_value("rule", said)
    for inner in words.each(provision.get("provision")) if depth < 10 else ():
        yield from _rules(inner, depth + 1)
