"""Whom a practitioner sees, asked of the EHR: a day's appointments, and who is in their care."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

from service.chart.finding import FoundPatient, told
from service.fhir.client import FhirClient, Params
from service.fhir.errors import FhirError
from service.fhir.references import local_ref

MOST_READ = 1_000  # resources of one search, with the patients that come along
COMES = frozenset({"booked", "pending", "arrived", "checked-in"})
IS_HERE = frozenset({"arrived", "triaged", "in-progress", "onleave"})


@dataclass(frozen=True)
class Visit:
    """Somebody to be seen, or in somebody's care. `at` is local, None where no time is told;
    `what` is what the EHR calls it."""

    patient: FoundPatient
    at: datetime | None
    what: str


@dataclass(frozen=True)
class Listing:
    """What the EHR answered; with a `problem`, that there are none is not said."""

    visits: tuple[Visit, ...] = ()
    problem: str = ""


def appointments(
    client: FhirClient, day: date, *, zone: tzinfo, practitioner_ref: str | None = None
) -> Listing:
    """Of one local day, by their time: of everybody, or of one practitioner. Never raises for the
    EHR."""
    # Which day a bare date is, each EHR decides in its own zone: one more on each side is asked
    # for, and what comes is told apart in the site's.
    around = [f"ge{day - timedelta(days=1)}", f"le{day + timedelta(days=1)}"]
    asked: dict[str, str | list[str]] = {"date": around, "_include": "Appointment:patient"}
    if practitioner_ref:
        asked["practitioner"] = practitioner_ref
    found = _Found(client, "Appointment", asked)
    visits = [
        Visit(patient, at, str(each.get("description") or ""))
        for each in found.of_status(COMES)
        if (at := _instant(each.get("start"), zone)) and at.date() == day
        if practitioner_ref is None or practitioner_ref in found.named(each)
        for patient in found.patients(each)
    ]
    return Listing(tuple(sorted(visits, key=lambda v: (v.at, v.patient.name))), found.problem)


def in_care(client: FhirClient, practitioner_ref: str) -> Listing:
    """Who is here with this practitioner, or has them in the care team; each once, by name."""
    here = _Found(client, "Encounter", _of(practitioner_ref, "practitioner", "Encounter:subject"))
    team = _Found(client, "CareTeam", _of(practitioner_ref, "participant", "CareTeam:subject"))
    visits: dict[str, Visit] = {}
    for found, statuses in ((here, IS_HERE), (team, frozenset({"active"}))):
        for each in found.of_status(statuses):
            for patient in found.patients(each) if practitioner_ref in found.named(each) else ():
                visits.setdefault(patient.ref, Visit(patient, None, _what(each)))
    by_name = sorted(visits.values(), key=lambda v: (v.patient.name, v.patient.ref))
    return Listing(tuple(by_name), " ".join(p for p in (here.problem, team.problem) if p))


def _of(practitioner_ref: str, parameter: str, include: str) -> Params:
    return {parameter: practitioner_ref, "_include": include}


class _Found:
    """One search as answered: the resources, and the patients that came along. An EHR may pass
    over a parameter that it does not know: whose each is, is looked at here too."""

    def __init__(self, client: FhirClient, resource_type: str, asked: Params) -> None:
        self._client, self._type, self.problem = client, resource_type, ""
        self._came: list[Mapping[str, Any]] = []
        try:
            abilities = client.abilities()
            if abilities and abilities.lacks(resource_type):
                self.problem = f"The EHR does not serve {resource_type}."
                return
            for each in islice(client.search(resource_type, asked), MOST_READ):
                self._came.append(each)
        except FhirError as failed:
            self.problem = failed.sentence
        people = (each for each in self._came if each.get("resourceType") == "Patient")
        self._people = {found.ref: found for found in map(told, people)}

    def of_status(self, statuses: frozenset[str]) -> Iterator[Mapping[str, Any]]:
        for each in self._came:
            if each.get("resourceType") == self._type and each.get("status") in statuses:
                yield each

    def named(self, resource: Mapping[str, Any]) -> dict[str, str]:
        """Everybody whom it names as taking part, or being its subject: "Type/id" -> how."""
        members = [_dict(resource.get("subject"))]
        for each in _dicts(resource.get("participant")):
            members += [_dict(each.get(key)) for key in ("actor", "individual", "member")]
        refs = ((self._local(m.get("reference")), str(m.get("display") or "")) for m in members)
        return {ref: display for ref, display in refs if ref}

    def patients(self, resource: Mapping[str, Any]) -> Iterator[FoundPatient]:
        for ref, display in self.named(resource).items():
            if ref.startswith("Patient/"):
                yield self._people.get(ref) or FoundPatient(ref, display, "", "", "")

    def _local(self, reference: object) -> str:
        return (local_ref(str(reference), bases=self._client.bases) or "") if reference else ""


def _what(resource: Mapping[str, Any]) -> str:
    if resource.get("resourceType") == "CareTeam":
        return str(resource.get("name") or "Care team")
    return str(_dict(resource.get("class")).get("display") or "Encounter")


def _instant(written: object, zone: tzinfo) -> datetime | None:
    """Local; None where it is no instant with its offset, as FHIR asks of Appointment.start."""
    try:
        at = datetime.fromisoformat(str(written))
        return at.astimezone(zone) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _dicts(value: object) -> Iterable[Mapping[str, Any]]:
    return [e for e in value if isinstance(e, Mapping)] if isinstance(value, list) else []
