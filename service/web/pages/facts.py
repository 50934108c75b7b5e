"""The facts of a patient as a page, and how one note was read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote as in_address

from fastapi import APIRouter, Response

from service.access.wording import TREATING
from service.chart.models import SourceRecord
from service.drafting.telling.unshown import untold
from service.errors import NotFound
from service.facts.fact import Conflict, Fact, FactKind, FactSource
from service.facts.patient import PatientFacts, patient_facts
from service.facts.wording import quote, value_words
from service.reading.assertions import Assertion
from service.reading.keep import reading_of
from service.reading.layout import Place, State, Unit
from service.reading.reading import Reading
from service.reading.wording import assertion_words, name_words, telling, unit_words
from service.review import worklist
from service.review.actions import note_chart_view
from service.review.sources import decisions_to_show, why_withheld
from service.summary.models import Summary
from service.summary.progress import find_summary
from service.web.guards import Reader
from service.web.pages.areas import AREAS, KINDS, Area, live_and_over
from service.web.pages.courses import Timeline, timeline
from service.web.pages.frame import Page, ThePage
from service.web.pages.names import shown_name
from service.web.pages.patients import patient_ref
from service.web.pages.plots import Plot, plot

router = APIRouter()

DRAWN = (FactKind.MEASUREMENT, FactKind.SCORE)
SHOWN = 12  # facts of a kind on the page of all kinds
FEW = 6  # of those below
SOURCES = 20  # of one fact
POINTS = 30  # of its history, the newest

WHOLE = frozenset((FactKind.RISK, FactKind.ALERT, FactKind.ALLERGY, FactKind.DIRECTIVE))
MINOR = frozenset(
    (
        *(FactKind.EVENT, FactKind.PROCEDURE, FactKind.SYMPTOM, FactKind.FINDING),
        *(FactKind.SUPPORT, FactKind.SETTING, FactKind.QUOTE),
    )
)


@dataclass(frozen=True)
class ShownSource:
    """A place as the page shows it."""

    record_id: str
    title: str
    resource_type: str
    on: str
    says: str
    quote: str
    copies: int


@dataclass(frozen=True)
class ShownFact:
    fact: Fact
    name: str
    values: tuple[str, ...]
    history: tuple[tuple[str, str], ...]  # day and what, newest first
    sources: tuple[ShownSource, ...]
    plot: Plot | None = None


@dataclass(frozen=True)
class Group:
    """Facts of one kind, and behind them those that are over; `left` are not on this page."""

    kind: FactKind
    name: str
    facts: tuple[ShownFact, ...]
    over: tuple[ShownFact, ...]
    count: int
    timeline: Timeline | None = None

    @property
    def left(self) -> int:
        return self.count - len(self.facts) - len(self.over)


@dataclass(frozen=True)
class Block:
    """An area with those of its groups that have anything."""

    area: Area
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


@dataclass(frozen=True)
class Piece:
    """Words of a unit; `said` numbers the assertion that they bear, -1 for none."""

    text: str
    said: int = -1


@dataclass(frozen=True)
class ReadUnit:
    pieces: tuple[Piece, ...]
    tags: tuple[str, ...]
    counts: bool
    said: tuple[tuple[str, str, str], ...]  # polarity, name, the rest in words


@router.get("/patients/{patient_id}/facts")
def facts(
    page: ThePage,
    person: Reader,
    patient_id: str,
    kind: FactKind | None = None,
    besides: str | None = None,
) -> Response:
    """Of one kind, of all, or only what the summary of the id `besides` counts as not shown."""
    ref = patient_ref(patient_id)
    told = patient_facts(page.session, ref, person, zone=page.request.app.state.zone)
    summary = _of_patient(page, ref, besides) if besides else None
    note_chart_view(page.session, ref, by=person)
    wanted = told.facts.facts if summary is None else _untold(told, summary)
    return page.show(
        "facts.html",
        ref=ref,
        name=worklist.patient_names(page.session, [ref], page.person).get(ref, ""),
        on=told.facts.on,
        count=len(told.records),
        withheld_words=told.withheld_words,
        chosen=kind,
        besides=summary,
        conflicts=[_conflict(each, told) for each in told.facts.conflicts],
        blocks=_blocks(told, wanted, kind, whole=summary is not None),
        following=f"/patients/{in_address(patient_id)}/facts",
    )


def _of_patient(page: Page, ref: str, summary_id: str) -> Summary:
    """Raises NotFound also for a summary of somebody else."""
    summary = find_summary(page.session, summary_id)
    if summary.patient_ref != ref:
        raise NotFound("This patient has no such summary here.")
    return summary


def _untold(told: PatientFacts, summary: Summary) -> list[Fact]:
    placed = summary.current.content.placed() if summary.current else []
    cited = (citation for each in placed for citation in each.statement.citations)
    return [fact for fact, _ in untold(told.facts, told.records, cited)]


def _blocks(
    told: PatientFacts, facts: Iterable[Fact], kind: FactKind | None, *, whole: bool
) -> list[Block]:
    """Of one kind or all; `whole` leaves nothing for another page."""
    of_kind: dict[FactKind, list[Fact]] = defaultdict(list)
    for fact in facts:
        of_kind[fact.kind].append(fact)
    blocks = []
    for area in AREAS:
        kinds = [each for each in area.kinds if of_kind[each] and kind in (None, each)]
        groups = (_group(told, each, of_kind[each], whole=whole or each is kind) for each in kinds)
        blocks.append(Block(area, tuple(groups)))
    return [block for block in blocks if block.groups]


def _group(told: PatientFacts, kind: FactKind, facts: list[Fact], *, whole: bool) -> Group:
    most = len(facts) if whole or kind in WHOLE else FEW if kind in MINOR else SHOWN
    live, over = live_and_over(kind, facts)
    return Group(
        kind,
        KINDS[kind],
        tuple(_fact(fact, told) for fact in live[:most]),
        tuple(_fact(fact, told) for fact in over[:most]),
        len(facts),
        timeline(facts, told.facts.on) if kind is FactKind.MEDICINE else None,
    )


def _fact(fact: Fact, told: PatientFacts) -> ShownFact:
    history = [(c.on, c.what) for c in fact.history if c.what]
    return ShownFact(
        fact,
        shown_name(fact),
        () if fact.kind is FactKind.IDENTITY else _values(fact),
        tuple(reversed(history[-POINTS:])) if len(history) > 1 else (),
        tuple(_source(source, told) for source in fact.sources[:SOURCES]),
        plot(fact.history[-POINTS:]) if fact.kind in DRAWN else None,
    )


def _values(fact: Fact) -> tuple[str, ...]:
    """Each once; what the reason tells already is not told twice."""
    said = dict.fromkeys(value_words(value) for value in fact.values)
    return tuple(words for words in said if words != fact.status)


def _conflict(conflict: Conflict, told: PatientFacts) -> tuple[Conflict, tuple[ShownSource, ...]]:
    return conflict, tuple(_source(side, told) for side in conflict.sides)


def _source(source: FactSource, told: PatientFacts) -> ShownSource:
    record = told.records[source.record_id]
    return ShownSource(
        record.id,
        record.title or record.resource_ref,
        record.type,
        source.on,
        source.says,
        quote(record, source),
        source.copies,
    )


@router.get("/patients/{patient_id}/records/{record_id}/reading")
def reading(page: ThePage, _: Reader, patient_id: str, record_id: str) -> Response:
    """A record's units and what each was taken to say, if this person may see the record."""
    ref = patient_ref(patient_id)
    record = _record(page, ref, record_id)
    read = reading_of(page.session, record, zone=page.request.app.state.zone)
    note_chart_view(page.session, ref, by=page.person, record_ref=record.resource_ref)
    return page.show(
        "reading.html", ref=ref, record=record, units=_units(read), gaps=read.structure.gaps
    )


