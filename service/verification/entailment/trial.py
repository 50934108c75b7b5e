"""A scorer tried on three known pairs, for `countersign doctor`: is it right, and how fast?"""

import time

from service.chart.identity import Identity
from service.errors import Unavailable
from service.verification.entailment.choice import about, notes
from service.verification.entailment.scorer import Pair, Scorer

ANSWERS = ("borne", "contradicted", "not said")
# Of nobody; the answer to each is that of its place in ANSWERS.
KNOWN = (
    Pair("She has had asthma since childhood and uses an inhaler.", "She uses an inhaler."),
    Pair("She denies hearing voices.", "She is hearing voices."),
    Pair("He lives with his sister and works as a carpenter.", "He has asthma."),
)
WARMING = Pair("He was seen today.", "He was seen today.")  # what loads or connects is not timed


def tried(scorer: Scorer) -> str:
    """A sentence with the answers and the pairs a second; one wrong answer is told in words.

    Raises Unavailable for more: then its labels stand in another order, or it is no such model.
    """
    asking = about(scorer, Identity())
    assert asking is not None
    asking.score([WARMING])
    began = time.monotonic()
    rows = asking.score(KNOWN)
    rate = len(KNOWN) / max(time.monotonic() - began, 1e-6)
    if missed := notes(asking):
        raise Unavailable(" ".join(missed))
    given = [int(row.argmax()) for row in rows]
    told = ", ".join(f"{ANSWERS[at]} {row[at]:.2f}" for at, row in zip(given, rows, strict=True))
    wrong = [n for n, at in enumerate(given) if n != at]
    if len(wrong) > 1:
        raise Unavailable(
            f"{scorer.name} answered {told} where {', '.join(ANSWERS)} is right. Do the labels in "
            "its config.json stand in the order of its answers? Choose another, or none."
        )
    warned = [
        f". It takes {_shown(KNOWN[n])} as {ANSWERS[given[n]]}, which is wrong" for n in wrong
    ]
    return f"{scorer.name}: {told}; {rate:.3g} pairs a second{''.join(warned)}"


def _shown(pair: Pair) -> str:
    return f'"{pair.statement}" beside "{pair.evidence}"'
