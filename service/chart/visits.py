"""Whom a practitioner sees, asked of the EHR: a day's appointments, and who is in their care."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from service.chart.finding import FoundPatient, told
from service.chart.parts import COMES, IS_HERE, Part, dicts, margin_of, parts_of
from service.database import now
from service.fhir.client import FhirClient, Params
from service.fhir.errors import FhirError
from service.fhir.references import local_ref, reference_of

MOST_READ = 1_000  # resources of one search, with the patients that come along
HERE = {"status": ",".join(sorted(IS_HERE))}
ONE_DAY = timedelta(days=1)
# By whom each is searched: practitioners alone, and where there are roles among them.
_BY = {
    "Appointment": ("practitioner", "actor"),
    "Encounter": ("practitioner", "participant"),
    "CareTeam": ("participant", "participant"),
}
_INCLUDED = {
    "Appointment": "Appointment:patient",
    "Encounter": "Encounter:subject",
    "CareTeam": "CareTeam:subject",
}


@dataclass(frozen=True)
class Visit:
    """Somebody to be seen, or in somebody's care. `at` is local, None where no time is told;
    `what` is what the EHR calls it."""

    patient: FoundPatient
    at: datetime | None
    what: str


@dataclass(frozen=True)
class Listing:
    """What the EHR answered; with a `problem`, that there are none is not said, and `can_retry`
    says that it may be soon."""

    visits: tuple[Visit, ...] = ()
    problem: str = ""
    can_retry: bool = False


def appointments(
    client: FhirClient, day: date, *, zone: tzinfo, practitioner_ref: str | None = None
) -> Listing:
    """Of one local day, by their time: of everybody, or of one practitioner. Never raises for the
    EHR."""
    names = {practitioner_ref} if practitioner_ref else set()
    found = _Found(client, "Appointment", names, _days(day, day), zone)
    visits = [
        Visit(patient, at, str(each.get("description") or ""))
        for each in found.of_status(COMES)
        if (at := _instant(each.get("start"), zone)) and at.date() == day
        if not names or any(not part.is_over(at) for part in found.parts(each, names))
        for patient in found.patients(each)
    ]
    return _listing(sorted(visits, key=lambda v: (v.at, v.patient.name)), found)


def in_care(client: FhirClient, practitioner_ref: str, *, zone: tzinfo) -> Listing:
    """Who is here with this practitioner, or has them in the care team; each once, by name."""
    names = {practitioner_ref}
    here = _Found(client, "Encounter", names, HERE, zone)
    team = _Found(client, "CareTeam", names, {}, zone)
    visits = {
        visit.patient.ref: visit
        for found, statuses in ((team, {"active", ""}), (here, IS_HERE))
        for visit in found.visits(names, timedelta(), statuses)
    }
    return _listing(
        sorted(visits.values(), key=lambda v: (v.patient.name, v.patient.ref)), here, team
    )


def treated(
    client: FhirClient, names: Collection[str], *, around: timedelta, zone: tzinfo
) -> Listing:
    """In whose care any of these takes part now, by the rule for what is held: a visit counts
    `around` its time. Each once, in no order."""
    today = now().astimezone(zone).date()
    ended = {"status": "finished", "date": [f"ge{today - around - ONE_DAY}"]}
    every = (
        _Found(client, "Appointment", names, _days(today - around, today + around), zone),
        _Found(client, "Encounter", names, HERE, zone),
        _Found(client, "Encounter", names, ended, zone),
        _Found(client, "CareTeam", names, {}, zone),
    )
    visits = {v.patient.ref: v for found in every for v in found.visits(names, around)}
    return _listing([*visits.values()], *every)


def _days(first: date, last: date) -> Params:
    """Which day a bare date is, each EHR decides in its own zone: one more on each side is asked
    for, and what comes is told apart in the site's."""
    return {"date": [f"ge{first - ONE_DAY}", f"le{last + ONE_DAY}"]}


