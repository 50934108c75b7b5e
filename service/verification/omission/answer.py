"""The part of `check_text`'s answer that is about what is absent."""

from collections.abc import Iterable, Sequence
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.template import MustCarry
from service.verification.lexical import Source
from service.verification.models import Omission
from service.verification.omission.check import Carried, check_omissions
from service.verification.omission.completeness import completeness


def left_out(
    sources: Sequence[Source],
    records: Sequence[SourceRecord],
    summary: str,
    rules: Iterable[MustCarry],
) -> tuple[list[dict[str, Any]], float]:
    """The omissions as the contract prints them, and the completeness (0 to 1)."""
    checked = check_omissions(Carried(summary), records, rules, sources)
    return [_printed(each) for each in checked.omissions], completeness(checked, sources, summary)


def _printed(omission: Omission) -> dict[str, Any]:
    """Without our row ids, which mean nothing outside the database."""
    value = omission.to_json()
    for span in value["evidence"]:
        del span["record_id"]
    return value
