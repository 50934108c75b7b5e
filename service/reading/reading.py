"""What was read of one text: its layout and everything that it asserts."""

from dataclasses import dataclass

from service.reading.assertions import Assertion
from service.reading.layout import Structure
from service.reading.orders.find import Order


@dataclass(frozen=True, slots=True)
class Reading:
    """Offsets of the assertions are into `text`; their `unit` counts those of `structure`.
    `orders` are the places of a whole record that tell a program what to say, None where nobody
    has looked for them."""

    text: str
    structure: Structure
    assertions: tuple[Assertion, ...]
    orders: tuple[Order, ...] | None = None
