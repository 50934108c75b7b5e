"""A source that asks for something to be written does not say that it is so."""

import re

from service.reading.invisible import visible
from service.reading.sentences import sentence_spans

# Base forms only: "reports that" is told of somebody, "report that" is asked of somebody.
# "State hospital" is no order, nor is "report to the ward".
_TELL = (
    r"claim|declare|describe|mention|output|pretend|print|re-?write|say|write"
    r"|report(?=\s+an?\b)|state(?=\s+(?:that|the|she|he|her|his|it|no|there|an?)\b)"
)
_PUT = r"add|append|call|give|include|insert|list|mark|put|record|repeat|replace|report|show"
_FIRST = r"(?:^|[.!?:;]\s+|,\s+)(?:(?:please|now|then|also|instead|just|simply),?\s+){0,6}"
_PART = (
    r"(?:problems?|diagnos[ei]s|summary|sections?|statements?|next of kin|first line|top|draft"
    r"|list)"
)
# A verb of telling where an order begins; any such verb with "that", unless somebody does it; any
# verb of putting, with the part of the document that it is put into or as what.
_ASKED = (
    re.compile(rf"{_FIRST}(?P<verb>{_TELL})\b(?!:)", re.IGNORECASE),
    re.compile(
        rf"(?:{_FIRST}|\b(?:shall|should|please)\s+)"
        rf"(?P<verb>{_TELL}|{_PUT}|assume|suggest|document)\s+that\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:{_FIRST}|\band\s+)(?P<verb>{_PUT}|omit|leave out)\b[^.;\n]{{0,80}}"
        rf"\b(?:as|among|under|in|to|on|from|at|of)\s+(?:(?:the|each|every|all)\s+)?{_PART}\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<verb>\bcall) (?:her|him|them|it|the patient) (?:an?|the)\b", re.IGNORECASE),
)
_STEM = 4  # letters: "states" and "stated" have the verb of "state"


def only_asked_for(statement: str, text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is in a sentence that orders what `statement` then says is so.

    A plan is full of orders too ("Record the weight daily"): who repeats the order repeats its
    verb, and has stated what stands there.
    """
    sentence = _sentence(text, start, end)
    said = statement.casefold()
    asked = [found["verb"].casefold() for form in _ASKED for found in form.finditer(sentence)]
    return bool(asked) and not any(verb[:_STEM] in said for verb in asked)


def _sentence(text: str, start: int, end: int) -> str:
    """The sentences of text[start:end], within their line."""
    first = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    spans = sentence_spans(text, first, len(text) if stop < 0 else stop)
    held = [text[a:b] for a, b in spans if a < end and start < b]
    return visible(" ".join(held))
