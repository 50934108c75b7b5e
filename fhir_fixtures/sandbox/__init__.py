"""The sandbox EHR: a small FHIR R4 server for demos and tests, standing alone, on loopback only."""
