"""What of a form's answers a reader must see at once: its total, and whatever tells of harm."""

import re
from collections.abc import Sequence

from service.chart.render import words

_TOTAL = re.compile(r"\b(total|score|risk level|level of risk)\b", re.IGNORECASE)
# Questions of harm to oneself or others, in the words of C-SSRS, ASQ, PHQ-9, EPDS and HARK.
_HARM = re.compile(
    r"suicid|\b(?:kill|dead|die|dying|harm|hurt|hurting|harming|violen\w+|weapon|firearm|gun)",
    re.IGNORECASE,
)
_AFFIRMED = ("yes", "true", "y", "positive")
_DENIED = ("no", "not at all", "never", "none", "0", "false", "n", "negative", "no answer")
_POINTS = re.compile(r" [(\[]\d+[)\]]$")  # "Several days (1)"
MAX_TOLD = 8  # answers in the headline; all of them stand below it

Answer = tuple[str, str]  # the question, what was answered


def is_total(question: str) -> bool:
    return bool(_TOTAL.search(question))


def must_see(answers: Sequence[Answer]) -> str:
    """Totals and levels, then each answer that says yes or tells of harm.

    A screen that was denied throughout says so.
    """
    if len(answers) > 1 and {a.lower() for _, a in answers} == {"no"}:
        return f"all {len(answers)} answers: No"
    totals = [(q, a) for q, a in answers if is_total(q)]
    positive = [(q, a) for q, a in answers if _is_telling(q, a) and (q, a) not in totals]
    return words.joined((f"{q}: {a}" for q, a in (*totals, *positive[:MAX_TOLD])), "; ")


def _is_telling(question: str, answer: str) -> bool:
    said = _POINTS.sub("", answer.lower())
    return said in _AFFIRMED or (bool(_HARM.search(question)) and said not in _DENIED)
