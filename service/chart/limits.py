"""How much one upload may hold: beyond it nobody wrote a chart, and everybody else waits."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from service.errors import TooMuch

if TYPE_CHECKING:
    from service.chart.incoming import Incoming

MAX_RESOURCES = 20_000  # of one upload; a long chart is 5,000, and ndjson may be sent in parts
MAX_UNUSABLE = 1_000  # of one upload that are no resources: it is something else than FHIR
MAX_CHARS = 256 * 2**20  # of one upload, unpacked
MAX_DEPTH = 100  # of objects in one resource; FHIR's deepest, a questionnaire, is some 30


def limited(incoming: "Iterable[Incoming]") -> "Iterator[Incoming]":
    """The same, until it is too much. Raises TooMuch; nothing of the upload is then kept."""
    count = unusable = chars = 0
    for one in incoming:
        count, chars = count + 1, chars + len(one.raw)
        unusable += one.resource is None
        if count > MAX_RESOURCES or unusable > MAX_UNUSABLE or chars > MAX_CHARS:
            raise TooMuch(
                f"More than {MAX_RESOURCES:,} resources, {MAX_UNUSABLE:,} that are none, or "
                f"{MAX_CHARS // 2**20} MB unpacked at once. Nothing was kept; send it in parts."
            )
        yield one


def is_too_deep(value: object) -> bool:
    """Whether objects stand in each other deeper than FHIR has it; looks without recursion."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, Mapping) else each)
            if isinstance(inner, Mapping | list)
        ]
        if not level:
            return False
    return True
