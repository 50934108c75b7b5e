"""Problems and diagnoses."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.chart.render.nothing import is_no_problem
from service.reading.assertions import Assertion, Certainty, Concept, Kind, Polarity, Time, Value
from service.reading.resources.frame import Frame, as_said, frame_of, text_value
from service.reading.resources.naming import (
    Lead,
    Named,
    concept_text,
    is_risk_of,
    key,
    lead,
    named,
)
from service.reading.resources.quantities import bounds, quantity
from service.reading.resources.source import Source, codes
from service.reading.resources.tables import plain, table

ANY_PROBLEM = Concept(Kind.PROBLEM, "any")


def condition(source: Source) -> Iterator[Assertion]:
    """What, whether the patient has it, how sure, since when and until when."""
    onset = dates.when(source.resource, "onset") or dates.text_of(source.get("recordedDate"))
    frame = frame_of(source, onset, teller=source.get("asserter") or source.get("recorder"))
    name = concept_text(source.get("code")) or next(codes(source.get("code")), "")
    frame = verified(timed(frame, source), source)
    if is_no_problem(source.get("code")):
        yield frame.said(Polarity.NEGATED).tell(ANY_PROBLEM, source.place(name))
        return
    first = lead(name)
    listed, frame = frame, led(frame, first)
    if is_of_family(source):
        frame = replace(frame, subject="family", time=Time.EVER)
    more = (*_values(source), *text_value("severity", words.concept(source.get("severity"))))
    if first.time is Time.IF:  # a risk, a need or a fear is on the list for itself
        itself = Named(Concept(Kind.PROBLEM, key(name)), name)
        yield replace(frame, time=listed.time).names(source, itself, *more)
    for each in named(first.rest, Kind.PROBLEM) or named(name, Kind.PROBLEM):
        told = replace(frame, time=Time.IF) if is_risk_of(name, each) else frame
        yield told.names(source, each, *more)


def timed(frame: Frame, source: Source) -> Frame:
    """Present or past by clinicalStatus and abatement."""
    told = _by_codes(source.get("clinicalStatus"), "clinical")
    if told is not None:
        frame = replace(frame.with_(*text_value("status", told)), time=Time(_clinical()[told]))
    if _has_ended(source) and told not in ("active", "recurrence", "relapse"):
        frame = replace(frame, time=Time.PAST)
    return frame


def verified(frame: Frame, source: Source) -> Frame:
    """How sure, by every coding and the text of verificationStatus: one that refutes, refutes."""
    given = [c for code in codes(source.get("verificationStatus")) if (c := plain(code))]
    known = [table("statuses.toml")["verification"][c] for c in given if c in _verification()]
    if any(polarity == "negated" for _, polarity in known):
        kept = tuple(value for value in frame.values if value.what != "status")
        refuted = replace(frame, values=(*kept, Value("status", "refuted", "refuted")))
        return refuted.said(Polarity.NEGATED)
    if known and all(sure == "possible" for sure, _ in known):
        frame = frame.with_(*text_value("status", next(c for c in given if c in _verification())))
        return replace(frame, certainty=Certainty.POSSIBLE)
    return frame


def led(frame: Frame, first: Lead) -> Frame:
    """With what the name's first words say: "History of", "No known"."""
    frame = frame if first.polarity is Polarity.AFFIRMED else frame.said(first.polarity)
    if first.certainty is not Certainty.SURE:
        frame = replace(frame, certainty=first.certainty)
    if first.is_family:
        frame = replace(frame, subject="family")
    return replace(frame, time=first.time) if first.time is not Time.NOW else frame


def is_of_family(source: Source) -> bool:
    """Is it filed as family history?"""
    return any("family" in code for code in codes(source.get("category")))


def _has_ended(source: Source) -> bool:
    return any(name.startswith("abatement") for name in source.resource) and (
        source.get("abatementBoolean") is not False
    )


def _by_codes(value: object, kind: str) -> str | None:
    """The first code, display or text that the table knows; a later coding counts as the first."""
    known = table("statuses.toml")[kind]
    return next((c for code in codes(value) if (c := plain(code)) in known), None)


def _clinical() -> dict[str, str]:
    return table("statuses.toml")["clinical"]  # type: ignore[no-any-return]


def _verification() -> dict[str, list[str]]:
    return table("statuses.toml")["verification"]  # type: ignore[no-any-return]


def _values(source: Source) -> Iterator[Value]:
    """Since when, until when, at what age; when it was recorded."""
    yield from as_said("recorded", dates.known_day(source.get("recordedDate")))
    for prefix, what in (("onset", "from"), ("abatement", "until")):
        if when := dates.known_day(dates.when(source.resource, prefix)):
            yield Value(what, when, when)
        yield from quantity(source, source.get(f"{prefix}Age"), "age", per=prefix)
        yield from bounds(source, source.get(f"{prefix}Range"), "age", per=prefix)
    for stage in words.each(source.get("stage")):
        yield from text_value("stage", words.concept(stage.get("summary")))
    for site in words.each(source.get("bodySite")):
        yield from text_value("site", words.concept(site))
