"""The JSON objects in what a model says, whatever it says round them: reasoning, fences, prose."""

import json
import re
from collections.abc import Iterator
from typing import Any

# How models close what they think aloud: <think>, [THINK], <|end_of_thought|>, a last channel.
_THOUGHT = r"(?:\w+:)?(?:think|thinking|thought|reasoning|analysis|reflection|scratchpad)"
_CLOSED = re.compile(
    rf"(?:</|\[/|◁/)\s?{_THOUGHT}\s?[>\]▷]|<\|end_of_thought\|>|<\|message\|>", re.IGNORECASE
)
_OPENED = re.compile(rf"[<\[◁]\s?{_THOUGHT}\s?[>\]▷]|<\|begin_of_thought\|>", re.IGNORECASE)
_LIKE_JSON = re.compile(r'\{\s{0,20}"')
MOST_TRIES = 200  # braces of prose; each costs a look, and an endless answer is full of them
CUT_OFF = "it was cut off before its end"
# Models write line breaks inside strings, which JSON forbids and nobody misreads.
_DECODER = json.JSONDecoder(strict=False)


class BadAnswer(Exception):
    """A model's answer is not what was asked. The words say what is wrong, without quoting it."""


def json_objects(text: str) -> list[dict[str, Any]]:
    """The whole objects of an answer in their order, without those that it only thought of.

    Raises BadAnswer where there is none, and where the answer ends within one: what stands inside
    the half of an answer is not an answer.
    """
    found = list(_objects(_said(text)))
    if not found:
        raise BadAnswer("there is no whole JSON object in the answer")
    return found


def _said(text: str) -> str:
    """What comes after the reasoning. Raises BadAnswer where the reasoning has no end."""
    closed = [match.end() for match in _CLOSED.finditer(text)]
    if closed:
        return text[closed[-1] :]
    opened = _OPENED.search(text)
    if opened and "{" not in text[: opened.start()]:
        raise BadAnswer("it holds reasoning and no answer")
    return text


def _objects(text: str) -> Iterator[dict[str, Any]]:
    at, tries = text.find("{"), 0
    while at >= 0 and tries < MOST_TRIES:
        tries += 1
        try:
            value, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if _LIKE_JSON.match(text, at) and _is_at_end(error):
                raise BadAnswer(CUT_OFF) from None
            end = at + 1
        except (ValueError, RecursionError):  # Python reads no number of more than 4,300 figures
            raise BadAnswer("there is no whole JSON object in the answer") from None
        else:
            yield value
        at = text.find("{", end)


def _is_at_end(error: json.JSONDecodeError) -> bool:
    """Whether the text ended where more was to come; a fence may still close behind it."""
    rest = error.doc[error.pos :].strip().strip("`").strip()
    return not rest or error.msg.startswith("Unterminated string")
