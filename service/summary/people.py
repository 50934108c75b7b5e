"""Who acts: a person of the institution, a service account, or the system itself."""

from dataclasses import dataclass
from datetime import UTC, timedelta, tzinfo

from service.summary.vocabulary import Role

SYSTEM = "system"


@dataclass(frozen=True)
class Reach:
    """What decides whose charts somebody opens: `launched`, the patient whom the EHR had open;
    `covers`, the places, teams and colleagues whose patients they see to; `around`, how long
    before and after its time a visit counts, and `zone`, whose days are meant. `is_bound`: a
    stranger's chart stays shut."""

    launched: str | None = None
    covers: frozenset[str] = frozenset()
    around: timedelta = timedelta(days=7)
    zone: tzinfo = UTC
    is_bound: bool = True


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. `practitioner_ref` is the EHR's name for them; `abilities`
    are those of the role that a token carries, None for a person, who has all of it. `reach` is
    None where the relation to the patient decides nothing."""

    id: str
    name: str
    role: Role
    practitioner_ref: str | None = None
    abilities: frozenset[str] | None = None
    reach: Reach | None = None


SERVICE_ACCOUNT = Person("service-account", "Service account", Role.SERVICE)
COMMAND_LINE = Person("command-line", "command line", Role.IT)

# Chosen on the sign-in page of demo mode; their Practitioners are in the fixtures.
DEMO_PEOPLE = {
    "clinician": Person(
        "demo-clinician", "Dr Ines Lindqvist", Role.CLINICIAN, "Practitioner/demo-clinician"
    ),
    "attending": Person(
        "demo-attending", "Dr Samuel Adeyemi", Role.ATTENDING, "Practitioner/demo-attending"
    ),
    "qa": Person("demo-qa", "Mira Castellan", Role.QA),
    "it": Person("demo-it", "Jonas Feld", Role.IT),
}
