"""How many findings wait for a decision, as far as a person may know of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.access.wording import TREATING
from service.review import permissions
from service.review.sources import look_up
from service.summary.models import Finding
from service.summary.people import Person
from service.summary.vocabulary import Severity

CHANGED = "chart"  # what findings are named by that a change of the chart has made


class Found(Protocol):
    """What a finding says of where it points."""

    @property
    def check(self) -> str: ...
    @property
    def evidence(self) -> Collection[dict[str, Any]]: ...


@dataclass(frozen=True)
class Waiting:
    """Open findings by their severity; None for who opens no summary, and so no finding."""

    major: int | None = None
    minor: int | None = None


NOT_TOLD, NONE = Waiting(), Waiting(0, 0)
_IS_OPEN = Finding.resolution.is_(None)


def waiting(
    session: Session, patients: Mapping[str, str], person: Person
) -> defaultdict[str, Waiting]:
    """Of each version, by its id; `patients` has whose it is, "Patient/id".

    Who treats is told all. Whoever else reads is told of those that point at nothing which they
    may not see: one more would tell that there is a record of that kind.
    """
    if not permissions.may(person, permissions.Ability.READ):
        return defaultdict(lambda: NOT_TOLD)
    found: defaultdict[str, Waiting] = defaultdict(lambda: NONE)
    counts = _all if person.role in TREATING else _told
    return found | counts(session, patients, person) if patients else found


def points_at(finding: Found, closed: Collection[str]) -> bool:
    return any(e.get("record_id") in closed for e in finding.evidence)


def tells_of(finding: Found, closed: Collection[str]) -> bool:
    """Whether it may tell who does not treat the patient of a closed record: it points at one, or
    a change names a record of which nothing tells which one it is."""
    return (finding.check == CHANGED and not finding.evidence) or points_at(finding, closed)


def _all(session: Session, patients: Mapping[str, str], _: Person) -> dict[str, Waiting]:
    by = (Finding.version_id, Finding.severity)
    mine = Finding.version_id.in_(list(patients))
    query = select(*by, func.count()).where(mine, _IS_OPEN).group_by(*by)
    counts = {(version, severity): n for version, severity, n in session.execute(query)}
    return {v: _of({s: counts.get((v, s), 0) for s in Severity}) for v in patients}


def told_findings(
    session: Session, patients: Mapping[str, str], person: Person, *conditions: ColumnElement[bool]
) -> list[Finding]:
    """The findings of these versions that tell this person, who treats nobody, of nothing that
    they may not see. `patients` as for waiting()."""
    mine = Finding.version_id.in_(list(patients))
    found = session.scalars(select(Finding).where(mine, *conditions)).all()
    closed = _closed(session, found, patients, person)
    return [finding for finding in found if not tells_of(finding, closed)]


def _told(session: Session, patients: Mapping[str, str], person: Person) -> dict[str, Waiting]:
    counts: dict[str, Counter[Severity]] = defaultdict(Counter)
    for finding in told_findings(session, patients, person, _IS_OPEN):
        counts[finding.version_id][finding.severity] += 1
    return {version: _of(each) for version, each in counts.items()}


def _closed(
    session: Session, found: Iterable[Finding], patients: Mapping[str, str], person: Person
) -> set[str]:
    """Ids of the records that these point at and that this person may not see."""
    named: dict[str, set[str]] = defaultdict(set)
    for each in found:
        ids = {e.get("record_id") or "" for e in each.evidence}
        named[patients[each.version_id]] |= ids - {""}
    looked = (look_up(session, patient, person, ids=ids) for patient, ids in named.items())
    return {id_ for each in looked for id_ in each.restricted}


def _of(counts: Mapping[Severity, int]) -> Waiting:
    return Waiting(counts.get(Severity.MAJOR, 0), counts.get(Severity.MINOR, 0))
