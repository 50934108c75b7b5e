"""Answered questionnaires: every question with its answer, in order."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.chart.render import dates, forms, typed, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

MAX_DEPTH = 20  # questions inside questions


def response(scene: Scene) -> Rendering:
    """Which questionnaire, when, by whom; a line for each answer."""
    named = _title(scene)
    when = dates.text_of(scene.get("authored"))
    source = scene.name(scene.get("source"))
    answers = list(_answers(scene, scene.get("item"), MAX_DEPTH))
    told = forms.must_see(answers)
    return Rendering(
        title=named,
        headline=f"{named}{words.in_brackets(dates.day(when), source and f'answered by {source}')}"
        + (f": {told}" if told else f": {len(answers)} answers"),
        lines=[*answers, ("Author", scene.name(scene.get("author")))],
        code=words.text(scene.get("questionnaire")),
        category="survey",
        status=words.text(scene.get("status")),
        effective=when,
        encounter=encounter_of(scene),
        author=scene.name(scene.get("author")) or source,
        author_role=scene.role(scene.get("author")),
    )


def _title(scene: Scene) -> str:
    """The questionnaire's title where it is at hand, else the end of its address."""
    address = words.text(scene.get("questionnaire"))
    display = words.first(words.first(scene.get("_questionnaire")).get("extension"))
    if shown := words.text(display.get("valueString")):
        return shown
    tail = address.partition("|")[0].rstrip("/").rpartition("/")[2]
    found = scene.target({"reference": f"Questionnaire/{tail}"}) if tail else None
    title = words.text(found.get("title")) if found else ""
    return title or (f"Questionnaire {tail}" if tail else "Questionnaire")


def _answers(scene: Scene, items: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth == 0:
        return
    for item in words.each(items):
        question = words.text(item.get("text")) or words.text(item.get("linkId")) or "question"
        given = list(words.each(item.get("answer")))
        if given:
            yield question.rstrip(":"), words.joined(_answer(scene, a) for a in given)
        yield from _answers(scene, item.get("item"), depth - 1)
        for answer in given:
            yield from _answers(scene, answer.get("item"), depth - 1)


def _answer(scene: Scene, answer: Mapping[str, Any]) -> str:
    if "valueReference" in answer:
        return scene.name(answer["valueReference"])
    attachment = words.first(answer.get("valueAttachment"))
    return words.text(attachment.get("title")) or typed.value_of(answer) or "no answer"
