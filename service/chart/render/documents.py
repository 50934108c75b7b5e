"""Notes: documents with attachments, structured documents, and messages."""

from collections.abc import Iterator

from service.chart.attachments import note_text
from service.chart.formats.html import html_text
from service.chart.render import dates, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

MAX_DEPTH = 20  # sections inside sections


def document_reference(scene: Scene) -> Rendering:
    """A note: title, date, author; then its text exactly as decoded."""
    attachment = words.first(words.first(scene.get("content")).get("attachment"))
    kind = words.concept(scene.get("type"))
    described = words.text(scene.get("description"))
    title = kind or described or words.text(attachment.get("title")) or "Note"
    named = title if described in ("", title) else f"{title}: {described}"
    when = _date(scene, words.text(attachment.get("creation")))
    who = words.first(scene.get("author")) or words.first(scene.get("authenticator"))
    return Rendering(
        title=title,
        headline=_head(named, when, scene, who),
        body=note_text(scene),
        is_note=True,
        code=words.code_of(scene.get("type")),
        category=words.bare_code(scene.get("category")),
        status=words.text(scene.get("docStatus")) or words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(who),
        author_role=scene.role(who),
    )


def _date(scene: Scene, creation: str) -> str:
    """When what a note tells happened: the period it documents, else when it was written."""
    context = words.first(scene.get("context"))
    return (
        dates.period_start(context.get("period"))
        or dates.text_of(scene.get("date"))
        or creation
        or dates.text_of(scene.get("indexed"))
    )


def _head(title: str, when: str, scene: Scene, who: object) -> str:
    """ "Progress note, 2024-05-01, Grace Kimura, MD (psychiatrist)"."""
    author = scene.name(who)
    role = scene.role(who)
    shown = author + (f" ({role})" if role and role not in author else "")
    return words.joined((title, dates.day(when), shown))


def composition(scene: Scene) -> Rendering:
    """A structured document: its sections' narratives under their titles."""
    who, when = words.first(scene.get("author")), dates.text_of(scene.get("date"))
    kind = words.concept(scene.get("type"))
    title = words.text(scene.get("title")) or kind or "Document"
    body = "\n\n".join(_sections(scene, scene.get("section"), MAX_DEPTH))
    return Rendering(
        title=title,
        headline=_head(title, when, scene, who),
        body=body or _div(scene.get("text")),
        is_note=True,
        code=words.code_of(scene.get("type")),
        category=words.bare_code(scene.get("category")),
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(who),
        author_role=scene.role(who),
    )


def _sections(scene: Scene, sections: object, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    for section in words.each(sections):
        title = words.text(section.get("title")) or words.concept(section.get("code"))
        said = _div(section.get("text")) or _entries(scene, section.get("entry"))
        said = said or words.concept(section.get("emptyReason"))
        if title or said:
            yield f"{title}\n{said}".strip()
        yield from _sections(scene, section.get("section"), depth - 1)


def _div(narrative: object) -> str:
    div = words.text(words.first(narrative).get("div"))
    return html_text(div.encode(errors="replace"), "text/html; charset=utf-8").text if div else ""


def _entries(scene: Scene, entries: object) -> str:
    names = (scene.name(entry) for entry in words.each(entries))
    return "\n".join(f"- {name}" for name in names if name)


def communication(scene: Scene) -> Rendering:
    """A message sent or received, with its words."""
    when = dates.text_of(scene.get("sent")) or dates.text_of(scene.get("received"))
    sender = words.first(scene.get("sender"))
    said = [words.text(p.get("contentString")) for p in words.each(scene.get("payload"))]
    title = words.concept(scene.get("topic")) or words.concepts(scene.get("reasonCode"))
    return Rendering(
        title=title or "Message",
        headline=_head(title or "Message", when, scene, sender),
        body="\n\n".join(part for part in said if part),
        is_note=True,
        code=words.code_of(scene.get("category")),
        category=words.bare_code(scene.get("category")),
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(sender),
        author_role=scene.role(sender),
    )
