"""A patient's chart out of the EHR: REQUESTED becomes CHARTED."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import audit
from service.chart.erased import check_not_erased, key_before
from service.chart.fetching import Fetched, fetch_chart
from service.chart.gaps import GapKind, gap
from service.chart.held import refs_held
from service.chart.incoming import Envelope, Incoming, learn_identifiers, single
from service.chart.ingest import IngestCount, ingest
from service.chart.lost import drop_lost
from service.chart.models import Chart, SourceRecord
from service.database import now
from service.errors import CountersignError, NotFound
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy
from service.summary import people, progress
from service.summary.models import Summary
from service.summary.vocabulary import SummaryStatus

PATIENCE = timedelta(minutes=30)  # then a search that is not answered is a gap of the draft
WHOLE_EVERY = timedelta(hours=20)  # so that tomorrow's first summary is of a whole look
LONGEST = timedelta(days=1)  # then a person is told that the EHR was silent


class Merged(CountersignError):
    """The EHR has merged the patient into another record; the chart goes on there."""

    status_code = 409


log = structlog.get_logger(__name__)


def pull_chart(session: Session, summary_id: str, *, client: FhirClient) -> None:
    """Read the chart that a summary owes. Raises EhrBusy when trying again may help.

    A search that the EHR refuses is a gap of the chart; a patient unknown to the EHR and to us
    is a FAILED summary, with the sentence as its reason.
    """
    summary = progress.lock_owed(session, summary_id, SummaryStatus.REQUESTED)
    if summary is None:
        return
    waited = now() - summary.status_at
    try:
        refresh_chart(session, summary.patient_ref, client=client, is_final=waited > PATIENCE)
    except (NotFound, Merged) as unknown:
        _fail(session, summary, unknown.sentence)
        return
    except EhrBusy as busy:
        if waited < LONGEST:
            raise
        _fail(session, summary, f"{busy.sentence} It was waited for a day: ask for it again.")
        return
    progress.advance(session, summary, SummaryStatus.CHARTED, actor=people.SYSTEM)


def _fail(session: Session, summary: Summary, reason: str) -> None:
    progress.advance(session, summary, SummaryStatus.FAILED, actor=people.SYSTEM, reason=reason)


def refresh_chart(
    session: Session, patient_ref: str, *, client: FhirClient, is_final: bool = False
) -> IngestCount:
    """Bring the held chart up to date with the EHR, and say on it what could not be read.

    With `is_final` what is not answered is a gap, not waited for. Raises NotFound for a patient
    that neither the EHR knows nor we hold, or who was erased meanwhile, and Merged. EhrBusy and
    EhrTokenRefused come through: they are about the EHR and not about this chart.
    """
    chart = session.get(Chart, patient_ref)
    started_at, key = now(), key_before(session, patient_ref)
    since = _since(chart)
    client = client.paced()
    fetched = fetch_chart(
        client,
        patient_ref,
        since=since,
        is_held=lambda refs: refs_held(session, refs),
        is_final=is_final,
    )
    check_not_erased(session, patient_ref, key)
    if fetched.merged_into:
        if _number_held(session, patient_ref):  # what was drafted here must not be signed here
            ingest(session, "ehr", incoming_of(fetched, client.bases))
        raise Merged(
            f"The EHR has merged this patient into {fetched.merged_into}: "
            "ask for the summary there."
        )
    if fetched.is_unknown:
        return _keep_what_is_held(session, patient_ref)
    if fetched.refused and not fetched.resources and not _number_held(session, patient_ref):
        raise fetched.refused
    count = ingest(session, "ehr", incoming_of(fetched, client.bases))
    if since is None:
        drop_lost(session, fetched, client)
    _finish(session, patient_ref, fetched.gaps, pulled_at=started_at, is_whole=since is None)
    audit.record(
        session,
        "chart.pulled",
        actor=people.SYSTEM,
        patient_ref=patient_ref,
        kept=count.kept,
        unchanged=count.unchanged,
        gaps=len(fetched.gaps),
    )
    log.info("chart.pulled", kept=count.kept, unchanged=count.unchanged, gaps=len(fetched.gaps))
    return count


def _since(chart: Chart | None) -> datetime | None:
    """When the last pull began. A chart with search gaps is read in full again, and every chart
    once a day: a deletion shows in no search for what is new."""
    if chart is None or any(g["kind"] == GapKind.SEARCH for g in chart.gaps):
        return None
    if chart.looked_at is None or now() - chart.looked_at > WHOLE_EVERY:
        return None
    return chart.pulled_at


def incoming_of(fetched: Fetched, bases: tuple[str, ...]) -> Iterator[Incoming]:
    """What was fetched, each resource findable while the others are rendered."""
    envelope = Envelope(bases=bases)
    received = [_one(resource, envelope) for resource in fetched.resources]
    received += [_one(b, envelope, fetched.patient_ref) for b in fetched.binaries]
    learn_identifiers(envelope)
    yield from received


def _one(resource: Any, envelope: Envelope, patient_ref: str | None = None) -> Incoming:
    incoming = single(resource, envelope)
    if incoming.resource is not None:
        envelope.resources[incoming.ref] = incoming.resource
    if patient_ref is None:
        return incoming
    envelope.owners[incoming.ref] = patient_ref
    return replace(incoming, patient_ref=patient_ref)


def _keep_what_is_held(session: Session, patient_ref: str) -> IngestCount:
    """The EHR does not know the patient: what was ingested is all there is, and says so."""
    number = _number_held(session, patient_ref)
    if not number:
        raise NotFound(
            f"Neither the EHR nor this service knows {patient_ref}; check the patient's id."
        )
    reason = f"the EHR does not know this patient; {number} ingested records used"
    _finish(session, patient_ref, [gap(GapKind.PATIENT, reason)], pulled_at=None)
    return IngestCount()


def _number_held(session: Session, patient_ref: str) -> int:
    held = select(func.count()).where(
        SourceRecord.patient_ref == patient_ref, SourceRecord.is_latest
    )
    return session.scalar(held) or 0


def _finish(
    session: Session,
    patient_ref: str,
    gaps: list[dict[str, Any]],
    *,
    pulled_at: datetime | None,
    is_whole: bool = False,
) -> None:
    chart = session.get(Chart, patient_ref)
    if chart is None:
        chart = Chart(patient_ref=patient_ref)
        session.add(chart)
    if pulled_at is not None:
        chart.pulled_at = pulled_at
        chart.looked_at = pulled_at if is_whole else chart.looked_at
    chart.gaps = gaps
    session.flush()
