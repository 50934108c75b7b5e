"""A faithful section: sentences of the evidence, some reworded as models do, each cited."""

import hashlib
import random
import re
from dataclasses import dataclass
from itertools import islice, zip_longest

from fhir_fixtures.scripted_model.evidence import Question, Shown

_SUBJECTLESS = re.compile(r"^(Denies|Reports|Endorses|Takes|Says|Sleeps|Wants|Asks)\b")
_WRITTEN_OUT = {
    "pt": "patient",
    "SI": "suicidal ideation",
    "HI": "homicidal ideation",
    "wk": "week",
    "BID": "twice daily",
    "hx": "history",
    "w/": "with",
    "c/o": "complains of",
    "EtOH": "alcohol",
    "f/u": "follow-up",
}


@dataclass(frozen=True)
class Said:
    """A statement of the scripted model, and the sentence of the evidence that it was made of."""

    text: str
    evidence_id: str
    quote: str
    cited: bool = True


def faithful(question: Question, seed: int) -> list[Said]:
    """Sentences of different pieces first, as many as were asked for, no two alike."""
    rows = zip_longest(*([(each, s) for s in each.sentences()] for each in question.shown))
    found = dict.fromkeys(pair for row in rows for pair in row if pair is not None)
    return [_said(shown, sentence, seed) for shown, sentence in islice(found, question.most)]


def _said(shown: Shown, sentence: str, seed: int) -> Said:
    chance = random.Random(_number(seed, sentence))  # noqa: S311 - a script, not a secret
    way = chance.choice((_as_it_is, _as_it_is, _with_subject, _dated, _written_out))
    return Said(way(shown, sentence), shown.id, sentence)


def _as_it_is(_: Shown, sentence: str) -> str:
    return sentence


def _with_subject(_: Shown, sentence: str) -> str:
    return _SUBJECTLESS.sub(lambda m: f"The patient {m[1].lower()}", sentence)


def _dated(shown: Shown, sentence: str) -> str:
    if not (shown.day and shown.is_note):
        return sentence
    return f"{sentence.rstrip('.;')} ({shown.day})."


def _written_out(_: Shown, sentence: str) -> str:
    """Abbreviations in full, as a model writes for a reader."""
    pattern = "|".join(re.escape(short) for short in _WRITTEN_OUT)
    return re.sub(rf"(?<![\w/])(?:{pattern})(?![\w/])", lambda m: _WRITTEN_OUT[m[0]], sentence)


def _number(*parts: object) -> int:
    """The same number for the same parts in every process (hash() is salted)."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8])
