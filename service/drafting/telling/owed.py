"""The line of a record that tells what a document lacks, word for word."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from service.chart.models import SourceRecord
from service.drafting.citing import cite
from service.drafting.excerpts import attributed
from service.drafting.language import is_slur
from service.drafting.request import DraftRequest, Owed
from service.drafting.telling.place import bare, line_of
from service.drafting.words import count_words
from service.facts.fact import FactKind, Standing
from service.facts.said import is_brought
from service.summary.document import Statement

LONGEST = 60  # words of a line that is told whole
_KINDS = (FactKind.PROBLEM, FactKind.MEDICINE, FactKind.ALLERGY)
_NOT_SO = (Standing.REFUTED, Standing.DISPUTED)
Place = tuple[str, int, int]


class Lines:
    """Of one draft: which places may be told."""

    def __init__(self, request: DraftRequest) -> None:
        self.request = request
        self.records = {record.id: record for record in request.records}

    def of(self, owed: Owed) -> Statement | None:
        """None where none of its places may be told."""
        return self.at(owed.places)

    def at(self, places: Iterable[Place]) -> Statement | None:
        """Of the EHR's own lists first, which somebody keeps; the shortest that tells it."""
        held = [place for place in places if place[0] in self.records]
        held.sort(key=lambda place: (self.records[place[0]].is_note, place[2] - place[1]))
        return next((told for place in held if (told := self._line(*place))), None)

    def _line(self, record_id: str, start: int, end: int) -> Statement | None:
        record = self.records[record_id]
        start, end = bare(record.text, *line_of(record.text, start, end))
        said = " ".join(record.text[start:end].split())
        if (
            not 0 < count_words(said) <= LONGEST
            or is_slur(said)
            or not self._may_stand(record, start, end)
        ):
            return None
        return Statement(attributed(said, record), (cite(record, start, end),))

    def _may_stand(self, record: SourceRecord, start: int, end: int) -> bool:
        """Nothing that speaks to a program, nothing that was brought, and no list of a note that
        names beside it what is not so, or is in dispute."""
        planted = self.request.planted.get(record.id, ())
        if is_brought(record.title) or any(p.start < end and start < p.end for p in planted):
            return False
        return not any(
            (id == record.id and start <= at < end) for id, at in self._doubtful if record.is_note
        )

    @cached_property
    def _doubtful(self) -> set[tuple[str, int]]:
        return set(self._places())

    def _places(self) -> Iterator[tuple[str, int]]:
        for fact in self.request.facts.of(*_KINDS):
            if fact.standing in _NOT_SO:
                yield from ((s.record_id, s.start) for s in fact.sources)
