"""The clinician's desk: one summary beside its sources, as frozen values to show."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from service.access.wording import TREATING
from service.chart.merged import merged_into
from service.drafting.telling.place import line_of, section_for
from service.errors import NotFound
from service.review import freshness, permissions, repeated, sources, worklist
from service.review.actions import note_chart_view, note_view
from service.review.coverage import coverage_for, named_refs
from service.review.former import back_to_draft, texts_before
from service.review.freshness import Freshness
from service.review.history import HistoryRow, history_of, last_filed, told_to
from service.review.hold import count_open
from service.review.options import Options, options_for
from service.review.restriction import (
    check_may_read_text,
    closed_in,
    compared_records,
    ever_cited,
    may_read_text,
    resting_on,
)
from service.review.sources import DeskSource
from service.review.undo import redo_target, undo_target
from service.review.waiting import points_at, tells_of
from service.review.worklist import WorklistRow
from service.summary.document import Citation, Document, Placed
from service.summary.models import Attestation, Finding, Summary, SummaryVersion
from service.summary.people import Person
from service.summary.progress import find_summary
from service.summary.vocabulary import FindingKind, ResolutionAction, Severity, Support
from service.verification.language import offers_rewrite

POINTS_AT_RESTRICTED = "What this finding points at has been restricted since it was made."


@dataclass(frozen=True)
class DeskFinding:
    """Something a person must look at, and what was decided."""

    number: int
    kind: FindingKind
    severity: Severity
    check: str
    message: str
    statement_index: int | None
    said: str
    source: str
    evidence: tuple[dict[str, Any], ...]
    resolution: ResolutionAction | None
    resolution_reason: str
    resolved_by: str | None
    resolved_at: datetime | None
    line: str = ""  # of an omission: what can be inserted, and under which heading
    place: str = ""

    @property
    def is_open(self) -> bool:
        return self.resolution is None

    @property
    def rewrite(self) -> str:
        """Words that may be taken in place of `said`; "" where none are offered."""
        return self.source if offers_rewrite(self.kind, self.source) else ""


@dataclass(frozen=True)
class DeskStatement:
    """A statement at its place. `support` is None until verified; `score` 0 wrong to 1 certain."""

    index: int
    text: str
    start: int
    end: int
    writer: str
    support: Support | None
    score: float | None
    reasons: tuple[dict[str, Any], ...]
    citations: tuple[Citation, ...]
    findings: tuple[DeskFinding, ...]


@dataclass(frozen=True)
class DeskSection:
    key: str
    title: str
    absence: str
    statements: tuple[DeskStatement, ...]


@dataclass(frozen=True)
class VersionHead:
    """Which text this is, who made it, and what wrote it."""

    number: int
    digest: str
    made_by: str
    made_at: datetime
    writer: dict[str, Any]
    edit: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """Everything that one person sees of one summary; `version` is None until it is drafted.
    `before` has, by the index of each edited statement, its words before that."""

    summary: WorklistRow
    version: VersionHead | None
    text: str
    title: str
    header: tuple[str, ...]
    sections: tuple[DeskSection, ...]
    findings: tuple[DeskFinding, ...]
    sources: tuple[DeskSource, ...]
    coverage: dict[str, Any]
    attestations: tuple[Attestation, ...]
    history: tuple[HistoryRow, ...]
    versions: tuple[VersionHead, ...]
    can: Options
    fresh: Freshness | None = None
    undo: bool = False  # whether there is an edit to take back, and one to do again
    redo: bool = False
    before: Mapping[int, str] = field(default_factory=dict)

    @property
    def open_major(self) -> int:
        return self.summary.open_major or 0


def open_desk(
    session: Session,
    summary_id: str,
    person: Person,
    *,
    cosign_types: Collection[str] = (),
    zone: tzinfo = UTC,
) -> Desk:
    """The desk of this summary; opening it is a view of its text and leaves its mark in the audit,
    so that it is for who shows all of it.

    What has changed on the chart since the draft becomes findings here. Raises NotFound,
    NotPermitted.
    """
    permissions.check_may(person, permissions.Ability.READ)
    summary = find_summary(session, summary_id)
    note_view(session, summary, by=person)
    return _desk(session, summary, person, cosign_types=cosign_types, zone=zone)


def open_source(session: Session, summary_id: str, record_id: str, person: Person) -> DeskSource:
    """One source of this summary: a view of that record, and none of the text.

    Raises NotFound, NotPermitted.
    """
    permissions.check_may(person, permissions.Ability.READ)
    summary = find_summary(session, summary_id)
    for source in _desk(session, summary, person).sources:
        if source.record_id == record_id:
            note_chart_view(session, summary.patient_ref, by=person, record_ref=source.source_ref)
            return source
    raise NotFound("This summary points at no such record.")


def _desk(
    session: Session,
    summary: Summary,
    person: Person,
    *,
    cosign_types: Collection[str] = (),
    zone: tzinfo = UTC,
) -> Desk:
    repeated.take_over(session, summary)
    version = summary.current
    content = version.content if version else None
    placed = content.placed() if content else []
    cited = ever_cited(summary)
    looked = _look_up(session, summary, person, cited)
    fresh = freshness.look(session, summary, person, zone=zone, looked=looked)
    findings = tuple(_finding(f) for f in version.findings) if version else ()
    if sources.pointed_at((), findings) - looked.asked:  # the look has found something
        looked = _look_up(session, summary, person, cited)
    restricted = closed_in(looked, summary) & {*cited, summary.patient_ref}
    if version:
        check_may_read_text(summary, version, restricted, person)
    findings, shown = _open_to(person, looked, placed, findings)
    findings = _insertable(findings, shown, content)
    history = history_of(session, summary.id)
    return Desk(
        summary=worklist.row(session, summary, person),
        version=_head(version) if version else None,
        text=version.text if version else "",
        title=content.title if content else "",
        header=content.header if content else (),
        sections=_sections(version, placed, findings, looked.restricted) if version else (),
        findings=findings,
        sources=shown,
        coverage=coverage_for(summary.patient_ref, version.coverage, looked, person)
        if version
        else {},
        attestations=tuple(summary.attestations),
        history=told_to(person, history),
        versions=tuple(
            _head(v) for v in summary.versions if may_read_text(summary, v, restricted, person)
        ),
        can=options_for(
            person,
            summary,
            count_open(version, Severity.MAJOR),
            closed=permissions.Closed(
                len(resting_on(summary, version, restricted)) if version else 0,
                merged_into(session, summary.patient_ref),
            ),
            in_ehr=bool(last_filed(history)),
            cosign_types=cosign_types,
        ),
        fresh=fresh,
        undo=undo_target(summary) is not None,
        redo=redo_target(summary) is not None,
        before=texts_before(back_to_draft(summary)),
    )


def _open_to(
    person: Person, looked: sources.Looked, placed: list[Placed], findings: tuple[DeskFinding, ...]
) -> tuple[tuple[DeskFinding, ...], tuple[DeskSource, ...]]:
    """Findings and sources as this person may see them. Who does not treat the patient is not told
    that there is a record which they may not see."""
    shown = sources.desk_sources(looked, placed, findings, person)
    if person.role not in TREATING:
        findings = tuple(f for f in findings if not tells_of(f, looked.restricted))
        findings = tuple(replace(f, resolution_reason="") for f in findings)
        shown = tuple(source for source in shown if not source.withheld)
    return _without_restricted(findings, looked.restricted), shown


def _look_up(
    session: Session, summary: Summary, person: Person, cited: Collection[str]
) -> sources.Looked:
    """Every record that the page speaks of: ever cited, pointed at, compared with, or named as not
    read."""
    if summary.current is None:
        return sources.NOTHING
    found = sources.pointed_at((), map(_finding, summary.current.findings))
    ids = found | set(cited) | compared_records(summary.current)
    refs = named_refs(summary.current.coverage) | {summary.patient_ref}
    return sources.look_up(session, summary.patient_ref, person, ids=ids, refs=refs)


def _head(version: SummaryVersion) -> VersionHead:
    return VersionHead(
        version.number,
        version.digest,
        version.made_by,
        version.made_at,
        version.writer,
        version.edit,
    )


def _finding(row: Finding) -> DeskFinding:
    return DeskFinding(
        row.number,
        row.kind,
        row.severity,
        row.check,
        row.message,
        row.statement_index,
        row.said,
        row.source,
        tuple(row.evidence),
        row.resolution,
        row.resolution_reason,
        row.resolved_by,
        row.resolved_at,
    )


def _without_restricted(
    findings: Iterable[DeskFinding], withheld: Collection[str]
) -> tuple[DeskFinding, ...]:
    """The findings, those that quote a withheld record without its words."""
    return tuple(
        replace(f, message=POINTS_AT_RESTRICTED, said="", source="", evidence=())
        if points_at(f, withheld)
        else f
        for f in findings
    )


def _insertable(
    findings: tuple[DeskFinding, ...], shown: Iterable[DeskSource], content: Document | None
) -> tuple[DeskFinding, ...]:
    """With the line that each omission offers, where its source is open to this person."""
    texts = {source.record_id: source.text for source in shown if not source.withheld}
    titles = {section.key: section.title for section in content.sections} if content else {}

    def offered(finding: DeskFinding) -> DeskFinding:
        first = next(iter(finding.evidence), {})
        text = texts.get(first.get("record_id") or "")
        if finding.kind is not FindingKind.OMITTED or not text or not titles:
            return finding
        start, end = line_of(text, int(first["start"]), int(first["end"]))
        place = titles[section_for(finding.check, list(titles))]
        return replace(finding, line=" ".join(text[start:end].split()), place=place)

    return tuple(map(offered, findings))


def _sections(
    version: SummaryVersion,
    placed: list[Placed],
    findings: Iterable[DeskFinding],
    withheld: Collection[str],
) -> tuple[DeskSection, ...]:
    assessed = {int(a["index"]): a for a in version.assessments}
    about: dict[int, list[DeskFinding]] = {}
    for finding in findings:
        if finding.statement_index is not None:
            about.setdefault(finding.statement_index, []).append(finding)
    statements: dict[str, list[DeskStatement]] = {}
    for each in placed:
        made = _statement(each, assessed.get(each.index, {}), about.get(each.index, []))
        made = _without_quotes(made, assessed.get(each.index, {}), withheld)
        statements.setdefault(each.section.key, []).append(made)
    return tuple(
        DeskSection(s.key, s.title, s.absence, tuple(statements.get(s.key, ())))
        for s in version.content.sections
    )


def _statement(
    placed: Placed, assessment: dict[str, Any], findings: list[DeskFinding]
) -> DeskStatement:
    support = assessment.get("support")
    return DeskStatement(
        placed.index,
        placed.statement.text,
        placed.start,
        placed.end,
        placed.statement.writer,
        Support(support) if support else None,
        assessment.get("score"),
        tuple(assessment.get("reasons", ())),
        placed.statement.citations,
        tuple(findings),
    )


def _without_quotes(
    made: DeskStatement, assessment: dict[str, Any], withheld: Collection[str]
) -> DeskStatement:
    """The statement without the words of withheld records: what it cites there, and what it was
    compared with."""
    cites = [replace(c, quote="") if c.record_id in withheld else c for c in made.citations]
    compared = {e.get("record_id") for e in assessment.get("evidence", ())}
    is_open = compared.isdisjoint(withheld) and all(c.quote for c in cites)
    reasons = made.reasons if is_open else ()
    return replace(made, citations=tuple(cites), reasons=reasons)