def _record(page: Page, ref: str, record_id: str) -> SourceRecord:
    """Raises NotFound, also with the reason where it is withheld from one who treats."""
    found = page.session.get(SourceRecord, record_id)
    if found is None or found.patient_ref != ref:
        raise NotFound("This patient has no such record here.")
    decision = decisions_to_show(page.session, ref, [found], page.person)[found.id]
    if decision.allowed:
        return found
    if page.person.role in TREATING:
        raise NotFound(f"This record is withheld: {why_withheld(decision, page.person)}.")
    raise NotFound("This patient has no such record here.")


def _units(read: Reading) -> list[ReadUnit]:
    of_unit = telling(read.assertions)
    return [
        _unit(read.text, unit, of_unit.get(number, []))
        for number, unit in enumerate(read.structure.units)
    ]


def _unit(text: str, unit: Unit, said: list[Assertion]) -> ReadUnit:
    told = ((a.polarity.value, name_words(a), "; ".join(assertion_words(a))) for a in said)
    pieces = tuple(_pieces(text, unit.place, said))
    return ReadUnit(pieces, tuple(unit_words(unit)), unit.state is State.STANDS, tuple(told))


def _pieces(text: str, place: Place, said: list[Assertion]) -> list[Piece]:
    """The unit's words cut where something is said; of two in one place the first is marked."""
    pieces: list[Piece] = []
    at = place.start
    for number, a in sorted(enumerate(said), key=lambda each: (each[1].start, -each[1].end)):
        if at <= a.start < a.end <= place.end:
            pieces += [Piece(text[at : a.start]), Piece(text[a.start : a.end], number)]
            at = a.end
    return [*pieces, Piece(text[at : place.end])]
