"""From what a provider says of somebody to a Person here, or to what IT must set up first."""

from collections.abc import Callable, Mapping
from typing import Any

from service.errors import CountersignError
from service.fhir.client import FhirClient
from service.fhir.errors import EhrRefused
from service.fhir.references import local_ref, reference_of, type_of
from service.providers import ProviderSettings
from service.signin.errors import Known, NotSetUp
from service.summary.people import Person
from service.summary.vocabulary import Role

SIGNERS = frozenset({Role.CLINICIAN, Role.TRAINEE, Role.ATTENDING})
ROLE = "PractitionerRole"
PRACTITIONERS = ("Practitioner", ROLE)
TOLD = 200  # characters of a claim that a page repeats

Claims = Mapping[str, Any]


def person_of(settings: ProviderSettings, claims: Claims, ehr: Callable[[], FhirClient]) -> Person:
    """The person these checked claims name. Raises NotSetUp with what IT must do; FhirError
    where the practitioner has to be looked up."""
    role = _role(settings, claims)
    practitioner_ref = _practitioner(settings, claims, ehr, needed=role in SIGNERS)
    return Person(person_id(settings, claims), _name(settings, claims), role, practitioner_ref)


def person_id(settings: ProviderSettings, claims: Claims) -> str:
    """`sub` is unique within its issuer only, so the key of the issuer stands before it."""
    return f"{settings.key}:{claims['sub']}"


def claim(claims: Claims, path: str) -> Any:
    """A claim by its name, which may be an address; else by its path ("realm_access.roles")."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _role(settings: ProviderSettings, claims: Claims) -> Role:
    has = _values(claim(claims, settings.roles_claim))
    for role, values in settings.roles.items():
        if has & set(values):
            return Role(role)
    if settings.default_role:
        return Role(settings.default_role)
    raise _not_set_up(
        settings,
        claims,
        "You are signed in, and nothing here is open to you yet: no role was found for you.",
        "role",
        f"Add one of the values of {settings.roles_claim} to a role under sign_in.roles of "
        f"“{settings.key}”, or put this person into a group that stands there."
        if has
        else f"Have the provider send the claim {settings.roles_claim} of “{settings.key}”, in the "
        "ID token or at userinfo; its name is the setting roles_claim, its scope may have to be in "
        "scopes.",
    )


def _practitioner(
    settings: ProviderSettings, claims: Claims, ehr: Callable[[], FhirClient], *, needed: bool
) -> str | None:
    """The EHR's name for this person: a signature is filed under it."""
    said = claim(claims, settings.practitioner_claim)
    ref = _found(settings, str(said), ehr) if said else None
    if ref is None and needed:
        raise _not_set_up(
            settings,
            claims,
            "You are signed in, but the EHR does not know you as a practitioner, so nothing that "
            "you sign could be filed under your name.",
            "practitioner",
            _advice(settings, bool(said)),
        )
    return ref


def _found(settings: ProviderSettings, said: str, ehr: Callable[[], FhirClient]) -> str | None:
    if settings.practitioner_system is not None:
        return _looked_up(settings.practitioner_system, said, ehr())
    ours = _base_of(ehr)
    if settings.fhir_url and not settings.same_ehr and not _is_same(settings.fhir_url, ours):
        return None  # their Practitioner/17 is somebody else here
    bases = (settings.fhir_url,) if settings.fhir_url else (ours,)
    ref = local_ref(said, bases=tuple(b.rstrip("/") + "/" for b in bases if b))
    if ref is None or type_of(ref) not in PRACTITIONERS:
        return None
    return _behind(ref, ehr()) if ours and type_of(ref) == ROLE else ref


def _behind(role_ref: str, ehr: FhirClient) -> str:
    """The Practitioner who has this role: to one person lead several roles, and other providers.
    The role itself where the EHR does not tell us; FhirError where it may tell later."""
    try:
        role = ehr.read(role_ref)
    except EhrRefused:
        return role_ref
    ref = local_ref(reference_of(role.get("practitioner")) or "", bases=ehr.bases)
    return ref if ref and type_of(ref) == "Practitioner" else role_ref


def _looked_up(system: str, value: str, ehr: FhirClient) -> str | None:
    """The one Practitioner who carries this identifier; None for nobody and for several."""
    if "|" in value or "," in value:  # they would make another search of it
        return None
    found = [
        f"Practitioner/{each['id']}"
        for each in ehr.search("Practitioner", {"identifier": f"{system}|{value}"})
        if each.get("resourceType") == "Practitioner" and _carries(each, system, value)
    ]
    return found[0] if len(found) == 1 else None


def _carries(practitioner: Mapping[str, Any], system: str, value: str) -> bool:
    """Seen for ourselves: a server that passes over a parameter answers with everybody."""
    identifiers = practitioner.get("identifier") or ()
    return any(i.get("system") == system and i.get("value") == value for i in identifiers)


def _base_of(ehr: Callable[[], FhirClient]) -> str:
    try:
        return ehr().base_url
    except CountersignError:  # no EHR is set: a relative reference is all that can be read
        return ""


def _is_same(theirs: str, ours: str) -> bool:
    """Where no EHR is set nothing is filed, and nobody is taken for another."""
    return not ours or theirs.rstrip("/") == ours.rstrip("/")


def _name(settings: ProviderSettings, claims: Claims) -> str:
    for name in (settings.name_claim, "name", "preferred_username", "email"):
        if isinstance(said := claim(claims, name), str) and said.strip():
            return said.strip()[:TOLD]
    parts = (claims.get("given_name"), claims.get("family_name"))
    return " ".join(str(p) for p in parts if p)[:TOLD] or str(claims["sub"])[:TOLD]


def _values(said: Any) -> set[str]:
    each = said if isinstance(said, list | tuple) else [said] if said else []
    return {str(value) for value in each}


def _advice(settings: ProviderSettings, is_said: bool) -> str:
    where = f"the claim {settings.practitioner_claim} of “{settings.key}”"
    if not is_said:
        return (
            f"Have the provider send {where}: the address of their Practitioner in the EHR, or an "
            "identifier of theirs together with the setting practitioner_system."
        )
    if settings.practitioner_system:
        return (
            f"Exactly one Practitioner in the EHR must carry the identifier that {where} names, "
            f"in the system {settings.practitioner_system}."
        )
    return f"{where[0].upper()}{where[1:]} must lead to a Practitioner of this EHR."


def _not_set_up(
    settings: ProviderSettings, claims: Claims, sentence: str, check: str, advice: str
) -> NotSetUp:
    told = {
        name: ", ".join(sorted(_values(claim(claims, name))))[:TOLD] or "(not sent)"
        for name in (settings.roles_claim, settings.practitioner_claim)
    }
    known = Known(settings.name, str(claims["sub"])[:TOLD], _name(settings, claims), told)
    return NotSetUp(sentence, check, known, advice)
