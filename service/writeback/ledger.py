"""From our rows to the values that are sent; nothing passes that nobody attested."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import audit
from service.access.decisions import Purpose
from service.audit import AuditEvent
from service.chart.models import SnapshotRecord, SourceRecord
from service.drafting.prompts import packaged_prompts
from service.drafting.template import Prompt
from service.errors import CountersignError
from service.review.sources import decisions_to_show
from service.summary import progress
from service.summary.attestations import attestations_now, is_genuine
from service.summary.models import Summary, SummaryVersion
from service.summary.people import SERVICE_ACCOUNT
from service.summary.vocabulary import SummaryType
from service.writeback import acts
from service.writeback.attested import AttestedText, Attester, Coding, Drafter, Source
from service.writeback.coverage import encounter_of, labels_of_all, period_of
from service.writeback.models import Filing, FilingState

_TOLD = ("name", "prompt", "version", "hash")

Prompts = Mapping[SummaryType, Prompt]


class NotAttested(CountersignError):
    """The text that would be sent is not one that a clinician vouched for."""

    status_code = 409


def attested_text(
    session: Session, summary: Summary, *, prompts: Prompts | None = None
) -> AttestedText:
    """The current text with all that is filed beside it. Raises NotAttested."""
    version = summary.current
    if version is None:
        raise NotAttested("This summary has no text. Return it to review.")
    _check_unaltered(version)
    attesters = _attesters(session, summary, version)
    if not progress.is_signed_off(session, summary):
        raise NotAttested(
            "The audit does not tell that this text of this patient was signed to be filed, so "
            "nothing was sent. Tell IT to look at the database, and return the summary to review."
        )
    pinned = _pinned(session, summary)
    open_now = decisions_to_show(
        session, summary.patient_ref, pinned, SERVICE_ACCOUNT, purpose=Purpose.EXPORT
    )
    cited_ids = {c.record_id for p in version.content.placed() for c in p.statement.citations}
    cited = [each for each in pinned if each.id in cited_ids]
    encounter = encounter_of(cited, pinned, launched=summary.encounter_ref)
    replaced = replaced_filings(session, summary.id, version.digest)
    kind = (prompts or packaged_prompts())[summary.type].meta.type
    return AttestedText(
        summary_id=summary.id,
        digest=version.digest,
        patient_ref=summary.patient_ref,
        content=version.content,
        type=Coding(kind.code, kind.display),
        made_at=version.made_at,
        attesters=attesters,
        drafter=_drafter(version),
        # A record restricted since the draft is not even named; its labels still count.
        sources=tuple(
            Source(each.resource_ref, each.version) for each in pinned if open_now[each.id].allowed
        ),
        labels=labels_of_all(_with_newest(session, pinned), open_now.values()),
        encounter_ref=encounter.resource_ref if encounter else summary.encounter_ref,
        period=period_of(encounter, cited),
        replaces=tuple(each.document_ref for each in replaced if each.document_ref),
        amended_because=opened.reason if (opened := acts.amended(session, summary.id)) else "",
    )


def open_filing(session: Session, attested: AttestedText) -> Filing:
    """The one row of this summary and digest, made when this text was never sent before."""
    found = session.scalars(
        select(Filing).where(
            Filing.summary_id == attested.summary_id, Filing.digest == attested.digest
        )
    ).first()
    if found is None:
        found = Filing(summary_id=attested.summary_id, digest=attested.digest, attempts=0)
        session.add(found)
        session.flush()
    return found


def replaced_filings(session: Session, summary_id: str, digest: str) -> Sequence[Filing]:
    """What of this summary may read as current in the EHR with another text, oldest first.

    A refused one counts: the EHR may hold a text that it had altered.
    """
    over = (FilingState.SUPERSEDED, FilingState.RETRACTED)
    query = _in_ehr(summary_id).where(Filing.digest != digest, Filing.state.not_in(over))
    return _told(session, session.scalars(query.order_by(Filing.started_at)))


def filings_in_ehr(session: Session, summary_id: str) -> Sequence[Filing]:
    """Every document of this summary that the EHR holds and that is not withdrawn, newest first."""
    query = _in_ehr(summary_id).where(Filing.state != FilingState.RETRACTED)
    return _told(session, session.scalars(query.order_by(Filing.started_at.desc())))


def _told(session: Session, rows: Iterable[Filing]) -> list[Filing]:
    """Those of which the audit tells that just this document was filed with just this text: its
    rows are keyed, and who can write to the database points at nobody else's document."""
    return [row for row in rows if _is_told(session, row)]


