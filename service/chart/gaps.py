"""Gaps: what could not be read, said in words that hold no chart text."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class GapKind(StrEnum):
    """Where a gap comes from. The first four are gaps of one record, the others of a chart.

    SEARCH: what a search would have found is not known. ASIDE: results that are not this
    patient's came too, and were not used.
    """

    VALIDATION = "validation"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    RENDER = "render"
    SEARCH = "search"
    PATIENT = "patient"
    READ = "read"
    ASIDE = "aside"


def gap(kind: GapKind, reason: str, *, source: str = "", **more: Any) -> dict[str, Any]:
    """One gap as it is stored; `source` is a search or a reference, never content."""
    made: dict[str, Any] = {"kind": str(kind), "reason": reason}
    return made | ({"source": source} if source else {}) | more


def unread_types(gaps: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The resource types of which not all could be searched: what is not there may still be."""
    failed = (g for g in gaps if g.get("kind") == GapKind.SEARCH)
    return frozenset(str(g.get("source", "")).partition(" ")[0] for g in failed)
