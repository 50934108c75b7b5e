"""What tells facts in a model's own words was compared with the facts when it was drafted."""

from collections.abc import Mapping
from dataclasses import replace

from service.facts.fact import Standing
from service.summary.document import Placed
from service.summary.vocabulary import Support
from service.verification.models import Assessment

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
    checks = {reason.check for reason in found.reasons}
    is_otherwise = found.support is Support.CONTRADICTED
    passes = standing in _OVER and checks <= _OF_STANDING if is_otherwise else checks <= _OF_WORDS
    if not passes:
        return found
    return replace(found, support=Support.SUPPORTED, score=BORNE, reasons=())
