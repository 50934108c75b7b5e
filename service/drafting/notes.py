"""A note's text as sentences, each with its heading and its exact place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from service.reading.sentences import sentence_spans
from service.retrieval.headings import Heading, find_heading

_MARKER = re.compile(r"\s*+(?:[-*•‣◦·]+|\(?\d{1,2}[.)]|\[[ xX]?\])\s+(?=\S)")
_METADATA = re.compile(
    r"^(date of service|date|clinician|author|referred by|signed|electronically signed|mrn|dob"
    r"|patient|name)\s*:.{0,120}$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3},?"
    r" (?:MD|DO|RN|NP|PA|LCSW|LICSW|PhD|PsyD|PharmD|PMHNP|LPC|LMFT)[,. A-Z-]*$"
)
# What cannot be understood, or turns into something else, without the sentence before it.
_OPENER = re.compile(
    r"(?:this|that|these|those|it|its|same|none|nor|neither|both|also|however|but|and|then"
    r"|otherwise|unchanged|since then|not since)\b",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(r"(?!NKDA|NKA)\w+[.!]?|no \S+", re.IGNORECASE)  # "Linear."  "No HI."
LONGEST_BOUND = 400  # characters of a sentence with those bound to it
_TITLE = re.compile(
    r"^[A-Z][A-Z0-9 /&,.'()-]{0,80}\bNOTE\b[A-Z0-9 /&,.'()-]{0,80}$"
)  # the note's own
_NUMBER = re.compile(r"\d{1,2}[.)]\s+(?=\D)")  # of a list written on one line
_BARE_HEADING = re.compile(r"[A-Z][a-z]+(?: [a-z]+){1,2}")
_NOT_PROSE = re.compile(r"^[\W_]*$")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a note. `start` and `end` are its exact place in the record's text."""

    text: str
    start: int
    end: int
    heading: str
    paragraph: int

    @cached_property
    def key(self) -> str:
        """The same for two copies of a sentence, whatever their spacing and case."""
        return " ".join(re.findall(r"\w+", self.text.lower()))


@dataclass(frozen=True)
class _Block:
    """Neighbouring lines of prose, or one item of a list, under one heading."""

    heading: str
    start: int
    end: int


def sentences(text: str, body: int | None = None) -> list[Sentence]:
    """The sentences of a note's record text, in order, below its headline and labelled lines,
    or from `body` on.

    A label on the same line ("SUBSTANCE USE: denies") stays in the sentence: it says what is
    denied. A fragment is told with the sentence before it, and a quotation is never cut.
    """
    if body is None:
        body = text.find("\n\n") if "\n\n" in text else max(text.find("\n"), 0)
    return [
        sentence
        for number, block in enumerate(_blocks(text, body))
        for sentence in _bound(text, _split(text, block, number))
    ]


def _blocks(text: str, body: int) -> Iterator[_Block]:
    heading, held, before = "", None, ""
    for line in re.finditer(r"[^\n]*\n?", text[body:]):
        start, end = body + line.start(), body + line.end()
        bare = _bare_heading(line[0], before, text[end : end + 1])
        found, before = find_heading(line[0].rstrip("\n")) or bare, line[0]
        starts = bool(found) or bool(_MARKER.match(line[0]))
        if held and (starts or _is_apart(line[0])):
            yield held
            held = None
        heading = found.name if found else heading
        is_only_heading = found is not None and not line[0][found.rest :].strip()
        if is_only_heading or _is_apart(line[0]):
            continue
        held = _Block(heading, held.start if held else start, end)
    if held:
        yield held


def _bare_heading(line: str, before: str, after: str) -> Heading | None:
    """ "Results pending": a few words alone above their text, as documents made from XML have."""
    stands_alone = not before.strip() and after[:1] not in ("", "\n")
    name = line.strip()
    return Heading(name, len(line)) if stands_alone and _BARE_HEADING.fullmatch(name) else None


def _is_apart(line: str) -> bool:
    """A line that says nothing of the patient: blank, ruled, a signature, the note's own data."""
    said = line.strip()
    return bool(
        _NOT_PROSE.match(said)
        or _METADATA.match(said)
        or _SIGNATURE.match(said)
        or _TITLE.match(said)
    )


def _bound(text: str, found: Iterator[Sentence]) -> Iterator[Sentence]:
    """The sentences of one block, each with the fragments that depend on it."""
    held: Sentence | None = None
    for sentence in found:
        if held and _depends(sentence, held) and sentence.end - held.start <= LONGEST_BOUND:
            joined = " ".join(text[held.start : sentence.end].split())
            held = replace(held, text=joined, end=sentence.end)
        else:
            yield from (held,) if held else ()
            held = sentence
    yield from (held,) if held else ()


def _depends(sentence: Sentence, before: Sentence) -> bool:
    if before.text.count('"') % 2 or before.text.count("\u201c") > before.text.count("\u201d"):
        return True  # inside a quotation
    first = sentence.text[:1]
    is_short = bool(_FRAGMENT.fullmatch(sentence.text))
    return is_short or first == "(" or first.islower() or bool(_OPENER.match(sentence.text))


def _split(text: str, block: _Block, paragraph: int) -> Iterator[Sentence]:
    marker = _MARKER.match(text[block.start : block.end])
    start = block.start + (marker.end() if marker else 0)
    for at, end in sentence_spans(text, start, block.end):
        numbered = _NUMBER.match(text, at, end)
        at = numbered.end() if numbered else at
        if any(character.isalnum() for character in text[at:end]):
            yield Sentence(" ".join(text[at:end].split()), at, end, block.heading, paragraph)
