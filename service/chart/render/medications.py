"""Medicines: ordered, taken, given, dispensed; and immunizations."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene, name_of


def medicine(scene: Scene) -> tuple[str, Any]:
    """The name of medication[x], and the CodeableConcept that codes it.

    A reference is followed to a contained or held Medication.
    """
    concept = scene.get("medicationCodeableConcept")
    if concept is None:
        reference = scene.get("medicationReference")
        found = scene.target(words.first(reference))
        concept = found.get("code") if found else None
        display = words.text(words.first(reference).get("display"))
        named = words.concept(concept) or (name_of(found, scene) if found else "") or display
        return named or scene.name(reference) or "medicine that is not named", concept
    return words.concept(concept) or "medicine that is not named", concept


def dosage(instruction: Mapping[str, Any]) -> str:
    """One Dosage: its text, else dose, route, how often, as needed."""
    if written := words.text(instruction.get("text")):
        return written
    doses = words.each(instruction.get("doseAndRate"))
    amount = words.joined(words.value_of(d, "dose") or words.value_of(d, "rate") for d in doses)
    return words.joined(
        [
            amount,
            words.concept(instruction.get("route")),
            words.timing_text(instruction.get("timing")),
            _as_needed(instruction),
            words.text(instruction.get("patientInstruction")),
        ]
    )


def _as_needed(instruction: Mapping[str, Any]) -> str:
    if reason := words.concept(instruction.get("asNeededCodeableConcept")):
        return f"as needed for {reason}"
    return "as needed" if instruction.get("asNeededBoolean") is True else ""


def dosages(value: object) -> str:
    return words.joined(map(dosage, words.each(value)), "; then ")


def reasons(scene: Scene) -> str:
    return words.joined(
        (words.concepts(scene.get("reasonCode")), scene.names(scene.get("reasonReference")))
    )


def medication(scene: Scene) -> Rendering:
    """What a medicine is; orders point at it."""
    named = words.concept(scene.get("code")) or "Medication that is not named"
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


def request(scene: Scene) -> Rendering:
    """An order: medicine, dosage, status, since when, for what; who ordered it and why it ended."""
    named, concept = medicine(scene)
    status, intent = words.text(scene.get("status")), words.text(scene.get("intent"))
    how, why = dosages(scene.get("dosageInstruction")), reasons(scene)
    since = dates.day(scene.get("authoredOn"))
    return Rendering(
        title=named,
        headline=_not_to(scene)
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(
            words.joined(
                (_status_words(status), since and f"since {since}")
                if status == "active"
                else (_status_words(status), since and f"ordered {since}")
            ),
            "" if intent in ("order", "") else intent,
            why and f"for {why}",
            _ended(scene),
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
        status=status,
        effective=dates.text_of(scene.get("authoredOn")),
        encounter=encounter_of(scene),
        author=scene.name(scene.get("requester")),
        author_role=scene.role(scene.get("requester")),
    )


def _ended(scene: Scene) -> str:
    """Why it was stopped, held or not taken: as much a part of the fact as that it was."""
    return (why := words.concepts(scene.get("statusReason"))) and f"because: {why}"


def _status_words(status: str) -> str:
    return {"on-hold": "on hold", "": "status not given"}.get(status, status)


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
            _ended(scene),
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


def administration(scene: Scene) -> Rendering:
    """A dose that was given, held or refused."""
    named, concept = medicine(scene)
    status, given = words.text(scene.get("status")), words.first(scene.get("dosage"))
    how = words.text(given.get("text")) or words.joined(
        (
            words.quantity(given.get("dose")),
            words.concept(given.get("route")),
            words.value_of(given, "rate"),
        )
    )
    when = dates.when(scene.resource, "effective")
    who = words.first(scene.get("performer")).get("actor")
    verb = {"not-done": "Not given: ", "in-progress": "Being given: "}.get(status, "Given: ")
    return Rendering(
        title=named,
        headline=verb
        + named
        + (f", {how}" if how else "")
        + words.in_brackets(
            dates.moment(when) or "no date",
            "" if status in ("completed", "not-done") else status,
            (why := reasons(scene)) and f"for {why}",
            _ended(scene),
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


def dispense(scene: Scene) -> Rendering:
    """A medicine that was handed out."""
    named, concept = medicine(scene)
    status = words.text(scene.get("status"))
    when = dates.text_of(scene.get("whenHandedOver")) or dates.text_of(scene.get("whenPrepared"))
    how, amount = dosages(scene.get("dosageInstruction")), words.quantity(scene.get("quantity"))
    return Rendering(
        title=named,
        headline=f"Dispensed: {named}"
        + (f", {how}" if how else "")
        + words.in_brackets(dates.day(when), amount, status),
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


def immunization(scene: Scene) -> Rendering:
    """A vaccine given, or not given and why."""
    named = words.concept(scene.get("vaccineCode")) or "vaccine that is not named"
    status, when = words.text(scene.get("status")), dates.when(scene.resource, "occurrence")
    verb = "Immunization not given" if status == "not-done" else "Immunization"
    protocol = words.first(scene.get("protocolApplied"))
    who = words.first(scene.get("performer")).get("actor")
    return Rendering(
        title=named,
        headline=f"{verb}: {named}{words.in_brackets(dates.day(when))}",
        lines=[
            ("Reason not given", words.concept(scene.get("statusReason"))),
            (
                "Dose",
                words.joined(
                    (
                        words.value_of(protocol, "doseNumber"),
                        words.quantity(scene.get("doseQuantity")),
                    )
                ),
            ),
            (
                "Reactions",
                words.joined(dates.day(r.get("date")) for r in words.each(scene.get("reaction"))),
            ),
            ("Reported", "" if scene.get("primarySource") is not False else "not by who gave it"),
            ("Note", words.notes_text(scene.get("note"))),
            ("By", scene.name(who)),
            ("Code", words.codes_line(scene.get("vaccineCode"))),
        ],
        code=words.code_of(scene.get("vaccineCode")),
        status=status,
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(who),
    )
