"""A conversation with a program, put into a chart: who speaks gives it away, not what is said."""

import re
from collections.abc import Iterator

_PERSON = r"human|user|prompt|you said|q(?:uestion)? to (?:the )?(?:model|ai|bot|assistant)"
_PROGRAM = (
    r"assistant|ai(?: assistant| model)?|bot|chat ?bot|chat ?gpt(?: said)?|gpt(?:-?[\w.]+)?|claude"
    r"|copilot|gemini|llama|mistral|llm|a(?:nswer)? from (?:the )?(?:model|ai|bot|assistant)"
)
_TURN = re.compile(
    rf"(?:^|(?<=[.!?\"”]))[ \t>*_#-]*[<\[(]?(?:(?P<person>{_PERSON})|(?P<program>{_PROGRAM}))"
    r"[>\])]?[ \t*_]*[:>][ \t*_]*",
    re.IGNORECASE | re.MULTILINE,
)
# A task as models are trained on them: what is to be done, perhaps with what, and the answer.
_TASK = re.compile(
    r"^[ \t#*]*instruction[ \t*]*:\s*(?:please )?(?:re-?write|summari[sz]e|generate|classify"
    r"|translate|paraphrase|output|complete)\b"
    r".{0,2000}?^[ \t#*]*(?:response|output|answer)[ \t*]*:",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
# One message of a conversation as a mapping: the role in a line, the words in the next.
_MAPPING = re.compile(
    r"^[ \t-]*(?:role|from|speaker)[ \t]*:[ \t]*[\"']?"
    r"(?:system|developer|assistant|user|human|tool)\b"
    r".{0,20}\n[ \t]*(?:content|value|text|message)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def exchanges(text: str) -> Iterator[tuple[int, int]]:
    """Where a person and a program take turns, from the first turn to the end of the last."""
    turns = list(_TURN.finditer(text)) if ":" in text or ">" in text else []
    if {turn.lastgroup for turn in turns} == {"person", "program"}:
        yield turns[0].start(), _end_of_turn(text, turns[-1].end())
    for form in (_TASK, _MAPPING):
        for found in form.finditer(text):
            yield found.start(), _end_of_turn(text, found.end())


def _end_of_turn(text: str, at: int) -> int:
    """The end of the line in which a turn is said, or of the paragraph below who says it."""
    stop = text.find("\n", at)
    stop = len(text) if stop < 0 else stop
    if text[at:stop].strip():
        return stop
    while at < len(text) and text[at].isspace():
        at += 1
    found = _BLANK_LINE.search(text, at)
    return found.start() if found else len(text.rstrip())
