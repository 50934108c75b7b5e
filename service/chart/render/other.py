"""Any type without a renderer of its own: what nearly every FHIR resource has."""

from service.chart.render import dates, words
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_DATED = ("effective", "occurrence", "performed", "onset", "recorded")
_DATES = (
    "date",
    "authoredOn",
    "authored",
    "issued",
    "created",
    "recordedDate",
    "sent",
    "started",
    "dateTime",
    "dateAsserted",
    "birthDate",
    "timestamp",
)


def anything(scene: Scene) -> Rendering:
    """Type, what it is of, status and date; never fails on a resource that is an object."""
    kind = str(scene.get("resourceType"))
    subject = (
        words.concept(scene.get("code"))
        or words.concepts(scene.get("type"))
        or words.text(scene.get("title"))
        or words.text(scene.get("name"))
        or words.text(scene.get("description"))
    )
    effective = best_date(scene)
    status = status_of(scene)
    title = spaced(kind)
    subject = words.do_not(scene.resource) + (subject or "")
    named = f"{title}: {subject}" if subject else title
    return Rendering(
        title=title,
        headline=named + words.in_brackets(status, dates.day(effective)),
        lines=[
            ("Code", words.codes_line(scene.get("code"))),
            ("Note", words.notes_text(scene.get("note"))),
        ],
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=effective,
        encounter=encounter_of(scene),
    )


def best_date(scene: Scene) -> str:
    """The first date that says when it was true, as written."""
    for prefix in _DATED:
        if found := dates.when(scene.resource, prefix):
            return found
    for name in _DATES:
        if found := dates.text_of(scene.get(name)):
            return found
    return dates.period_start(scene.get("period"))


def status_of(scene: Scene) -> str:
    """The resource's status as a code, whatever its element is called."""
    status = scene.get("status")
    return words.text(status) or words.bare_code(scene.get("clinicalStatus"))


def encounter_of(scene: Scene) -> str | None:
    """ "Encounter/id" in which it was made, by whichever element the type has for it."""
    context = scene.get("context")
    if isinstance(context, dict) and "encounter" in context:
        return scene.ref(context["encounter"])
    return scene.ref(scene.get("encounter")) or scene.ref(context)


def spaced(type_name: str) -> str:
    """ "CareTeam" as "Care team"."""
    spread = "".join(f" {c.lower()}" if c.isupper() else c for c in type_name).strip()
    return spread[:1].upper() + spread[1:]
