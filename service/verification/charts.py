"""A FHIR Bundle as records, in memory: for checks that have no database."""

from collections.abc import Mapping
from typing import Any

from service.chart.held import Held
from service.chart.incoming import Incoming, received
from service.chart.models import SourceRecord
from service.chart.record import key_of, row_of
from service.errors import BadInput
from service.summary.vocabulary import Standing


class BundleOnly(Held):
    """Nothing is held beside the Bundle itself."""

    def __init__(self) -> None:
        """No session: there is no database to look in."""

    def find(self, ref: str) -> Mapping[str, Any] | None:
        del ref
        return None


def records_of(bundle: object) -> list[SourceRecord]:
    """The Bundle's resources rendered, those that may be evidence. Raises BadInput for what is
    no Bundle."""
    if not isinstance(bundle, Mapping) or bundle.get("resourceType") != "Bundle":
        raise BadInput("The chart is not a FHIR Bundle. Give a Bundle of one patient.")
    incoming = (each for each in received(bundle) if each.resource is not None)
    records = [_record(each) for each in incoming]
    return [record for record in records if record.standing is Standing.EVIDENCE]


def _record(incoming: Incoming) -> SourceRecord:
    return SourceRecord(**row_of(incoming, key_of(incoming), BundleOnly()))
