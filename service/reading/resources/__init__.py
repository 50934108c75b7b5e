"""FHIR JSON as Assertions: one file a clinical kind, never from our own rendering."""

from service.reading.resources.prose import prose_places
from service.reading.resources.registry import read_resource

__all__ = ["prose_places", "read_resource"]
