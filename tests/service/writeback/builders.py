"""Summaries that walk the real lifecycle up to a signature."""

from dataclasses import replace

from service.chart.models import SnapshotRecord, SourceRecord
from service.database import now
from service.summary import attestations, progress
from service.summary.document import Citation, Document, Section, Statement
from service.summary.people import DEMO_PEOPLE, SYSTEM
from service.summary.vocabulary import SummaryStatus as S
from service.summary.vocabulary import SummaryType
from tests.service.writeback.ehr import PATIENT

WRITER = {"name": "extractive", "prompt": "pre-visit", "version": "1", "hash": "ab" * 32}


def a_document(record=None):
    cited = (
        ()
        if record is None
        else (Citation(record.id, record.resource_ref, record.version, "PHQ-9", 0, 5),)
    )
    statements = (
        Statement("PHQ-9 total score 14 (2026-05-01)", cited),
        Statement("She said <b>“not now” & left</b>", ()),
    )
    sections = (
        Section("scores", "Scores", statements),
        Section("allergies", "Allergies", (), "Looked for allergies; none are documented."),
    )
    return Document("Pre-visit summary", ("Patient: Y. Sorokina", "Drafted 2026-09-01"), sections)


def a_record(session, ref="Observation/o1", **columns):
    record = SourceRecord(
        patient_ref=PATIENT,
        resource_ref=ref,
        resource_type=ref.partition("/")[0],
        version="1",
        content_hash=f"{ref} {columns.get('labels')}",
        raw="{}",
        text="PHQ-9 total score 14",
        effective="2026-05-01",
        effective_at=now(),
        **columns,
    )
    session.add(record)
    session.flush()
    return record


def a_signed_summary(session, *, records=(), cosigned=False):
    """A summary on PATIENT, signed by the demo clinician; its `records` are pinned."""
    summary = progress.request_summary(session, PATIENT, SummaryType.PRE_VISIT, actor="demo")
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    for record in records:
        session.add(SnapshotRecord(summary_id=summary.id, record_id=record.id))
    document = a_document(records[0] if records else None)
    progress.add_version(session, summary, document, made_by=SYSTEM, writer=WRITER, coverage={})
    for status in (S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    sign(session, summary, cosigned=cosigned)
    return summary


def sign(session, summary, *, cosigned=False):
    attest(session, summary, "clinician", "signed")
    if cosigned:
        progress.advance(session, summary, S.AWAITING_COSIGN, actor="demo-clinician")
        attest(session, summary, "attending", "cosigned")
    progress.advance(session, summary, S.SIGNED, actor="demo-clinician")


def attest(session, summary, who, meaning):
    attestations.attest(session, summary, meaning, by=DEMO_PEOPLE[who])


def an_edit(session, summary, text):
    """A new version whose first statement a person has worded anew."""
    before = summary.current.content
    edited = before.with_statement(0, replace(before.statement(0), text=text, writer="person"))
    return progress.add_version(
        session, summary, edited, made_by="demo-clinician", writer=WRITER, coverage={}
    )


def amended(session, summary, text, *, reason=""):
    """A filed summary corrected and signed again."""
    progress.advance(session, summary, S.IN_REVIEW, actor="demo-clinician", reason=reason)
    an_edit(session, summary, text)
    sign(session, summary)
