"""The patient, those close to the patient, those who care."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, relations, words
from service.reading.assertions import Assertion, Concept, Kind, Polarity, Time, Value
from service.reading.resources.frame import Frame, frame_of, status_of, text_value
from service.reading.resources.naming import named
from service.reading.resources.source import Element, Source, kind_of
from service.reading.resources.tables import doing, plain

_INTERPRETER = "patient-interpreterRequired"


def patient(source: Source) -> Iterator[Assertion]:
    """Age on the day of reading, sex, names, language and interpreter, death, contacts."""
    frame = frame_of(source, "")
    yield from _identity(source, frame)
    if died := _death(source):
        dead = replace(frame, time=Time.PAST, on="" if died == "yes" else died)
        yield dead.tell(Concept(Kind.EVENT, "death"), source.headline)
    for contact in words.each(source.get("contact")):
        relation = words.concepts(contact.get("relationship"))
        yield from _person(source, frame, contact.get("name"), relation or "contact")


def _identity(source: Source, frame: Frame) -> Iterator[Assertion]:
    head = source.headline
    if born := dates.known_day(source.get("birthDate")):
        values = [Value("date", born, born), *_age(born, _death(source) or source.on)]
        yield frame.tell(Concept(Kind.PERSON, "age"), source.place(born), *values)
    if gender := words.text(source.get("gender")):
        concept = Concept(Kind.PERSON, "gender")
        yield frame.tell(concept, source.place(gender), *text_value("item", gender))
    for name in words.each(source.get("name")):
        if said := words.person_name([name]):
            use = text_value("use", words.text(name.get("use")))
            called = Concept(Kind.PERSON, "name")
            past = replace(frame, time=Time.PAST) if name.get("use") == "old" else frame
            yield past.tell(called, source.place(said), *text_value("item", said), *use)
    for spoken in words.each(source.get("communication")):
        language = words.concept(spoken.get("language"))
        values = list(text_value("item", language))
        yield frame.tell(Concept(Kind.PERSON, "language"), source.place(language), *values)
    if (needed := interpreter(source.resource)) is not None:
        from_ = frame.said(Polarity.AFFIRMED if needed else Polarity.NEGATED)
        yield from_.tell(Concept(Kind.PERSON, "interpreter"), head)


def interpreter(resource: Element) -> bool | None:
    """Does the patient need an interpreter? None where that is not told."""
    for extension in words.each(resource.get("extension")):
        if words.text(extension.get("url")).endswith(_INTERPRETER):
            return _is_yes(extension)
    return None


def _is_yes(extension: Element) -> bool:
    value = extension.get("valueBoolean")
    coded = words.first(extension.get("valueCoding")) or words.first(
        words.first(extension.get("valueCodeableConcept")).get("coding")
    )
    return value is True or words.text(coded.get("code")) in ("373066001", "Y", "yes", "LA33-6")


def _age(born: str, on: str) -> Iterator[Value]:
    """Full years on that day; none where either is not a whole date."""
    if len(born) == 10 and len(on) >= 10:
        years = int(on[:4]) - int(born[:4]) - (on[5:10] < born[5:10])
        yield Value("age", float(years), f"{years} years")


def _death(source: Source) -> str:
    if when := dates.known_day(source.get("deceasedDateTime")):
        return when
    return "yes" if source.get("deceasedBoolean") is True else ""


def _person(source: Source, frame: Frame, name: object, relation: str) -> Iterator[Assertion]:
    said = words.person_name(name)
    concept = Concept(Kind.PERSON, plain(relation).replace(" ", "-"))
    yield frame.tell(concept, source.place(said), *text_value("item", said))


def related_person(source: Source) -> Iterator[Assertion]:
    """Somebody close to the patient, by relation and name."""
    frame = frame_of(source, dates.period_start(source.get("period")))
    if source.get("active") is False:
        frame = replace(frame, time=Time.PAST)
    for relation in words.each(source.get("relationship")) or [{"text": "related person"}]:
        yield from _person(source, frame, source.get("name"), relations.relation(relation))


def care_team(source: Source) -> Iterator[Assertion]:
    """Who cares for the patient, each with the role."""
    frame = frame_of(source, dates.period_start(source.get("period")))
    frame = frame.done(doing("plan_status", status_of(source) or "active"))
    for count, member in enumerate(words.each(source.get("participant"))):
        if kind_of(member.get("member")) == "Patient":
            continue
        role = words.concepts(member.get("role")) or "care team"
        said = source.scene.name(member.get("member"))
        concept = named(role, Kind.PERSON)[0].concept
        place = source.place(said or role)
        yield frame.tell(concept, place, *text_value("item", said), clause=count)
