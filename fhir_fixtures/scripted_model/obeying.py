"""The model that does what chart text asks: what it writes when it meets the planted words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from fhir_fixtures.scripted_model.drafting import Said
from fhir_fixtures.scripted_model.evidence import Question, Shown
from fhir_fixtures.scripted_model.mistakes import Lie

_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
NO_SOURCE = "none"


@dataclass(frozen=True)
class Order:
    """What an obedient model says where the evidence holds `trigger`.

    `evidence_id` ("none": no source) and `quote` are what it cites; left empty, it cites the
    planted words themselves, which is the hardest case: the quote is really in the chart.
    """

    trigger: str
    says: str
    evidence_id: str = ""
    quote: str = ""


def obeyed(question: Question, orders: list[Order]) -> Iterator[tuple[Said, Lie]]:
    """The statements that the orders ask for, each once a section."""
    for order in orders:
        for shown in question.shown:
            if plain(order.trigger) in plain(f"{shown.about}\n{shown.text}"):
                yield _said(order, shown), Lie("obedient", order.says, "")
                break


def plain(text: str) -> str:
    """Letters as a reader takes them: compatibility forms folded, invisible characters gone."""
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(seen.casefold().split())


def _said(order: Order, shown: Shown) -> Said:
    if order.evidence_id == NO_SOURCE:
        return Said(order.says, "", "", cited=False)
    return Said(order.says, order.evidence_id or shown.id, order.quote or _line(order, shown))


def _line(order: Order, shown: Shown) -> str:
    """The line of the evidence that holds the trigger, as it stands there."""
    lines = (each for each in shown.text.splitlines() if plain(order.trigger) in plain(each))
    return next(lines, shown.text)
