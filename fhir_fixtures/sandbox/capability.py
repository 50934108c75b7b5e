"""The CapabilityStatement, made from the table that search itself uses."""

from fhir_fixtures.sandbox.outcomes import Resource
from fhir_fixtures.sandbox.parameters import parameters_of
from fhir_fixtures.sandbox.types import RESOURCE_TYPES

_INTERACTIONS = (
    "read",
    "vread",
    "update",
    "delete",
    "history-instance",
    "create",
    "search-type",
)


def capability_statement(base: str, *, needs_token: bool) -> Resource:
    security = {"description": "A bearer token is required." if needs_token else "Open."}
    rest = {
        "mode": "server",
        "security": security,
        "resource": [_resource(name) for name in sorted(RESOURCE_TYPES)],
        "interaction": [{"code": "transaction"}, {"code": "batch"}],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2025-01-01",
        "kind": "instance",
        "software": {"name": "Countersign sandbox EHR"},
        "implementation": {"description": "Synthetic patients only", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [rest],
    }


def _resource(resource_type: str) -> Resource:
    parameters = parameters_of(resource_type).values()
    references = [f"{resource_type}:{p.name}" for p in parameters if p.kind == "reference"]
    described: Resource = {
        "type": resource_type,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchParam": [
            {"name": "_id", "type": "token"},
            {"name": "_lastUpdated", "type": "date"},
            *({"name": p.name, "type": str(p.kind)} for p in parameters),
        ],
    }
    return described | ({"searchInclude": references} if references else {})
