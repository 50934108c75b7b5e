"""What is counted in one draft: length, what is told twice, on the wrong shelf, or as absent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from service.drafting.telling.glue import ABSENT, REST
from service.facts import Fact, FactKind, Standing
from service.reading.assertions import Kind
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
    """Which statements tell again what an earlier one tells: the overlap coefficient of their
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
