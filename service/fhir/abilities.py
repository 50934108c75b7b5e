"""What an EHR says that it can do (its CapabilityStatement), and what of it cannot work with us."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from service.fhir.errors import EhrBusy, EhrRefused

log = structlog.get_logger(__name__)

KEEP_S = 24 * 3600.0  # an EHR is upgraded at night
AGAIN_AFTER_S = 600.0  # after it did not say
R4 = ("4.0", "4.3")  # R4, and R4B which differs in nothing that is read or written here


@dataclass(frozen=True)
class TypeAbilities:
    """What is served of one resource type: codes of interactions, names of search parameters."""

    interactions: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    conditional_create: bool = False


@dataclass(frozen=True)
class Abilities:
    """A CapabilityStatement as read. `types` is empty where it does not list any."""

    fhir_version: str = ""
    formats: frozenset[str] = frozenset()
    types: Mapping[str, TypeAbilities] = field(default_factory=dict)

    def of(self, resource_type: str) -> TypeAbilities:
        return self.types.get(resource_type, TypeAbilities())

    def lacks(self, resource_type: str) -> bool:
        """True where the EHR lists what it serves, and this is not among it."""
        return bool(self.types) and resource_type not in self.types


class Known:
    """The statement, read when first needed and once a day."""

    def __init__(
        self, read: Callable[[], Abilities], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read, self._clock = read, clock
        self._known: Abilities | None = None
        self._until = 0.0

    def get(self) -> Abilities | None:
        """What was last said; what of it cannot work is in the log, once a reading. Raises
        EhrTokenRefused; any other failure leaves it at that."""
        if self._clock() >= self._until:
            self._until = self._clock() + AGAIN_AFTER_S
            with suppress(EhrBusy, EhrRefused):
                self._known = self._read()
                self._until = self._clock() + KEEP_S
                if wrong := unfit(self._known):
                    log.warning("ehr.unfit", said=" ".join(wrong))
        return self._known


def abilities_of(statement: Mapping[str, Any]) -> Abilities:
    """As the statement says; what is not as FHIR has it counts as not said."""
    rests = [r for r in _dicts(statement.get("rest")) if r.get("mode", "server") == "server"]
    listed = [each for rest in rests for each in _dicts(rest.get("resource"))]
    return Abilities(
        str(statement.get("fhirVersion") or ""),
        frozenset(str(each).lower() for each in statement.get("format") or ()),
        {str(each.get("type")): _of_type(each) for each in listed},
    )


def _of_type(listed: Mapping[str, Any]) -> TypeAbilities:
    return TypeAbilities(
        frozenset(str(each.get("code")) for each in _dicts(listed.get("interaction"))),
        frozenset(str(each.get("name")) for each in _dicts(listed.get("searchParam"))),
        frozenset(str(each.get("name")).lstrip("$") for each in _dicts(listed.get("operation"))),
        listed.get("conditionalCreate") is True,
    )


def _dicts(elements: object) -> list[dict[str, Any]]:
    return [e for e in elements if isinstance(e, dict)] if isinstance(elements, list) else []


def unfit(known: Abilities) -> list[str]:
    """Sentences on what cannot work at all; none where it can."""
    return list(_unfit(known))


def _unfit(known: Abilities) -> Iterator[str]:
    if not known.fhir_version.startswith(R4):
        version = known.fhir_version or "of no stated version"
        yield f"It speaks FHIR {version}, not R4: name its R4 address in COUNTERSIGN_FHIR_URL."
    if known.formats and not any("json" in each for each in known.formats):
        yield "It speaks XML only; Countersign needs JSON."
    if not known.types:
        return
    if "read" not in known.of("Patient").interactions:
        yield "It offers no read of Patient, so no chart can be read."
    if "create" not in known.of("DocumentReference").interactions:
        yield (
            "It offers no create of DocumentReference, so nothing that is signed could be filed: "
            "ask the vendor to switch it on for this client."
        )


def lacking(known: Abilities, wanted: Mapping[str, str]) -> list[str]:
    """What works less well here. `wanted` are the types that charts are read of, with a reason."""
    return list(_lacking(known, wanted)) if known.types else []


def _lacking(known: Abilities, wanted: Mapping[str, str]) -> Iterator[str]:
    unserved = sorted(name for name in wanted if known.lacks(name))
    if unserved:
        yield f"not served, so a gap in each chart: {', '.join(unserved)}"
    documents = known.of("DocumentReference")
    if "identifier" not in documents.parameters:
        yield "no search of DocumentReference by identifier: a lost answer takes longer to settle"
    if not documents.conditional_create:
        yield "no conditional create: each filing is looked for before and after"
    if not known.of("Group").operations & {"export", "group-export"}:
        yield "no $export of a Group: charts come one by one"
    if "create" not in known.of("Provenance").interactions:
        yield "no create of Provenance: the document alone says who signed"
