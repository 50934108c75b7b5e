"""Sentences taken from notes one by one: by heading, by word, newest note first, copies once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from service.chart.models import SourceRecord
from service.drafting.citing import cite, day, headline
from service.drafting.facts import newest_first
from service.drafting.injection import Planted
from service.drafting.language import is_slur
from service.drafting.notes import Sentence, sentences
from service.drafting.template import SectionPrompt
from service.drafting.windows import Window
from service.drafting.words import matcher, mentions
from service.facts.fact import ReadRecord
from service.facts.said import is_brought
from service.reading.assertions import Assertion, Polarity
from service.retrieval.evidence import Evidence
from service.summary.document import Statement

LONGEST_SENTENCE = 500  # a longer one is a list that a machine wrote, not a sentence to carry
SHORTEST_COPY = 30  # shorter ones ("Denies SI.") are said anew at each visit, not copied
NONE_KNOWN = ("nkda", "nka", "no known allerg", "no known drug allerg")
CORRECTING = ("wrong", "error", "incorrect", "corrected", "mistake")


NEGATED = re.compile(
    r"\b(?:no|not|never|den(?:y|ies|ied)|without|negative|father|mother|aunt|uncle)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Excerpt:
    """A sentence of a note, and the oldest other note that has the same words."""

    record: SourceRecord
    sentence: Sentence
    copied_from: tuple[SourceRecord, Sentence] | None = None


class Notes:
    """The notes that may be read, split once for all sections. `read` is what the reader made of
    them, by record id; where it is not given, a section's words alone decide."""

    def __init__(
        self,
        records: Iterable[SourceRecord],
        planted: Mapping[str, Sequence[Planted]] = MappingProxyType({}),
        read: Mapping[str, ReadRecord] = MappingProxyType({}),
    ) -> None:
        held = list(records)
        self.planted = planted
        self.read = read
        notes = (r for r in held if r.is_note and r.text and not is_brought(r.title))
        self.newest_first = sorted(notes, key=newest_first)
        self.allergens = _allergens(held)

    @cached_property
    def sentences(self) -> dict[str, list[Sentence]]:
        return {
            note.id: [s for s in sentences(note.text) if self._may_stand(note, s)]
            for note in self.newest_first
        }

    def _may_stand(self, note: SourceRecord, sentence: Sentence) -> bool:
        """Not what speaks to a program; not "NKDA" where the record names an allergy, unless the
        sentence corrects it."""
        planted = self.planted.get(note.id, ())
        if any(each.start < sentence.end and sentence.start < each.end for each in planted):
            return False
        return not (
            self.allergens
            and mentions(sentence.text, NONE_KNOWN)
            and not mentions(sentence.text, (*self.allergens, *CORRECTING))
        )

    def belongs(self, note: SourceRecord, sentence: Sentence, prompt: SectionPrompt) -> bool:
        """Does the reader find anything said there, and of what the section tells? A table's head,
        a form's line and a signature say nothing, whatever their words."""
        if note.id not in self.read:
            return True
        return any(_is_of(each, prompt) for each in self._said_in(note.id, sentence))

    def _said_in(self, note_id: str, sentence: Sentence) -> list[Assertion]:
        return [
            a
            for a in self.read[note_id].assertions
            if a.is_current and a.start < sentence.end and sentence.start < a.end
        ]

    @cached_property
    def first_said(self) -> dict[str, tuple[SourceRecord, Sentence]]:
        """For each wording, the oldest note that has it: copy-forward keeps its first author."""
        return {
            sentence.key: (note, sentence)
            for note in self.newest_first
            for sentence in self.sentences[note.id]
        }

    def repeats(self, excerpt: Excerpt) -> bool:
        """Did an older note have these words, however few they are?"""
        return self.first_said[excerpt.sentence.key][0].id != excerpt.record.id

    def excerpt(self, note: SourceRecord, sentence: Sentence) -> Excerpt:
        first = self.first_said[sentence.key]
        is_copy = first[0].id != note.id and len(sentence.text) >= SHORTEST_COPY
        return Excerpt(note, sentence, first if is_copy else None)


def _is_of(said: Assertion, prompt: SectionPrompt) -> bool:
    is_kind = not prompt.speaks_of or said.concept.kind in prompt.speaks_of
    is_done = said.act in prompt.does and said.polarity is Polarity.AFFIRMED
    is_then = not prompt.times or said.time in prompt.times
    return is_kind and is_then and (is_done or not prompt.does)


def _allergens(records: Iterable[SourceRecord]) -> tuple[str, ...]:
    """What the allergy list names, where it does not say that there is none."""
    named = {
        r.title.split()[0]
        for r in records
        if r.resource_type == "AllergyIntolerance"
        and r.status in ("active", "")
        and r.title
        and not mentions(headline(r), NONE_KNOWN)
    }
    return tuple(sorted(named))


