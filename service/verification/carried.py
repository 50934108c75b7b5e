"""What tells facts in a model's own words was compared with the facts when it was drafted."""

from collections.abc import Mapping
from dataclasses import replace

from service.facts.fact import Standing
from service.summary.document import Placed
from service.summary.vocabulary import Support
from service.verification.models import Assessment, Reason

BORNE = 0.7  # of a score: its values and names are the facts', its words are not the sources'
_OVER = (Standing.PAST, Standing.REFUTED)
# Reasons that a source gives for a fact which is over by what came after it.
_OF_STANDING = frozenset(("polarity", "time", "act"))
_OF_WORDS = frozenset(("words", "time"))  # and not: of a citation that is not there


def as_carried(placed: Placed, found: Assessment, carried: Mapping[str, str]) -> Assessment:
    """`carried` is SummaryVersion.coverage's. That no source has its words is nothing against it;
    that one says otherwise is, save of what is over: the source may be of before."""
    standing = carried.get(placed.statement.text)
    if standing is None or found.support is Support.SUPPORTED:
        return found
    if not all(_passes(reason, found.support, standing) for reason in found.reasons):
        return found
    return replace(found, support=Support.SUPPORTED, score=BORNE, reasons=())


def _passes(reason: Reason, support: Support, standing: str) -> bool:
    """ "currently", of which a source has nothing, is held against the fact's standing."""
    if support is not Support.CONTRADICTED:
        return reason.check in _OF_WORDS
    is_added = reason.check == "turn" and not reason.source
    return is_added or (standing in _OVER and reason.check in _OF_STANDING)
