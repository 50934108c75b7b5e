"""One chart's drafts of all six types, and what is counted in each."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC

from sqlalchemy import Select, func, select

from fhir_fixtures.stories import Story
from service.bootstrap import Runtime
from service.chart.files import read_files
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.drafting.draft import NoStay
from service.facts.patient import PatientFacts, patient_facts
from service.summary.document import Document
from service.summary.vocabulary import Standing, SummaryType
from tests.benchmarks import _drafts as counting
from tests.benchmarks._briefs import Held, judged, panel
from tests.benchmarks._charts import Chart
from tests.benchmarks._shelves import on_wrong_shelf
from tests.benchmarks.main_job import cut, drafted, embed
from tests.benchmarks.story_facts import carrying, is_carried, violations


@dataclass
class Counted:
    """One draft and what was counted in it."""

    chart: Chart
    type: SummaryType
    document: Document
    seconds: float
    size: counting.Size
    again: int = 0
    retold: list[str] = field(default_factory=list)
    alike: float = 0.0
    expected: int = 0
    missed: list[str] = field(default_factory=list)
    in_brief: int = 0
    elsewhere: list[str] = field(default_factory=list)
    shelf: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    panel: Held | None = None

    @property
    def statements(self) -> list[str]:
        return [placed.statement.text for placed in self.document.placed()]


def counted_of(runtime: Runtime, chart: Chart) -> list[Counted]:
    """All six types of one chart."""
    (patient_ref,) = chart.patient_refs
    with runtime.transaction() as session:
        ingest(session, "bench", read_files([chart.path]))
    cut(runtime, patient_ref)
    embed(runtime, patient_ref)
    with runtime.transaction() as session:
        held = patient_facts(session, patient_ref, None, zone=UTC)
        unread = list(session.scalars(_unread_days(patient_ref)))
    made = list(_all_made(runtime, chart, patient_ref))
    for each, gaps in made:
        others = (other.document for other, _ in made if other is not each)
        each.alike = counting.same_elsewhere(each.document, others)
        _count(each, held, [*unread, *("" for _ in range(gaps))])
    return [each for each, _ in made]


def _all_made(runtime: Runtime, chart: Chart, patient_ref: str) -> Iterator[tuple[Counted, int]]:
    """A draft of each type; a course of a stay only where there was one."""
    for kind in SummaryType:
        with suppress(NoStay):
            yield _made(runtime, chart, patient_ref, kind)


def _made(
    runtime: Runtime, chart: Chart, patient_ref: str, kind: SummaryType
) -> tuple[Counted, int]:
    began = time.perf_counter()
    document, coverage = drafted(runtime, patient_ref, kind)
    took = time.perf_counter() - began
    gaps = len(coverage["searches_failed"])
    return Counted(chart, kind, document, took, counting.size(document, kind)), gaps


def _unread_days(patient_ref: str) -> Select[str]:
    return select(func.left(SourceRecord.effective, 10)).where(
        SourceRecord.patient_ref == patient_ref,
        SourceRecord.is_latest,
        SourceRecord.standing == Standing.UNREADABLE,
    )


def _count(each: Counted, held: PatientFacts, unread: list[str]) -> None:
    document = each.document
    each.retold = [each.statements[n] for n in sorted(counting.retold(each.statements))]
    each.again = len(counting.repeats(each.statements))
    each.shelf = list(on_wrong_shelf(document, held))
    each.absent = list(counting.false_absences(document, held.facts.facts, unread=unread))
    if (story := each.chart.story) is None:
        return
    each.barred = list(violations(story, document))
    if each.type in story.expected["summary_types"]:
        _expect(each, story)
        each.panel = judged(panel()[story.name], counting.brief_of(document))


def _expect(each: Counted, story: Story) -> None:
    keys = {section.key for section in each.document.sections}
    stated = [placed.statement for placed in each.document.placed()]
    brief = [s for s in stated if s.text in set(counting.brief_of(each.document))]
    for fact in story.expected["carries"]:
        if not counting.in_scope(fact["kind"], keys):
            continue
        each.expected += 1
        each.in_brief += is_carried(fact, brief)
        if not is_carried(fact, stated):
            each.missed.append(f"{fact['kind']}: {fact['fact']}")
        elif counting.is_misplaced(fact["kind"], carrying(fact, each.document)):
            each.elsewhere.append(f"{fact['kind']}: {fact['fact']}")


def misses(each: Counted) -> Iterator[str]:
    """Everything that one draft lacks or has and should not, a line each."""
    kinds: dict[str, Iterable[str]] = {
        "must not": each.barred,
        "told again": each.retold,
        "absent": each.absent,
        "wrong shelf": each.shelf,
        "elsewhere": each.elsewhere,
        "not carried": each.missed,
    }
    if each.panel:
        kinds |= {
            "brief lacks": each.panel.missed,
            "untold conflict": each.panel.untold,
            "wrong in brief": each.panel.wrong,
        }
    for kind, lines in kinds.items():
        yield from (f"{each.chart.name} / {each.type}: {kind}: {line}" for line in lines)