def _is_told(session: Session, filing: Filing) -> bool:
    patient_ref = select(Summary.patient_ref).where(Summary.id == filing.summary_id)
    acts = select(AuditEvent).where(
        AuditEvent.subject_id == filing.summary_id,
        AuditEvent.patient_ref == patient_ref.scalar_subquery(),
        AuditEvent.action.in_([f"filing.{state}" for state in FilingState]),
    )
    wanted = (filing.digest, filing.document_ref)
    return any(
        (act.detail.get("digest"), act.detail.get("document_ref")) == wanted
        and audit.is_ours(session, act)
        for act in session.scalars(acts)
    )


def _in_ehr(summary_id: str) -> Select[Filing]:
    return select(Filing).where(Filing.summary_id == summary_id, Filing.document_ref.is_not(None))


def _check_unaltered(version: SummaryVersion) -> None:
    """The text, its digest and the document that the page is made from are one and the same."""
    digest = hashlib.sha256(version.text.encode()).hexdigest()
    if digest != version.digest or version.content.digest() != version.digest:
        raise NotAttested(
            "The text no longer matches its digest, so nothing was sent. "
            "Tell IT to look at the database, and return the summary to review."
        )


def _attesters(session: Session, summary: Summary, version: SummaryVersion) -> tuple[Attester, ...]:
    """Who vouched for exactly this digest, in order. Raises NotAttested when nobody signed it, or
    when a signature is not one that this service made and told to the audit."""
    # The second clinician comes after the first, whatever the clock of another machine says.
    given = attestations_now(session, summary)
    rows = sorted(given, key=lambda each: (each.meaning == "cosigned", each.signed_at))
    these = [row for row in rows if row.digest == version.digest]
    attesters = tuple(
        Attester(row.practitioner_ref, row.person_name, row.meaning, row.signed_at)
        for row in these
        if is_genuine(session, row)
    )
    if len(attesters) < len(these):
        raise NotAttested(
            "A signature on this text was not made by this service, so nothing was sent. "
            "Tell IT to look at the database and its audit, and return the summary to review."
        )
    if not any(each.meaning == "signed" for each in attesters):
        raise NotAttested(
            "Nobody has signed exactly this text, so nothing was sent. "
            "Return the summary to review and sign it."
        )
    return attesters


def _pinned(session: Session, summary: Summary) -> Sequence[SourceRecord]:
    """The record versions that the summary was drafted from, in a stable order."""
    query = (
        select(SourceRecord)
        .join(SnapshotRecord, SnapshotRecord.record_id == SourceRecord.id)
        .where(SnapshotRecord.summary_id == summary.id)
        .order_by(SourceRecord.resource_ref, SourceRecord.version, SourceRecord.id)
    )
    return session.scalars(query).all()


def _with_newest(session: Session, pinned: Sequence[SourceRecord]) -> Sequence[SourceRecord]:
    """And the versions held now of those that were followed: a label that came late counts."""
    refs = {each.resource_ref for each in pinned if not each.is_latest}
    newest = select(SourceRecord).where(SourceRecord.resource_ref.in_(refs), SourceRecord.is_latest)
    return [*pinned, *(session.scalars(newest) if refs else ())]


def _drafter(version: SummaryVersion) -> Drafter:
    """As drafting wrote it down: {"name", "prompt", "version", "hash", ...}."""
    told = {name: str(version.writer.get(name) or "") for name in _TOLD}
    return Drafter(
        product_version=product_version(),
        model=told["name"] or "unknown",
        prompt=f"{told['prompt']} {told['version']}".strip(),
        prompt_hash=told["hash"],
    )


def product_version() -> str:
    """The installed version of Countersign; "source" when it runs from a bare checkout."""
    try:
        return metadata.version("countersign")
    except metadata.PackageNotFoundError:
        return "source"
