"""Gaps: what could not be read, said in words that hold no chart text."""

from enum import StrEnum
from typing import Any


class GapKind(StrEnum):
    """Where a gap comes from. The last three are gaps of a chart, the others of one record."""

    VALIDATION = "validation"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    RENDER = "render"
    SEARCH = "search"
    PATIENT = "patient"
    READ = "read"


def gap(kind: GapKind, reason: str, *, source: str = "", **more: Any) -> dict[str, Any]:
    """One gap as it is stored; `source` is a search or a reference, never content."""
    made: dict[str, Any] = {"kind": str(kind), "reason": reason}
    return made | ({"source": source} if source else {}) | more
