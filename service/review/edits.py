"""What every edit has in common: the summary held, and a new version that is verified.

An edit is a plan: what a person wants of the text, worked out but not carried out. So the same
plan can be verified ahead, with no transaction open, and then be carried out in one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service import audit
from service.database import Transactions
from service.drafting.prompts import packaged_prompts
from service.errors import CountersignError
from service.review import freshness, permissions
from service.review.findings import keep_decisions, mark_corrected
from service.review.hold import locked
from service.review.readable import check_cites_open, closed_records
from service.review.recite import cited_anew
from service.summary import progress
from service.summary.document import Document
from service.summary.models import Summary, SummaryVersion
from service.summary.people import Person
from service.verification.cited import Chart
from service.verification.examine import examine
from service.verification.held import chart_of
from service.verification.verify import Prompts, verify_version


@dataclass(frozen=True)
class Wanted:
    """The text as it shall be, and what was done: {"act", "statement" (its index), ...}. `anew` is
    the index of a statement whose source is looked for; `restores` a version whose text this is."""

    document: Document
    edit: dict[str, Any]
    anew: int | None = None
    restores: SummaryVersion | None = None


# What is wanted of the version that the person was looking at; None where nothing would change.
Plan = Callable[[Session, Summary, SummaryVersion], Wanted | None]


def carry_out(
    session: Session,
    summary_id: str,
    plan: Plan,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> SummaryVersion:
    """The new version, verified; the one that stands where nothing changes. `digest` is the text
    that the person was looking at: another one is a Conflict, whoever was faster keeps theirs."""
    summary = locked(session, summary_id)
    before = _seen(summary, digest, by)
    wanted = plan(session, summary, before)
    return before if wanted is None else _new_version(session, summary, wanted, by, prompts)


def as_it_stands(_session: Session, _summary: Summary, before: SummaryVersion) -> Wanted:
    """The plan of whoever has only begun to write: it makes the chart ready."""
    return Wanted(before.content, {})


def verify_ahead(
    transactions: Transactions,
    summary_id: str,
    plan: Plan,
    *,
    by: Person,
    digest: str | None = None,
    prompts: Prompts | None = None,
) -> None:
    """Have verified what an edit will come to, with no connection held meanwhile; the edit then
    finds it done. What is refused is left to the edit to refuse, so this never is."""
    try:
        with transactions() as session:
            summary = progress.find_summary(session, summary_id)
            before = _seen(summary, digest, by)
            wanted = plan(session, summary, before)
            if wanted is None:
                return
            chart = _open_to(session, summary, wanted, before, by)
            coverage = before.coverage
            prompt = (prompts or packaged_prompts())[summary.type]
        document = wanted.document
        if wanted.anew is not None:
            document = cited_anew(chart, document, wanted.anew)
        examine(document, chart, prompt, coverage)
    except CountersignError:
        return


def _seen(summary: Summary, digest: str | None, by: Person) -> SummaryVersion:
    """The version that the person was looking at. Raises NotPermitted, Conflict."""
    permissions.check_can_review(by, summary)
    permissions.check_looked_at(summary, digest)
    assert summary.current is not None  # nothing reaches review without a version
    return summary.current


def _new_version(
    session: Session, summary: Summary, wanted: Wanted, by: Person, prompts: Prompts | None
) -> SummaryVersion:
    """The next version with this content, verified. What was open before and is not found any
    more was answered by it."""
    before = summary.current
    assert before is not None
    chart = _open_to(session, summary, wanted, before, by)
    document = wanted.document
    if wanted.anew is not None:
        document = cited_anew(chart, document, wanted.anew)
    version = progress.add_version(
        session, summary, document, made_by=by.id, writer=before.writer, coverage=before.coverage
    )
    version.edit = wanted.edit
    verify_version(session, version, summary, chart, prompts=prompts)
    freshness.look(session, summary, by)
    mark_corrected(before, version, by=by)
    if wanted.restores is not None:
        keep_decisions(wanted.restores, version)
    _note(session, summary, before, version, by)
    session.flush()
    return version


def _open_to(
    session: Session, summary: Summary, wanted: Wanted, before: SummaryVersion, by: Person
) -> Chart:
    """What the new text may be compared with. Raises NotFound where it shall rest on more."""
    chart = chart_of(session, summary)
    closed = closed_records(session, summary, by, chart)
    check_cites_open(wanted.document, before.content, closed)
    return chart.without(closed)


def _note(
    session: Session, summary: Summary, before: SummaryVersion, after: SummaryVersion, by: Person
) -> None:
    audit.record(
        session,
        "summary.edited",
        actor=by.id,
        patient_ref=summary.patient_ref,
        subject_id=summary.id,
        before=before.digest,
        digest=after.digest,
        **after.edit,
    )
