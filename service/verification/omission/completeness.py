"""How much of what matters in the sources a summary says, as one number."""

from collections.abc import Iterable
from functools import cache

from service.reading.assertions import Assertion, Certainty, Concept, Kind, Polarity
from service.reading.lexicon import stem
from service.reading.lexicon.relations import wider
from service.verification.lists import DATA
from service.verification.omission.check import Checked

# A reader misses what is absent, not a share: of a short source little can be. So a weight of this
# much stands beside the content as if it were said; beside a whole chart it is nothing. Chosen on
# the even rows of mts-dialog (10 to 40 do as well).
ALWAYS_SAID = 20.0
MUST_COUNTS = 0.8  # of completeness at most; half of it with FEW things that must be carried
FEW = 6
_WEIGHTS = {Kind.MEDICINE: 3.0, Kind.ALLERGY: 3.0, Kind.WORD: 0.5, Kind.PERSON: 0.5}
_KNOWN = 2.0  # of everything else that has a name


def completeness(checked: Checked) -> float:
    """0 to 1: what must be carried first, then the content of the sources.

    Content is what the sources assert, each thing once, what is known weighing more than a word.
    Questions do not count, and of structured records only what must be carried.
    """
    content = content_share(_content(checked), _said(checked))
    part = MUST_COUNTS * len(checked.asked) / (len(checked.asked) + FEW)
    return round(part * checked.share + (1 - part) * content, 4)


def _content(checked: Checked) -> frozenset[Concept]:
    notes = (record for record in checked.sources.records.values() if record.is_note)
    told = [a.concept for note in notes for a in note.assertions if _tells(a)]
    told = [concept for concept in told if concept.key not in _talk()]
    must = [Concept(Kind.FINDING, key) for each in checked.asked for key in sorted(each.keys)[:1]]
    named = {concept.key for concept in told}
    return frozenset((*told, *(each for each in must if each.key not in named)))


@cache
def _talk() -> frozenset[str]:
    return frozenset(map(stem, (DATA / "talk.txt").read_text(encoding="utf-8").split()))


def _tells(a: Assertion) -> bool:
    """No question, and nothing that no longer counts."""
    is_asked = a.polarity is Polarity.UNKNOWN and a.certainty is Certainty.POSSIBLE
    return a.is_current and not is_asked


def _said(checked: Checked) -> frozenset[str]:
    named = {a.concept.key for unit in checked.summary.pool.units for a in unit.assertions}
    return frozenset(named).union(*map(wider, named))


def content_share(content: Iterable[Concept], said: frozenset[str]) -> float:
    """The weighted share of the content that is said, 0 to 1; 0 where nothing is said."""
    weights = {concept: _WEIGHTS.get(concept.kind, _KNOWN) for concept in content}
    whole = sum(weights.values())
    told = sum(weight for concept, weight in weights.items() if concept.key in said)
    if not whole:
        return 1.0
    return (ALWAYS_SAID + told) / (ALWAYS_SAID + whole) if said else 0.0
