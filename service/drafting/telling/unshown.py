"""What a document does not show of the chart, counted by what it is, the gravest first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from service.drafting.telling.budget import Candidate
from service.drafting.telling.item import Telling
from service.facts.fact import Fact, FactKind, Facts, FactSource, ReadRecord, Standing
from service.summary.document import Citation, Document

NAMED = 4  # kinds; the rest is one number
PASSAGES = "passage of the records", "passages of the records"
AGAIN = "told already"
_NOW = (Standing.CURRENT, Standing.DISPUTED, Standing.ON_HOLD)
_OVER = (Standing.PAST, Standing.REFUTED)
_GRAVE = "further grave problem", "further grave problems"
_STABLE = "further stable problem", "further stable problems"
_ABNORMAL = "result out of range", "results out of range"
_OTHER = "other result", "other results"
# What is counted, in this order: its kind, how it stands, its name for one and for more.
_COUNTED: tuple[tuple[FactKind, tuple[Standing, ...], tuple[str, str]], ...] = (
    (FactKind.RISK, (*_NOW, Standing.PAST), ("word on risk", "words on risk")),
    (FactKind.ALLERGY, _NOW, ("allergy", "allergies")),
    (FactKind.MEDICINE, _NOW, ("current medicine", "current medicines")),
    (FactKind.DIRECTIVE, _NOW, ("directive", "directives")),
    (FactKind.PROBLEM, _NOW, _STABLE),
    (FactKind.OPEN_LOOP, (Standing.PLANNED,), ("open item", "open items")),
    (FactKind.MEASUREMENT, tuple(Standing), _OTHER),
    (FactKind.SCORE, tuple(Standing), ("score", "scores")),
    (FactKind.MEDICINE, _OVER, ("past medicine", "past medicines")),
    (FactKind.PROBLEM, (Standing.PAST,), ("past problem", "past problems")),
    (FactKind.PROCEDURE, tuple(Standing), ("procedure", "procedures")),
    (FactKind.SUBSTANCE, tuple(Standing), ("word on substances", "words on substances")),
    (FactKind.FAMILY, tuple(Standing), ("illness in the family", "illnesses in the family")),
    (FactKind.GOAL, _NOW, ("goal", "goals")),
)


def untold(
    facts: Facts, records: Mapping[str, ReadRecord], cited: Iterable[Citation]
) -> Iterator[tuple[Fact, tuple[str, str]]]:
    """Each fact that is counted and of which nothing that is cited tells, with what it counts as.
    A record is told by its line, a note by what is taken from it."""
    places: dict[str, list[Citation]] = defaultdict(list)
    for each in cited:
        places[each.record_id].append(each)

    def is_told(source: FactSource) -> bool:
        is_note = records[source.record_id].is_note
        return any(
            not is_note or (c.start < source.end and source.start < c.end)
            for c in places.get(source.record_id, ())
        )

    for kind, standings, name in _COUNTED:
        for fact in facts.of(kind):
            if fact.standing in standings and not any(map(is_told, fact.sources)):
                yield fact, name


class Unshown:
    """Of one document: the facts of which nothing that it cites tells, the statements that had no
    room and tell of no such fact, and how many only tell `again` what it tells."""

    def __init__(
        self,
        telling: Telling,
        document: Document,
        left: Sequence[Candidate],
        again: Sequence[Candidate] = (),
    ) -> None:
        self.telling = telling
        self._again = len(again)
        cited = [c for placed in document.placed() for c in placed.statement.citations]
        self._cited = {each.record_id for each in cited}
        found = untold(telling.facts, telling.request.read, cited)
        self._found = [(fact, self._named(fact, name)) for fact, name in found]
        of_facts = {source.record_id for fact, _ in self._found for source in fact.sources}
        records = [{c.record_id for c in each.statement.citations} for each in left]
        self._passages = sum(of_facts.isdisjoint(each) for each in records)
        self._records = of_facts.union(*records)

    def records(self) -> set[str]:
        """The ids of those that only what is not shown rests on."""
        return self._records - self._cited

    def counted(self) -> str:
        """ "14 further stable problems, 3 results out of range, 9 more"; "" where all is shown."""
        counts = Counter(name for _, name in self._found) + Counter({PASSAGES: self._passages})
        held = [(name, counts[name]) for name in _order() if counts[name]]
        said = [f"{count} {one if count == 1 else many}" for (one, many), count in held[:NAMED]]
        if rest := sum(count for _, count in held[NAMED:]):
            said.append(f"{rest} more")
        if self._again:
            said.append(f"{self._again} {AGAIN}")
        return ", ".join(said)

    def _named(self, fact: Fact, name: tuple[str, str]) -> tuple[str, str]:
        if name == _STABLE and self.telling.is_any(fact.key, self.telling.rules.grave):
            return _GRAVE
        return _ABNORMAL if name == _OTHER and self.telling.is_abnormal(fact) else name


def _order() -> Iterator[tuple[str, str]]:
    """The graver before the other of its kind."""
    before = {_STABLE: _GRAVE, _OTHER: _ABNORMAL}
    for _, _, name in _COUNTED:
        yield from (before[name], name) if name in before else (name,)
    yield PASSAGES
