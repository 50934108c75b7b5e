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
_OWN_DENIAL = re.compile(r"\b(?:not|never|no|nothing|\w+n['’]t)\b(?=.)", re.IGNORECASE)
_AT_OTHERS = re.compile(
    r"\bto (?:harm|hurt|kill|attack|stab|shoot|hit) (?!\w*sel(?:f|ves)\b)\w", re.IGNORECASE
)  # what voices order, of somebody else
_PLANNED = re.compile(
    r"\b(?:plan|plans|method|ideation|thoughts|urges)\s*[:(=]?\s*(?:to |of |by |for |being )?$",
    re.I,
)
# "active or passive SI" is one piece.
_PIECE = re.compile(r"[,;:()\n]|\b(?:but|with|without|no|(?<!active )(?<!passive )(?:and|or))\b")


Place = tuple[tuple[str, str], int, int]  # (topic, the qualifier that its words imply), start, end


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
def mentions(text: str, section: str = "") -> tuple[Mention, ...]:
    """Every mention in order. Equal topics of one sentence are all kept. `section` is what the
    heading of the text says (see headings.kind_of)."""
    found = [(start, end, _places(text[start:end])) for start, end in sentence_spans(text)]
    readings = read(_unfolded(text, found), section) if any(p for *_, p in found) else []
    return tuple(
        mention
        for start, end, places in found
        for mention in _in_sentence(text, start, end, places, readings)
    )


def _unfolded(text: str, found: Sequence[tuple[int, int, list[Place]]]) -> str:
    """Without the denials that belong to a topic ("life is not worth living"), which deny
    nothing; every place stays where it is."""
    for start, _, places in found:
        for _, first, last in places:
            said = text[start + first : start + last]
            plain = _OWN_DENIAL.sub(lambda m: "xx" + " " * (len(m[0]) - 2), said)
            text = text[: start + first] + plain + text[start + last :]
    return text


def _places(sentence: str) -> list[Place]:
    return sorted({*_topics(sentence), *_plans(sentence)}, key=lambda place: place[1:])


def _in_sentence(
    text: str, start: int, end: int, places: list[Place], readings: Sequence[Reading]
) -> Iterator[Mention]:
    sentence = text[start:end]
    first, last = (bisect_left(readings, at, key=attrgetter("start")) for at in (start, end))
    here = readings[first:last]  # in order; a long record has thousands, each looked at once
    for place in places:
        reading = _reading(here, start + place[1], start + place[2])
        if reading is not None:
            yield _mention(sentence, start, place, reading)


def _mention(sentence: str, at: int, place: Place, reading: Reading) -> Mention:
    (name, implied), first, last = place
    piece, clause = (_within(cut, sentence, first, last) for cut in (_PIECE, _CLAUSE))
    words = _qualifiers(piece) | ({implied} if implied else set())
    if name == "voices that command" and _AT_OTHERS.search(sentence[first:]):
        words.add("others")
    return Mention(
        name,
        at + first,
        at + last,
        reading,
        frozenset(words),
        at,
        sentence,
        clause,
        piece,
        sentence[last:],
    )


def _topics(sentence: str) -> list[Place]:
    line = tokens(sentence)
    found = _phrases().all([token.key for token in line])
    places = [
        ((f.cue.gives, f.cue.reach), line[f.first].start, line[f.last - 1].end)
        for f in found
        if f.cue.gives
    ]
    return [
        place
        for place in places
        if not (_is_plain(sentence[place[1] : place[2]]) or _is_method(place, sentence))
    ]


def _is_method(place: Place, sentence: str) -> bool:
    """ "Plan (OD on pills)" and "plan: overdose" tell what is planned, not what was done."""
    is_act = place[0][0] in ("suicide attempt", "self-harm")
    return is_act and bool(_PLANNED.search(sentence[: place[1]]))


def _is_plain(said: str) -> bool:
    """ "Hi" opens a visit, "HI" is homicidal ideation; "sa" and "od" are words in other tongues."""
    words = said.split()
    known = load("risk.toml")["capitals"]["words"]
    shorthand = [word for word in words if word.casefold() in known]
    return said in ("Hi", "hi", "Si") or any(word[:2].islower() for word in shorthand)


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
        and keys[n - 1] not in table["not_after"]
        and keys[n + 1] not in table["not_before"]
    ]


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
