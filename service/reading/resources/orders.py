"""What is intended: orders, referrals, tasks, appointments, plans and goals."""

from collections.abc import Iterator
from dataclasses import replace

from service.chart.render import dates, typed, words
from service.reading.assertions import Act, Assertion, Concept, Kind, Says, Time, Value
from service.reading.resources.frame import (
    Frame,
    as_said,
    frame_of,
    indications,
    status_of,
    text_value,
)
from service.reading.resources.naming import concept_text, named
from service.reading.resources.procedures import sites
from service.reading.resources.source import Element, Source, codes
from service.reading.resources.tables import doing

# What holds while its order is active, and is not something still to be done.
_STANDING = frozenset(("restraint", "seclusion", "observation-level"))


def service_request(source: Source) -> Iterator[Assertion]:
    """An order, referral or recommendation; "do not perform" is one to avoid."""
    yield from _order(source, concept_text(source.get("code")))


def device_request(source: Source) -> Iterator[Assertion]:
    name = concept_text(source.get("codeCodeableConcept"))
    yield from _order(source, name or source.scene.name(source.get("codeReference")))


def nutrition_order(source: Source) -> Iterator[Assertion]:
    yield from _order(source, words.concepts(words.first(source.get("oralDiet")).get("type")))


def task(source: Source) -> Iterator[Assertion]:
    """Something that somebody is to do."""
    name = concept_text(source.get("code")) or words.text(source.get("description"))
    yield from _order(source, name or source.scene.name(source.get("focus")))


def _order(source: Source, name: str) -> Iterator[Assertion]:
    ordered = dates.text_of(source.get("authoredOn")) or dates.text_of(source.get("dateTime"))
    frame = replace(frame_of(source, ordered, teller=source.get("requester")), subject="patient")
    frame = frame.done(doing("order_status", status_of(source)))
    frame = frame.intended(words.text(source.get("intent")).lower())
    if source.get("doNotPerform") is True:
        frame = replace(frame, act=Act.AVOID, time=Time.NOW)
    more = (
        *text_value("intent", words.text(source.get("intent"))),
        *text_value("priority", words.text(source.get("priority"))),
        *as_said("due", dates.known_day(dates.when(source.resource, "occurrence"))),
        *text_value("reason", words.concepts(source.get("statusReason"))),
        *indications(source),
        *sites(source),
    )
    for each in named(name, Kind.PROCEDURE):
        yield _held(frame, each.concept).names(source, each, *more)


def _held(frame: Frame, concept: Concept) -> Frame:
    """An order of code status or a hold is in force now, not planned."""
    holds = concept.kind is Kind.LEGAL or concept.key in _STANDING
    if holds and frame.act is Act.PRESCRIBED and frame.time is Time.PLANNED:
        return replace(frame, time=Time.NOW)
    return frame


def appointment(source: Source) -> Iterator[Assertion]:
    """A visit that is booked, or was kept, missed or cancelled."""
    frame = frame_of(source, dates.text_of(source.get("start")))
    reason = words.concepts(source.get("cancelationReason"))
    frame = frame.done(doing("appointment_status", status_of(source)))
    what = words.concepts(source.get("serviceType")) or words.text(source.get("description"))
    more = (*as_said("due", frame.on), *text_value("reason", reason), *indications(source))
    for each in named(what or "appointment", Kind.EVENT):
        yield frame.names(source, each, *more)


def care_plan(source: Source) -> Iterator[Assertion]:
    """The plan by its title; then each activity with its own status."""
    when = dates.period_start(source.get("period")) or dates.text_of(source.get("created"))
    frame = frame_of(source, when, teller=source.get("author"))
    frame = frame.done(doing("plan_status", status_of(source)))
    if source.get("intent") in ("proposal", "option"):
        frame = frame.intended(source.get("intent"))
    kinds = [c for c in words.each(source.get("category")) if "assess-plan" not in codes(c)]
    name = words.text(source.get("title")) or words.concepts(kinds)
    until = dates.known_day(words.first(source.get("period")).get("end"))
    for each in named(name or "care plan", Kind.LEGAL):
        yield frame.names(source, each, *as_said("until", until))
    for count, activity in enumerate(words.each(source.get("activity")), 1):
        yield from _activity(source, frame, words.first(activity.get("detail")), count)


def _activity(source: Source, frame: Frame, detail: Element, count: int) -> Iterator[Assertion]:
    """One thing to do; in a plan that was withdrawn it is withdrawn with it."""
    status = words.text(detail.get("status"))
    if frame.time is Time.NOW and not frame.act:
        frame = frame.done(doing("plan_status", status or "not-started"))
    if detail.get("doNotPerform") is True:
        frame = replace(frame, act=Act.AVOID)
    said = words.text(detail.get("description"))
    name = concept_text(detail.get("code")) or said
    more = (*text_value("item", said), *as_said("due", typed.value_of(detail, "scheduled")))
    for each in named(name, Kind.PROCEDURE):
        yield frame.names(source, each, *more, clause=count)


def goal(source: Source) -> Iterator[Assertion]:
    """What patient and team want to reach, by when, and how far it is reached."""
    when = dates.text_of(source.get("startDate")) or dates.text_of(source.get("statusDate"))
    teller = source.get("expressedBy")
    frame = frame_of(source, when, teller=teller)
    status = words.text(source.get("lifecycleStatus"))
    frame = frame.done(doing("plan_status", status))
    if frame.time is Time.NOW:
        frame = replace(frame, time=Time.PLANNED)
    name = concept_text(source.get("description"))
    more = [
        Value("role", "goal", "goal"),
        *text_value("status", status),
        *text_value("outcome", words.concept(source.get("achievementStatus"))),
        *(v for t in words.each(source.get("target")) for v in as_said("due", _due(t))),
    ]
    if frame.says is Says.PATIENT:
        more += text_value("item", name)
    for each in named(name, Kind.PROBLEM):
        yield frame.names(source, each, *more)


def _due(target: Element) -> str:
    return dates.day(target.get("dueDate")) or words.quantity(target.get("dueDuration"))
