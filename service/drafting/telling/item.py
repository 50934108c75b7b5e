"""One thing that a brief may tell: its words, where they stand, and how soon it must be told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from service.chart.models import SourceRecord
from service.drafting.citing import cite
from service.drafting.request import DraftRequest
from service.drafting.telling import glue
from service.drafting.template import BriefRules
from service.drafting.words import count_words
from service.facts.abnormal import is_abnormal
from service.facts.fact import Fact, Facts, FactSource, ReadRecord
from service.facts.said import Said, days_between, is_brought
from service.reading.assertions import PATIENT, Assertion, Kind, Says
from service.reading.lexicon.relations import wider
from service.reading.sentences import sentence_spans
from service.summary.document import Citation

IMPRESSIONS = ("ClinicalImpression",)
FORMS = ("Observation", "QuestionnaireResponse")
_CLINICIANS = (Says.CLINICIAN,)
SHORTEST = 2  # words of a note; a heading alone is nothing said
LONGEST = 20  # words of a sentence that a brief quotes; a longer one stands in its section
OF_DANGER = 26  # of one that tells a danger, or what is new
_MARKS = " \t\n-*•·"
_LETTER = ("From:", "To:", "Cc:", "Subject:")  # the head of a message says nothing of the patient
_IMPRESSION = re.compile(r"[^():]{1,60} \(\d{4}[^()]{0,40}\): (?=\S)")
_BREAK = re.compile(r"; |\): |, recent: |\. (?=[A-Z])")
_BREAK_AFTER = re.compile(r";|\. (?=[A-Z])")
_PART = re.compile(r"; ")
_NUMBER = re.compile(r"^\(?\d{1,2}[.)] ")
_ANSWER = re.compile(r"; |: |\n(?:Item: )?")
_ANSWER_AFTER = re.compile(r"; |\n")
BRACKET = re.compile(r" \([^()]{1,300}\)$")
_BECAUSE = "because: "
_AS_LISTED = ("active", "final", "confirmed", "completed", "finished", "in-progress", "")
_IN_WORDS = {"remission": "in remission"}
_DATED = re.compile(r"\b\d{4}\b")  # its own day stands behind what is told


class Rank(IntEnum):
    """What is told first where not all fits: by the harm that not knowing it does."""

    WHO = 0
    SEVERE_ALLERGY = 1
    LAPSE = 2
    RISK_NOW = 3
    NARROW_MEDICINE = 4
    BINDING = 5
    MEDICINE = 6
    GRAVE_PROBLEM = 7
    ALLERGY = 8
    GRAVE_CONFLICT = 9
    EVER = 10
    SCORE = 11
    ABNORMAL = 12
    OVERDUE = 13
    ALERT = 14
    CHANGED = 15
    OPEN = 16
    RISK_DENIED = 17
    CONFLICT = 18
    OTHER = 19


@dataclass(frozen=True)
class Item:
    """`text` with its day; `citations` are its sources. `rank`: what is told first; `shorter`: what
    is told where there is no room for it; `alone`: beside a conflict that tells the rest."""

    text: str
    citations: tuple[Citation, ...]
    rank: Rank
    shorter: "Item | None" = None
    alone: "Item | None" = None

    @property
    def words(self) -> int:
        return count_words(self.text)


@dataclass(frozen=True)
class Telling:
    """What a brief is made from: the facts, the records they stand in, and the rules."""

    request: DraftRequest

    @property
    def facts(self) -> Facts:
        return self.request.facts

    @property
    def rules(self) -> BriefRules:
        return self.request.prompt.brief

    @cached_property
    def records(self) -> dict[str, SourceRecord]:
        return {record.id: record for record in self.request.records}

    def read(self, source: FactSource) -> ReadRecord:
        return self.request.read[source.record_id]

    def sound(self, sources: Sequence[FactSource]) -> Iterator[FactSource]:
        """Those that may be told: of no text that speaks to a program, of no printout."""
        for source in sources:
            record = self.records.get(source.record_id)
            planted = self.request.planted.get(source.record_id, ())
            is_planted = any(p.start < source.end and source.start < p.end for p in planted)
            if record and not is_planted and not is_brought(record.title):
                yield source

    def is_any(self, key: str, of: Sequence[str]) -> bool:
        """Is it one of these, or of a kind of them?"""
        key = key.partition(":")[0]
        return key in of or not wider(key).isdisjoint(of)

    def is_abnormal(self, fact: Fact) -> bool:
        return is_abnormal(fact, self.request.read)

    def cite(self, source: FactSource, start: int, end: int) -> Citation:
        return cite(self.records[source.record_id], start, end)

    def end_of_line(self, source: FactSource) -> int:
        return len(self.records[source.record_id].text.partition("\n")[0])

    def headline(self, source: FactSource) -> tuple[str, Citation] | None:
        """A structured record's first line, of a long one the part that speaks of it, of a form the
        answer; None where that is too long to quote."""
        record = self.records[source.record_id]
        longest = OF_DANGER if record.resource_type in FORMS else LONGEST
        text = record.text.partition("\n")[0]
        body, citation = self.line(source, *_shown(record, source))
        if not 0 < len(body.split()) <= longest:
            return None
        told = [body]
        if record.status not in _AS_LISTED and (found := BRACKET.search(text)):
            told += standing(found[0], body)
        while len(told) > 2 and len(" ".join(told).split()) > OF_DANGER:  # a reason at length
            told.pop()
        end = self.end_of_line(source) if len(told) > 1 else citation.end
        return ", ".join(told), self.cite(source, citation.start, end)

    def line(self, source: FactSource, start: int, end: int) -> tuple[str, Citation]:
        """A part of its first line, without what it is called before its text and without the
        bracket at its end."""
        text = self.records[source.record_id].text
        head = _IMPRESSION.match(text[start:end])
        body = BRACKET.sub("", text[start + (head.end() if head else 0) : end].rstrip(" .;"))
        if body.count("(") > body.count(")"):
            body = body[: body.rindex("(")]
        body = body.strip(" .:;").removeprefix("Flag: ").removeprefix("Order: ")
        at = text.find(body, start)
        return body, self.cite(source, at, at + len(body))

    def read_by(self, item: Item) -> ReadRecord:
        """The record that an item is told from first."""
        return self.request.read[item.citations[0].record_id]

    def is_of_note(self, item: Item) -> bool:
        return self.read_by(item).is_note

    @cached_property
    def said_of(self) -> dict[str, list[FactSource]]:
        """Where clinicians say something of the patient, by its key, newest first."""
        found: dict[str, list[FactSource]] = {}
        kept = [r for r in self.request.read.values() if r.is_note or r.type in IMPRESSIONS]
        for record in sorted(kept, key=lambda r: (r.on, r.text), reverse=True):
            for a in record.assertions:
                if a.is_current and a.subject == PATIENT and a.says in _CLINICIANS:
                    place = FactSource(record.id, a.start, a.end, record.on)
                    found.setdefault(a.concept.key, []).append(place)
        return found

    def is_told_by(self, source: FactSource) -> bool:
        """Does what may be quoted of a record hold the place: its first line, of a form each
        answer? A visit's reason is no word on it."""
        record = self.read(source)
        is_shown = record.is_note or source.end <= len(record.text.partition("\n")[0])
        return (is_shown or record.type in FORMS) and record.type != "Encounter"

    def span(self, source: FactSource) -> tuple[int, int]:
        """Where the sentence of a note stands that holds a place, no farther than its line."""
        line = self._line_span(source)
        spans = sentence_spans(self.read(source).text, *line)
        return next((s for s in spans if s[0] <= source.start < s[1]), line)

    def _line_span(self, source: FactSource) -> tuple[int, int]:
        text = self.read(source).text
        end = text.find("\n", source.end)
        return text.rfind("\n", 0, source.start) + 1, end if end >= 0 else len(text)

    def line_of(self, source: FactSource) -> str:
        """All of which some may be quoted for a place: of a note its line."""
        record = self.read(source)
        start, end = self._line_span(source) if record.is_note else (0, len(record.text))
        return " ".join(record.text[start:end].split())

    def sentence(self, source: FactSource, longest: int = LONGEST) -> tuple[str, Citation] | None:
        """A note's sentence round a place, word for word; of a long one the part that a semicolon
        ends. None where that is too long to quote, or no sentence."""
        start, end = self.span(source)
        found = self._quotable(source, start, end, longest)
        return found or self._quotable(source, *self._part(source, start, end), longest)

    def part(self, source: FactSource) -> tuple[str, Citation] | None:
        """Of its sentence the part that holds a place, as far as the next semicolon."""
        return self._quotable(source, *self._part(source, *self.span(source)), LONGEST)

    def _part(self, source: FactSource, start: int, end: int) -> tuple[int, int]:
        text = self.read(source).text
        stops = [m.end() for m in _PART.finditer(text, start, end)]
        low = max((at for at in stops if at <= source.start), default=start)
        return low, min((at for at in stops if at > source.start), default=end)

    def _quotable(
        self, source: FactSource, start: int, end: int, longest: int
    ) -> tuple[str, Citation] | None:
        words = " ".join(self.read(source).text[start:end].split()).strip(_MARKS)
        said = _NUMBER.sub("", words).rstrip(";")
        shortest = 1 if self._is_of_law(source) else SHORTEST
        is_marked = glue.BETWEEN in said or glue.EARLIER in said or said.startswith(_LETTER)
        if not shortest <= len(said.split()) <= longest or is_marked or "|" in said:
            return None
        return said, self.cite(source, start, end)

    def _is_of_law(self, source: FactSource) -> bool:
        """ "DNR." says all in one word."""
        return any(
            a.concept.kind is Kind.LEGAL and a.start == source.start
            for a in self.read(source).assertions
        )

    def quoted(
        self, source: FactSource, rank: Rank, *, age: bool = False, longest: int = LONGEST
    ) -> Item | None:
        """A source's words with their day: of a note the sentence, else the headline."""
        record = self.read(source)
        told = self.sentence(source, longest) if record.is_note else self.headline(source)
        if told is None or not told[0]:
            return None
        day = record.on[:10]
        return Item(glue.when(told[0], day, self.age(day) if age else None), (told[1],), rank)

    def first_quoted(
        self,
        sources: Sequence[FactSource],
        rank: Rank,
        *,
        age: bool = False,
        longest: int = LONGEST,
    ) -> Item | None:
        """The newest source that can be quoted."""
        found = (self.quoted(s, rank, age=age, longest=longest) for s in self.sound(sources))
        return next((each for each in found if each), None)

    def assertions(self, source: FactSource, key: str) -> list[Assertion]:
        """What a record says of one thing at the place."""
        return [
            a
            for a in self.read(source).assertions
            if a.concept.key == key and a.start < source.end and source.start < a.end
        ]

    def said(self, source: FactSource, key: str) -> list[Said]:
        """The same as what was said by a record on a day."""
        record = self.read(source)
        return [Said(a, record, source.on) for a in self.assertions(source, key)]

    def age(self, day: str) -> int | None:
        """Days from a whole day to that of the draft; None of what is to come."""
        days = days_between(day, self.facts.on)
        return days if days and days > 0 else None


