"""What is counted in one draft: length, what is told twice, on the wrong shelf, or as absent."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import NamedTuple

from service.drafting.telling import glue
from service.drafting.telling.glue import ABSENT, REST, is_composed, is_row, items
from service.facts import Fact, FactKind, Standing
from service.reading.assertions import Act, Kind, Polarity, Time
from service.reading.lexicon import stem, tokens
from service.reading.read import read_text
from service.summary.document import Document, Section
from service.summary.vocabulary import SummaryType
from tests.benchmarks._briefs import (
    MOST_LINES,
    MOST_WORDS,
    days_in,
    header_fragments,
    without_source,
)

BRIEF = "brief"
WORDS_A_MINUTE = 230
TWICE = 0.6  # of the shorter statement's telling words stand in the other
SHORT = 4  # telling words; of fewer all must stand in the other
ENDING = (Act.STOPPED, Act.HELD, Act.DECLINED, Act.AVOID, Act.NOT_FILLED, Act.MISSED)
UNVALUED = ("standing", "status", "range", "severity")
COUNTED = re.compile(r" \[\d+ records[^\]]*\]$")
LISTED = re.compile(r"; (?:active|inactive|resolved)\b.*$")  # how a list of the EHR has it
TELLING = 2  # characters; what is not longer joins words, unless it is a number

BUDGET = {  # words, brief included; of a medication history those beside its tables
    SummaryType.PRE_VISIT: 300,
    SummaryType.PSYCHIATRIC_PROGRESS: 350,
    SummaryType.HANDOFF: 200,
    SummaryType.HOSPITAL_COURSE: 500,
    SummaryType.DISCHARGE: 500,
    SummaryType.MEDICATION_HISTORY: 150,
}
MEDICINES = {"medications", "current-medications", "stopped-medications", "administrations"}
SHARED = MEDICINES | {"risk", "safety-plan", BRIEF}  # what several types must tell alike

# Where a fact of expected.toml belongs. A type's scope is the kinds of which it has a section.
HOMES: dict[str, set[str]] = {
    "allergy": {"allergies", "medications"},
    "carers": {"social"},
    "consent": {"legal"},
    "family-history": {"family-history"},
    "goal": {"goals"},
    "lab": {"labs", "monitoring", "adverse-effects"},
    "language": {"social"},
    "legal-status": {"legal"},
    "medication": {"medications", "current-medications"},
    "patient-words": {"goals"},
    "pending": {"pending", "plan"},
    "pregnancy": {"problems", "procedures"},
    "problem": {"problems", "course", "reason"},
    "pronouns": {"social"},
    "risk": {"risk"},
    "safety-plan": {"safety-plan"},
    "score": {"scores"},
    "social": {"social"},
    "stopped-medication": {"medications", "stopped-medications"},
    "substance-use": {"substance-use"},
}

# Of which kinds a statement must speak to stand in a section; other sections take anything.
SHELVES: dict[str, set[Kind]] = {
    "allergies": {Kind.ALLERGY},
    "current-medications": {Kind.MEDICINE},
    "stopped-medications": {Kind.MEDICINE},
    "legal": {Kind.LEGAL},
    "scores": {Kind.SCORE, Kind.MEASUREMENT},  # not every instrument is known as one
    "labs": {Kind.MEASUREMENT, Kind.PROCEDURE, Kind.FINDING},
    "procedures": {Kind.PROCEDURE},
    "substance-use": {Kind.SUBSTANCE, Kind.SCORE},
}

LIVE = {Standing.CURRENT, Standing.ON_HOLD, Standing.DISPUTED}
OVER = {Standing.PAST, Standing.REFUTED}
ANY = set(Standing)
# Facts that make "none is documented" of a section untrue.
DENIED_BY: dict[str, tuple[set[FactKind], set[Standing]]] = {
    "allergies": ({FactKind.ALLERGY}, ANY),
    "current-medications": ({FactKind.MEDICINE}, LIVE),
    "family-history": ({FactKind.FAMILY}, ANY),
    "goals": ({FactKind.GOAL, FactKind.QUOTE}, LIVE),
    "labs": ({FactKind.MEASUREMENT}, ANY),
    "legal": ({FactKind.DIRECTIVE}, ANY),
    "medications": ({FactKind.MEDICINE}, LIVE),
    "monitoring": ({FactKind.MEASUREMENT}, ANY),
    "pending": ({FactKind.OPEN_LOOP}, LIVE | {Standing.PLANNED}),
    "problems": ({FactKind.PROBLEM}, LIVE),
    "procedures": ({FactKind.PROCEDURE}, {Standing.PAST, Standing.CURRENT}),
    "risk": ({FactKind.RISK}, ANY),
    "scores": ({FactKind.SCORE}, ANY),
    "social": ({FactKind.SUPPORT, FactKind.SETTING}, LIVE),
    "stopped-medications": ({FactKind.MEDICINE}, {Standing.PAST}),
    "substance-use": ({FactKind.SUBSTANCE}, ANY),
}
UNREAD = ("not read", "unread", "could not", "unreadable", "failed")


@dataclass(frozen=True)
class Size:
    """Words of the whole text as it is signed, and of the brief; the brief's lines."""

    words: int
    brief_words: int
    brief_lines: int
    is_kept: bool

    @property
    def minutes(self) -> float:
        return self.words / WORDS_A_MINUTE


