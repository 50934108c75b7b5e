"""Encounters, episodes of care and appointments."""

from service.chart.render import dates, words
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_CLASSES = {
    "AMB": "outpatient visit",
    "IMP": "inpatient stay",
    "ACUTE": "inpatient acute stay",
    "NONAC": "inpatient non-acute stay",
    "EMER": "emergency visit",
    "VR": "virtual visit",
    "HH": "home visit",
    "OBSENC": "observation stay",
    "SS": "short stay",
    "FLD": "field visit",
    "PRENC": "pre-admission visit",
}


def encounter(scene: Scene) -> Rendering:
    """Class, type, period, reason, who, where, and how a stay ended."""
    kind = _class(scene)
    types = words.concepts(scene.get("type")) or words.concept(scene.get("serviceType"))
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    reason = _reason(scene)
    shown = "" if status in ("finished", "") else status
    return Rendering(
        title=types or kind.capitalize(),
        headline=words.joined((kind.capitalize(), types), ": ")
        + (f", for {reason}" if reason else "")
        + words.in_brackets(period, shown),
        lines=[
            ("Period", _exact_period(scene)),
            ("Diagnoses", _diagnoses(scene)),
            ("Participants", _participants(scene)),
            ("Place", _places(scene)),
            ("Provider", scene.name(scene.get("serviceProvider"))),
            *_hospitalization(scene),
            ("Code", words.codes_line(scene.get("type"))),
        ],
        code=words.code_of(scene.get("type")),
        category=words.text(words.first(scene.get("class")).get("code")),
        status=status,
        effective=dates.period_start(scene.get("period")),
        encounter=scene.ref(scene.get("partOf")),
        author=_main_participant(scene),
    )


def _class(scene: Scene) -> str:
    coding = words.first(scene.get("class"))
    code = words.text(coding.get("code"))
    return _CLASSES.get(code) or words.text(coding.get("display")) or code or "encounter"


def _reason(scene: Scene) -> str:
    return words.concepts(scene.get("reasonCode")) or scene.names(scene.get("reasonReference"))


def _exact_period(scene: Scene) -> str:
    period = words.first(scene.get("period"))
    start, end = dates.moment(period.get("start")), dates.moment(period.get("end"))
    return f"{start} to {end}" if start and end and start != end else start or end


def _diagnoses(scene: Scene) -> str:
    return words.joined(
        scene.name(d.get("condition")) + words.in_brackets(words.concept(d.get("use")))
        for d in words.each(scene.get("diagnosis"))
    )


def _participants(scene: Scene) -> str:
    return words.joined(
        scene.name(p.get("individual")) + words.in_brackets(words.concepts(p.get("type")))
        for p in words.each(scene.get("participant"))
    )


def _main_participant(scene: Scene) -> str:
    return scene.name(words.first(scene.get("participant")).get("individual"))


def _places(scene: Scene) -> str:
    return words.joined(
        scene.name(place.get("location")) for place in words.each(scene.get("location"))
    )


def _hospitalization(scene: Scene) -> list[tuple[str, str]]:
    stay = words.first(scene.get("hospitalization"))
    return [
        ("Admitted from", words.concept(stay.get("admitSource")) or scene.name(stay.get("origin"))),
        (
            "Discharged to",
            words.concept(stay.get("dischargeDisposition")) or scene.name(stay.get("destination")),
        ),
        ("Readmission", words.concept(stay.get("reAdmission"))),
    ]


def episode(scene: Scene) -> Rendering:
    """A stretch of care for a problem."""
    status, period = words.text(scene.get("status")), dates.period(scene.get("period"))
    named = words.concepts(scene.get("type")) or "Episode of care"
    return Rendering(
        title=named,
        headline=f"Episode of care: {named}{words.in_brackets(status, period)}",
        lines=[
            ("Diagnoses", _diagnoses(scene)),
            ("Care manager", scene.name(scene.get("careManager"))),
        ],
        code=words.code_of(scene.get("type")),
        status=status,
        effective=dates.period_start(scene.get("period")),
    )


def appointment(scene: Scene) -> Rendering:
    """A visit that is booked, or was kept or missed."""
    status, start = words.text(scene.get("status")), dates.moment(scene.get("start"))
    what = words.concepts(scene.get("serviceType")) or words.text(scene.get("description"))
    return Rendering(
        title="Appointment",
        headline=f"Appointment: {what or 'not described'}{words.in_brackets(status, start)}",
        lines=[
            ("Reason", words.concepts(scene.get("reasonCode"))),
            (
                "Participants",
                words.joined(
                    scene.name(p.get("actor")) for p in words.each(scene.get("participant"))
                ),
            ),
            ("Instruction", words.text(scene.get("patientInstruction"))),
        ],
        code=words.code_of(scene.get("serviceType")),
        status=status,
        effective=dates.text_of(scene.get("start")),
    )