def _listing(visits: Sequence[Visit], *found: "_Found") -> Listing:
    problems = dict.fromkeys(each.problem for each in found if each.problem)
    return Listing(tuple(visits), " ".join(problems), any(each.can_retry for each in found))


class _Found:
    """One search as answered: the resources, and the patients that came along. An EHR may pass
    over a parameter that it does not know: whose each is, is looked at here too."""

    def __init__(
        self,
        client: FhirClient,
        resource_type: str,
        names: Collection[str],
        asked: Params,
        zone: tzinfo,
    ) -> None:
        self._client, self._type, self._zone = client, resource_type, zone
        self.problem, self.can_retry = "", False
        self._came: list[Mapping[str, Any]] = []
        try:
            self._ask({**asked, **_by(resource_type, names), "_include": _INCLUDED[resource_type]})
        except FhirError as failed:
            self.problem, self.can_retry = failed.sentence, failed.can_retry
        people = (each for each in self._came if each.get("resourceType") == "Patient")
        self._people = {found.ref: found for found in map(told, people)}

    def _ask(self, asked: Params) -> None:
        abilities = self._client.abilities()
        if abilities and abilities.lacks(self._type):
            self.problem = f"The EHR does not serve {self._type}."
            return
        for each in islice(self._client.search(self._type, asked), MOST_READ + 1):
            if len(self._came) == MOST_READ:
                self.problem = f"The EHR has more than {MOST_READ:,} of {self._type}."
                return
            self._came.append(each)

    def of_status(self, statuses: Collection[str]) -> Iterator[Mapping[str, Any]]:
        for each in self._of_type():
            if str(each.get("status") or "") in statuses:
                yield each

    def visits(
        self, names: Collection[str], around: timedelta, statuses: Collection[str] | None = None
    ) -> Iterator[Visit]:
        """Of those in which one of these takes part now."""
        for each in self._of_type() if statuses is None else self.of_status(statuses):
            margin = margin_of(each, around)
            if any(part.is_current(now(), margin) for part in self.parts(each, names)):
                yield from (Visit(patient, None, _what(each)) for patient in self.patients(each))

    def parts(self, resource: Mapping[str, Any], names: Collection[str]) -> Iterator[Part]:
        return (p for p in parts_of(resource, self._zone) if self._local(p.actor) in names)

    def patients(self, resource: Mapping[str, Any]) -> Iterator[FoundPatient]:
        """Whose it is, and whose alone: a mother in her child's team is no patient of the team. To
        an appointment the patients come as others do."""
        for element in _whose(resource):
            ref = self._local(reference_of(element) or "")
            if ref.startswith("Patient/"):
                named = FoundPatient(ref, str(element.get("display") or ""), "", "", "")
                yield self._people.get(ref) or named

    def _of_type(self) -> Iterator[Mapping[str, Any]]:
        return (each for each in self._came if each.get("resourceType") == self._type)

    def _local(self, reference: str) -> str:
        return local_ref(reference, bases=self._client.bases) or ""


def _by(resource_type: str, names: Collection[str]) -> Params:
    alone, with_roles = _BY[resource_type]
    are_people = all(name.startswith("Practitioner/") for name in names)
    return {alone if are_people else with_roles: ",".join(sorted(names))} if names else {}


def _whose(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    coming = (p for p in dicts(resource.get("participant")) if p.get("status") != "declined")
    is_appointment = resource.get("resourceType") == "Appointment"
    named = (p.get("actor") for p in coming) if is_appointment else [resource.get("subject")]
    return (each for each in named if isinstance(each, Mapping))


def _what(resource: Mapping[str, Any]) -> str:
    if resource.get("resourceType") == "CareTeam":
        return str(resource.get("name") or "Care team")
    kind = resource.get("class")
    said = kind.get("display") if isinstance(kind, Mapping) else ""
    return str(said or resource.get("resourceType"))


def _instant(written: object, zone: tzinfo) -> datetime | None:
    """Local; None where it is no instant with its offset, as FHIR asks of Appointment.start."""
    try:
        at = datetime.fromisoformat(str(written))
        return at.astimezone(zone) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
