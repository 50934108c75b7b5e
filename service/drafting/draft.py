"""The verb of this stage: an indexed chart becomes a first version, and its snapshot is pinned."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ARRAY, String, cast, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from service.chart.gaps import unread_types
from service.chart.identity import PERSONS, Identity, identity
from service.chart.models import Chart, SnapshotRecord, SourceRecord
from service.database import now
from service.drafting.anew import completed, narrowed
from service.drafting.citing import misquotes
from service.drafting.coverage import Unread, coverage
from service.drafting.extractive import ExtractiveWriter
from service.drafting.injection import by_record, planted
from service.drafting.model.ledger import forget_answers
from service.drafting.origin import Clock, written_by
from service.drafting.progress import NOBODY, Progress, Watch, never, tell_nobody
from service.drafting.request import (
    Check,
    DraftRequest,
    Owing,
    SectionRequest,
    Writer,
    nothing_checked,
    nothing_owed,
)
from service.drafting.switches import switched_off
from service.drafting.telling.compose import compose
from service.drafting.telling.given import with_facts
from service.drafting.template import Prompt, SectionPrompt
from service.drafting.waiting import waited_for
from service.drafting.windows import PSYCHIATRIC, Window, resolve
from service.drafting.wished import as_wished, wished
from service.errors import CountersignError
from service.reading.keep import kept_of
from service.reading.packing import Kept
from service.retrieval.evidence import SectionQuery
from service.retrieval.gather import PatientChart, open_chart
from service.retrieval.index import PassageIndex
from service.settings import Settings
from service.summary import progress
from service.summary.document import Document, Section
from service.summary.models import Summary
from service.summary.people import SYSTEM
from service.summary.vocabulary import Standing, SummaryStatus, SummaryType

log = structlog.get_logger(__name__)


class NoStay(CountersignError):
    """A hospital course was asked for, of a patient of whom no stay is recorded."""


class BadDraft(CountersignError):
    """A writer cited what is not there. Nothing was stored; the draft can be asked for again."""


def draft_summary(
    session: Session,
    summary_id: str,
    *,
    index: PassageIndex,
    writer: Writer,
    prompts: Mapping[SummaryType, Prompt],
    settings: Settings | None = None,
    check: Check = nothing_checked,
    owing: Owing = nothing_owed,
    report: Callable[[Progress], None] = tell_nobody,
    cancelled: Callable[[], bool] = never,
) -> None:
    """INDEXED -> DRAFTED. Does nothing when the summary has moved on.

    `settings` say where no model is asked; `check` says which of a model's statements do not
    hold, `owing` what a document lacks; `report` and `cancelled` are the page's. Raises NoStay,
    BadDraft when a statement has no citation or one whose quote is not at its place, ModelWaiting
    and DraftCancelled.
    """
    summary = progress.lock_owed(session, summary_id, SummaryStatus.INDEXED)
    if summary is None:
        return
    writer, off = _who_writes(session, summary, writer, settings)
    clock = Clock()
    watch = Watch(report, cancelled)
    kept = kept_of(session, summary.patient_ref)
    request, unread = _read(session, summary, prompts[summary.type], index, watch, kept)
    _check_has_stay(request)
    zone = ZoneInfo(settings.time_zone) if settings else UTC
    request = with_facts(replace(request, check=check, owing=owing), kept, zone=zone)
    clock.mark("reading")
    narrow = narrowed(request, summary.current)
    drafted = writer.write(narrow)
    _check_citations(drafted.sections, request.records)
    drafted = completed(drafted, narrow, summary.current)
    clock.mark("writing")
    composed = compose(request, drafted, unread)
    document = composed.document
    _check_citations(document.sections, request.records)
    clock.mark("composing")
    _pin(session, summary, request.records)
    forget_answers(session, summary.id)
    progress.add_version(
        session,
        summary,
        document,
        made_by=SYSTEM,
        writer=written_by(writer, request.prompt, drafted, clock, off) | narrow.wished.to_json(),
        coverage=coverage(request, composed.drafted, unread, composed.left_out),
    )
    log.info(
        "summary.drafted",
        summary_id=summary.id,
        statements=len(document.placed()),
        prompt=request.prompt.hash[:8],
    )
    progress.advance(session, summary, SummaryStatus.DRAFTED, actor=SYSTEM)


def _who_writes(
    session: Session, summary: Summary, writer: Writer, settings: Settings | None
) -> tuple[Writer, str | None]:
    """The writer, or who takes its place where no model is asked and the sentence that says why.
    Raises ModelWaiting."""
    off = switched_off(session, summary, settings) if settings else None
    writer = ExtractiveWriter() if off else writer
    if settings:
        writer = waited_for(writer, since=summary.status_at, most_s=settings.model_wait_s)
    writer.check_ready()
    return writer, off


def _check_has_stay(request: DraftRequest) -> None:
    if request.prompt.summary_type is SummaryType.HOSPITAL_COURSE and request.window.since is None:
        raise NoStay(
            "No hospital stay is recorded in this chart, so there is no course of one to tell. "
            "Ask for another type."
        )


def _read(
    session: Session,
    summary: Summary,
    prompt: Prompt,
    index: PassageIndex,
    watch: Watch,
    kept: Mapping[str, Kept],
) -> tuple[DraftRequest, Unread]:
    """The chart opened, what speaks to a program in it found, the evidence gathered."""
    chart = open_chart(session, summary.patient_ref, index=index)
    watch.reading(len(chart.records))
    unread = _unread(session, summary.patient_ref, chart)
    found = planted(chart.records, watch, kept)
    wanted = wished(prompt, summary.returned, chart.records, today=now())
    request = draft_request(as_wished(prompt, wanted), chart, unread, watch, wanted.window)
    return replace(
        request,
        wished=wanted,
        summary_id=summary.id,
        patient_ref=summary.patient_ref,
        attempt=len(summary.versions) + 1,
        planted=by_record(found),
        who=_who(session, summary.patient_ref),
    ), replace(unread, planted=found)


def draft_request(
    prompt: Prompt,
    chart: PatientChart,
    unread: Unread,
    watch: Watch = NOBODY,
    wanted: Window | None = None,
) -> DraftRequest:
    """What the writer gets: the readable records, and each section's evidence. `wanted` is a
    period that takes the place of the type's own."""
    records = tuple(chart.records)
    prefer = PSYCHIATRIC if prompt.summary_type is SummaryType.PSYCHIATRIC_PROGRESS else ()
    window = wanted or resolve(prompt.meta.window, records, prefer=prefer)
    sections = tuple(
        _section_request(section, _window(section, window, records), chart)
        for section in watch.through(prompt.meta.sections)
    )
    unreadable = sum(r.standing is Standing.UNREADABLE for r in unread.records)
    lost = unread_types(unread.gaps)
    return DraftRequest(prompt, window, records, sections, unreadable, lost, watch=watch)


