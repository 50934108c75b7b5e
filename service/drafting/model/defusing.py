"""Chart text made harmless for a prompt: nothing hidden, no marks of a conversation, no orders."""

import re
from collections.abc import Iterable

from service.reading.invisible import visible

LEFT_OUT = "[left out: text that speaks to a program]"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What a chat template turns into the start or end of a message: <|im_start|>, </s>, [INST].
_MARKS = re.compile(r"<(?=[|/a-zA-Z!])|\[(?=/?INST)|(?<=\|)>")


def defused(text: str) -> str:
    """The words of the text, unaltered; marks that a model's template would act on are set apart
    by a space, which finding a quote again forgives."""
    return _MARKS.sub(lambda m: f" {m[0]} ", _CONTROL.sub(" ", visible(text)))


def without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text, with a notice instead of text[start:end] for each place."""
    for start, end in sorted(places, reverse=True):
        if start < len(text) and end > 0:
            text = text[: max(0, start)] + LEFT_OUT + text[end:]
    return "" if text.strip() == LEFT_OUT else text
