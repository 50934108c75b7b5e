"""The last line of a document: what is not shown, what is not documented, what is unknown."""

from service.drafting.request import Drafted, DraftRequest
from service.drafting.telling import glue
from service.facts.fact import FactKind

TITLE = "Not shown"


def rest(request: DraftRequest, drafted: Drafted, unshown: str) -> str:
    """ "In the chart and not shown here: 14 further stable problems, 6 other results. Nothing is
    documented of: Family history." What could not be read is said as the writer said it."""
    told = [f"In the chart and not shown here: {unshown}."] if unshown else []
    empty = [s for s in drafted.sections if not s.statements]
    unknown = [f"{s.title}: {s.absence}" for s in empty if s.absence.startswith("Not known")]
    known = [s for s in empty if not s.absence.startswith("Not known")]
    absent = [s.title for s in known if _is_absent(request, s.key)]
    if absent:
        told.append(f"{glue.ABSENT}{'; '.join(absent)}.")
    return " ".join((*told, *unknown))


def _is_absent(request: DraftRequest, key: str) -> bool:
    """Only where every record could be read, and no fact speaks of it. What is to be done any note
    may tell in words that nobody foresaw."""
    sections = (each for each in request.prompt.meta.sections if each.key == key)
    kinds = [kind for section in sections for kind in section.tells_of]
    is_any = FactKind.OPEN_LOOP in kinds and any(r.is_note for r in request.read.values())
    return not request.unreadable and bool(kinds) and not (is_any or request.facts.of(*kinds))
