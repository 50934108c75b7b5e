"""A FHIR Bundle as records, in memory and by the service's rules: for checks without a database."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.access.decisions import Purpose, decide_chart
from service.chart.held import Held
from service.chart.incoming import Incoming, received
from service.chart.inheritance import spread
from service.chart.models import SourceRecord
from service.chart.notes import document
from service.chart.record import key_of, row_of
from service.chart.standing import DOCUMENTS, replaced_documents
from service.errors import BadInput
from service.summary.vocabulary import Standing

Kept = tuple[SourceRecord, Incoming]


class BundleOnly(Held):
    """Nothing is held beside the Bundle itself."""

    def __init__(self) -> None:
        """No session: there is no database to look in."""

    def find(self, ref: str) -> Mapping[str, Any] | None:
        del ref
        return None


def records_of(bundle: object) -> list[SourceRecord]:
    """The Bundle's records that may be used: the latest versions, notes that nothing replaced,
    and none that is restricted, by itself or by its encounter.

    Raises BadInput for what is no Bundle, or one of several patients.
    """
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        raise BadInput("The chart is not a FHIR Bundle. Give a Bundle of one patient.")
    try:
        latest = _latest((_record(each), each) for each in received(bundle) if each.resource)
    except RecursionError:
        raise BadInput("The chart is nested too deep to be read. Give it as FHIR has it.") from None
    latest = _of_one_patient(latest)
    records = [record for record, _ in latest]
    gained = spread(records)
    for record in records:
        record.labels = gained.get(record.id, record.labels)
    replaced = replaced_documents(
        document(record, each.resource)
        for record, each in latest
        if record.resource_type in DOCUMENTS and each.resource is not None
    )
    decided = decide_chart(records, purpose=Purpose.PROMPT)
    return [
        r
        for r in records
        if r.standing is Standing.EVIDENCE
        and r.resource_ref not in replaced
        and decided[r.id].allowed
    ]


def _record(incoming: Incoming) -> SourceRecord:
    return SourceRecord(**row_of(incoming, key_of(incoming), BundleOnly()))


def _latest(
    found: Iterable[Kept],
) -> list[Kept]:
    """Of several versions of a resource the last, by lastUpdated where both have it."""
    kept: dict[str, Kept] = {}
    for record, incoming in found:
        held = kept.get(record.resource_ref)
        if held is None or not _is_older(record, held[0]):
            kept[record.resource_ref] = (record, incoming)
    return list(kept.values())


def _is_older(record: SourceRecord, held: SourceRecord) -> bool:
    return bool(record.updated_at and held.updated_at and record.updated_at < held.updated_at)


def _of_one_patient(found: list[Kept]) -> list[Kept]:
    """Those of the chart's patient, and of nobody: what one patient's chart says must not bear
    a statement about another. The only Patient in the Bundle is meant, else the only one named."""
    named = {record.patient_ref for record, _ in found} - {None}
    given = {r.resource_ref for r, _ in found if r.resource_type == "Patient"}
    meant = given if len(given) == 1 else named
    if len(meant) > 1:
        raise BadInput(
            f"The chart holds records of {len(named)} patients. Give a Bundle of one patient."
        )
    return [each for each in found if each[0].patient_ref in (None, *meant)]
