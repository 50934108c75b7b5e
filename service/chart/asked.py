"""One search of one chart, tried as wide as the EHR answers it; what it did not give is a gap."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Any

from service.chart.compartments import patient_of
from service.chart.gaps import GapKind, gap
from service.chart.searches import Search
from service.database import now
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrIncomplete, EhrRefused
from service.fhir.references import resolve

Resource = dict[str, Any]

Query = Mapping[str, str | list[str]]

WINDOWS_DAYS = (30, 365, 3 * 365, 10 * 365)  # what is new matters most, and is changed most
SMALL_PAGE = 20  # an EHR that cannot give 200 in its time limit often gives these
TOLD_TO_WAIT = (429, 503)


@dataclass(frozen=True)
class Asking:
    """One chart's searches. `known` maps what else names the patient ("Patient?identifier=...") to
    the reference. `since` is the last pull. `is_final`: waiting has been long enough,
    what is not answered now is a gap. `is_hurried`: somebody waits, so nothing is asked twice."""

    client: FhirClient
    patient_ref: str
    since: Any = None
    is_final: bool = False
    is_hurried: bool = False
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a search gave, with its gaps. `refusal` says why the EHR would not search at all."""

    resources: tuple[Resource, ...] = ()
    gaps: tuple[dict[str, Any], ...] = ()
    refusal: str | None = None


def ask(asking: Asking, search: Search) -> Found:
    """In pages as set, then in small ones; since the last pull, and where that is refused, all of
    it. Raises EhrTokenRefused, and EhrBusy where waiting may help."""
    query = search.query(asking.patient_ref, asking.since)
    found = _in_pages(asking, search, query)
    if found.refusal is not None and "_lastUpdated" in query:
        return _in_pages(asking, search, search.query(asking.patient_ref, None))
    return found


def _in_pages(asking: Asking, search: Search, query: Query) -> Found:
    try:
        return _once(asking, search, query)
    except EhrBusy as busy:
        if asking.is_hurried or (busy.http_status in TOLD_TO_WAIT and not asking.is_final):
            raise
    try:
        return _once(asking, search, {**query, "_count": str(SMALL_PAGE)})
    except EhrBusy as busy:
        _check_answers(asking)
        if busy.http_status in TOLD_TO_WAIT and not asking.is_final:
            raise
        return _in_windows(asking, search, query, busy)


def _in_windows(asking: Asking, search: Search, query: Query, busy: EhrBusy) -> Found:
    """By the time of the last change, the newest first. The first window that does not come ends
    it, for one search must not hold a chart up."""
    is_served = asking.client.profile.reading.last_updated and "_lastUpdated" not in query
    windows = _windows(now()) if is_served else []
    asked = (_window(asking, search, {**query, "_lastUpdated": each}) for each in windows)
    parts = [part for part in takewhile(lambda part: part is not None, asked) if part]
    found = Found(
        tuple(each for part in parts for each in part.resources),
        tuple(each for part in parts for each in part.gaps),
    )
    if windows and len(parts) == len(windows):
        return found
    tried = "in small pages and windows of time" if windows else "in small pages"
    reason = f"{busy.sentence.rstrip('.')}; asked {tried} too"
    return replace(found, gaps=(*found.gaps, gap(GapKind.SEARCH, reason, source=search.name)))


def _window(asking: Asking, search: Search, query: Query) -> Found | None:
    """None where it does not come whole enough to go on."""
    with suppress(EhrBusy):
        found = _once(asking, search, {**query, "_count": str(SMALL_PAGE)})
        return found if found.refusal is None else None
    return None


def _windows(at: datetime) -> list[list[str]]:
    """All of time in pieces that leave nothing between them, the newest first."""
    edges = [f"{at - timedelta(days=days):%Y-%m-%d}" for days in WINDOWS_DAYS]
    newest, oldest = [f"ge{edges[0]}"], [f"lt{edges[-1]}"]
    return [newest, *([f"ge{a}", f"lt{b}"] for b, a in pairwise(edges)), oldest]


def _check_answers(asking: Asking) -> None:
    """Raise EhrBusy unless the EHR answers at all: else every search would become a gap."""
    try:
        asking.client.read(asking.patient_ref)
    except EhrRefused:
        return


def _once(asking: Asking, search: Search, query: Query) -> Found:
    client = asking.client
    mine: list[Resource] = []
    reasons: list[tuple[GapKind, str]] = []
    strangers = unclear = 0
    try:
        for resource in client.search(search.resource_type, query):
            owner = owner_of(client, resource, asking.known)
            if owner not in (None, asking.patient_ref):
                strangers += 1
                continue
            unclear += owner is None and resource.get("resourceType") == search.resource_type
            mine.append(resource)
    except EhrRefused as refused:
        if not mine:
            return Found(refusal=refused.sentence)
        reasons.append((GapKind.SEARCH, refused.sentence))
    except EhrIncomplete as stopped:
        reasons.append((GapKind.SEARCH, stopped.sentence))
    if strangers:
        reason = f"{strangers} results were of other patients and were left aside"
        reasons.append((GapKind.ASIDE, reason))
    if unclear:  # kept, but in nobody's chart: the patient's must not look whole without them
        reason = f"{unclear} results do not say in a way we read whose they are; not used"
        reasons.append((GapKind.SEARCH, reason))
    return Found(tuple(mine), tuple(gap(k, r, source=search.name) for k, r in reasons))


def owner_of(
    client: FhirClient, resource: Resource, known: Mapping[str, str] | None = None
) -> str | None:
    """Whose record it is, "Patient/id"; None where it does not say."""
    return patient_of(
        resource,
        resolve=lambda r: resolve(r, known=known, bases=client.bases),
        find=lambda _: None,
    )
