"""Summaries in review and signed, people, and filled-in forms."""

from dataclasses import replace

from service.qa.rubric import QUESTIONS
from service.summary import progress
from service.summary.document import Document, Section, Statement
from service.summary.models import Attestation, Finding
from service.summary.people import DEMO_PEOPLE, SYSTEM, Person
from service.summary.vocabulary import FindingKind, Role, Severity, SummaryType
from service.summary.vocabulary import SummaryStatus as S

QA = DEMO_PEOPLE["qa"]
OTHER_QA = Person("qa-two", "Ilse Brandt", Role.QA)
CLINICIAN = DEMO_PEOPLE["clinician"]


def a_form(**answers):
    form = {q.key: next(a for a in ("5", "yes") if a in q.answers) for q in QUESTIONS}
    return form | {key.replace("_", "-"): answer for key, answer in answers.items()}


def a_draft(session, words="Sertraline 50 mg", *, kind=SummaryType.PRE_VISIT, by="dr-a"):
    """A summary in review with two statements."""
    summary = progress.request_summary(session, "Patient/p1", kind, actor=by)
    for status in (S.CHARTED, S.INDEXED):
        progress.advance(session, summary, status, actor=SYSTEM)
    section = Section("meds", "Medicines", (Statement(words), Statement("Denies alcohol.")))
    progress.add_version(
        session,
        summary,
        Document("Pre-visit", (summary.id,), (section,)),
        made_by=SYSTEM,
        writer={"name": "extractive"},
        coverage={},
    )
    for status in (S.DRAFTED, S.IN_REVIEW):
        progress.advance(session, summary, status, actor=SYSTEM)
    return summary


def a_signed_summary(session, **given):
    summary = a_draft(session, **given)
    session.add(
        Attestation(
            summary_id=summary.id,
            digest=summary.current.digest,
            person_id=CLINICIAN.id,
            person_name=CLINICIAN.name,
            practitioner_ref=CLINICIAN.practitioner_ref,
            meaning="signed",
        )
    )
    progress.advance(session, summary, S.SIGNED, actor=CLINICIAN.id)
    return summary


def an_edit(session, summary, *, by="dr-a"):
    content = summary.current.content
    edited = content.with_statement(0, replace(content.statement(0), text="Sertraline 75 mg"))
    return progress.add_version(
        session, summary, edited, made_by=by, writer={"name": "extractive"}, coverage={}
    )


def a_finding(session, summary, kind=FindingKind.OMITTED, *, resolved_by=None):
    finding = Finding(
        version_id=summary.current.id,
        number=1,
        kind=kind,
        severity=Severity.MAJOR,
        check="must-carry",
        message="An allergy is not carried.",
        resolved_by=resolved_by,
    )
    session.add(finding)
    session.flush()
    return finding
