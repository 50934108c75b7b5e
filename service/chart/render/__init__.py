"""FHIR resources as dated, coded plain text: one small file a family."""
