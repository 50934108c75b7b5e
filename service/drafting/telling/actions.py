"""What the next person must do: what is open, with its day and when it is due."""

from collections.abc import Iterator

from service.drafting.telling.item import Telling
from service.drafting.telling.loops import loops
from service.summary.document import Statement


def actions(telling: Telling) -> Iterator[Statement]:
    """What is due first. Whose it is stands in the source: verification reads no performer yet."""
    for item in sorted(loops(telling), key=lambda each: each.rank):
        yield Statement(item.text, item.citations)
