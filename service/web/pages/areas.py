"""What a reader looks for in the facts of a chart: a few areas, each of some kinds of facts."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.facts.fact import Fact, FactKind, Standing

KINDS = {
    FactKind.RISK: "Risk",
    FactKind.ALERT: "Alerts",
    FactKind.DIRECTIVE: "Directives and legal status",
    FactKind.ALLERGY: "Allergies",
    FactKind.MEDICINE: "Medicines",
    FactKind.PROBLEM: "Problems",
    FactKind.MEASUREMENT: "Measurements",
    FactKind.SCORE: "Scores",
    FactKind.OPEN_LOOP: "Asked for",
    FactKind.GOAL: "Goals",
    FactKind.SYMPTOM: "Symptoms",
    FactKind.FINDING: "Findings",
    FactKind.QUOTE: "In the patient's words",
    FactKind.IDENTITY: "Who the patient is",
    FactKind.EVENT: "Events and stays",
    FactKind.PROCEDURE: "Procedures and therapies",
    FactKind.SUBSTANCE: "Substances",
    FactKind.FAMILY: "Family history",
    FactKind.SUPPORT: "People",
    FactKind.SETTING: "Living and work",
}


@dataclass(frozen=True)
class Area:
    """Kinds under one heading; a `quiet` one is folded until somebody wants it."""

    key: str
    name: str
    kinds: tuple[FactKind, ...]
    quiet: bool = False


K = FactKind
AREAS = (
    Area("risk-and-safety", "Risk and safety", (K.RISK, K.ALERT, K.DIRECTIVE)),
    Area("allergies", "Allergies", (K.ALLERGY,)),
    Area("medicines", "Medicines", (K.MEDICINE,)),
    Area("problems", "Problems", (K.PROBLEM,)),
    Area("results", "Results", (K.MEASUREMENT, K.SCORE)),
    Area("to-do", "To do", (K.OPEN_LOOP, K.GOAL)),
    Area("symptoms-and-findings", "Symptoms and findings", (K.SYMPTOM, K.FINDING, K.QUOTE), True),
    Area(
        "background",
        "Background",
        (K.IDENTITY, K.EVENT, K.PROCEDURE, K.SUBSTANCE, K.FAMILY, K.SUPPORT, K.SETTING),
        True,
    ),
)

# Of these what is over, answered or denied is folded behind what is not. Of risk, allergies and
# medicines all of it is read.
_FOLDS = frozenset((K.PROBLEM, K.OPEN_LOOP, K.SYMPTOM, K.FINDING))
_OVER = frozenset((Standing.PAST, Standing.REFUTED))


def live_and_over(kind: FactKind, facts: Iterable[Fact]) -> tuple[list[Fact], list[Fact]]:
    """What stands, then what is over: none where the kind is read as a whole, or all is over."""
    held = list(facts)
    live = [fact for fact in held if fact.standing not in _OVER]
    if kind not in _FOLDS or not live:
        return held, []
    return live, [fact for fact in held if fact.standing in _OVER]
