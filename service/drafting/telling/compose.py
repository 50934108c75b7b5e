"""The document of a draft: title and header, the brief, the sections within the type's budget, and
one last line for what is not shown."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.drafting.coverage import Unread
from service.drafting.header import header
from service.drafting.request import Drafted, DraftRequest, Lacks, Owed
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.budget import Candidate, cited, fitted
from service.drafting.telling.owed import Lines
from service.drafting.telling.place import section_for
from service.drafting.words import count_words
from service.facts.fact import FactKind
from service.summary.document import Document, Section
from service.summary.vocabulary import Severity

# Of a document's words the brief has at most the first; less where what must be carried has no
# room beside it.
SHARES = (0.5, 0.46, 0.42, 0.38, 0.34)
TITLE = "Not shown"
NAMED = 3  # sections in the last line of which most is left out

# The facts that contradict "nothing is documented" of a section.
OF_SECTION = {
    "risk": (FactKind.RISK,),
    "safety-plan": (FactKind.RISK,),
    "legal": (FactKind.DIRECTIVE, FactKind.ALERT),
    "allergies": (FactKind.ALLERGY,),
    "current-medications": (FactKind.MEDICINE,),
    "stopped-medications": (FactKind.MEDICINE,),
    "medications": (FactKind.MEDICINE,),
    "administrations": (FactKind.MEDICINE,),
    "adverse-effects": (FactKind.MEDICINE,),
    "problems": (FactKind.PROBLEM,),
    "scores": (FactKind.SCORE,),
    "labs": (FactKind.MEASUREMENT,),
    "monitoring": (FactKind.MEASUREMENT,),
    "substance-use": (FactKind.SUBSTANCE,),
    "social": (FactKind.SETTING, FactKind.SUPPORT),
    "family-history": (FactKind.FAMILY,),
    "goals": (FactKind.GOAL, FactKind.QUOTE),
    "pending": (FactKind.OPEN_LOOP,),
    "procedures": (FactKind.PROCEDURE,),
}


@dataclass(frozen=True)
class Composed:
    """The document; what the writer gave, with what was left out counted; the ids of the records
    that only what was left out cites."""

    document: Document
    drafted: Drafted
    left_out: tuple[str, ...] = ()


def compose(request: DraftRequest, drafted: Drafted, unread: Unread) -> Composed:
    """The document that is stored. Its words are at most those of the type's budget."""
    title, lines = request.prompt.meta.title, header(request.records, request.window)
    budget = request.prompt.meta.words
    lacks, tried = request.owing(request), []
    for share in SHARES:
        words = min(request.prompt.brief.words, int(budget * share))
        first, _ = brief(request, unread, words)
        tried.append(_filled(request, drafted, Document(title, lines, (first,)), lacks))
        if not _graves(tried[-1]):
            break
    document, left = min(tried, key=_graves)
    counted = Counter(drafted.sections[each.section].key for each in left)
    shown = {c.record_id for p in document.placed() for c in p.statement.citations}
    unshown = {c.record_id for c in cited(left)} - shown
    not_shown = Counter(drafted.not_shown) + counted
    return Composed(document, replace(drafted, not_shown=not_shown), tuple(sorted(unshown)))


def _graves(filled: tuple[Document, list[Candidate]]) -> int:
    return sum(each.is_grave for each in filled[1])


def _filled(
    request: DraftRequest, drafted: Drafted, begun: Document, lacks: Lacks
) -> tuple[Document, list[Candidate]]:
    """With as much of the sections as the budget has room for beside the last line, whose length
    hangs on what is left out."""
    budget, tables = request.prompt.meta.words, request.prompt.meta.tables
    told = begun.sections[0].statements
    room = budget - words_of(begun, tables)
    owed = list(_owed(request, drafted, lacks(begun)))
    while True:
        sections, left = fitted(drafted.sections, told, room, owed=owed, tables=tables)
        rest = Section(glue.REST, TITLE, (), _rest(request, drafted, left))
        document = replace(begun, sections=(*begun.sections, *sections, rest))
        over = words_of(document, tables) - budget
        if over <= 0 or not any(section.statements for section in sections):
            return document, left
        room -= over


def _owed(request: DraftRequest, drafted: Drafted, lacking: Sequence[Owed]) -> Iterator[Candidate]:
    """What the brief lacks of what the type must carry, each by its own line at its place."""
    lines, keys = Lines(request), [s.key for s in drafted.sections]
    owed = [(each, lines.of(each)) for each in lacking]
    for nth, (each, stated) in enumerate(owed):
        if stated:
            number = keys.index(section_for(each.kind, keys))
            is_grave = each.severity is Severity.MAJOR
            yield Candidate(number, nth - len(owed), stated, is_grave=is_grave)


def words_of(document: Document, tables: Collection[str] = ()) -> int:
    """As a reader counts them, all that is signed; the rows of sections that are tables aside."""
    rows = (row for s in document.sections if s.key in tables for row in s.statements)
    return count_words(document.text()) - sum(count_words(row.text) for row in rows)


def _rest(request: DraftRequest, drafted: Drafted, left: Sequence[Candidate]) -> str:
    """ "In the chart and not shown here: Problems 6, Results 7. Nothing is documented of: Family
    history." What could not be read is said as the writer said it."""
    counts = Counter(drafted.sections[each.section].key for each in left)
    counts += Counter(drafted.not_shown)
    most = sorted((s for s in drafted.sections if counts[s.key]), key=lambda s: -counts[s.key])
    said = [f"{counts[s.key]} of {s.title.lower()}" for s in most[:NAMED]]
    if others := sum(counts[s.key] for s in most[NAMED:]):
        said.append(f"{others} more")
    told = [f"In the chart and not shown here: {', '.join(said)}."] if said else []
    empty = [s for s in drafted.sections if not s.statements]
    unknown = [f"{s.title}: {s.absence}" for s in empty if s.absence.startswith("Not known")]
    known = [s for s in empty if not s.absence.startswith("Not known")]
    absent = [s.title for s in known if _is_absent(request, s.key)]
    if absent:
        told.append(f"{glue.ABSENT}{'; '.join(absent)}.")
    return " ".join((*told, *unknown))


def _is_absent(request: DraftRequest, key: str) -> bool:
    """Only where every record could be read, and no fact speaks of it."""
    kinds: Iterable[FactKind] = OF_SECTION.get(key, ())
    return not request.unreadable and bool(kinds) and not request.facts.of(*kinds)
