"""What the next person must do: what is open, with its day, when it is due, and whose it is."""

import re
from collections.abc import Iterator

from service.chart.models import SourceRecord
from service.drafting.citing import cite
from service.drafting.telling import glue
from service.drafting.telling.item import Item, Telling
from service.drafting.telling.loops import loops
from service.summary.document import Citation, Statement

_OWNER = re.compile(r"^(?:Performer|Owner|Participants?|Practitioner): (.+)$", re.MULTILINE)


def actions(telling: Telling) -> Iterator[Statement]:
    """What is due first."""
    for item in sorted(loops(telling), key=lambda each: each.rank):
        yield _with_owner(telling, item)


def _with_owner(telling: Telling, item: Item) -> Statement:
    """An order names who is to do it in a line of its own; of a note only its words tell."""
    record = telling.records[item.citations[0].record_id]
    owner = None if record.is_note else _OWNER.search(record.text)
    if owner is None:
        return Statement(item.text, item.citations)
    told = next(glue.items(item.text))
    text = glue.when(f"{told.body}, {owner[1]}", told.day, told.days_ago, due=told.due)
    return Statement(text, (*item.citations, _cited(record, owner)))


def _cited(record: SourceRecord, found: re.Match[str]) -> Citation:
    return cite(record, *found.span())
