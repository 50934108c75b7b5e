"""What a statement said before the last person's edit of it, and the plan to go back to that."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.errors import BadInput
from service.review.editing import rewording
from service.review.edits import Plan, Wanted
from service.summary.document import Document, Statement
from service.summary.models import Summary, SummaryVersion


def taking_back(index: int) -> Plan:
    """This statement in the words that it had before. Raises BadInput when planned."""

    def plan(session: Session, summary: Summary, before: SummaryVersion) -> Wanted | None:
        former = texts_before([version.content for version in summary.versions])
        if index not in former:
            raise BadInput("This statement was not edited, so there is nothing to take back.")
        return rewording(index, former[index])(session, summary, before)

    return plan


def texts_before(documents: Sequence[Document]) -> dict[int, str]:
    """Statement index in the newest document -> its words before they were last edited.

    Each document but the first is the one before it with one statement reworded or removed;
    where that does not hold (it was drafted anew) the look back ends.
    """
    if not documents:
        return {}
    now = _statements(documents[-1])
    at = {index: index for index in range(len(now))}
    found: dict[int, str] = {}
    later = now
    for document in reversed(documents[:-1]):
        earlier = _statements(document)
        gone = _removed(earlier, later)
        if gone is None:
            break
        at = {index: old + (old >= gone) for index, old in at.items()}
        for index, old in at.items():
            if index not in found and earlier[old].text != now[index].text:
                found[index] = earlier[old].text
        later = earlier
    return {i: text for i, text in found.items() if now[i].writer == "person"}


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