def size(document: Document, summary_type: SummaryType) -> Size:
    """How long it is, and whether it keeps its type's budget and the brief its own."""
    whole, lines = _words(document.text()), brief_of(document)
    table = sum(_words(s.text) for section in _tables(document) for s in section.statements)
    beside = whole - table if summary_type is SummaryType.MEDICATION_HISTORY else whole
    brief = sum(map(_words, lines))
    fits = len(lines) <= MOST_LINES and brief <= MOST_WORDS
    return Size(whole, brief, len(lines), fits and beside <= BUDGET[summary_type])


def brief_of(document: Document) -> tuple[str, ...]:
    """The brief's lines as they are read and signed, with the one of what was not read; none where
    the draft has no section of that key."""
    return tuple(
        line
        for section in document.sections
        if section.key == BRIEF or section.key.startswith(f"{BRIEF}-")
        for line in (*(statement.text for statement in section.statements), section.absence)
        if line
    )


def repeats(texts: Sequence[str]) -> set[int]:
    """Which statements share the words of an earlier one: the overlap coefficient of their
    telling words (shared / those of the shorter), their sources put aside, is at least TWICE."""
    told = [_telling(without_source(text)) for text in texts]
    pairs = combinations(range(len(told)), 2)
    return {late for early, late in pairs if _is_again(told[early], told[late])}


def _is_again(one: set[str], other: set[str]) -> bool:
    shorter = min(len(one), len(other))
    needed = TWICE * shorter if shorter >= SHORT else shorter
    return bool(shorter) and len(one & other) >= needed


def _telling(text: str) -> set[str]:
    keys = (token.key for token in tokens(text))
    return {stem(key) for key in keys if len(key) > TELLING or key.isdigit()}


class ToldFact(NamedTuple):
    """What one statement says of one thing: of which coding and of whom, whether it is so, what is
    done with it, now or to come, and its values; of what was measured its day too."""

    key: str
    subject: str
    polarity: Polarity
    act: Act
    is_to_come: bool
    values: frozenset[object]

    def is_told_by(self, other: "ToldFact") -> bool:
        """The same with the same values; what is only named, by what goes on with it."""
        is_same = self._replace(act=other.act, values=other.values) == other
        acts = (other.act,) if other.act in ENDING else (other.act, Act.NONE)
        return is_same and self.act in acts and self.values <= other.values


def retold(texts: Sequence[str]) -> set[int]:
    """Which statements tell only facts that earlier ones tell: each thing that the reader finds in
    them, with its values, and no word for which it has no thing. A statement of which it finds none
    is told again by the same words. A row of a medicine, and the line of all that are taken, are
    told whole."""
    found = set[int]()
    told: list[tuple[str, set[ToldFact], set[str]]] = []
    for number, text in enumerate(texts):
        own = [_facts_in(item) for item in _items(text)]
        is_whole = is_row(text) or text.startswith(glue.MEDICINES)
        if not is_whole and all(_is_retold(body, facts, words, told) for body, facts, words in own):
            found.add(number)
        told += [(body, facts, words | _telling(body)) for body, facts, words in own]
    return found


def _is_retold(
    body: str,
    facts: set[ToldFact],
    words: set[str],
    told: Sequence[tuple[str, set[ToldFact], set[str]]],
) -> bool:
    if not facts:
        return any(body == other for other, _, _ in told)
    keys = {fact.key for fact in facts}
    of = [(held, known) for _, held, known in told if keys & {fact.key for fact in held}]
    known = {word for _, known in of for word in known}
    is_told = all(any(f.is_told_by(o) for held, _ in of for o in held) for f in facts)
    return is_told and words <= known


def _items(text: str) -> list[str]:
    """Of a composed line each thing that it says, both results of one that moved apart."""
    if not is_composed(text):
        return [text]
    return [f"{each.body} ({each.day})" if each.day else each.body for each in items(text)]


