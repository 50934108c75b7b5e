"""Diagnostic reports, imaging, specimens."""

from collections.abc import Iterator

from service.chart.attachments import attachments_of, note_text
from service.chart.render import dates, words
from service.chart.render.modifiers import modifier
from service.chart.render.observations import flags, remarks, short_result
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_STATUS = {"final": "", "corrected": "corrected", "amended": "amended", "": ""}


def diagnostic_report(scene: Scene) -> Rendering:
    """A report: its conclusion and results; a written report (presentedForm) is a note."""
    named = words.concept(scene.get("code")) or "Report that is not named"
    when = dates.when(scene.resource, "effective") or dates.text_of(scene.get("issued"))
    status = words.text(scene.get("status"))
    author = scene.names(scene.get("resultsInterpreter")) or scene.names(scene.get("performer"))
    results, conclusion = list(_results(scene)), _conclusion(scene)
    is_note = bool(attachments_of(scene.resource))
    shown = words.in_brackets(dates.day(when), _STATUS.get(status, status))
    said = conclusion or "; ".join(results[:12]) or ("" if is_note else "no result given")
    return Rendering(
        title=named,
        headline=named + shown + (f": {said}" if said else ""),
        lines=[
            *(("Result", result) for result in results),
            ("Conclusion", conclusion),
            ("Author", author),
            ("Code", words.codes_line(scene.get("code"))),
        ],
        body=note_text(scene) if is_note else None,
        is_note=is_note,
        code=words.code_of(scene.get("code")),
        category=words.bare_code(scene.get("category")),
        status=status,
        effective=when,
        encounter=encounter_of(scene),
        author=author,
        author_role=scene.role(words.first(scene.get("performer"))),
    )


def _conclusion(scene: Scene) -> str:
    written = words.text(scene.get("conclusion"))
    return words.joined((written, words.concepts(scene.get("conclusionCode"))))


def _results(scene: Scene) -> Iterator[str]:
    for reference, found in scene.targets(scene.get("result")):
        if found is not None:
            parts = [
                f"{words.concept(c.get('code'))} {short_result(c)}{words.in_brackets(flags(c))}"
                for c in words.each(found.get("component"))
            ]
            result = short_result(found) or "; ".join(parts) or "no result given"
            noted = words.in_brackets(*remarks(found))
            yield f"{modifier(found)}{words.concept(found.get('code'))}: {result}{noted}"
        elif display := words.text(reference.get("display")):
            yield f"{display}: not held"


def imaging_study(scene: Scene) -> Rendering:
    """That pictures were taken, of what and how; their reading is a report."""
    named = (
        words.concepts(scene.get("procedureCode"))
        or words.text(scene.get("description"))
        or words.joined(words.concept(s.get("modality")) for s in words.each(scene.get("series")))
    )
    when = dates.text_of(scene.get("started"))
    sites = words.joined(words.concept(s.get("bodySite")) for s in words.each(scene.get("series")))
    return Rendering(
        title=named or "Imaging study",
        headline=f"Imaging: {named or 'not described'}{words.in_brackets(sites, dates.day(when))}",
        lines=[
            ("Reason", words.concepts(scene.get("reasonCode"))),
            ("Note", words.notes_text(scene.get("note"))),
            ("Code", words.codes_line(scene.get("procedureCode"))),
        ],
        code=words.code_of(scene.get("procedureCode")),
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
    )


def media(scene: Scene) -> Rendering:
    named = words.concept(scene.get("type")) or words.concept(scene.get("modality")) or "Media"
    when = dates.when(scene.resource, "created")
    site = words.concept(scene.get("bodySite"))
    return Rendering(
        title=named,
        headline=f"Picture or recording: {named}{words.in_brackets(site, dates.day(when))}",
        lines=[("Note", words.notes_text(scene.get("note")))],
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
    )


def specimen(scene: Scene) -> Rendering:
    named = words.concept(scene.get("type")) or "Specimen"
    collection = words.first(scene.get("collection"))
    when = dates.when(collection, "collected") or dates.text_of(scene.get("receivedTime"))
    return Rendering(
        title=named,
        headline=f"Specimen: {named}{words.in_brackets(dates.day(when))}",
        lines=[
            ("Condition", words.concepts(scene.get("condition"))),
            ("Note", words.notes_text(scene.get("note"))),
        ],
        code=words.code_of(scene.get("type")),
        status=words.text(scene.get("status")),
        effective=when,
    )
