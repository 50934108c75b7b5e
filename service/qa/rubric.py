"""The short form that a summary is rated on, as data; every answer has a definition.

The five qualities are chosen after two published instruments, in our own words:
PDQI-9 (Stetson et al., Appl Clin Inform 2012;3:164-174) and PDSQI-9 (Croxford et al., J Am Med
Inform Assoc 2025), which adds hallucination, omission and stigmatizing language for summaries
that a model wrote. What stigmatizes follows Goddu et al., J Gen Intern Med 2018;33:685-691.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from service.errors import BadInput

VERSION = "2"  # 2: redundant, outdated, irrelevant and wrong-place can be marked
CANNOT_TELL = "cannot-tell"  # counted apart: unknown is neither good nor bad
MAX_WORDS = 4_000  # characters of one comment or note


@dataclass(frozen=True)
class Question:
    """`answers` maps each answer to what it means; those in `good` count as met."""

    key: str
    text: str
    definition: str
    answers: Mapping[str, str]
    good: frozenset[str]


class MarkKind(StrEnum):
    """What is wrong with a statement; an omission belongs to no statement."""

    INVENTED = "invented"  # the sources do not say it
    CONTRADICTED = "contradicted"  # the sources say otherwise
    OMITTED = "omitted"  # the sources say it, a reader needs it, the summary does not
    MISLEADING = "misleading"  # true words, wrong impression: time, person, certainty
    STIGMATIZING = "stigmatizing"  # words that blame, doubt or label the person
    REDUNDANT = "redundant"  # said before in the same text
    OUTDATED = "outdated"  # it was so once, and the sources say that it is over
    IRRELEVANT = "irrelevant"  # true, and nobody who reads this document needs it
    WRONG_PLACE = "wrong-place"  # under a heading where nobody looks for it
    WRONG_PATIENT = "wrong-patient"  # it is about somebody else


def _scale(one: str, three: str, five: str) -> dict[str, str]:
    return {
        "1": one,
        "2": "between 1 and 3",
        "3": three,
        "4": "between 3 and 5",
        "5": five,
        CANNOT_TELL: "the sources at hand do not let me judge",
    }


_UPPER = frozenset({"4", "5"})

QUESTIONS: tuple[Question, ...] = (
    Question(
        "accurate",
        "Is it accurate?",
        "Every statement agrees with its sources: facts, numbers, dates, who and when.",
        _scale("an error that could change care", "small errors that could not", "no error found"),
        _UPPER,
    ),
    Question(
        "complete",
        "Is it complete for its purpose?",
        "What the next clinician needs is there: risk, allergies, medicines, pending matters.",
        _scale(
            "something needed for safe care is missing",
            "something useful is missing",
            "nothing that matters is missing",
        ),
        _UPPER,
    ),
    Question(
        "useful",
        "Is it useful?",
        "A clinician could act on it sooner than on the chart itself.",
        _scale(
            "reading the chart would be quicker",
            "it helps, with the chart open beside it",
            "it answers what this document is read for",
        ),
        _UPPER,
    ),
    Question(
        "organised",
        "Is it well organised?",
        "Things stand where one looks for them, once, in an order that makes sense.",
        _scale(
            "hard to follow, or repeats itself",
            "can be followed with some effort",
            "clear at first reading",
        ),
        _UPPER,
    ),
    Question(
        "free-of-stigma",
        "Is it free of stigmatizing language?",
        "It names the person first and reports words and acts without blame, doubt or labels.",
        {
            "yes": "no such words",
            "no": "at least one such word or phrase; mark it",
            CANNOT_TELL: "I am not sure that the words stigmatize",
        },
        frozenset({"yes"}),
    ),
)

BY_KEY = {question.key: question for question in QUESTIONS}


def check_answers(answers: Mapping[str, str]) -> None:
    """Raise BadInput unless every question has one of its answers, and nothing else is there."""
    if missing := [key for key in BY_KEY if key not in answers]:
        raise BadInput(f"Answer every question; still open: {', '.join(missing)}.")
    for key, answer in answers.items():
        if key not in BY_KEY:
            raise BadInput(f"The form has no question {key[:40]!r}.")
        if answer not in BY_KEY[key].answers:
            raise BadInput(f"Answer {key} with one of: {', '.join(BY_KEY[key].answers)}.")


def checked_marks(marks: Sequence[Mapping[str, Any]], statements: int) -> list[dict[str, Any]]:
    """The marks as they are kept. Raises BadInput; `statements` is how many the text has."""
    return [_checked_mark(mark, statements) for mark in marks]


def _checked_mark(mark: Mapping[str, Any], statements: int) -> dict[str, Any]:
    kinds = [kind.value for kind in MarkKind]
    if mark.get("kind") not in kinds:
        raise BadInput(f"Mark an error as one of: {', '.join(kinds)}.")
    index = mark.get("statement_index")
    if index is None and mark["kind"] != MarkKind.OMITTED:
        raise BadInput(f"Say which statement is {mark['kind']}.")
    if index is not None and (not isinstance(index, int) or not 0 <= index < statements):
        raise BadInput(f"This text has statements 0 to {statements - 1}.")
    note = checked_words(str(mark.get("note") or ""))
    return {"kind": str(mark["kind"]), "statement_index": index, "note": note}


def checked_words(words: str) -> str:
    """Free words, trimmed. Raises BadInput when they are too long or hold a NUL."""
    if len(words) > MAX_WORDS or "\0" in words:
        raise BadInput(f"Keep a comment or note under {MAX_WORDS} characters.")
    return words.strip()
