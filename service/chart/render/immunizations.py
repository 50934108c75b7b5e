"""Vaccines: given, or not given and why."""

from service.chart.render import dates, typed, words
from service.chart.render.medications import ended
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene


def immunization(scene: Scene) -> Rendering:
    """A vaccine given, or not given and why."""
    named = words.concept(scene.get("vaccineCode")) or "vaccine that is not named"
    status, when = words.text(scene.get("status")), dates.when(scene.resource, "occurrence")
    told = dates.when_text(scene.resource, "occurrence")
    verb = "Immunization not given" if status == "not-done" else "Immunization"
    protocol = words.first(scene.get("protocolApplied"))
    who = words.first(scene.get("performer")).get("actor")
    return Rendering(
        title=named,
        headline=f"{verb}: {named}{words.in_brackets(told, ended(scene))}",
        lines=[
            (
                "Dose",
                words.joined(
                    (
                        typed.value_of(protocol, "doseNumber"),
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
