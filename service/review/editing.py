"""Editing: a person's words become a new version, verified before it answers."""

from dataclasses import replace

from sqlalchemy.orm import Session

from service import audit
from service.chart.models import SourceRecord
from service.errors import BadInput, NotFound
from service.review import freshness, permissions
from service.review.findings import find_finding, mark_corrected
from service.review.hold import locked
from service.review.wording import one_line
from service.summary import progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.models import Finding, Summary, SummaryVersion
from service.summary.people import Person
from service.verification.language import offers_rewrite, with_rewrite
from service.verification.verify import Prompts, verify_version

# An empty heading would not tell whether anything was looked for.
EMPTIED = "Nothing is stated here: the reviewing clinician took it out."


def edit_statement(
    session: Session,
    summary_id: str,
    index: int,
    text: str,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with this statement reworded, or removed when `text` is empty.

    `digest` is the text that the person was looking at: another one is a Conflict. The
    statement keeps its citations; verification looks each of them up again.
    """
    summary, before = _opened(session, summary_id, digest, by)
    statement = before.content.statement(index)
    wanted = reworded(statement, text)
    if wanted == statement:
        return before
    act = "statement-removed" if wanted is None else "statement-reworded"
    edited = _without_empty_headings(before.content.with_statement(index, wanted))
    return _new_version(session, summary, edited, act=act, by=by, prompts=prompts)


def take_rewrite(
    session: Session,
    summary_id: str,
    number: int,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version in which the words that a finding offers stand in place of those it names.

    An edit like any other: nothing takes a rewrite but a person. Raises NotFound, BadInput.
    """
    summary, before = _opened(session, summary_id, digest, by)
    finding = find_finding(summary, number)
    index, text = finding.statement_index, None
    if index is not None and offers_rewrite(finding.kind, finding.source):
        text = with_rewrite(before.content.statement(index).text, finding.said, finding.source)
    if index is None or text is None:
        raise BadInput("This finding offers no words that can be taken. Edit the statement.")
    return edit_statement(session, summary_id, index, text, by=by, prompts=prompts)


def add_statement(
    session: Session,
    summary_id: str,
    section_key: str,
    text: str,
    *,
    by: Person,
    finding: int | None = None,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version with a statement more at the end of a section.

    With `finding` (the number of an omission, say) it cites what that finding points at;
    without, it cites nothing, and verification says so. Raises NotFound, BadInput.
    """
    summary, before = _opened(session, summary_id, digest, by)
    cited = citations_of(session, find_finding(summary, finding)) if finding is not None else ()
    statement = Statement(one_line(text), cited, "person")
    edited = with_added(before.content, section_key, statement)
    return _new_version(session, summary, edited, act="statement-added", by=by, prompts=prompts)


def reworded(statement: Statement, text: str) -> Statement | None:
    """The statement in the person's words; None when they remove it. Raises BadInput."""
    if text == "":
        return None
    words = one_line(text)
    unchanged = words == statement.text
    return statement if unchanged else replace(statement, text=words, writer="person")


def with_added(document: Document, section_key: str, statement: Statement) -> Document:
    """The document with the statement in that section, no longer said to be absent."""
    if section_key not in {section.key for section in document.sections}:
        raise NotFound("This summary has no such section.")
    return replace(
        document,
        sections=tuple(
            replace(s, statements=(*s.statements, statement), absence="")
            if s.key == section_key
            else s
            for s in document.sections
        ),
    )


def citations_of(session: Session, finding: Finding) -> tuple[Citation, ...]:
    """What a finding points at, as citations; evidence without a record is left out."""
    found = []
    for each in finding.evidence:
        record = session.get(SourceRecord, each.get("record_id") or "")
        if record is not None and each.get("quote"):
            start, end = int(each["start"]), int(each["end"])
            found.append(
                Citation(record.id, record.resource_ref, record.version, each["quote"], start, end)
            )
    return tuple(found)


def _opened(
    session: Session, summary_id: str, digest: str | None, by: Person
) -> tuple[Summary, SummaryVersion]:
    """The summary held for an edit, and the version that the person was looking at."""
    summary = locked(session, summary_id)
    permissions.check_can_review(by, summary)
    if digest is not None:
        permissions.check_digest(summary, digest)
    assert summary.current is not None  # nothing reaches review without a version
    return summary, summary.current


def _without_empty_headings(document: Document) -> Document:
    return replace(document, sections=tuple(map(_told_empty, document.sections)))


def _told_empty(section: Section) -> Section:
    return section if section.statements or section.absence else replace(section, absence=EMPTIED)


def _new_version(
    session: Session,
    summary: Summary,
    edited: Document,
    *,
    act: str,
    by: Person,
    prompts: Prompts | None,
) -> SummaryVersion:
    before = summary.current
    assert before is not None
    version = progress.add_version(
        session, summary, edited, made_by=by.id, writer=before.writer, coverage=before.coverage
    )
    version.edit = {"act": act}
    verify_version(session, version, summary, prompts=prompts)
    freshness.look(session, summary, by)
    mark_corrected(before, version, by=by)
    audit.record(
        session,
        "summary.edited",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        act=act,
        before=before.digest,
        digest=version.digest,
    )
    return version
