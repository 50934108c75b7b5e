"""What is held already, found again by reference."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.chart.models import SourceRecord
from service.fhir import wire

MAX_REMEMBERED = 2000  # parsed resources kept while ingesting; bounds memory on bulk files


class Held:
    """Finds the newest held version of a resource by "Type/id", remembering what it read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._remembered: dict[str, Mapping[str, Any] | None] = {}
        self._owners: dict[str, str | None] = {}
        self._arriving: dict[str, Mapping[str, Any]] = {}

    def arriving(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        """Resources that are being ingested now, and are not in the database yet."""
        self._arriving = dict(resources)
        for ref in resources:
            self._remembered.pop(ref, None)

    def find(self, ref: str) -> Mapping[str, Any] | None:
        if ref in self._arriving:
            return self._arriving[ref]
        if ref not in self._remembered:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
                self._owners.clear()
            self._remembered[ref] = self._read(ref)
        return self._remembered[ref]

    def owner_of(self, ref: str) -> str | None:
        """Whose chart what `find` read from the database is in; None when that is not known."""
        return None if ref in self._arriving else self._owners.get(ref)

    def _read(self, ref: str) -> Mapping[str, Any] | None:
        row = self._session.execute(
            select(SourceRecord.raw, SourceRecord.patient_ref)
            .where(SourceRecord.resource_ref == ref, SourceRecord.is_latest)
            .order_by(SourceRecord.received_at.desc())
            .limit(1)
        ).first()
        self._owners[ref] = row.patient_ref if row else None
        resource = wire.parse(row.raw) if row else None
        return resource if isinstance(resource, Mapping) else None


def refs_held(session: Session, refs: set[str]) -> set[str]:
    """Those of `refs` that are held in any version."""
    found: set[str] = set()
    for some in in_parts(refs):
        query = select(SourceRecord.resource_ref).where(SourceRecord.resource_ref.in_(some))
        found |= set(session.scalars(query.distinct()))
    return found


def in_parts(values: Iterable[str], size: int = 5000) -> Iterator[list[str]]:
    """Parts small enough for one statement: PostgreSQL takes 65,535 parameters at most."""
    wanted = sorted(values)
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]
