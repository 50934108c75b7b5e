"""Medicines: ordered, taken, given, dispensed."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, typed, words
from service.chart.render.dosages import dosages
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene, name_of


def medicine(scene: Scene) -> tuple[str, Any]:
    """The name of medication[x], and the CodeableConcept that codes it.

    A reference is followed to a contained or held Medication. One that only a code, an identifier
    or a reference tells is said to be not named, with what there is.
    """
    concept = scene.get("medicationCodeableConcept")
    if concept is not None:
        return words.named(concept) or _not_named(words.codes_line(concept)), concept
    reference = words.first(scene.get("medicationReference"))
    found = scene.target(reference)
    concept = found.get("code") if found else None
    shown = words.text(reference.get("display"))
    named = words.named(concept) or (_names(found, scene) if found else "") or shown
    if found and found.get("status") == "entered-in-error":
        named += " (its Medication record was entered in error)"
    return named or _not_named(words.codes_line(concept) or _pointer(reference)), concept


def _names(found: Mapping[str, Any], scene: Scene) -> str:
    """The name of a Medication without a code that has a display: its ingredients."""
    named = words.joined(
        words.named(i.get("itemCodeableConcept")) for i in words.each(found.get("ingredient"))
    )
    return named or ("" if words.code_of(found.get("code")) else name_of(found, scene))


def _not_named(pointer: str) -> str:
    return f"Medicine that is not named{words.in_brackets(pointer)}"


def _pointer(reference: Mapping[str, Any]) -> str:
    """What there is to find it by: "identifier 78 of urn:x", "Medication/1, which is not held"."""
    identifier = words.first(reference.get("identifier"))
    if value := words.text(identifier.get("value")):
        system = words.text(identifier.get("system"))
        return f"identifier {value}" + (f" of {system}" if system else "")
    written = words.text(reference.get("reference"))
    return f"{written}, which is not held" if written else ""


def reasons(scene: Scene) -> str:
    return words.joined(
        (words.concepts(scene.get("reasonCode")), scene.names(scene.get("reasonReference")))
    )


def medication(scene: Scene) -> Rendering:
    """What a medicine is; orders point at it."""
    named = words.named(scene.get("code")) or _not_named(words.codes_line(scene.get("code")))
    contents = words.joined(
        words.concept(i.get("itemCodeableConcept"))
        + words.in_brackets(words.ratio(i.get("strength")))
        for i in words.each(scene.get("ingredient"))
    )
    return Rendering(
        title=named,
        headline=f"Medication: {named}{words.in_brackets(words.concept(scene.get('form')))}",
        lines=[("Ingredients", contents), ("Code", words.codes_line(scene.get("code")))],
        code=words.code_of(scene.get("code")),
        status=words.text(scene.get("status")),
    )


# Intents that are no order: what stands before the medicine, so that nobody reads it as one.
_NOT_ORDERED = {
    "proposal": "Proposed, not ordered: ",
    "plan": "Planned, not ordered: ",
    "option": "An option, not ordered: ",
    "reflex-order": "To follow another order, not ordered by itself: ",
}


def request(scene: Scene) -> Rendering:
    """An order: medicine, dosage, status, since when, for what; who ordered it and why it ended.

    The status of what is no order is its intent: a proposal that is "active" is nothing current.
    """
    named, concept = medicine(scene)
    status, intent = words.text(scene.get("status")), words.text(scene.get("intent"))
    how, why = dosages(scene.get("dosageInstruction")), reasons(scene)
    return Rendering(
        title=named,
        headline=(_not_to(scene) or _NOT_ORDERED.get(intent, ""))
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(
            _since(status, intent, dates.day(scene.get("authoredOn"))),
            why and f"for {why}",
            ended(scene),
            _valid(scene),
        ),
        lines=[
            ("Supply", _supply(scene)),
            ("Reported", _reported(scene)),
            ("Note", words.notes_text(scene.get("note"))),
            ("Category", words.concepts(scene.get("category"))),
            ("Ordered by", scene.name(scene.get("requester"))),
            ("Code", words.codes_line(concept)),
        ],
        code=words.code_of(concept),
        category=words.bare_code(scene.get("category")),
        status=intent if intent in _NOT_ORDERED else status,
        effective=dates.text_of(scene.get("authoredOn")),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("requester")),
        author_role=scene.role(scene.get("requester")),
    )


def _since(status: str, intent: str, when: str) -> str:
    """ "active, since 2024-03-02", "stopped, ordered 2024-03-02", "proposal, 2024-03-02"."""
    if intent in _NOT_ORDERED:
        return words.joined((intent, "" if status == "active" else _status_words(status), when))
    verb = "since" if status == "active" else "ordered"
    return words.joined((_status_words(status), when and f"{verb} {when}"))


def _valid(scene: Scene) -> str:
    """Until when an order may be filled: one of 2010 that nobody closed is not current."""
    supply = words.first(scene.get("dispenseRequest"))
    until = dates.day(words.first(supply.get("validityPeriod")).get("end"))
    return f"valid until {until}" if until else ""


def ended(scene: Scene) -> str:
    """Why it was stopped, held or not taken: as much a part of the fact as that it was."""
    return (why := words.concepts(scene.get("statusReason"))) and f"because: {why}"


def _status_words(status: str) -> str:
    return {"on-hold": "on hold", "": "status not given", "unknown": "status unknown"}.get(
        status, status
    )


def _not_to(scene: Scene) -> str:
    return "Do not give: " if scene.get("doNotPerform") is True else ""


def _supply(scene: Scene) -> str:
    supply = words.first(scene.get("dispenseRequest"))
    refills = words.text(supply.get("numberOfRepeatsAllowed"))
    lasts = words.quantity(supply.get("expectedSupplyDuration"))
    return words.joined(
        [
            words.quantity(supply.get("quantity")),
            f"{refills} refills" if refills else "",
            f"for {lasts}" if lasts else "",
            dates.period(supply.get("validityPeriod")),
        ]
    )


def _reported(scene: Scene) -> str:
    if scene.get("reportedBoolean") is True:
        return "reported, not ordered here"
    by = scene.name(scene.get("reportedReference"))
    return f"by {by}" if by else ""


def statement(scene: Scene) -> Rendering:
    """What the patient is said to take, or not to take."""
    named, concept = medicine(scene)
    status, how = words.text(scene.get("status")), dosages(scene.get("dosage"))
    when, why = dates.when_text(scene.resource, "effective"), reasons(scene)
    source = scene.name(scene.get("informationSource"))
    not_taken = "Not taking: " if status == "not-taken" else ""
    return Rendering(
        title=named,
        headline=not_taken
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(
            words.joined((_status_words(status), when)),
            source and f"reported by {source}",
            why and f"for {why}",
            ended(scene),
        ),
        lines=[
            ("Asserted", dates.moment(scene.get("dateAsserted"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Code", words.codes_line(concept)),
        ],
        code=words.code_of(concept),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=dates.when(scene.resource, "effective")
        or dates.text_of(scene.get("dateAsserted")),
        encounter=encounter_of(scene),
        author=source,
        author_role=scene.role(scene.get("informationSource")),
    )


_GIVEN = {
    "not-done": "Not given: ",
    "in-progress": "Being given: ",
    "on-hold": "Held while being given: ",
    "stopped": "Stopped while being given: ",
    "unknown": "Not known whether given: ",
}


def administration(scene: Scene) -> Rendering:
    """A dose that was given, held or refused."""
    named, concept = medicine(scene)
    status, given = words.text(scene.get("status")), words.first(scene.get("dosage"))
    how = words.text(given.get("text")) or words.joined(
        (
            words.quantity(given.get("dose")),
            words.concept(given.get("route")),
            typed.value_of(given, "rate"),
        )
    )
    when = dates.when(scene.resource, "effective")
    who = words.first(scene.get("performer")).get("actor")
    verb = _GIVEN.get(status, "Given: ")
    return Rendering(
        title=named,
        headline=verb
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(
            dates.moment(when) or "no date",
            "" if status in ("completed", "not-done") else status,
            (why := reasons(scene)) and f"for {why}",
            ended(scene),
        ),
        lines=[
            ("Note", words.notes_text(scene.get("note"))),
            ("By", scene.name(who)),
            ("Code", words.codes_line(concept)),
        ],
        code=words.code_of(concept),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(who),
        author_role=scene.role(who),
    )


_DISPENSED = {
    "preparation": "Being dispensed: ",
    "in-progress": "Being dispensed: ",
    "cancelled": "Not dispensed: ",
    "declined": "Not dispensed: ",
    "on-hold": "Not yet dispensed: ",
    "stopped": "Stopped while being dispensed: ",
}


def dispense(scene: Scene) -> Rendering:
    """A medicine that was handed out."""
    named, concept = medicine(scene)
    status = words.text(scene.get("status"))
    when = dates.text_of(scene.get("whenHandedOver")) or dates.text_of(scene.get("whenPrepared"))
    how, amount = dosages(scene.get("dosageInstruction")), words.quantity(scene.get("quantity"))
    return Rendering(
        title=named,
        headline=_DISPENSED.get(status, "Dispensed: ")
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(dates.day(when), amount, status, _why_not(scene)),
        lines=[
            ("Days of supply", words.quantity(scene.get("daysSupply"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Code", words.codes_line(concept)),
        ],
        code=words.code_of(concept),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=when,
        encounter=encounter_of(scene),
    )


def _why_not(scene: Scene) -> str:
    why = words.concepts(scene.get("statusReasonCodeableConcept")) or scene.names(
        scene.get("statusReasonReference")
    )
    return f"because: {why}" if why else ""
