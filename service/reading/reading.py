"""What was read of one text: its layout and everything that it asserts."""

from dataclasses import dataclass

from service.reading.assertions import Assertion
from service.reading.layout import Structure


@dataclass(frozen=True, slots=True)
class Reading:
    """Offsets of the assertions are into `text`; their `unit` counts those of `structure`."""

    text: str
    structure: Structure
    assertions: tuple[Assertion, ...]
