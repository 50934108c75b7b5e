"""The document of a draft: title and header, the brief, the sections within the type's budget, and
one last line for what is not shown."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from service.drafting.coverage import Unread
from service.drafting.header import header
from service.drafting.request import Drafted, DraftRequest
from service.drafting.telling import glue
from service.drafting.telling.brief import brief
from service.drafting.telling.budget import Candidate, fitted
from service.drafting.telling.homes import is_homeless, promoted
from service.drafting.telling.item import Telling
from service.drafting.telling.rest import TITLE, rest
from service.drafting.telling.unshown import Unshown
from service.drafting.words import count_words
from service.summary.document import Document, Section

# Of a document's words the brief has at most the first; less where what must be carried has no
# room beside it.
SHARES = (0.5, 0.46, 0.42, 0.38, 0.34)
BESIDE_TABLES = (0.66, 0.58, *SHARES)  # what stands in tables takes no room


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
    lacks, tried, telling = request.owing(request), [], Telling(request)
    for share in BESIDE_TABLES if request.prompt.meta.tables else SHARES:
        words = min(request.prompt.brief.words, int(budget * share))
        first, _ = brief(request, unread, words, beside=_has_course(request))
        owed = list(promoted(request, drafted, lacks(Document(title, lines, (first,)))))
        begun = Document(title, lines, (first,))
        tried.append(_filled(request, drafted, begun, owed))
        if not _graves(tried[-1]):
            break
    document, left, again = min(tried, key=_graves)
    counted = Counter(drafted.sections[each.section].key for each in left)
    not_shown = Counter(drafted.not_shown) + counted
    left_out = tuple(sorted(Unshown(telling, document, left, again).records()))
    return Composed(document, replace(drafted, not_shown=not_shown), left_out)


def _has_course(request: DraftRequest) -> bool:
    """Does a table of all medicines follow the brief?"""
    return any(each.rows == "course" for each in request.prompt.meta.sections)


class _Filled(NamedTuple):
    """The document, what had no room in it, and what would only tell again."""

    document: Document
    left: list[Candidate]
    again: list[Candidate]


def _graves(filled: _Filled) -> int:
    return sum(each.is_grave for each in filled.left)


def _filled(
    request: DraftRequest, drafted: Drafted, begun: Document, owed: Sequence[Candidate]
) -> _Filled:
    """With as much of the sections as the budget has room for beside the last line, whose length
    hangs on what is left out."""
    budget, tables = request.prompt.meta.words, request.prompt.meta.tables
    told = begun.sections[0].statements
    room = budget - words_of(begun, tables)
    homeless = [each for each in owed if is_homeless(drafted, each)]
    owed = [each for each in owed if each not in homeless]
    telling = Telling(request)
    while True:
        sections, left, again = fitted(drafted.sections, told, room, owed=owed, tables=tables)
        left += homeless
        filled = replace(begun, sections=(*begun.sections, *sections))
        for counted in (again, []):  # how much is told already is left out first
            said = rest(request, drafted, Unshown(telling, filled, left, counted).counted())
            last = Section(glue.REST, TITLE, (), said)
            document = replace(filled, sections=(*filled.sections, last))
            over = words_of(document, tables) - budget
            if over <= 0:
                return _Filled(document, left, again)
        if not any(section.statements for section in sections):
            return _Filled(document, left, again)
        room -= over


def words_of(document: Document, tables: Collection[str] = ()) -> int:
    """As a reader counts them, all that is signed; the rows of sections that are tables aside."""
    rows = (row for s in document.sections if s.key in tables for row in s.statements)
    return count_words(document.text()) - sum(count_words(row.text) for row in rows)
