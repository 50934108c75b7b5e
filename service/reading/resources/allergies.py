"""Allergies, intolerances, that there are none, and adverse events."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, words
from service.chart.render.nothing import allergy_said
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.resources.conditions import timed, verified
from service.reading.resources.frame import as_said, frame_of, text_value
from service.reading.resources.naming import concept_text, named
from service.reading.resources.source import Source


def allergy(source: Source) -> Iterator[Assertion]:
    """To what, how it shows, whether it stands; "no known allergy" denies all of them."""
    when = dates.text_of(source.get("recordedDate")) or dates.when(source.resource, "onset")
    frame = frame_of(source, when, teller=source.get("asserter") or source.get("recorder"))
    frame = verified(timed(frame, source), source)
    frame = replace(frame, time=Time.EVER) if frame.time is Time.NOW else frame
    if (none := nothing_known(source)) is not None:
        concept, polarity = none
        yield frame.said(polarity).tell(concept, source.headline)
        return
    more = tuple(_values(source))
    for name in _substances(source):
        for each in named(name, Kind.ALLERGY):
            concept = Concept(Kind.ALLERGY, each.concept.key)
            yield frame.tell(concept, source.place(each.said), *more)


def nothing_known(source: Source) -> tuple[Concept, Polarity] | None:
    """The kind of allergy that is denied or was not asked for; None for a real substance."""
    found = allergy_said(source.get("code"))
    if found is None:
        return None
    what, verdict = found
    polarity = Polarity.NEGATED if verdict == "none" else Polarity.UNKNOWN
    return Concept(Kind.ALLERGY, what), polarity


def _substances(source: Source) -> list[str]:
    """What it is against: its code, else what its reactions name."""
    if name := concept_text(source.get("code")) or words.concept(source.get("code")):
        return [name]
    reactions = words.each(source.get("reaction"))
    return [n for r in reactions if (n := concept_text(r.get("substance")))]


def _values(source: Source) -> Iterator[Value]:
    """Reactions and their severity, criticality, whether an intolerance; when recorded."""
    yield from as_said("recorded", dates.known_day(source.get("recordedDate")))
    for reaction in words.each(source.get("reaction")):
        for shown in words.each(reaction.get("manifestation")):
            for each in named(concept_text(shown), Kind.PROBLEM):
                start, end = source.place(each.said)
                yield Value("reaction", each.concept.key, each.said, start=start, end=end)
        yield from text_value("reaction", words.text(reaction.get("description")))
        yield from text_value("severity", words.text(reaction.get("severity")))
    yield from text_value("criticality", words.text(source.get("criticality")))
    if source.get("type") == "intolerance":
        yield Value("type", "intolerance", "intolerance")


def adverse_event(source: Source) -> Iterator[Assertion]:
    """A harm that happened or could have, and the medicine that is suspected of it."""
    when = dates.text_of(source.get("date")) or dates.text_of(source.get("detected"))
    frame = replace(frame_of(source, when, teller=source.get("recorder")), time=Time.PAST)
    if source.get("actuality") == "potential":
        frame = replace(frame, time=Time.IF)
    suspects = [
        source.scene.name(s.get("instance")) for s in words.each(source.get("suspectEntity"))
    ]
    causes = [
        Value("cause", n.concept.key, n.said) for s in suspects for n in named(s, Kind.MEDICINE)
    ]
    severity = words.concept(source.get("severity")) or words.concept(source.get("seriousness"))
    for each in named(concept_text(source.get("event")), Kind.PROBLEM):
        more = (*causes, *text_value("severity", severity))
        yield frame.names(source, each, *more)
