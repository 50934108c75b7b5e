"""Opening one patient's chart for reading; nothing here can name two patients."""

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from service.chart.models import SourceRecord
from service.errors import Unavailable
from service.retrieval.evidence import Gathered, SectionQuery, Withheld
from service.retrieval.index import PassageIndex
from service.retrieval.indexing import index_patient, is_current
from service.retrieval.keys import check_patient, secret_of
from service.retrieval.models import HeldPassage, IndexedRecord, Passage
from service.retrieval.patient_chart import PatientChart

__all__ = ["PatientChart", "gather_evidence", "open_chart", "refresh_chart"]

READS = 3  # of a chart that others change meanwhile


def open_chart(session: Session, patient_ref: str, *, index: PassageIndex) -> PatientChart:
    """The chart of exactly one patient, indexed first if anything changed.

    Raises BadInput unless `patient_ref` names one patient, IsolationBroken when the chart holds
    what is not theirs, Unavailable when there is something to index and the vector store does not
    answer, or when the chart changes each time that it is read. To index takes the patient's lock
    for the rest of the transaction: who means to do slow work in it calls `refresh_chart` in one
    of its own first.
    """
    patient_ref = check_patient(patient_ref)
    strays: set[str] | None = None
    for _ in range(READS + 1):  # somebody may change and cut the chart between these reads
        records, withheld = _decided(session, patient_ref)
        passages = _passages(session, patient_ref)
        before, strays = strays, {p.record_id for p in passages} - {r.id for r in records}
        is_settled = not strays or strays == before  # the same twice: no race, and refused below
        if is_settled and is_current(session, patient_ref):
            break
        refresh_chart(session, patient_ref, index=index)
    else:
        raise Unavailable("This chart is changing; it is tried again.")
    return PatientChart(
        patient_ref,
        records,
        withheld,
        passages,
        secret=secret_of(session, patient_ref),
        index=index,
    )


def refresh_chart(session: Session, patient_ref: str, *, index: PassageIndex) -> None:
    """Index what changed since. For a short transaction of its own. Raises as `open_chart`."""
    if not is_current(session, check_patient(patient_ref)):
        index_patient(session, patient_ref, index=index)


def gather_evidence(
    session: Session, patient_ref: str, query: SectionQuery | str, *, index: PassageIndex
) -> Gathered:
    """Open a chart and ask it one thing; plain words search everything."""
    chart = open_chart(session, patient_ref, index=index)
    return chart.ask(query) if isinstance(query, str) else chart.gather(query)


def _passages(session: Session, patient_ref: str) -> list[HeldPassage]:
    columns = [getattr(Passage, name) for name in HeldPassage._fields]
    rows = session.execute(select(*columns).where(Passage.patient_ref == patient_ref))
    return [HeldPassage(*row) for row in rows]


def _decided(session: Session, patient_ref: str) -> tuple[list[SourceRecord], list[Withheld]]:
    """The allowed records, and the names of the others. Decided before anything is scored."""
    query = (
        select(SourceRecord, IndexedRecord.allowed, IndexedRecord.reason)
        .join(IndexedRecord, IndexedRecord.record_id == SourceRecord.id)
        .where(SourceRecord.patient_ref == patient_ref, IndexedRecord.patient_ref == patient_ref)
        .options(defer(SourceRecord.raw))  # attachments are in it; nothing here reads them
        .execution_options(populate_existing=True)  # this session may have read them before
    )
    records, withheld = [], []
    for record, allowed, reason in session.execute(query):
        if allowed:
            records.append(record)
        else:
            withheld.append(Withheld(record.id, reason))
    return records, withheld