def choose(notes: Notes, prompt: SectionPrompt, window: Window, told: set[str]) -> list[Excerpt]:
    """What this section may take from its newest notes that have anything for it.

    `told` holds the keys of sentences that other sections have told: each is told once. A copy
    counts for its oldest note alone, except in the newest note: what an older one copied may
    have been corrected since.
    """
    inside = (note for note in notes.newest_first if window.holds(note))
    wanting = (found for note in inside if (found := _from_note(notes, note, prompt, told)))
    seen: set[str] = set()
    chosen = []
    for number, found in enumerate(wanting):
        if number >= prompt.newest_notes:
            if not prompt.history_words:
                break
            found = [e for e in found if is_history(e.sentence.text, prompt)]
        for excerpt in found:
            is_copy = notes.repeats(excerpt) if number else excerpt.copied_from
            is_stale = is_copy and (number or prompt.without_copies)
            if excerpt.sentence.key not in seen and not is_stale:
                chosen.append(excerpt)
            seen.add(excerpt.sentence.key)
    return _latest_only(chosen, prompt)


def _latest_only(found: list[Excerpt], prompt: SectionPrompt) -> list[Excerpt]:
    """Of each topic of which only the last word counts, what the newest note says."""
    newest: dict[str, str] = {}
    kept = []
    for excerpt in found:
        about = [
            topic
            for topic in prompt.latest_only
            if mentions(excerpt.sentence.text, topic.split("|"))
        ]
        if {newest.setdefault(topic, day(excerpt.record)) for topic in about} <= {
            day(excerpt.record)
        }:
            kept.append(excerpt)
    return kept


def _from_note(
    notes: Notes, note: SourceRecord, prompt: SectionPrompt, told: set[str]
) -> list[Excerpt]:
    return [
        notes.excerpt(note, sentence)
        for sentence in notes.sentences[note.id]
        if sentence.key not in told
        and is_wanted(note, sentence, prompt)
        and notes.belongs(note, sentence, prompt)
    ]


def is_wanted(note: SourceRecord, sentence: Sentence, prompt: SectionPrompt) -> bool:
    """Does the sentence stand under one of the section's headings, or speak of its words?

    A note whose own title is such a heading (a safety plan) is wanted whole. A sentence that
    only judges the person is not carried, save where risk is read: nothing is lost there.
    """
    if not prompt.extractive and len(sentence.text) > LONGEST_SENTENCE:
        return False
    titled = is_titled(note, sentence, prompt)
    if prompt.needs_heading:
        wanted = titled and (not prompt.needs_words or _is_worded(sentence, prompt))
    else:
        wanted = titled or _is_worded(sentence, prompt)
    return wanted and (prompt.extractive or not is_slur(sentence.text))


def _is_worded(sentence: Sentence, prompt: SectionPrompt) -> bool:
    return mentions(_without(sentence.text, prompt), prompt.needs_words)


def is_titled(note: SourceRecord, sentence: Sentence, prompt: SectionPrompt) -> bool:
    """Does it stand under a heading of the section, or in a note that is titled so?"""
    return _titled(f"{note.title}\n{sentence.heading}", prompt)


def is_history(text: str, prompt: SectionPrompt) -> bool:
    """Does it affirm what is carried however old the note is, such as an attempt on one's life?"""
    return mentions(text, prompt.history_words) and not NEGATED.search(text)


def _titled(heading: str, prompt: SectionPrompt) -> bool:
    return mentions(heading, prompt.headings) and not mentions(heading, prompt.headings_without)


def _without(text: str, prompt: SectionPrompt) -> str:
    pattern = matcher(prompt.facts_without)
    return pattern.sub(" ", text) if pattern else text


def from_evidence(
    notes: Notes, evidence: Iterable[Evidence], prompt: SectionPrompt
) -> list[Excerpt]:
    """Sentences inside the passages that retrieval put first, where words of the section occur."""
    held = {note.id: note for note in notes.newest_first}
    found: dict[str, Excerpt] = {}
    for passage in evidence:
        note = held.get(passage.record_id)
        for sentence in notes.sentences[note.id] if note else ():
            inside = passage.start <= sentence.start and sentence.end <= passage.end
            is_told = note and inside and is_wanted(note, sentence, prompt)
            if note and is_told and notes.belongs(note, sentence, prompt):
                found.setdefault(sentence.key, notes.excerpt(note, sentence))
    return list(found.values())


def told(excerpt: Excerpt) -> Statement:
    """The sentence word for word, with the day of its note; a copy has that of the first, too."""
    note, sentence = excerpt.record, excerpt.sentence
    citations = [cite(note, sentence.start, sentence.end)]
    since = ""
    if excerpt.copied_from:
        first, words = excerpt.copied_from
        since = f"; same words since {day(first) or 'an undated note'}"
        citations.append(cite(first, words.start, words.end))
    return Statement(attributed(sentence.text, note, since), tuple(citations))


def attributed(said: str, record: SourceRecord, since: str = "") -> str:
    """With the day on which a note says so; a structured record's line says it itself. Which note
    it is the citation tells."""
    return f"{said} ({day(record) or 'undated'}{since})" if record.is_note else said
