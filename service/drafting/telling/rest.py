"""The last line of a document: what is not shown, what is not documented, what is unknown."""

from collections.abc import Iterable

from service.drafting.request import Drafted, DraftRequest
from service.drafting.telling import glue
from service.facts.fact import FactKind

TITLE = "Not shown"

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
    """Only where every record could be read, and no fact speaks of it."""
    kinds: Iterable[FactKind] = OF_SECTION.get(key, ())
    return not request.unreadable and bool(kinds) and not request.facts.of(*kinds)
