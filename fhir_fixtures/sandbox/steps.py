"""Planning a Bundle: each entry becomes a Step that knows which resource it is about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fhir_fixtures.sandbox import checks
from fhir_fixtures.sandbox.interactions import new_id, only_match
from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.store import Store, Version

# The order in which a transaction's entries are done, http://hl7.org/fhir/R4/http.html#trules.
ORDER = ("DELETE", "POST", "PUT", "GET")


@dataclass(frozen=True)
class Step:
    """One entry; `id` is "" for a search or for a delete whose condition matched nothing."""

    position: int
    method: str
    type: str
    id: str
    condition: str  # what follows "?" in the url
    entry: Resource
    existing: Version | None = None  # what a conditional create found instead

    @property
    def ref(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def full_url(self) -> str:
        return str(self.entry.get("fullUrl", ""))

    @property
    def resource(self) -> Resource:
        resource: Resource = self.entry["resource"]
        return resource

    @property
    def has_resource(self) -> bool:
        return self.method in ("POST", "PUT")

    @property
    def if_match(self) -> str:
        return str(self.entry["request"].get("ifMatch", ""))


def plan(store: Store, position: int, entry: Any) -> Step:
    """Read one entry; ids of new resources and the answers to conditions are settled here."""
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or request.get("method") not in ORDER:
        raise Refused(400, "structure", f"request.method must be one of {', '.join(ORDER)}.")
    method = request["method"]
    path, _, condition = str(request.get("url", "")).strip("/").partition("?")
    resource_type, _, resource_id = path.partition("/")
    checks.check_type(resource_type)
    if method in ("POST", "PUT"):
        _check_resource(entry, method, resource_type)
    if method == "POST":
        return _create_step(store, position, resource_type, entry)
    if condition and method != "GET":
        match = only_match(store, resource_type, condition)
        resource_id = match.id if match else new_id() if method == "PUT" else ""
    elif method != "GET":
        checks.check_id(resource_id)
    return Step(position, method, resource_type, resource_id, condition, entry)


def check_distinct(steps: Sequence[Step]) -> None:
    """Two entries that write the same resource have no order: refused, as R4 says."""
    counts = Counter(step.ref for step in steps if step.method in ("PUT", "DELETE") and step.id)
    for ref, count in counts.items():
        if count > 1:
            raise Refused(400, "invariant", f"{count} entries write {ref}; one may.")


def _create_step(store: Store, position: int, resource_type: str, entry: Resource) -> Step:
    condition = entry["request"].get("ifNoneExist", "")
    existing = only_match(store, resource_type, condition) if condition else None
    resource_id = existing.id if existing else new_id()
    return Step(position, "POST", resource_type, resource_id, "", entry, existing)


def _check_resource(entry: Resource, method: str, resource_type: str) -> None:
    resource = entry.get("resource")
    if not isinstance(resource, dict) or resource.get("resourceType") != resource_type:
        raise Refused(400, "structure", f"{method} {resource_type} needs a resource of that type.")
