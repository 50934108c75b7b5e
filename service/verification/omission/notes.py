"""Sources that are prose, as dated sentences with their headings: notes, visits, transcripts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from service.chart.models import SourceRecord
from service.drafting.excerpts import BROUGHT
from service.drafting.notes import Sentence, sentences
from service.drafting.words import mentions
from service.retrieval.headings import section_key
from service.retrieval.sentences import sentence_spans
from service.verification.facts import facts
from service.verification.lexical import Source
from service.verification.models import Span
from service.verification.omission.lexicon import Hit, hits, outer

DATED_WITHIN = 400  # characters from the beginning of a text in which its own date stands
DAY = 10  # characters of a full date
SHORT_ANSWER = 6  # words; "yes, a lot actually" says what the question says
_SPEAKER = re.compile(r"\s*(?P<who>[A-Z][\w.' ]{0,24}?)\s*:")
_MOST_SPEAKERS = 6  # more different labels are the headings of a note
_TURNS = 0.6  # share of the lines that speakers begin, from which a text is a conversation


@dataclass(frozen=True)
class Told:
    """A sentence of a source. `order` puts sentences in order of time, then of place."""

    span: Span
    text: str
    heading: str
    day: str
    order: tuple[str, int, int]

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        return hits(self.text)

    @cached_property
    def outer(self) -> list[Hit]:
        return outer(self.hits)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(hit.key for hit in self.hits)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """ "concept", "drug", "score", "result": of which kinds it speaks."""
        return frozenset(key.partition(":")[0] for key in self.keys)

    @property
    def content(self) -> str:
        """What is asserted: of a short answer, what was asked as well."""
        asked = self.heading.endswith("?") and len(self.text.split()) <= SHORT_ANSWER
        return f"{self.heading} {self.text}" if asked else self.text

    def stands_under(self, *sections: str) -> bool:
        """Under one of these headings of the list, or one that begins with their words?"""
        return bool(self.heading) and (
            section_key(self.heading) in sections or mentions(self.heading, sections)
        )


def told_in(sources: Iterable[Source], records: Iterable[SourceRecord]) -> list[Told]:
    """Every sentence of the texts and of the notes among the records, oldest first."""
    found = [t for n, source in enumerate(sources) for t in _of_source(source, n)]
    notes = (r for r in records if r.is_note and not mentions(r.title, BROUGHT))
    found += [t for n, record in enumerate(notes) for t in _of_record(record, n)]
    return sorted(found, key=lambda told: told.order)


def lately(told: Iterable[Told], within_days: int | None) -> list[Told]:
    """Those within so many days of the newest source; one without a date is."""
    held = list(told)
    newest = max((each.day for each in held if len(each.day) == DAY), default="")
    if within_days is None or not newest:
        return held
    since = str(date.fromisoformat(newest) - timedelta(days=within_days))
    return [each for each in held if not each.day or each.day >= since]


def _of_source(source: Source, number: int) -> Iterator[Told]:
    day = source.date[:10] or _own_date(source.text)
    for each in turns(source.text) or sentences(source.text, 0):
        span = Span(source.id, each.start, each.end, source.text[each.start : each.end])
        yield Told(span, each.text, each.heading, day, (day, number, each.start))


def _of_record(record: SourceRecord, number: int) -> Iterator[Told]:
    day = record.effective[:10]
    for each in sentences(record.text):
        quote = record.text[each.start : each.end]
        span = Span(record.resource_ref, each.start, each.end, quote, record.id)
        yield Told(span, each.text, each.heading, day, (day, number, each.start))


def _own_date(text: str) -> str:
    """The first full date near the beginning, as a text that nobody dated tells its own."""
    for fact in facts(text[:DATED_WITHIN]):
        if fact.check == "date" and isinstance(fact.value, tuple) and all(fact.value):
            year, month, day = fact.value
            return f"{year:04d}-{month:02d}-{day:02d}"
    return ""


def turns(text: str) -> list[Sentence]:
    """What is said in a conversation, each sentence under the question before it; [] for a note.

    A question asserts nothing by itself, so it is the heading of its answers.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    speakers = {m["who"] for line in lines if (m := _SPEAKER.match(line))}
    begun = sum(bool(_SPEAKER.match(line)) for line in lines)
    if begun < 2 or begun < _TURNS * len(lines) or len(speakers) > _MOST_SPEAKERS:
        return []
    return list(_answers(text, speakers))


def _answers(text: str, speakers: set[str]) -> Iterator[Sentence]:
    names = "|".join(re.escape(who) for who in speakers)
    label = re.compile(rf"(?:^|(?<=[.?!\s]))\s*(?:{names})\s*:[ \t]*", re.MULTILINE)
    begins = list(label.finditer(text))
    question = ""
    for number, begin in enumerate(begins):
        stop = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        for start, end in sentence_spans(text, begin.end(), stop):
            said = " ".join(text[start:end].split())
            if said.endswith("?"):
                question = said
            else:
                yield Sentence(said, start, end, question, number)
