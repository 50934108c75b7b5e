"""Countersign: chart summaries with evidence, signed by a clinician before they are filed."""

__version__ = "0.1.0"
