"""The places of a text that speak of suicide, self-harm, violence, abuse or neglect."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from service.retrieval.sentences import sentence_spans
from service.verification.context.cues import Cue, Phrases
from service.verification.context.read import read
from service.verification.context.tokens import tokens
from service.verification.context.vocabulary import Reading
from service.verification.words import load

_CLAUSE = re.compile(r"[;\n]|\b(?:but|however|although|whereas)\b")
# "active or passive SI" is one piece.
_PIECE = re.compile(r"[,;:()\n]|\b(?:but|with|without|no|(?<!active )(?<!passive )(?:and|or))\b")


@dataclass(frozen=True)
class Mention:
    """`topic` at text[start:end] and how it is meant; `qualifiers` are the words of its comma
    `piece` that make it another risk; `after` is what the sentence says behind it."""

    topic: str
    start: int
    end: int
    reading: Reading
    qualifiers: frozenset[str]
    at: int  # where the sentence begins
    sentence: str
    clause: str
    piece: str
    after: str


def is_risk(text: str) -> bool:
    return bool(mentions(text))


@lru_cache(maxsize=8_192)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every mention in order. Equal topics of one sentence are all kept."""
    readings = read(text)
    return tuple(
        mention
        for start, end in sentence_spans(text)
        for mention in _in_sentence(text, start, end, readings)
    )


def _in_sentence(text: str, start: int, end: int, readings: Sequence[Reading]) -> Iterator[Mention]:
    sentence = text[start:end]
    first, last = (bisect_left(readings, at, key=attrgetter("start")) for at in (start, end))
    here = readings[first:last]  # in order; a long record has thousands, each looked at once
    places = sorted({*_topics(sentence), *_plans(sentence)}, key=lambda place: place[1:])
    for place in places:
        reading = _reading(here, start + place[1], start + place[2])
        if reading is not None:
            yield _mention(sentence, start, place, reading)


Place = tuple[tuple[str, str], int, int]  # (topic, the qualifier that its words imply), start, end


def _mention(sentence: str, at: int, place: Place, reading: Reading) -> Mention:
    (name, implied), first, last = place
    piece, clause = (_within(cut, sentence, first, last) for cut in (_PIECE, _CLAUSE))
    words = _qualifiers(piece) | ({implied} if implied else set())
    return Mention(
        name, at + first, at + last, reading, frozenset(words), at, sentence, clause, piece,
        sentence[last:],
    )  # fmt: skip


def _topics(sentence: str) -> list[Place]:
    line = tokens(sentence)
    found = _phrases().all([token.key for token in line])
    places = [((f.cue.gives, f.cue.reach), line[f.first].start, line[f.last - 1].end)
              for f in found if f.cue.gives]  # fmt: skip
    return [place for place in places if not _is_greeting(sentence[place[1] : place[2]])]


def _is_greeting(said: str) -> bool:
    """ "Hi" opens a visit, "HI" is homicidal ideation; "si" stands in other words too."""
    return said in ("Hi", "hi", "Si")


def _plans(sentence: str) -> list[Place]:
    """A plan of harm: the word in a sentence of risk, where it is no plan of care."""
    if not _topics(sentence):
        return []
    table, line = load("risk.toml")["plan"], tokens(sentence)
    keys = ["", *(token.key for token in line), ""]
    return [
        (("plan", ""), token.start, token.end)
        for n, token in enumerate(line, 1)
        if token.key in table["words"]
        and keys[n - 1] not in table["not_after"] and keys[n + 1] not in table["not_before"]
    ]  # fmt: skip


@lru_cache(maxsize=1)
def _phrases() -> Phrases:
    """Topics by phrase; the cue's second part is the qualifier that the phrase itself has."""
    return Phrases.of(
        (written, Cue(topic["name"], topic.get("qualifier", "")))
        for topic in load("risk.toml")["topic"]
        for written in topic["phrases"]
    )


def _reading(readings: Sequence[Reading], start: int, end: int) -> Reading | None:
    """How the words of a mention are meant; those of its neighbours where all of it is cue."""
    inside = [each for each in readings if start <= each.start < end]
    if inside:
        return inside[-1]
    return min(readings, key=lambda each: abs(each.start - end), default=None)


def _within(cut: re.Pattern[str], sentence: str, start: int, end: int) -> str:
    """The part of a sentence round sentence[start:end] between two cuts."""
    cuts = [0, *(m.end() for m in cut.finditer(sentence, 0, start))]
    stop = cut.search(sentence, end)
    return sentence[cuts[-1] : stop.start() if stop else len(sentence)]


def _qualifiers(piece: str) -> set[str]:
    known = load("risk.toml")["qualifiers"]["words"]
    return {word for word in re.findall(r"[a-z]+(?:-[a-z]+)*", piece.casefold()) if word in known}
