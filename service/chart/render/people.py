"""Patients, those who care for them, and those close to them."""

from collections.abc import Mapping
from typing import Any

from service.chart.render import dates, typed, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_ETHNIC = ("us-core-race", "us-core-ethnicity")
_IDENTITY = ("genderIdentity", "gender-identity", "individual-genderIdentity")
_PRONOUNS = ("individual-pronouns", "pronouns")


def patient(scene: Scene) -> Rendering:
    """Name, birth date, sex, and how the patient wants to be addressed."""
    name = words.person_name(scene.get("name")) or "(no name)"
    born, died = dates.day(scene.get("birthDate")), _death(scene)
    gender = words.text(scene.get("gender"))
    return Rendering(
        title="Patient",
        headline=f"Patient: {name}"
        + words.in_brackets(_called(scene, name), gender, born and f"born {born}", died),
        lines=[
            ("MRN", _record_numbers(scene)),
            ("Names", _all_names(scene.get("name"))),
            ("Pronouns", _extension(scene, _PRONOUNS)),
            ("Gender identity", _extension(scene, _IDENTITY)),
            ("Race and ethnicity", _ethnicity(scene)),
            ("Language", _languages(scene)),
            ("Interpreter", _interpreter(scene)),
            ("Marital status", words.concept(scene.get("maritalStatus"))),
            ("Contacts", words.joined(map(_contact, words.each(scene.get("contact"))), "; ")),
            ("General practitioner", scene.names(scene.get("generalPractitioner"))),
        ],
        status="inactive" if scene.get("active") is False else "",
    )


def _called(scene: Scene, name: str) -> str:
    """The usual name, where it is another than the official one."""
    usual = [n for n in words.each(scene.get("name")) if n.get("use") == "usual"]
    called = words.person_name(usual)
    return f"usual name {called}" if called and called != name else ""


_INTERPRETER = "patient-interpreterRequired"
_YES = ("373066001", "Y", "yes", "LA33-6")


def _interpreter(scene: Scene) -> str:
    """ "needed" or "not needed", by FHIR's own extension or US Core's."""
    for extension in words.each(scene.get("extension")):
        if words.text(extension.get("url")).endswith(_INTERPRETER):
            coded = words.first(extension.get("valueCoding"))
            code = words.text(coded.get("code")) or words.bare_code(
                extension.get("valueCodeableConcept")
            )
            is_needed = extension.get("valueBoolean") is True or code in _YES
            return "needed" if is_needed else "not needed"
    return ""


def _record_numbers(scene: Scene) -> str:
    """Medical record numbers (identifier type MR); with several, whose each one is."""
    found = [
        i
        for i in words.each(scene.get("identifier"))
        if words.bare_code(i.get("type")) == "MR" and i.get("use") != "old"
    ]
    if len(found) == 1:
        return words.text(found[0].get("value"))
    return words.joined(
        (words.text(i.get("value")) + words.in_brackets(_issuer(scene, i)) for i in found), "; "
    )


def _issuer(scene: Scene, identifier: Mapping[str, Any]) -> str:
    return words.text(identifier.get("system")) or scene.name(identifier.get("assigner"))


def _death(scene: Scene) -> str:
    when = dates.day(scene.get("deceasedDateTime"))
    return f"died {when}" if when else "deceased" if scene.get("deceasedBoolean") is True else ""


def _all_names(value: object) -> str:
    """Every name with its use; a preferred name must not get lost behind the official one."""
    names = ((words.person_name(n), words.text(n.get("use"))) for n in words.each(value))
    return words.joined((f"{name}{words.in_brackets(use)}" for name, use in names if name), "; ")


def _extension(scene: Scene, endings: tuple[str, ...]) -> str:
    found = []
    for extension in words.each(scene.get("extension")):
        if words.text(extension.get("url")).endswith(endings):
            inner = [e for e in words.each(extension.get("extension")) if e.get("url") == "value"]
            inner.append(extension)
            found += [typed.value_of(e) for e in inner]
    return words.joined(found)


def _ethnicity(scene: Scene) -> str:
    found = []
    for extension in words.each(scene.get("extension")):
        if words.text(extension.get("url")).endswith(_ETHNIC):
            inner = list(words.each(extension.get("extension")))
            texts = [words.text(e.get("valueString")) for e in inner if e.get("url") == "text"]
            found += texts or [typed.value_of(e) for e in inner]
    return words.joined(found)


def _languages(scene: Scene) -> str:
    spoken = words.each(scene.get("communication"))
    return words.joined(
        words.concept(c.get("language")) + (" (preferred)" if c.get("preferred") is True else "")
        for c in spoken
    )


def _contact(contact: Mapping[str, Any]) -> str:
    name = words.person_name(contact.get("name"))
    return name + words.in_brackets(words.concepts(contact.get("relationship")))


def practitioner(scene: Scene) -> Rendering:
    name = words.person_name(scene.get("name")) or "(no name)"
    qualified = words.each(scene.get("qualification"))
    role = words.joined(words.concept(q.get("code")) for q in qualified)
    return Rendering("Practitioner", f"Practitioner: {name}{words.in_brackets(role)}")


def practitioner_role(scene: Scene) -> Rendering:
    name = scene.name(scene.get("practitioner")) or scene.name(scene.get("organization"))
    role = words.concepts(scene.get("code")) or words.concepts(scene.get("specialty"))
    where = scene.name(scene.get("organization"))
    return Rendering("Practitioner role", f"Practitioner: {name}{words.in_brackets(role, where)}")


def related_person(scene: Scene) -> Rendering:
    """Somebody close to the patient, by name and relation."""
    name = words.person_name(scene.get("name")) or "(no name)"
    relation = words.concepts(scene.get("relationship"))
    return Rendering(
        title="Related person",
        headline=f"Related person: {name}{words.in_brackets(relation)}",
        lines=[("Period", dates.period(scene.get("period")))],
        effective=dates.period_start(scene.get("period")),
    )


def care_team(scene: Scene) -> Rendering:
    """Who cares for the patient, each with the role."""
    members = [_member(scene, p) for p in words.each(scene.get("participant"))]
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    named = words.text(scene.get("name")) or words.concepts(scene.get("category")) or "Care team"
    listed = words.joined(members, "; ")
    return Rendering(
        title=named,
        headline=f"Care team: {listed or named}{words.in_brackets(status, period)}",
        lines=[
            ("Name", named),
            ("Reason", words.concepts(scene.get("reasonCode"))),
            ("Organization", scene.names(scene.get("managingOrganization"))),
            ("Note", words.notes_text(scene.get("note"))),
        ],
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=dates.period_start(scene.get("period")),
        encounter=encounter_of(scene),
    )


def _member(scene: Scene, participant: Mapping[str, Any]) -> str:
    role = words.concepts(participant.get("role"))
    name = scene.name(participant.get("member"))
    return f"{name}{words.in_brackets(role)}" if name else role
