"""Answered questionnaires: every question with its answer, in order."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from service.chart.render import dates, typed, words
from service.chart.render.other import encounter_of
from service.chart.render.rendering import Rendering
from service.chart.render.scene import Scene

_TOTAL = re.compile(r"\b(total|score|risk level|level of risk)\b", re.IGNORECASE)
# Questions of harm to oneself or others, in the words of C-SSRS, ASQ, PHQ-9, EPDS and HARK.
_HARM = re.compile(
    r"suicid|\b(?:kill|dead|die|dying|harm|hurt|hurting|harming|violen\w+|weapon|firearm|gun)",
    re.IGNORECASE,
)
_DENIED = ("no", "not at all", "never", "none", "0", "false", "n", "negative", "no answer")
MAX_TOLD = 8  # answers in the headline; all of them stand below it
MAX_DEPTH = 20  # questions inside questions


def response(scene: Scene) -> Rendering:
    """Which questionnaire, when, by whom; a line for each answer."""
    named = _title(scene)
    when = dates.text_of(scene.get("authored"))
    source = scene.name(scene.get("source"))
    answers = list(_answers(scene, scene.get("item"), MAX_DEPTH))
    told = _told(answers)
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


def _told(answers: list[tuple[str, str]]) -> str:
    """Totals and levels, then each answer that says yes or tells of harm: what a reader must see.

    A screen that was denied throughout says so.
    """
    if len(answers) > 1 and {a.lower() for _, a in answers} == {"no"}:
        return f"all {len(answers)} answers: No"
    totals = [(q, a) for q, a in answers if _TOTAL.search(q)]
    positive = [(q, a) for q, a in answers if _is_telling(q, a) and (q, a) not in totals]
    return words.joined((f"{q}: {a}" for q, a in (*totals, *positive[:MAX_TOLD])), "; ")


def _is_telling(question: str, answer: str) -> bool:
    if answer.lower() in ("yes", "true", "y", "positive"):
        return True
    return bool(_HARM.search(question)) and answer.lower() not in _DENIED


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
