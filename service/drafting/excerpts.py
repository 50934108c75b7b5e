"""Sentences taken whole from notes: by heading, by word, newest note first, copies told once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise

from service.chart.models import SourceRecord
from service.drafting.citing import cite, day
from service.drafting.facts import newest_first
from service.drafting.notes import Sentence, sentences
from service.drafting.template import SectionPrompt
from service.drafting.windows import Window
from service.drafting.words import matcher, mentions
from service.retrieval.evidence import Evidence
from service.summary.document import Statement

LONGEST_SENTENCE = 500  # a longer one is a list that a machine wrote, not a sentence to carry
SHORTEST_COPY = 40  # shorter ones ("Denies SI.") are said anew at each visit, not copied
LONGEST_RUN = 240  # neighbouring sentences are told together up to this many characters


@dataclass(frozen=True)
class Excerpt:
    """A sentence of a note, and the oldest other note that has the same words."""

    record: SourceRecord
    sentence: Sentence
    copied_from: tuple[SourceRecord, Sentence] | None = None


class Notes:
    """The notes that may be read, split once for all sections."""

    def __init__(self, records: Iterable[SourceRecord]) -> None:
        notes = (r for r in records if r.is_note and r.text)
        self.newest_first = sorted(notes, key=newest_first)

    @cached_property
    def sentences(self) -> dict[str, list[Sentence]]:
        return {note.id: sentences(note.text) for note in self.newest_first}

    @cached_property
    def first_said(self) -> dict[str, tuple[SourceRecord, Sentence]]:
        """For each wording, the oldest note that has it: copy-forward keeps its first author."""
        return {
            sentence.key: (note, sentence)
            for note in self.newest_first
            for sentence in self.sentences[note.id]
        }

    def excerpt(self, note: SourceRecord, sentence: Sentence) -> Excerpt:
        first = self.first_said[sentence.key]
        is_copy = first[0].id != note.id and len(sentence.text) >= SHORTEST_COPY
        return Excerpt(note, sentence, first if is_copy else None)


def choose(notes: Notes, prompt: SectionPrompt, window: Window, told: set[str]) -> list[Excerpt]:
    """What this section takes from its newest notes that have anything for it.

    `told` holds the keys of sentences other sections have told; one of those is taken again
    only under a heading of this section.
    """
    inside = (note for note in notes.newest_first if window.holds(note))
    wanting = (found for note in inside if (found := _from_note(notes, note, prompt, told)))
    seen: set[str] = set()
    chosen = []
    for excerpt in (e for found in islice(wanting, prompt.newest_notes) for e in found):
        if excerpt.sentence.key not in seen:
            seen.add(excerpt.sentence.key)
            chosen.append(excerpt)
    return chosen


def _from_note(
    notes: Notes, note: SourceRecord, prompt: SectionPrompt, told: set[str]
) -> list[Excerpt]:
    return [
        notes.excerpt(note, sentence)
        for sentence in notes.sentences[note.id]
        if is_wanted(note, sentence, prompt)
        and (sentence.key not in told or _titled(sentence.heading, prompt))
    ]


def is_wanted(note: SourceRecord, sentence: Sentence, prompt: SectionPrompt) -> bool:
    """Does the sentence stand under one of the section's headings, or speak of its words?

    A note whose own title is such a heading (a safety plan) is wanted whole.
    """
    if len(sentence.text) > LONGEST_SENTENCE and not prompt.extractive:
        return False
    titled = _titled(f"{note.title}\n{sentence.heading}", prompt)
    worded = mentions(_without(sentence.text, prompt), prompt.needs_words)
    if prompt.needs_heading:
        return titled and (worded or not prompt.needs_words)
    return titled or worded


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
    found = []
    for passage in evidence:
        note = held.get(passage.record_id)
        for sentence in notes.sentences[note.id] if note else ():
            inside = passage.start <= sentence.start and sentence.end <= passage.end
            if note and inside and is_wanted(note, sentence, prompt):
                found.append(notes.excerpt(note, sentence))
    return found


def runs(excerpts: Iterable[Excerpt]) -> list[list[Excerpt]]:
    """Neighbouring sentences of one paragraph of one note, together."""
    found: list[list[Excerpt]] = []
    for excerpt in excerpts:
        if found and _continues(found[-1], excerpt):
            found[-1].append(excerpt)
        else:
            found.append([excerpt])
    return found


def _continues(run: list[Excerpt], following: Excerpt) -> bool:
    first, last = run[0], run[-1]
    return (
        last.record.id == following.record.id
        and _adjoins(last.record.text, last.sentence, following.sentence)
        and _source(last) == _source(following)
        and following.sentence.end - first.sentence.start <= LONGEST_RUN
    )


def _adjoins(text: str, last: Sentence, following: Sentence) -> bool:
    """Is nothing between the two but space, or between two items of a list but its markers?"""
    if following.start < last.end:  # passages come best first, not in the note's order
        return False
    gap = text[last.end : following.start]
    if last.paragraph == following.paragraph:
        return not gap.strip()
    is_list = last.heading == following.heading and last.text[-1] not in ".!?:"
    return is_list and not re.sub(r"[-*•]|\d{1,2}[.)]", "", gap).strip()


def _joined(run: list[Excerpt]) -> str:
    """The run as one line; items of a list are parted by semicolons."""
    text = run[0].sentence.text
    for last, following in pairwise(run):
        same = last.sentence.paragraph == following.sentence.paragraph
        text += (" " if same else "; ") + following.sentence.text
    return text


def _source(excerpt: Excerpt) -> str | None:
    return excerpt.copied_from[0].id if excerpt.copied_from else None


def told(run: list[Excerpt]) -> Statement:
    """The run word for word, with which note says so; a copy names the first note too."""
    note, start, end = run[0].record, run[0].sentence.start, run[-1].sentence.end
    citations = [cite(note, start, end)]
    attribution = f"{_name(note)}, {day(note) or 'undated'}"
    if first := run[0].copied_from:
        attribution += f"; same words since {day(first[0]) or 'an undated note'}"
        citations += [cite(e.copied_from[0], e.copied_from[1].start, e.copied_from[1].end)
                      for e in run if e.copied_from]  # fmt: skip
    return Statement(f"{_joined(run)} ({attribution})", tuple(citations))


def _name(note: SourceRecord) -> str:
    title = note.title or "note"
    return title if title.isupper() else title[:1].lower() + title[1:]
