"""Telling other programs what became of a summary: ids only, signed, retried, in order."""