def standing(bracket: str, body: str) -> Iterator[str]:
    """ "stopped", "because: agranulocytosis" of the bracket behind a first line; no day but that of
    the reason, which stands last."""
    listed, because, why = bracket.strip(" ()").partition(_BECAUSE)
    for told in re.split(r"[;,] ", listed):
        if told not in _AS_LISTED and told not in body and not _DATED.search(told):
            yield _IN_WORDS.get(told, told)
    if why:
        first, *more = re.split(r", (?!\d{4}\b)", why)
        yield from (because + first, *more)


def _shown(record: SourceRecord, source: FactSource) -> tuple[int, int]:
    """The first line, of a long one the part round a place; of a form the one answer there."""
    end = len(record.text.partition("\n")[0])
    if record.resource_type in FORMS and source.start > len(record.title):
        return _part_of(record.text, source, (_ANSWER, _ANSWER_AFTER), len(record.text))
    if len(record.text[:end].split()) > LONGEST and source.end <= end:
        return _part_of(record.text, source, (_BREAK, _BREAK_AFTER), end)
    return 0, end


def _part_of(
    text: str, source: FactSource, marks: tuple[re.Pattern[str], re.Pattern[str]], end: int
) -> tuple[int, int]:
    before = [m.end() for m in marks[0].finditer(text, 0, source.start)]
    after = marks[1].search(text, source.end, end)
    return before[-1] if before else 0, after.start() if after else end
