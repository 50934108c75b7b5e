"""Whether the chart still says what a summary was drafted from; what changed becomes findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy.orm import Session

from service.access.wording import TREATING
from service.chart import asking
from service.chart.held import refs_held
from service.chart.models import Chart, SourceRecord
from service.database import Transactions, now
from service.fhir.client import FhirClient
from service.review.changes import ChangeKind, RecordChange, added_refs, record_changes
from service.review.dangers import Danger, dangers
from service.review.hold import locked
from service.review.sources import Looked
from service.review.waiting import CHANGED
from service.summary.models import Finding, Summary
from service.summary.people import Person
from service.summary.progress import find_summary
from service.summary.vocabulary import FindingKind, Severity, SummaryStatus

READ_BY_PEOPLE = (SummaryStatus.IN_REVIEW, SummaryStatus.AWAITING_COSIGN)

_HAPPENED = {
    ChangeKind.NEW: "was added",
    ChangeKind.CHANGED: "was changed",
    ChangeKind.REPLACED: "was replaced by another document",
    ChangeKind.DELETED: "was deleted in the EHR",
    ChangeKind.IN_ERROR: "was marked as entered in error",
    ChangeKind.WITHDRAWN: "is no evidence any more",
    ChangeKind.RESTRICTED: "was restricted",
}


@dataclass(frozen=True)
class Change:
    """One line of what changed. `title` is empty and `record_id` None for what is restricted;
    `danger` says why it matters ("" where it may not), `cited_by` are indexes of statements;
    `message` is that of its finding."""

    kind: ChangeKind
    resource_type: str
    title: str
    on: str
    record_id: str | None
    cited_by: tuple[int, ...] = ()
    danger: str = ""
    message: str = ""

    @property
    def blocks(self) -> bool:
        return bool(self.cited_by or self.danger)


@dataclass(frozen=True)
class Freshness:
    """When the chart was last known whole, and what changed since the draft.

    `read_at` is None where the EHR never told this chart; `unanswered` says why it did not the
    last time that it was asked, "" where it did. `drafted_at` is of the draft. `undecided` counts
    the changes that came after the first signature: nobody in review could decide about them.
    """

    read_at: datetime | None
    asked_at: datetime | None
    unanswered: str
    drafted_at: datetime | None
    changes: tuple[Change, ...] = ()
    undecided: int = 0

    @property
    def blocking(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.blocks)


def ask_again(
    transactions: Transactions,
    summary_id: str,
    *,
    client: FhirClient,
    within_s: float,
    unless_asked_s: float = 0.0,
) -> None:
    """Have the EHR say what is newer, for a summary that a person reads. In transactions of its
    own: none is open while the EHR answers, and what came is kept whatever becomes of the act.
    Never raises for the EHR."""

    def is_held(refs: set[str]) -> set[str]:
        with transactions() as session:
            return refs_held(session, refs)

    with transactions() as session:
        asked = _question(session, summary_id, unless_asked_s)
    if asked is None:
        return
    answer = asking.ask(asked, client=client, within_s=within_s, is_held=is_held)
    with transactions() as session:
        asking.keep(session, asked, answer, client=client)


def _question(session: Session, summary_id: str, unless_asked_s: float) -> asking.Question | None:
    """None where nobody reviews it, or where the EHR was asked so lately."""
    summary = find_summary(session, summary_id)
    if summary.status not in READ_BY_PEOPLE or summary.current is None:
        return None
    chart = session.get(Chart, summary.patient_ref)
    if chart and chart.asked_at and (now() - chart.asked_at).total_seconds() < unless_asked_s:
        return None
    placed = summary.current.content.placed()
    cited = {c.source_ref for each in placed for c in each.statement.citations}
    cited |= added_refs(session, summary)  # what came since may be gone again
    return asking.question(session, summary.patient_ref, cited=cited)


def look(
    session: Session,
    summary: Summary,
    person: Person,
    *,
    zone: tzinfo = UTC,
    looked: Looked | None = None,
) -> Freshness | None:
    """The changes as held now; those that may not be passed over are findings of the current
    version from here on. None where nobody reviews: before, and after the end. `looked` as for
    record_changes()."""
    if summary.status not in READ_BY_PEOPLE or summary.current is None:
        return None
    moved = record_changes(session, summary, person, looked=looked)
    told = dangers(session, summary, moved, person, zone=zone) if moved else []
    treats = person.role in TREATING  # others are not told that something restricted exists
    shown = [c for c in moved if treats or c.kind is not ChangeKind.RESTRICTED]
    changes = tuple(_changes(shown, told))
    wanted = list(_wanted(moved, told))
    in_review = summary.status is SummaryStatus.IN_REVIEW
    undecided = 0 if in_review else len(_missing(summary, wanted))
    # Who only reads sees less of the chart, and neither makes nor removes what others decide about.
    if treats and in_review and (_missing(summary, wanted) or _passed(summary, wanted)):
        _note(session, summary, wanted)
    chart = session.get(Chart, summary.patient_ref)
    return Freshness(
        max((t for t in (chart.pulled_at, chart.answered_at) if t), default=None)
        if chart
        else None,
        chart.asked_at if chart else None,
        chart.unanswered if chart else "",
        next((v.made_at for v in reversed(summary.versions) if not v.edit), None),
        changes,
        undecided,
    )


def sentence(change: RecordChange) -> str:
    """What happened to a record, in words that stay the same from one version to the next."""
    record = change.before or change.after
    on = f" of {record.effective[:10]}" if record.effective else ""
    return f"“{record.title or record.resource_ref}”{on} {_HAPPENED[change.kind]} after the draft."


def _changes(moved: Sequence[RecordChange], told: Sequence[Danger]) -> Iterable[Change]:
    """Each record once, its dangers with it; a danger of no record stands for itself."""
    known = {change.after.id for change in moved}
    for change in moved:
        yield _change(change, _why(change, told))
    for danger in told:
        if danger.record_id not in known:
            what = danger.sentence
            yield Change(ChangeKind.CHANGED, "", "", "", None, (), what, what)


def _why(change: RecordChange, told: Sequence[Danger]) -> str:
    return " ".join(sorted(d.sentence for d in told if d.record_id == change.after.id))


def _change(change: RecordChange, danger: str) -> Change:
    if change.kind is ChangeKind.RESTRICTED:
        return Change(change.kind, "", "", "", None, change.cited_by)
    record = change.after
    return Change(
        change.kind,
        record.resource_type,
        record.title or record.resource_ref,
        record.effective[:10],
        record.id,
        change.cited_by,
        danger,
        f"{sentence(change)} {danger}".strip(),
    )


def _wanted(moved: Sequence[RecordChange], told: Sequence[Danger]) -> Iterable[Finding]:
    """One finding for each change that may not be passed over; a restricted source blocks by
    itself."""
    known = {change.after.id for change in moved}
    for change in moved:
        why = _why(change, told)
        if change.kind is not ChangeKind.RESTRICTED and (change.cited_by or why):
            said, source, place = _difference(change, told)
            yield _finding(f"{sentence(change)} {why}".strip(), said, source, place)
    for danger in told:
        if danger.record_id not in known:
            yield _finding(danger.sentence, "", "", None)


def _note(session: Session, summary: Summary, wanted: Sequence[Finding]) -> None:
    """Each once. What a person decided of the same on an earlier version stays decided; what
    nobody decided about and is not so any more goes."""
    version = locked(session, summary.id).current  # two who open it at once: the second sees them
    assert version is not None
    session.expire(version, ["findings"])
    for passed in _passed(summary, wanted):
        session.delete(passed)
    missing = _missing(summary, wanted)
    decided = _decided(summary)
    number = max((f.number for f in version.findings), default=0)
    for finding in missing:
        number += 1
        finding.number, finding.version_id = number, version.id
        if before := decided.get(_key(finding)):
            finding.resolution, finding.resolution_reason = (
                before.resolution,
                before.resolution_reason,
            )
            finding.resolved_by, finding.resolved_at = before.resolved_by, before.resolved_at
        session.add(finding)
    session.flush()
    session.expire(version, ["findings"])


def _missing(summary: Summary, wanted: Iterable[Finding]) -> list[Finding]:
    known = {_key(f) for f in summary.current.findings} if summary.current else set()
    return [finding for finding in wanted if _key(finding) not in known]


def _passed(summary: Summary, wanted: Iterable[Finding]) -> list[Finding]:
    """Open findings of changes that were taken back since: an allergy withdrawn again."""
    still = {_key(finding) for finding in wanted}
    held = summary.current.findings if summary.current else []
    return [f for f in held if f.check == CHANGED and not f.resolution and _key(f) not in still]


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.check, finding.message, finding.source


def _decided(summary: Summary) -> dict[tuple[str, str, str], Finding]:
    """Decisions on earlier versions since the last draft; the latest counts."""
    found: dict[tuple[str, str, str], Finding] = {}
    for version in summary.versions:
        if not version.edit:
            found = {}
        found |= {_key(f): f for f in version.findings if f.check == CHANGED and f.resolution}
    return found


def _difference(change: RecordChange, told: Sequence[Danger]) -> tuple[str, str, dict[str, object]]:
    """What the draft was made from, what stands in its place, and where; of a new record the
    place that is dangerous. The record is named in any case: who may not see it is known by that.
    """
    before, after = change.before, change.after
    if before is not None and change.kind is ChangeKind.CHANGED:
        said, source, start, end = difference(before.text, after.text)
        return said, source, _place(after, start, end)
    found = (d.source for d in told if d.record_id == after.id and d.source)
    source_place = next(found, None)
    if source_place is None:
        return "", "", {"record_id": after.id, "source": after.resource_ref}
    return "", "", _place(after, source_place.start, source_place.end)


def _finding(message: str, said: str, source: str, place: dict[str, object] | None) -> Finding:
    return Finding(
        kind=FindingKind.OUTDATED,
        severity=Severity.MAJOR,
        check=CHANGED,
        message=message,
        statement_index=None,
        said=said,
        source=source,
        evidence=[place] if place else [],
        resolution=None,
        resolution_reason="",
        resolved_by=None,
        resolved_at=None,
    )


def _place(record: SourceRecord, start: int, end: int) -> dict[str, object]:
    quote = record.text[start:end]
    where = {"record_id": record.id, "source": record.resource_ref}
    return {**where, "start": start, "end": end, "quote": quote}


def difference(before: str, after: str) -> tuple[str, str, int, int]:
    """The lines in which two texts differ, of each, and where they stand in the second."""
    old, new = before.split("\n"), after.split("\n")
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    start = sum(len(line) + 1 for line in new[:head])
    changed = "\n".join(new[head : len(new) - tail])
    return "\n".join(old[head : len(old) - tail]), changed, start, start + len(changed)
