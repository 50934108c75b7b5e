"""The document of a draft: title and header, the brief, the sections within the type's budget, and
one last line for what is not shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from service.drafting.coverage import Unread
from service.drafting.header import header
from service.drafting.request import Drafted, DraftRequest
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.budget import Candidate, cited, fitted
from service.facts.fact import FactKind
from service.summary.document import Document, Section
from service.summary.vocabulary import SummaryType

SHARE = 0.5  # of the words of a document, the brief has at most
NO_STAY = "No hospital stay is recorded in this chart, so there is no course of one to tell."
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
    if _lacks_stay(request):
        nothing = tuple(Section(s.key, s.title) for s in drafted.sections)
        rest = Section(glue.REST, TITLE, (), NO_STAY)
        return Composed(Document(title, lines, (*nothing, rest)), drafted)
    budget = request.prompt.meta.words
    first, _ = brief(request, unread, int(budget * SHARE))
    begun = Document(title, lines, (first,))
    document, left = _filled(request, drafted, begun)
    counted = Counter(drafted.sections[each.section].key for each in left)
    shown = {c.record_id for p in document.placed() for c in p.statement.citations}
    unshown = {c.record_id for c in cited(left)} - shown
    not_shown = Counter(drafted.not_shown) + counted
    return Composed(document, replace(drafted, not_shown=not_shown), tuple(sorted(unshown)))


def _filled(
    request: DraftRequest, drafted: Drafted, begun: Document
) -> tuple[Document, list[Candidate]]:
    """With as much of the sections as the budget has room for beside the last line, whose length
    hangs on what is left out."""
    budget, told = request.prompt.meta.words, begun.sections[0].statements
    room = budget - words_of(begun)
    while True:
        sections, left = fitted(drafted.sections, told, room)
        rest = Section(glue.REST, TITLE, (), _rest(request, drafted, left))
        document = replace(begun, sections=(*begun.sections, *sections, rest))
        over = words_of(document) - budget
        if over <= 0 or not any(section.statements for section in sections):
            return document, left
        room -= over


def words_of(document: Document) -> int:
    """As a reader counts them, the header that names the patient aside."""
    header_words = sum(len(line.split()) for line in (document.title, *document.header))
    return len(document.text().split()) - header_words


def _lacks_stay(request: DraftRequest) -> bool:
    is_course = request.prompt.summary_type is SummaryType.HOSPITAL_COURSE
    return is_course and request.window.since is None


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
    absent = [s.title for s in empty if not s.absence.startswith("Not known")]
    absent = [s.title for s in empty if s.title in absent and _is_absent(request, s.key)]
    if absent:
        told.append(f"Nothing is documented of: {', '.join(absent)}.")
    return " ".join((*told, *unknown))


def _is_absent(request: DraftRequest, key: str) -> bool:
    """Only where every record could be read, and no fact speaks of it."""
    kinds: Iterable[FactKind] = OF_SECTION.get(key, ())
    return not request.unreadable and bool(kinds) and not request.facts.of(*kinds)
