"""What a statement said before the last person's edit of it, and the plan to go back to that."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from service.errors import BadInput
from service.review.editing import rewording
from service.review.edits import Plan, Wanted
from service.summary.document import Document, Statement
from service.summary.models import Summary, SummaryVersion


def taking_back(index: int) -> Plan:
    """This statement in the words that it had before. Raises BadInput when planned."""

    def plan(session: Session, summary: Summary, before: SummaryVersion) -> Wanted | None:
        former = texts_before(back_to_draft(summary))
        if index not in former:
            raise BadInput("This statement was not edited, so there is nothing to take back.")
        return rewording(index, former[index])(session, summary, before)

    return plan


def back_to_draft(summary: Summary) -> Iterator[Document]:
    """The text as it stands, then each before it down to the draft; read as far as it is asked."""
    for version in reversed(summary.versions):
        yield version.content
        if not version.edit:
            return


def texts_before(newest_first: Iterable[Document]) -> dict[int, str]:
    """Statement index in the newest document -> its words before they were last edited.

    Each document is the next one with one statement reworded or removed; where that does not
    hold (one was added) the look back ends, and where each that a person worded is found.
    """
    documents = iter(newest_first)
    now = _statements(first) if (first := next(documents, None)) else []
    mine = {i for i, statement in enumerate(now) if statement.writer == "person"}
    at = {index: index for index in range(len(now))}
    found: dict[int, str] = {}
    later = now
    while not mine <= found.keys() and (document := next(documents, None)):
        earlier = _statements(document)
        gone = _removed(earlier, later)
        if gone is None:
            break
        at = {index: old + (old >= gone) for index, old in at.items()}
        for index, old in at.items():
            if index not in found and earlier[old].text != now[index].text:
                found[index] = earlier[old].text
        later = earlier
    return {i: text for i, text in found.items() if i in mine}


def _removed(earlier: Sequence[Statement], later: Sequence[Statement]) -> int | None:
    """Index of the statement that went (past the end when none did); None for another draft."""
    if len(earlier) == len(later):
        changed = sum(a != b for a, b in zip(earlier, later, strict=True))
        return len(earlier) if changed <= 1 else None
    if len(earlier) != len(later) + 1:
        return None
    same = (i for i, (a, b) in enumerate(zip(earlier, later, strict=False)) if a != b)
    gone = next(same, len(later))
    return gone if [*earlier[:gone], *earlier[gone + 1 :]] == list(later) else None


def _statements(document: Document) -> list[Statement]:
    return [placed.statement for placed in document.placed()]
