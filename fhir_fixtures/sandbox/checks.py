"""What the sandbox refuses to keep: what R4 or US Core forbids, and references to nothing."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from fhir_fixtures.sandbox.outcomes import Refused, Resource
from fhir_fixtures.sandbox.references import references
from fhir_fixtures.sandbox.types import RESOURCE_TYPES

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")

# The types whose references must all lead somewhere: what a person signed may not point at nothing.
_STRICT_REFERENCES = ("DocumentReference", "Provenance")

# Required bindings that fhir.resources names but does not check.
_DOCUMENT_CODES = {
    "status": ("current", "superseded", "entered-in-error"),
    "docStatus": ("preliminary", "final", "amended", "entered-in-error"),
}


def check_type(resource_type: str) -> None:
    if resource_type not in RESOURCE_TYPES:
        raise Refused(404, "not-supported", f"{resource_type} is not an R4 resource type.")


def check_id(resource_id: str) -> None:
    if not _ID.fullmatch(resource_id):
        raise Refused(400, "value", "An id is 1 to 64 letters, digits, hyphens and dots.")


def check_content(resource: Resource) -> None:
    """Raises Refused: 400 for what is not R4, 422 for what breaks US Core's DocumentReference.

    Costs about 1 ms a resource (fhir.resources), which is why seed charts and requests with
    `Prefer: handling=lenient` skip it: a patient of 2,000 resources would take 2 seconds more.
    """
    try:
        # R4B has R4's shapes for all that a chart holds; fhir.resources 8 has no plain R4.
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        raise Refused(400, "structure", *_sentences(resource, error)) from error
    except ValueError as error:
        sentence = f"{resource['resourceType']} cannot be validated here; use handling=lenient."
        raise Refused(400, "not-supported", sentence) from error
    if resource["resourceType"] == "DocumentReference":
        problems = list(document_problems(resource))
        if problems:
            raise Refused(422, "required", *problems)


def document_problems(document: Resource) -> Iterator[str]:
    """What US Core's DocumentReference profile requires and this one lacks."""
    for name in ("status", "type", "category", "subject", "content"):
        if not document.get(name):
            yield f"DocumentReference.{name} is required by US Core."
    for name, codes in _DOCUMENT_CODES.items():
        if name in document and document[name] not in codes:
            yield f"DocumentReference.{name} must be one of: {', '.join(codes)}."
    for position, content in enumerate(document.get("content", [])):
        yield from _attachment_problems(f"content[{position}].attachment", content["attachment"])


def check_references(resource: Resource, exists: Callable[[str, str, str], bool]) -> None:
    """Every reference of a DocumentReference or Provenance leads to something, else 422.

    `exists(type, id, version)` says whether the store has it; version is "" when not named.
    """
    if resource["resourceType"] not in _STRICT_REFERENCES:
        return
    contained = {f"#{inner.get('id')}" for inner in resource.get("contained", [])}
    missing = [
        reference
        for reference in references(resource)
        if reference not in contained and not _leads_somewhere(reference, exists)
    ]
    if missing:
        sentences = (f"{reference} does not exist; create it first." for reference in missing)
        raise Refused(422, "not-found", *sentences)


def _leads_somewhere(reference: str, exists: Callable[[str, str, str], bool]) -> bool:
    if reference.startswith(("http://", "https://")):
        return True  # another server's: nothing to check it against
    address, _, version = reference.partition("/_history/")
    resource_type, _, resource_id = address.partition("/")
    return resource_type in RESOURCE_TYPES and exists(resource_type, resource_id, version)


def _attachment_problems(place: str, attachment: dict[str, Any]) -> Iterator[str]:
    if not attachment.get("contentType"):
        yield f"DocumentReference.{place}.contentType is required by US Core."
    if not (attachment.get("data") or attachment.get("url")):
        yield f"DocumentReference.{place} needs data or url."
    try:
        base64.b64decode(attachment.get("data", ""), validate=True)
    except (binascii.Error, ValueError):
        yield f"DocumentReference.{place}.data is not base64."


def _sentences(resource: Resource, error: ValidationError) -> Iterator[str]:
    """Element paths and messages; never the values, which are chart text."""
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in problem["loc"])
        yield f"{resource['resourceType']}.{place}: {problem['msg']}"
