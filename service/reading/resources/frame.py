"""What holds for all that a resource says: whether it stands, of whom, who says so, when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from service.chart.render import dates, relations, words
from service.reading.assertions import (
    PATIENT,
    Act,
    Assertion,
    Certainty,
    Concept,
    Kind,
    Polarity,
    Says,
    Time,
    Value,
)
from service.reading.resources.naming import Named, concept_text, named
from service.reading.resources.source import Element, Source, codes, kind_of
from service.reading.resources.tables import Doing, intent, plain, why_not

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """The attributes that a resource's assertions share; `tell` puts a concept into it."""

    polarity: Polarity = Polarity.AFFIRMED
    certainty: Certainty = Certainty.SURE
    time: Time = Time.NOW
    subject: str = PATIENT
    says: Says = Says.CLINICIAN
    says_who: str = ""
    act: Act = Act.NONE
    values: tuple[Value, ...] = ()
    is_current: bool = True
    on: str = ""

    def tell(self, concept: Concept, place: Place, *more: Value, clause: int = 0) -> Assertion:
        """A concept as a resource of this frame tells it."""
        return Assertion(
            concept,
            *place,
            clause=clause,
            polarity=self.polarity,
            certainty=self.certainty,
            time=self.time,
            subject=self.subject,
            says=self.says,
            says_who=self.says_who,
            act=self.act,
            values=(*more, *self.values),
            is_current=self.is_current,
            on=self.on,
        )

    def names(self, source: Source, each: Named, *more: Value, clause: int = 0) -> Assertion:
        """The same of a thing in a name, where the text says it, with the name's other words."""
        told = self.tell(each.concept, source.place(each.said), *more, clause=clause)
        return replace(told, words=each.words) if each.words else told

    def done(self, doing: Doing | None, reason: str = "") -> "Frame":
        """With what a status says; a reason tells whether what was not done was refused."""
        if doing is None:
            return replace(self, polarity=self.polarity_with(Polarity.UNKNOWN))
        act, polarity = doing.act, doing.polarity
        if polarity is Polarity.NEGATED and (told := why_not(reason)):
            act, polarity = told, Polarity.AFFIRMED
        return replace(self, act=act, time=doing.time, polarity=self.polarity_with(polarity))

    def intended(self, code: str) -> "Frame":
        """With what an intent says; an order changes nothing."""
        found = intent(code)
        return replace(self, act=found[0], time=found[1]) if found else self

    def with_(self, *values: Value) -> "Frame":
        return replace(self, values=self.values + values)

    def polarity_with(self, other: Polarity) -> Polarity:
        """Unknown wins; two denials cannot be told to be one or none."""
        if Polarity.UNKNOWN in (self.polarity, other):
            return Polarity.UNKNOWN
        if self.polarity is other is Polarity.NEGATED:
            return Polarity.UNKNOWN
        return Polarity.NEGATED if Polarity.NEGATED in (self.polarity, other) else other

    def said(self, polarity: Polarity) -> "Frame":
        return replace(self, polarity=self.polarity_with(polarity))


def frame_of(source: Source, on: str, *, teller: object = None) -> Frame:
    """The frame of a whole resource. `on` is the date that it speaks of, as written."""
    says, who = says_of(source, teller)
    status = status_of(source)
    frame = Frame(
        says=says,
        says_who=who,
        subject=subject_of(source),
        is_current=status != "entered-in-error",
        on=dates.known_day(on),
        values=tuple(text_value("status", status)),
    )
    return modified(frame, source.resource)


def status_of(source: Source) -> str:
    status = source.get("status")
    if isinstance(status, str):
        return status.strip().lower()
    return "entered-in-error" if is_in_error(source) else ""


def is_in_error(source: Source) -> bool:
    given = codes(source.get("verificationStatus"))
    return any(plain(code) == "entered in error" for code in given)


def text_value(what: str, said: str) -> Iterator[Value]:
    """A Value of words, none where there are none."""
    if said:
        yield Value(what, plain(said), said)


def as_said(what: str, said: str) -> Iterator[Value]:
    """A date or the like, which is compared as it is written."""
    if said:
        yield Value(what, said, said)


def modified(frame: Frame, element: Element) -> Frame:
    """With what modifier extensions say: a negation is one, any other leaves nothing sure."""
    for extension in words.each(element.get("modifierExtension")):
        name = plain(words.text(extension.get("url")).rstrip("/").rpartition("/")[2])
        if _is_negation(name):
            if extension.get("valueBoolean") is not False:
                frame = frame.said(Polarity.NEGATED)
        else:
            frame = frame.said(Polarity.UNKNOWN)
        frame = frame.with_(*text_value("modifier", name or "not named"))
    return frame


def _is_negation(name: str) -> bool:
    return name in ("not", "negation", "isnot", "absent", "refuted") or "negat" in name


def says_of(source: Source, teller: object) -> tuple[Says, str]:
    """Who says so by the kind of what the Reference leads to; the clinician where it is silent."""
    one = words.first(teller)
    kind = kind_of(one) or _target_kind(source, one)
    if kind == "Patient":
        return Says.PATIENT, ""
    if kind in ("RelatedPerson", "Person"):
        return Says.COLLATERAL, relation_of(source, one)
    return (Says.DEVICE, "") if kind in ("Device", "DeviceMetric") else (Says.CLINICIAN, "")


def _target_kind(source: Source, one: Element) -> str:
    found = source.scene.target(one) if one else None
    return words.text(found.get("resourceType")) if found else ""


def relation_of(source: Source, reference: object) -> str:
    """ "brother" of a reference to a RelatedPerson, else what the reference is called."""
    found = source.scene.target(words.first(reference))
    relation = relations.relation(found.get("relationship")) if found else ""
    return person(relation or source.scene.name(reference))


_OF_PATIENT = (" of the patient", " of patient", "patient s ", "the ")


def person(said: str) -> str:
    """ "brother" of "Brother of patient"."""
    name = f"{plain(said)} "
    for words_of in _OF_PATIENT:
        name = name.replace(f"{words_of} " if words_of[0] == " " else words_of, " ")
    return name.strip() or "other"


def subject_of(source: Source) -> str:
    """PATIENT, or who or what else `focus` says that it is about."""
    for element in words.each(source.get("focus")):
        if kind_of(element) in ("Encounter", "Condition", "Procedure", "Observation"):
            continue
        if kind_of(element) != "Patient" or _is_other(source, element):
            return relation_of(source, element)
    return PATIENT


def _is_other(source: Source, focus: Element) -> bool:
    return focus.get("reference") != words.first(source.get("subject")).get("reference")


def indications(source: Source) -> Iterator[Value]:
    """For what it is done, as the key that the reason has in a note."""
    given = [concept_text(element) for element in words.each(source.get("reasonCode"))]
    given += [source.scene.name(each) for each in words.each(source.get("reasonReference"))]
    for said in given:
        for each in named(said, Kind.PROBLEM):
            start, end = source.place(each.said)
            yield Value("reason", each.concept.key, each.said, start=start, end=end)
