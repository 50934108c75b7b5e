"""What a document covers, told from the records it was made from: encounter, period, labels."""

from collections.abc import Iterable, Sequence

from service.access.decisions import Decision
from service.access.labels import labels_of, resource_of
from service.chart.models import SourceRecord
from service.writeback.attested import Period

CONFIDENTIALITY = ("U", "L", "M", "N", "R", "V")  # v3-Confidentiality, lowest first

# Marks on single resources (who asserted it, how sure), not on who may read it.
NOT_INHERITED = frozenset({"AIAST", "CLINAST", "DEVAST", "PATAST", "PROCCLINAST", "HTEST"})


def encounter_of(
    cited: Iterable[SourceRecord], records: Sequence[SourceRecord], *, launched: str | None = None
) -> SourceRecord | None:
    """The Encounter that the document is about: the one that was open in the EHR when it was
    asked for, else the one that all that is cited belongs to; else it is not known."""
    if launched is not None:
        return _only(each for each in records if each.resource_ref == launched)
    refs = {each.encounter_ref for each in cited if each.encounter_ref}
    return _only(each for each in records if refs == {each.resource_ref})


def period_of(encounter: SourceRecord | None, cited: Sequence[SourceRecord]) -> Period:
    """The encounter's period, else the days from the oldest to the newest cited record."""
    if encounter is not None:
        period = resource_of(encounter).get("period") or {}
        return Period(str(period.get("start") or ""), str(period.get("end") or ""))
    dated = [(each.effective_at, each.effective) for each in cited if each.effective_at]
    if not dated:
        return Period()
    return Period(min(dated)[1][:10], max(dated)[1][:10])


def labels_of_all(
    records: Iterable[SourceRecord], decisions: Iterable[Decision] = ()
) -> tuple[str, ...]:
    """Every sensitivity label of what was read, with those that were handed down to it; of the
    confidentialities only the highest."""
    found = set().union(*(labels_of(each) for each in records), *(d.labels for d in decisions))
    found -= NOT_INHERITED
    levels = [code for code in CONFIDENTIALITY if code in found]
    return tuple(sorted(found.difference(CONFIDENTIALITY)) + levels[-1:])


def _only(found: Iterable[SourceRecord]) -> SourceRecord | None:
    records = list(found)
    return records[0] if len(records) == 1 else None
