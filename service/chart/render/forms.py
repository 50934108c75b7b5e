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
# Questions of what nobody should lack: safety, somebody to call, a reason to live.
_NEEDED = re.compile(
    r"\bsafe(?:ly|ty)?\b|\bsupport(?:s|ed|ive)?\b|\breasons? (?:to|for) liv|\bhope\b"
    r"|\b(?:some(?:one|body)|any(?:one|body)|people|a friend|family)\b[^.;?]{0,30}"
    r"\b(?:you can|could|to) (?:call|talk|turn|trust|rely|reach|contact|help)",
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

    A screen that was denied throughout says so, but for what is missed where it is denied.
    """
    missed = [each for each in answers if _is_missed(*each)]
    rest = [each for each in answers if each not in missed]
    if len(rest) > 1 and {a.lower() for _, a in rest} == {"no"}:
        others = f"all {len(rest)} {'other ' if missed else ''}answers: No"
        return words.joined((*(f"{q}: {a}" for q, a in missed), others), "; ")
    totals = [(q, a) for q, a in answers if is_total(q)]
    positive = [(q, a) for q, a in answers if _is_telling(q, a) and (q, a) not in totals]
    return words.joined((f"{q}: {a}" for q, a in (*totals, *positive[:MAX_TOLD])), "; ")


def _is_telling(question: str, answer: str) -> bool:
    said = _POINTS.sub("", answer.lower())
    is_harm = bool(_HARM.search(question)) and said not in _DENIED
    return said in _AFFIRMED or is_harm or _is_missed(question, answer)


def _is_missed(question: str, answer: str) -> bool:
    """ "Do you feel safe at home?" "No"."""
    return bool(_NEEDED.search(question)) and answer.lower() in _DENIED[:-1]