def _facts_in(text: str) -> tuple[str, set[ToldFact], set[str]]:
    """Its words without source and standing, its facts, and the words that are of none."""
    body = LISTED.sub("", without_source(COUNTED.sub("", text)).rstrip("."))
    facts, words = set[ToldFact](), set[str]()
    for a in read_text(body).assertions:
        if a.concept.kind is Kind.WORD:
            words.add(a.concept.key)
            continue
        values: set[object] = {(v.what, v.value) for v in a.values if v.what not in UNVALUED}
        if a.concept.kind in (Kind.MEASUREMENT, Kind.SCORE):
            values |= {("date", day) for day in days_in(text.replace(body, ""))[-1:]}
        is_to_come = a.time in (Time.PLANNED, Time.IF)
        told = a.concept.key, a.subject, a.polarity, a.act, is_to_come
        facts.add(ToldFact(*told, frozenset(values)))
    return " ".join(body.casefold().split()), facts, words


def same_elsewhere(document: Document, others: Iterable[Document]) -> float:
    """Share of the statements, SHARED sections aside, that stand word for word in any other."""
    elsewhere = {each for other in others for each in _plain(other)}
    own = _plain(document)
    return sum(each in elsewhere for each in own) / len(own) if own else 0.0


def _plain(document: Document) -> list[str]:
    return [
        " ".join(s.text.lower().split())
        for section in document.sections
        if section.key not in SHARED
        for s in section.statements
    ]


def in_scope(kind: str, keys: set[str]) -> bool:
    """Does a type with these sections name facts of this kind?"""
    return bool(HOMES[kind] & keys)


def is_misplaced(kind: str, keys: Iterable[str]) -> bool:
    """Is a fact of this kind told, and only in sections that are not its home?"""
    found = set(keys)
    return bool(found) and not found & (HOMES[kind] | {BRIEF})


def wrong_shelf(key: str, text: str, kinds: set[Kind], medicines: set[Standing]) -> bool:
    """Does a statement of these kinds, of medicines that stand so, stand in a section where it
    does not belong: none of its kinds does, all its medicines are over, or it is a form's head?"""
    is_head = any(fragment in without_source(text).lower() for fragment in header_fragments())
    is_other = key in SHELVES and not SHELVES[key] & kinds
    is_over = key == "current-medications" and bool(medicines) and medicines <= OVER
    return is_head or is_other or is_over


def false_absences(
    document: Document, facts: Iterable[Fact], *, unread: Sequence[str]
) -> Iterator[str]:
    """Sections that say that nothing is documented although a source of a fact of their kind lies
    in the period that they name, or something of it was not read and they do not say so.

    `unread` are the days of what could not be read, "" where a day is not known.
    """
    held = list(facts)
    for section in map(partial(_said_absent, document), document.sections):
        if section.statements or not section.absence or section.key == REST:
            continue  # what the last line says of a section is judged as that section's word
        unsaid = not any(word in section.absence.lower() for word in UNREAD)
        if unsaid and any(_is_within(day, section.absence) for day in unread):
            yield f"[{section.key}] not all was read"
        elif found := _denying(section, held):
            yield f"[{section.key}] {found.kind}: {found.name} ({found.standing}, {found.on})"


def _said_absent(document: Document, section: Section) -> Section:
    """With what the last line of the document says of it, where it says nothing itself."""
    last = document.sections[-1]
    named = last.absence.partition(ABSENT)[2].rstrip(".").split("; ")
    is_named = last.key == REST and not section.statements and section.title in named
    return replace(section, absence=f"{ABSENT}{section.title}.") if is_named else section


def _denying(section: Section, facts: Iterable[Fact]) -> Fact | None:
    kinds, standings = DENIED_BY.get(section.key, (set(), set()))
    of_kind = (f for f in facts if f.kind in kinds and f.standing in standings)
    if section.key == "legal":  # plans of care and "avoid NSAIDs" are directives, and no status
        of_kind = (f for f in of_kind if _speaks_of(f.name, Kind.LEGAL))
    within = (f for f in of_kind if any(_is_within(s.on, section.absence) for s in f.sources))
    return next(within, None)


def _speaks_of(name: str, kind: Kind) -> bool:
    return any(each.concept.kind is kind for each in read_text(name).assertions)


def _is_within(day: str, absence: str) -> bool:
    """Of the period that the words name: from a first day, to a second; without one, always."""
    named = days_in(absence)
    return not named or not day or (named[0] <= day and (len(named) == 1 or day <= named[1]))


def _tables(document: Document) -> Iterator[Section]:
    return (section for section in document.sections if section.key in MEDICINES)


def _words(text: str) -> int:
    """A dash that begins a line is none."""
    return sum(any(map(str.isalnum, word)) for word in text.split())
