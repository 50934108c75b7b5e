"""The line that a fact is told with word for word, and the section that it belongs to."""

import re
from collections.abc import Sequence

from service.drafting.notes import sentences
from service.drafting.telling.glue import BRIEF, REST
from service.reading.sentences import sentence_spans

_LED = re.compile(r"[\s*•·-]*+(?:\(?\d{1,2}[.)] )?\s*+")

# What was left out -> the sections where a reader looks for it, the best first. Keys are those of
# prompts/*/meta.toml and of prompts/shared/must-carry.toml.
SECTIONS = {
    "allergy": ("allergies",),
    "medication": ("current-medications", "medications"),
    "stopped-medication": ("stopped-medications", "medications"),
    "monitoring": ("monitoring", "labs"),
    "risk": ("risk", "safety-plan"),
    "restraint": ("legal",),
    "safety-plan": ("safety-plan", "risk"),
    "legal": ("legal",),
    "directive": ("legal",),
    "problem": ("problems",),
    "goal": ("goals",),
    "pending": ("pending",),
    "result": ("labs", "monitoring"),
    "score": ("scores",),
    "pregnancy": ("problems",),
    "substance-use": ("substance-use",),
    "dependants": ("social",),
    "language": ("social",),
}
ALSO = "also"  # the section of what must be told and belongs to no other


def section_for(kind: str, keys: Sequence[str]) -> str:
    """The key of the section, of those that the document has, for what is missing; where none is
    named for it, the one of what belongs nowhere else, or the last."""
    own = [key for key in keys if key not in (BRIEF, REST)] or list(keys)
    last = ALSO if ALSO in own else own[-1]
    return next((key for key in SECTIONS.get(kind, ()) if key in own), last)


def line_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the line stands that says it: a record's headline, or the sentence of a note."""
    headline = text.find("\n") if "\n" in text else len(text)
    if start < headline:
        return 0, headline
    for told in sentences(text):
        if told.start < max(end, start + 1) and start < told.end:
            return told.start, max(told.end, end) if end - told.end < 200 else told.end
    for first, last in sentence_spans(text):
        if first <= start < last:
            return first, max(last, end) if end - last < 200 else last
    return start, end


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The same place without the bullet or number of a list before it, and the space round it."""
    led = _LED.match(text, start, end)
    start = led.end() if led else start
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
