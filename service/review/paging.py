"""One page of a list, newest first, and where the next one begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")

MAX_PAGE = 200  # rows; a page is read by a person or a polite program


@dataclass(frozen=True)
class Place:
    """The last row of a page: its instant and its id, which together are its order."""

    at: datetime
    id: str


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order; `after` is None on the last page."""

    rows: tuple[Row, ...]
    after: Place | None
