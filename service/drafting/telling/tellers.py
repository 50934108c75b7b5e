"""Who tells what a note has under somebody's name: "Per sister" before "She found him twice"."""

import re
from functools import cache

from service.drafting.telling.item import Item, Rank, Telling
from service.facts.fact import FactSource
from service.reading.scope.phrases import words

_BY_PRONOUN = re.compile(r"^(?:she|he|they)\b", re.IGNORECASE)
_HEARD = (
    r"source|informant|historian|collateral(?: information)?(?: from)?|per|according to"
    r"|spoke (?:with|to)|interview with|(?:phone )?call (?:with|to|from)"
)


def teller(telling: Telling, source: FactSource, sentence: Item) -> Item | None:
    """The words that name who is heard, where the sentence begins with a pronoun: of its own line,
    else the paragraph above it. None of the patient's own word."""
    if not _BY_PRONOUN.match(sentence.text) or not telling.read(source).is_note:
        return None
    text, at = telling.read(source).text, sentence.citations[0].start
    line = text.rfind("\n", 0, at) + 1
    above = text.rfind("\n\n", 0, max(0, text.rfind("\n\n", 0, line))) + 1
    own = [*_heard().finditer(text, line, at)]
    if not (found := (own or [*_heard().finditer(text, above, line)])[-1:]):
        return None
    start, end = found[0].span()
    return Item(text[start:end], (telling.cite(source, start, end),), Rank.GRAVE_CONFLICT)


@cache
def _heard() -> re.Pattern[str]:
    """By relatives and others who know the patient, the longest name first."""
    names = words("people", "relatives") | words("people", "others")
    close = "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
    return re.compile(rf"\b(?:{_HEARD}):? (?:(?:the|his|her|their) )?(?:{close})\b", re.I)