def _window(section: SectionPrompt, whole: Window, records: Iterable[SourceRecord]) -> Window:
    """The section's own period; "all" still ends where the document's period ends."""
    if section.window is None:
        return whole
    return whole.without_start() if section.window == "all" else resolve(section.window, records)


def _section_request(section: SectionPrompt, window: Window, chart: PatientChart) -> SectionRequest:
    gathered = chart.gather(query(section, window))
    return SectionRequest(
        section,
        window,
        tuple(gathered.evidence),
        gathered.not_fitted,
        gathered.looked_for,
        gathered.left_out,
    )


def query(section: SectionPrompt, window: Window) -> SectionQuery:
    """The section's prompt as a question to retrieval. Statuses bind facts, never notes."""
    plain = section.style in ("facts", "trend", "medicines")
    return SectionQuery(
        key=section.key,
        title=section.title,
        record_types=section.record_types,
        categories=section.categories,
        codes=section.codes,
        statuses=section.statuses if plain else (),
        headings=section.headings,
        words=section.words,
        since=window.since,
        limit_tokens=section.limit_tokens,
    )


def _check_citations(sections: tuple[Section, ...], records: Iterable[SourceRecord]) -> None:
    document = Document("", (), sections)
    if wrong := misquotes(document, {record.id: record for record in records}):
        raise BadDraft(f"The writer's draft was refused: {wrong[0]}. Ask for a new draft.")


def _pin(session: Session, summary: Summary, records: Iterable[SourceRecord]) -> None:
    """The chart snapshot of this draft; one of an earlier draft is replaced. In one statement:
    a row each took a fifth of the time of a draft of 5,000 records."""
    session.execute(delete(SnapshotRecord).where(SnapshotRecord.summary_id == summary.id))
    ids = func.unnest(cast([record.id for record in records], ARRAY(String)))
    pinned = select(literal(summary.id), ids)
    session.execute(insert(SnapshotRecord).from_select(["summary_id", "record_id"], pinned))


def _who(session: Session, patient_ref: str) -> Identity | None:
    """What names the patient, from records that may not be read too: it is used to hide them."""
    persons = session.scalars(
        select(SourceRecord)
        .where(SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
        .where(SourceRecord.resource_type.in_(PERSONS))
    ).all()
    named = identity(each for each in persons if each.resource_ref == patient_ref).names
    return identity(persons) if named else None


def _unread(session: Session, patient_ref: str, chart: PatientChart) -> Unread:
    rows = session.scalars(
        select(SourceRecord)
        .where(SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest)
        .where(SourceRecord.standing.in_((Standing.UNREADABLE, Standing.EXCLUDED)))
        .order_by(SourceRecord.resource_ref)
    )
    held = session.get(Chart, patient_ref)
    return Unread(tuple(rows), len(chart.withheld), tuple(held.gaps) if held else ())
